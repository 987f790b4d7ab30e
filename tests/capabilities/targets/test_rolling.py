"""The monthly roll of targets: against a count by hand in made-up companies."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pandas as pd

from tests.support.strategies import World
from workbench.app.policy import load_policy
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.targets.rolling import MARK, roll, spread_before
from workbench.platform.register.facts import Facts

POLICY = load_policy()


def by_hand(facts, states, month, as_of, before):
    """Department in use → its twelve months after the roll, lead by lead and month by month (no unit was succeeded)."""
    year, last = month[:4], int(month[5:])
    targets: dict[tuple, tuple] = {}
    for row in facts.targets.to_dict("records"):
        key = row["unit"], row["month"]
        if key not in targets or row["at"] >= targets[key][0]:
            targets[key] = row["at"], row["amount"]
    after = {}
    for unit in sorted({unit for unit, each in targets if each[:4] == year}):
        now = [targets.get((unit, f"{year}-{m:02d}"), (None, 0))[1] for m in range(1, 13)]
        missing = -before.get(unit, 0)
        for m in range(1, last + 1):
            counted = 0
            for lead in states.to_dict("records"):
                if lead["reporter"] == unit and lead["counts_in"] == f"{year}-{m:02d}":
                    counted += 1
            if counted < now[m - 1]:
                missing += now[m - 1] - counted
        left = [m for m in range(last + 1, 13) if (year, m) >= (str(as_of.year), as_of.month)]
        if missing <= 0:
            continue
        weights = {m: now[m - 1] for m in left}
        if not any(weights.values()):
            weights = dict.fromkeys(left, 1)
        exact = {m: Fraction(missing * weight, sum(weights.values())) for m, weight in weights.items()}
        more = {m: int(share) for m, share in exact.items()}
        while sum(more.values()) < missing:
            more[max(more, key=lambda m: (exact[m] - more[m], -m))] += 1
        after[unit] = [amount + more.get(m, 0) for m, amount in enumerate(now, start=1)]
    return after


def test_made_up_companies_roll_as_by_hand():
    """Also with what was spread before; sums grow by exactly the shortfall that was not spread yet; months gone stay."""
    compared = 0
    for seed in (0, 2):
        world = World(seed)
        month = next(each for each in world.months()[4:] if "01" < each[5:] < "11")
        as_of = datetime(int(month[:4]), int(month[5:]), 28) + timedelta(days=10)
        units = [
            row for row in world.rows["units"] if row["state"] == "在用"
        ]  # nobody was succeeded: by hand is simple
        facts = Facts.of(**{**world.rows, "units": units}).up_to(as_of)
        states = derive(facts, as_of, POLICY)
        for before in ({}, {str(unit): 1 for unit in facts.targets["unit"].unique()}):
            made = roll(states, facts.targets, facts.units, month, as_of, before=before)
            hand = by_hand(facts, states, month, as_of, before)
            assert set(made.dropped) == set(hand) & {"S2"}  # a section that reports like a department gets no T4
            assert {each.unit: list(each.after) for each in made.years} == {
                unit: after for unit, after in hand.items() if unit != "S2"
            }
            for each in made.years:
                assert each.spread == sum(each.short.values()) - before.get(each.unit, 0) > 0
                assert each.after[: int(month[5:])] == each.before[: int(month[5:])]
            compared += len(made.years)
    assert compared > 3


def test_only_adjustments_of_earlier_rolls_were_spread_before():
    """By the first words of the reason; what another adjustment took back or added is nothing to them."""
    rows = [
        ("B1", "2026-05", 2, "分解", None, 1),
        ("B1", "2026-05", 5, "调整", f"{MARK}：2026-01至2026-03", 2),
        ("B1", "2026-05", 4, "调整", "市场变化", 3),
        ("B1", "2026-06", 1, "分解", None, 1),
        ("B1", "2026-06", 2, "调整", f"{MARK}，按会议意见", 2),
        ("B2", "2026-06", 3, "分解", None, 1),
        ("B1", "2025-06", 1, "分解", None, 1),
        ("B1", "2025-06", 9, "调整", f"{MARK}：上年", 2),
    ]
    versions = pd.DataFrame(rows, columns=["unit", "month", "amount", "kind", "reason", "at"])
    versions["at"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(versions["at"], unit="D")
    assert spread_before(versions, 2026) == {"B1": 4}

"""Targets of departments (4.2, T4), their completion, and the completion reward (5.3, 7.2.1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import pandas as pd

from workbench.capabilities.leads import holdings
from workbench.capabilities.leads.status import PENDING, Status
from workbench.capabilities.organization.directory import units_on
from workbench.capabilities.organization.kinds import UnitKind, UnitState
from workbench.capabilities.organization.successions import successors_on
from workbench.capabilities.targets.versions import ADJUSTMENT, ORIGINAL
from workbench.core.findings import Finding, Severity
from workbench.core.frames import by_time
from workbench.core.messages import Message
from workbench.core.periods import month_bounds, month_of, months_between, months_of, quarter_bounds
from workbench.platform.regulation.edition import Policy

MONTH_COLUMNS = [f"m{number}" for number in range(1, 13)]
BARS_REWARD, NOT_OFFSET, CAPPED = "bars_reward", "not_offset", "capped"  # values of month_shortfall (D6)
FLAGS = ["total", "invalid", "pending", "valid"]
COMPLETION = [
    "unit",
    "name",
    "leader",
    "person",
    "month",
    "original",
    "target",
    "total",
    "valid",
    "invalid",
    "pending",
    "rate",
    "gap",
    "ytd_target",
    "ytd_valid",
    "ytd_rate",
]


def taken_over(targets: pd.DataFrame, units: pd.DataFrame, day: date) -> pd.DataFrame:
    """The newest targets (``current``) as they stand at the end of a day: a unit's own and those of the units it succeeded."""
    now = current(targets)
    heirs = successors_on(units, day)
    if not heirs:
        return now
    table = now.reset_index()
    table["unit"] = table["unit"].map(lambda unit: heirs.get(unit, unit))
    sums = table.groupby(["unit", "month"])[["amount", "original"]].sum()
    return now[["file", "cell"]].reindex(sums.index).join(sums)[list(now.columns)]


def current(targets: pd.DataFrame) -> pd.DataFrame:
    """Newest target per unit and month: unit, month, original (first 分解), amount, file, cell, index by unit and month."""
    ordered = by_time(targets, ["unit", "month"])
    first = ordered[ordered["kind"] == ORIGINAL].drop_duplicates(["unit", "month"], keep="first")
    latest = ordered.drop_duplicates(["unit", "month"], keep="last").set_index(["unit", "month"])
    original = first.set_index(["unit", "month"])["amount"]
    return latest[["amount", "file", "cell"]].assign(original=original.reindex(latest.index).fillna(latest["amount"]))


def changes(targets: pd.DataFrame) -> pd.DataFrame:
    """The history of targets: each breakdown and adjustment that gave a month another number, oldest first.

    ``targets`` with any further columns (reason, approver …), which are kept; ``before`` (None: there was none) and ``after``
    in place of ``amount``.
    """
    ordered = by_time(targets, ["unit", "month"])
    before = ordered.groupby(["unit", "month"], sort=False)["amount"].shift().astype("Int64")
    changed = (before != ordered["amount"]).fillna(True).astype(bool)
    table = ordered.rename(columns={"amount": "after"}).assign(before=before)[changed]
    return table.sort_values(["at", "unit", "month"], kind="stable", ignore_index=True)


def changed_late(targets: pd.DataFrame, months: Collection[str]) -> pd.DataFrame:
    """D26: the targets of some months that were set or changed when the month was over, as ``changes``."""
    found = changes(targets[targets["month"].isin(months)])
    over = pd.to_datetime(found["month"] + "-01") + pd.offsets.MonthBegin(1)
    return found[(found["at"] >= over).to_numpy(dtype=bool)]


def _departments(units: pd.DataFrame, on: date) -> pd.DataFrame:
    now = units_on(units, on)
    return now[now["kind"] == UnitKind.DEPARTMENT].set_index("code")


def rate(valid: int, target: int) -> Fraction | None:
    """Completion as an exact fraction; None where the target is zero (D17)."""
    return Fraction(int(valid), int(target)) if target > 0 else None


def flags(states: pd.DataFrame) -> pd.DataFrame:
    """What each department's lead counts as, by month; index lead, a lead twice that counts in another month (D5).

    Columns reporter, month and, as truth values, ``FLAGS``: of the month of receipt, but ``valid``, those that
    count (5.3), of the month they count in.
    """
    own = states[states["reporter_kind"] == UnitKind.DEPARTMENT]
    received = month_of(own["received_at"])
    here = own["counts_in"].eq(received)
    found = pd.DataFrame(
        {
            "reporter": own["reporter"],
            "month": received,
            "total": True,
            "invalid": own["status"].isin([Status.INVALID, Status.DUPLICATE, Status.WITHDRAWN]),
            "pending": own["status"].isin(PENDING),
            "valid": here,
        }
    )
    elsewhere = own[own["counts_in"].notna() & ~here]
    if elsewhere.empty:
        return found
    there = pd.DataFrame({"reporter": elsewhere["reporter"], "month": elsewhere["counts_in"], "valid": True})
    return pd.concat([found, there.reindex(columns=found.columns).fillna(False)]).astype(dict.fromkeys(FLAGS, bool))


def completion(
    states: pd.DataFrame, targets: pd.DataFrame, units: pd.DataFrame, months: list[str], on: date | None = None
) -> pd.DataFrame:
    """Targets and leads per department and month (5.3: a month's excess stays in its month).

    Columns of ``COMPLETION``: ``target`` with adjustments, ``original`` without; total,
    invalid (with duplicates) and pending by month of receipt, ``valid`` those that
    count; rates are Fractions or None (D17); gap = target − valid; year to date through
    the month. Departments in use, and any with leads or targets in the months; name, leader and person are those of the
    day ``on`` (None: the last of the months).
    """
    if not months:
        return pd.DataFrame(columns=COMPLETION)
    year = months_between(f"{months[0][:4]}-01", max(months))
    counts = by_month(flags(states), states, units)
    totals = counts.groupby(["reporter", "month"])[FLAGS].sum()
    now = _of_each_month(targets, units)
    known = _departments(units, on or month_bounds(max(months))[1])
    wanted = set(known.index[known["state"] == UnitState.IN_USE])
    wanted |= {unit for unit, month in now.index if month in months}
    wanted |= set(counts["reporter"][counts["month"].isin(months)])
    rows = []
    for unit in sorted(wanted):
        name, leader, person = known.loc[unit, ["name", "leader", "person"]] if unit in known.index else (None,) * 3
        for month in months:
            to_date = [m for m in year if m[:4] == month[:4] and m <= month]
            ytd_target = sum(int(now["amount"].get((unit, m), 0)) for m in to_date)
            ytd_valid = sum(int(totals["valid"].get((unit, m), 0)) for m in to_date)
            target = int(now["amount"].get((unit, month), 0))
            counted = {word: int(totals[word].get((unit, month), 0)) for word in FLAGS}
            rows.append(
                {
                    "unit": unit,
                    "name": name,
                    "leader": leader,
                    "person": person,
                    "month": month,
                    "original": int(now["original"].get((unit, month), 0)),
                    "target": target,
                    **counted,
                    "rate": rate(counted["valid"], target),
                    "gap": target - counted["valid"],
                    "ytd_target": ytd_target,
                    "ytd_valid": ytd_valid,
                    "ytd_rate": rate(ytd_valid, ytd_target),
                }
            )
    return pd.DataFrame(rows, columns=COMPLETION)


def by_month(counts: pd.DataFrame, states: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """The flags with the unit that had each lead, or the place of its unit, at the end of its month (D36)."""
    if states["passed_on"].isna().all() and not (units["state"] == UnitState.INACTIVE).any():
        return counts
    parts = []
    for month, part in counts.groupby("month"):
        last = month_bounds(str(month))[1]
        heirs = successors_on(units, last)
        reporter = holdings.on(states.loc[part.index], last)["reporter"]
        parts.append(part.assign(reporter=reporter.map(lambda unit, heirs=heirs: heirs.get(unit, unit))))
    return pd.concat(parts) if parts else counts


def _of_each_month(targets: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """The newest targets, each month's as they stood at its end (``taken_over``)."""
    now = current(targets)
    if not (units["state"] == UnitState.INACTIVE).any():
        return now
    months = sorted(set(now.index.get_level_values("month")))
    parts = [taken_over(targets[targets["month"] == month], units, month_bounds(month)[1]) for month in months]
    return pd.concat(parts) if parts else now


def is_joint(cap: object) -> bool:
    """Whether the reading of D13 is a joint cap of 7.2.1 and 7.2.2 in yuan."""
    return isinstance(cap, int) and not isinstance(cap, bool)


def quarter_completion(
    states: pd.DataFrame, targets: pd.DataFrame, units: pd.DataFrame, quarter: str, policy: Policy
) -> pd.DataFrame:
    """7.2.1: completion and reward of each department in a quarter.

    Columns unit, valid and target (lists by month, target None where missing), counted,
    target_sum, rate (Fraction or None), steps, amount (yuan), short (months below their
    target). A month without a target is left out on both sides (D17); D6 says what the
    excess of a month and a month that falls short do to the others.
    """
    last = quarter_bounds(quarter)[1]
    months = months_of(quarter)
    own = states[(states["reporter_kind"] == UnitKind.DEPARTMENT) & states["counts_in"].isin(months)]
    heirs = successors_on(units, last)
    own = own.assign(reporter=own["reporter"].map(lambda unit: heirs.get(unit, unit)))
    counted = own.groupby(["reporter", "counts_in"]).size()
    now = taken_over(targets, units, last)["amount"]
    known = _departments(units, last)
    wanted = set(known.index[known["state"] == UnitState.IN_USE]) | set(own["reporter"])
    wanted |= {unit for unit, month in now.index if month in months}
    shortfall = policy.reading("month_shortfall", last)
    left_out = policy.reading("month_without_target", last) == "left_out"
    joint = policy.reading("joint_cap", last)
    rows = []
    for unit in sorted(wanted):
        valid = [int(counted.get((unit, month), 0)) for month in months]
        goals = [int(now[unit, month]) if (unit, month) in now.index else None for month in months]
        short = [month for month, v, g in zip(months, valid, goals) if v < (g or 0)]
        counting = [0 if left_out and not g else v for v, g in zip(valid, goals)]
        if shortfall == CAPPED or (shortfall == NOT_OFFSET and short):
            counting = [min(v, g or 0) for v, g in zip(valid, goals)]
        target = sum(goal or 0 for goal in goals)
        reached = rate(sum(counting), target)
        steps, amount = completion_reward(reached, last, policy)
        if shortfall == BARS_REWARD and short:
            steps, amount = 0, 0
        amount = min(amount, joint) if is_joint(joint) else amount
        rows.append((unit, valid, goals, sum(counting), target, reached, steps, amount, short))
    columns = ["unit", "valid", "targets", "counted", "target_sum", "rate", "steps", "amount", "short"]
    return pd.DataFrame(rows, columns=columns).astype({"rate": object})


@dataclass(frozen=True)
class CompletionTerms:
    """The numbers of 7.2.1 in force on a day; None where repealed. Rates are Fractions, amounts yuan."""

    threshold: Fraction | None
    step: Fraction | None
    reward: int | None
    cap: int | None

    @classmethod
    def in_force(cls, on: date, policy: Policy) -> CompletionTerms:
        """Those of a day."""
        names = ("completion_threshold", "completion_step", "completion_step_reward", "completion_reward_cap")
        return cls(*(policy.value(name, on) for name in names))

    def limited(self, joint: int) -> CompletionTerms:
        """The same with a joint cap (D13)."""
        return replace(self, cap=joint if self.cap is None else min(self.cap, joint))

    def reward_for(self, reached: Fraction | None) -> tuple[int, int]:
        """7.2.1: full steps over the threshold (D12) and the reward in yuan, capped; (0, 0) without a rate (D17)."""
        if reached is None or self.threshold is None or not self.step or not self.reward or reached <= self.threshold:
            return 0, 0
        steps = int((reached - self.threshold) // self.step)
        amount = steps * self.reward
        return steps, amount if self.cap is None else min(amount, self.cap)


def completion_reward(reached: Fraction | None, on: date, policy: Policy) -> tuple[int, int]:
    """7.2.1: steps and reward as of a day, as ``CompletionTerms.reward_for``."""
    return CompletionTerms.in_force(on, policy).reward_for(reached)


def check_breakdown(
    rows: pd.DataFrame,
    header: dict,
    units: pd.DataFrame,
    targets: pd.DataFrame,
    closed: set[str],
    over: Collection[str] = (),
) -> list[Finding]:
    """T4: findings on a breakdown or adjustment; the row numbers are those of the sheet.

    ``rows``: row, unit, year_target, m1..m12; ``header``: year, kind (分解 / 调整),
    approver, reason; ``targets``: what is in force; ``closed``: closed months; ``over``:
    those that are over, where no approver acts himself (D26). Months add up to the year;
    an adjustment names reason and approver, follows a breakdown, and changes neither. Any ERROR refuses the file.
    """
    found: list[Finding] = []
    year, kind = int(header["year"]), header["kind"]

    def add(code: str, message: Message, row: int | None = None, column: str | None = None, **inputs) -> None:
        found.append(Finding(code, message, Severity.ERROR, "4.2.1", row=row, column=column, inputs=inputs))

    if kind == ADJUSTMENT:
        for key in ("reason", "approver"):
            if not header.get(key):
                add(f"missing_{key}", Message(f"missing_{key}"), column=key)
    now = current(targets)["amount"]
    kinds = units_on(units, None).set_index("code")["kind"]
    for row in rows.drop_duplicates("unit", keep="first").to_dict("records"):
        unit, number = row["unit"], int(row["row"])
        if unit not in kinds.index:
            add("unknown_unit", Message.of("unknown_unit/of_target", unit=unit), number, "unit", unit=unit)
        elif kinds[unit] != UnitKind.DEPARTMENT:
            add("not_a_department", Message.of("not_a_department", unit=unit), number, "unit", unit=unit)
        amounts = [0 if pd.isna(row[column]) else int(row[column]) for column in MONTH_COLUMNS]
        if any(amount < 0 for amount in amounts):
            add("negative_target", Message.of("negative_target"), number, unit=unit)
        goal = int(row["year_target"])
        if sum(amounts) != goal:
            add(
                "months_do_not_add_up",
                Message.of("months_do_not_add_up", amounts=sum(amounts), goal=goal),
                number,
                "year_target",
                months=sum(amounts),
                year_target=goal,
            )
        has_any = any((unit, f"{year}-{m:02d}") in now.index for m in range(1, 13))
        if kind == ADJUSTMENT and not has_any:
            add("nothing_to_adjust", Message.of("nothing_to_adjust", unit=unit, year=year), number, "unit", unit=unit)
        for column, amount, m in zip(MONTH_COLUMNS, amounts, range(1, 13)):
            month = f"{year}-{m:02d}"
            if month in closed and int(now.get((unit, month), 0)) != amount:
                before = int(now.get((unit, month), 0))
                add(
                    "closed_month",
                    Message.of("closed_month", month=month, before=before, amount=amount),
                    number,
                    column,
                    month=month,
                    before=before,
                    after=amount,
                )
            elif month in over and (unit, month) in now.index and int(now[unit, month]) != amount:
                before = int(now[unit, month])
                values = {"month": month, "before": before}
                said = Message.of("past_month", **values, amount=amount)
                add("past_month", said, number, column, **values, after=amount)
    for row in rows[rows["unit"].duplicated()].to_dict("records"):
        add("unit_twice", Message.of("unit_twice", unit=row["unit"]), int(row["row"]), "unit", unit=row["unit"])
    return found

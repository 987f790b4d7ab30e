"""Projects (6.4), the seven days of 5.5, and the project rewards of 7.1.1 and 7.2.2."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from workbench.capabilities.leads.contract_lines import had_contract, pick_ups
from workbench.capabilities.organization.kinds import UnitKind
from workbench.core.frames import days
from workbench.platform.regulation.edition import Policy

LEAD_PREFIX, PROJECT_PREFIX = "DK", "LX"
PARAMETER_PREFIX: dict[str, str] = {UnitKind.DEALER: "dealer", UnitKind.DEPARTMENT: "department"}
EDITION_READING, BY_RECEIPT = "edition_inside_quarter", "by_receipt"  # D43


def project_numbers(numbers: np.ndarray) -> list[str]:
    """6.4: the project number of each lead number (DK2026-00001 → LX2026-00001)."""
    return [PROJECT_PREFIX + number.removeprefix(LEAD_PREFIX) for number in numbers]


def too_late_for(received_at: pd.Series, applied_at: pd.Series, dealer: np.ndarray, policy: Policy) -> np.ndarray:
    """5.5: whether a dealer's lead was reported fewer days before its first application than required.

    Counted in calendar days between the dates of receipt (D1: whether the number itself is enough), by the edition of
    the day of receipt (D43).
    """
    between = days(applied_at.to_numpy()) - days(received_at.to_numpy())
    known = ~np.isnat(between)
    needed = days_needed(received_at, applied_at, policy)
    return dealer & known & (np.where(known, between, 0).astype("int64") < needed)


def days_needed(received_at: pd.Series, applied_at: pd.Series, policy: Policy) -> np.ndarray:
    """5.5: the calendar days that have to lie between each receipt and first application."""
    by_receipt = policy.choices(EDITION_READING, received_at) == BY_RECEIPT
    counting = received_at.where(by_receipt, applied_at)
    least = policy.values("application_lead_days", counting, repealed=-(10**6))
    return np.asarray(least + (policy.choices("application_days", received_at) == "strict").astype("int64"))


def rewardable(states: pd.DataFrame, *, excluded: bool) -> pd.DataFrame:
    """Leads that are projects and count; ``excluded``: also those that 5.5 excludes (D9)."""
    counts = states["counts_in"].notna()
    return states[states["project"].notna() & (counts | states["excluded"].notna() if excluded else counts)]


def least_quantities(leads: pd.DataFrame, kind: str, on: date, policy: Policy) -> np.ndarray:
    """7.1.1, 7.2.2: the vehicles a single report of each lead must have, by the edition of its receipt (D43).

    ``on``: a quarter's last day, whose edition counted before that was read so.
    """
    received = leads["received_at"]
    by_receipt = policy.reading(EDITION_READING, on) == BY_RECEIPT
    counting = received if by_receipt else pd.Series(pd.Timestamp(on), index=received.index)
    return policy.values(f"{PARAMETER_PREFIX[kind]}_minimum_quantity", counting)


@dataclass(frozen=True)
class ProjectTerms:
    """The numbers of the project rewards in force on a day: vehicles, conversion rate (None: repealed), yuan, cap."""

    minimum: int
    rate: Fraction | None
    reward: int
    cap: int | None

    @classmethod
    def in_force(cls, kind: str, on: date, policy: Policy) -> ProjectTerms:
        """7.1.1 (``kind`` 经销商), which has no cap, and 7.2.2 (部门)."""
        name = PARAMETER_PREFIX[kind]
        return cls(
            policy.value(f"{name}_minimum_quantity", on) or 0,
            policy.value(f"{name}_conversion_rate", on),
            policy.value(f"{name}_project_reward", on) or 0,
            policy.value("department_reward_cap", on) if kind == UnitKind.DEPARTMENT else None,
        )


def converted(lines: pd.DataFrame, months: list[str], on: date, policy: Policy) -> pd.Series:
    """D30: the pick-ups per lead that a quarter's conversion counts: of its months, or of all months up to its end."""
    if policy.reading("conversion_vehicles", on) == "to_date":
        return pick_ups(lines, sorted({month for month in lines["month"] if month <= max(months)}))
    return pick_ups(lines, months)


def caps_of(parties: pd.Series, cap: int | None, left: Mapping[str, int] | None) -> pd.Series:
    """D13: the cap each row's party has in a quarter, its own or what a joint one leaves; missing where there is none."""
    own = pd.Series(float("nan") if cap is None else cap, index=parties.index, dtype="float64")
    if left is None:
        return own
    joint = parties.map(left).astype("float64")
    return own.where(own.le(joint) | joint.isna(), joint)


def project_rewards(
    counted: pd.DataFrame,
    lines: pd.DataFrame,
    kind: str,
    months: list[str],
    on: date,
    earned: Set[int],
    policy: Policy,
    left: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """7.1.1 (``kind`` 经销商) and 7.2.2 (部门): projects that earn in a quarter, in order of receipt.

    ``counted``: ``rewardable`` states in the order of 5.1, of leads with lines at least; ``lines`` are the newest contract lines; ``months`` the
    quarter's; ``on`` its last day; ``earned`` the leads that earned before (D8); ``left``: yuan that a joint cap leaves
    each party (D13; None: there is none). Index lead; columns party, picked_up (in the quarter), quantity,
    rate_picked_up (D30), rate_quantity (D40) (the two sides of the conversion), amount (yuan), capped (D24).
    """
    terms = ProjectTerms.in_force(kind, on, policy)
    rate, reward = terms.rate, terms.reward
    own = counted[counted["reporter_kind"] == kind]
    large = own[own["quantity"].to_numpy() >= least_quantities(own, kind, on, policy)]
    table = pd.DataFrame(
        {
            "party": large["reporter"],
            "picked_up": pick_ups(lines, months).reindex(large.index).fillna(0).astype("int64"),
            "quantity": large["quantity"],
            "rate_picked_up": converted(lines, months, on, policy).reindex(large.index).fillna(0).astype("int64"),
            "rate_quantity": large["sought"],
        }
    )
    if policy.reading("conversion_basis", on) == "reporter":
        table = table[had_contract(lines, table.index, on)]
        sides = ["rate_picked_up", "rate_quantity"]
        table[sides] = table.groupby("party")[sides].transform("sum")
    if rate is None:
        return table.iloc[:0].assign(amount=0, capped=False)
    reached = table["rate_picked_up"] * rate.denominator >= table["rate_quantity"] * rate.numerator
    table = table[reached & (table["picked_up"] > 0)]
    if not policy.reading("repeat_project_reward", on):
        table = table[~table.index.isin(earned)]
    before = table.groupby("party").cumcount() * reward
    caps = caps_of(table["party"], terms.cap, left)
    amount = (caps - before).clip(0, reward).fillna(reward)
    return table.assign(amount=amount.astype("int64"), capped=amount < reward)

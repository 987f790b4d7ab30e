"""Projects (6.4), the seven days of 5.5, and the project rewards of 7.1.1 and 7.2.2."""

from __future__ import annotations

from collections.abc import Set
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


def project_numbers(numbers: np.ndarray) -> list[str]:
    """6.4: the project number of each lead number (DK2026-00001 → LX2026-00001)."""
    return [PROJECT_PREFIX + number.removeprefix(LEAD_PREFIX) for number in numbers]


def too_late_for(received_at: pd.Series, applied_at: pd.Series, dealer: np.ndarray, policy: Policy) -> np.ndarray:
    """5.5: whether a dealer's lead was reported fewer days before its first application than required.

    Counted in calendar days between the dates of receipt (D1: the number itself is enough).
    """
    between = days(applied_at.to_numpy()) - days(received_at.to_numpy())
    known = ~np.isnat(between)
    needed = policy.values("application_lead_days", applied_at, repealed=-(10**6))
    return dealer & known & (np.where(known, between, 0).astype("int64") < needed)


def rewardable(states: pd.DataFrame) -> pd.DataFrame:
    """Leads that are projects and count (D9: one excluded by 5.5 earns nothing)."""
    return states[states["project"].notna() & states["counts_in"].notna()]


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
        names: dict[str, str] = {UnitKind.DEALER: "dealer", UnitKind.DEPARTMENT: "department"}
        name = names[kind]
        return cls(
            policy.value(f"{name}_minimum_quantity", on) or 0,
            policy.value(f"{name}_conversion_rate", on),
            policy.value(f"{name}_project_reward", on) or 0,
            policy.value("department_reward_cap", on) if kind == UnitKind.DEPARTMENT else None,
        )


def project_rewards(
    counted: pd.DataFrame, lines: pd.DataFrame, kind: str, months: list[str], on: date, earned: Set[int], policy: Policy
) -> pd.DataFrame:
    """7.1.1 (``kind`` 经销商) and 7.2.2 (部门): projects that earn in a quarter, in order of receipt.

    ``counted``: ``rewardable`` states in the order of 5.1; ``lines`` are the newest contract lines; ``months`` the
    quarter's; ``on`` its last day; ``earned`` the leads that earned before (D8). Index
    lead; columns party, picked_up, quantity, rate_picked_up, rate_quantity (the two
    sides of the conversion), amount (yuan), capped (D24).
    """
    terms = ProjectTerms.in_force(kind, on, policy)
    rate, reward = terms.rate, terms.reward
    large = counted[(counted["reporter_kind"] == kind) & (counted["quantity"] >= terms.minimum)]
    picked = pick_ups(lines, months).reindex(large.index).fillna(0).astype("int64")
    table = pd.DataFrame({"party": large["reporter"], "picked_up": picked, "quantity": large["quantity"]})
    if policy.reading("conversion_basis", on) == "reporter":
        table = table[had_contract(lines, table.index, on)]
        sums = table.groupby("party")[["picked_up", "quantity"]].transform("sum")
        table["rate_picked_up"], table["rate_quantity"] = sums["picked_up"], sums["quantity"]
    else:
        table["rate_picked_up"], table["rate_quantity"] = table["picked_up"], table["quantity"]
    if rate is None:
        return table.iloc[:0].assign(amount=0, capped=False)
    reached = table["rate_picked_up"] * rate.denominator >= table["rate_quantity"] * rate.numerator
    table = table[reached & (table["picked_up"] > 0)]
    if not policy.reading("repeat_project_reward", on):
        table = table[~table.index.isin(earned)]
    before = table.groupby("party").cumcount() * reward
    amount = pd.Series(reward, index=table.index) if terms.cap is None else (terms.cap - before).clip(0, reward)
    return table.assign(amount=amount.astype("int64"), capped=amount < reward)

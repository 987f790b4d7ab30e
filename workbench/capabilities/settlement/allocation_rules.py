"""7.2.3: how a deputy GM may split a department's reward."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.core.findings import Finding
from workbench.core.messages import Message


def current_shares(allocations: pd.DataFrame) -> pd.DataFrame:
    """7.2.3: the shares that count, of each department the file of a quarter that was received last.

    Columns as given; quarter, unit, at, document.
    """
    order = allocations.sort_values(["at", "document"], kind="stable")
    last = order.groupby(["quarter", "unit"])["document"].transform("last").reindex(allocations.index)
    return allocations[allocations["document"] == last].reset_index(drop=True)


def check_allocation(rewards: Mapping[str, int], shares: pd.DataFrame) -> list[Finding]:
    """7.2.3: the deputy GM's allocation of each department's reward must add up.

    ``rewards``: yuan per department (7.2.1 and 7.2.2, adjustments included); ``shares``:
    columns unit, person, amount (yuan), row. ERROR findings where shares are negative,
    a department has no reward, or a sum differs.
    """
    found = []
    for row in shares[shares["amount"] < 0].itertuples():
        found.append(
            Finding("negative_share", Message.of("negative_share"), clause="7.2.3", row=int(row.row), column="amount")
        )
    sums = shares.groupby("unit")["amount"].sum()
    for unit in sorted({*rewards, *sums.index}):
        reward, given = int(rewards.get(unit, 0)), int(sums.get(unit, 0))
        if reward != given:
            inputs = {"unit": unit, "reward": reward, "allocated": given}
            found.append(
                Finding(
                    "allocation_differs",
                    Message.of("allocation_differs", unit=unit, reward=reward, given=given),
                    clause="7.2.3",
                    inputs=inputs,
                )
            )
    return found

"""The versions of targets in the order in which they were received (T4, D4)."""

from __future__ import annotations

import pandas as pd

from workbench.platform.register.facts import GONE, Read, without_repeats

ORIGINAL, ADJUSTMENT = "分解", "调整"
KEY = ["unit", "month"]


def in_order_of_receipt(targets: pd.DataFrame, read: Read) -> pd.DataFrame:
    """The targets without what says nothing new, and without breakdowns of a year that was broken down before.

    A breakdown that was brought in before an earlier one was taken in, for none was known.
    """
    stands = targets[targets[GONE].isna()] if GONE in targets else targets
    order = stands.sort_values(["at", "document"], kind="stable")
    second = order.duplicated(KEY) & order["kind"].eq(ORIGINAL)
    targets = targets.drop(index=second.index[second])
    return without_repeats(targets, KEY, ["amount"])

"""The list of pairs of names with the right answer, and what the program says of them."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pandas as pd

from workbench.core.close_names import close_names
from workbench.core.names import customer_key

PAIRS = Path(__file__).parents[1] / "core" / "data" / "close_names.csv"
OUTCOMES = {(True, True): "found", (True, False): "missed", (False, True): "in vain", (False, False): "left alone"}


def measured() -> Counter[str]:
    """How many pairs that may be one customer were found or missed, how many others suspected in vain or left alone."""
    counts: Counter[str] = Counter()
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            one, other = customer_key(pd.Series([row["名称"], row["另一名称"]])).tolist()
            said = one == other or bool(close_names([one], [other], row["省份"], row["城市"]))
            counts[OUTCOMES[row["可能是同一客户"] == "是", said]] += 1
    return counts

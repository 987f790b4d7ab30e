"""The list of texts that do and do not hold personal data, and what the program says of them."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from workbench.core.personal_texts import personal_in

EXAMPLES = Path(__file__).parents[1] / "core" / "data" / "personal_texts.csv"
NOTHING = "否"
WORDS = {"phone": "电话", "account": "账号", "identity": "证件", "name": "姓名", None: NOTHING}


def examples() -> list[tuple[str, str]]:
    """Each text with what of a person it holds (电话, 账号, 证件, 姓名, 否)."""
    with EXAMPLES.open(encoding="utf-8", newline="") as lines:
        return [(row["文字"], row["个人信息"]) for row in csv.DictReader(lines)]


def measured() -> Counter[str]:
    """How many texts with personal data were found or missed, how many others stopped in vain or let through."""
    counts: Counter[str] = Counter()
    for text, right in examples():
        said = personal_in(text) is not None
        counts[("missed", "found")[said] if right != NOTHING else ("let through", "in vain")[said]] += 1
    return counts

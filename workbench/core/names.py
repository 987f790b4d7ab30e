"""Names of customers and persons: the key that tells customers apart (5.1), placeholders (5.2), masks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import pandas as pd
from opencc import OpenCC

from workbench.core.frames import map_distinct

PLACEHOLDERS = frozenset(
    [
        "无",
        "没有",
        "不详",
        "不明",
        "不清楚",
        "不知道",
        "待补",
        "待补充",
        "待定",
        "待查",
        "暂无",
        "暂缺",
        "未知",
        "未提供",
        "保密",
        "空",
        "略",
        "同上",
        "na",
        "n/a",
        "none",
        "null",
        "nil",
        "no",
        "unknown",
        "tbd",
        "x",
        "xx",
        "xxx",
    ]
)
LONGEST_PLACEHOLDER = max(map(len, PLACEHOLDERS))
_PUNCTUATION = re.compile(r"[\W_]+")
_COMPANY = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|公司)+$")


@lru_cache(maxsize=1)
def person_name(text: str) -> str:
    """A person's name as it is compared and kept: without spaces where it is Chinese, with single ones else."""
    parts = unicodedata.normalize("NFKC", text).split()
    return ("" if any("\u4e00" <= letter <= "\u9fff" for letter in text) else " ").join(parts)


def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def customer_key(names: pd.Series) -> pd.Series:
    """The normalised customer name: simplified characters, one width and case, no spaces or marks, no company suffix.

    The content of brackets stays. A name of which fewer than two characters would
    remain keeps its suffix. None for missing names.
    """

    def change(texts: list[str]) -> list[str | None]:
        lines = "\n".join(" ".join(text.split()) for text in texts)
        simplified = _simplifier().convert(pd.Series([lines]).str.normalize("NFKC").iloc[0]).split("\n")
        return [_bare(text) for text in pd.Series(simplified, dtype=object).str.normalize("NFKC").str.upper()]

    return map_distinct(names, change)


def _bare(text: str) -> str | None:
    plain = _PUNCTUATION.sub("", text) or text.strip()
    rest = _COMPANY.sub("", plain)
    return (rest if len(rest) >= 2 else plain) or None


def is_placeholder(values: pd.Series) -> pd.Series:
    """Whether a contact or phone says nothing (5.2): empty, only marks or zeros, or a word like 不详."""

    def empty(text: str) -> bool:
        if len(text) > LONGEST_PLACEHOLDER and text.isalnum():
            return not text.strip("0")
        plain = "".join(text.split()).casefold()
        return not plain.strip("/\\-—_.。·、,，*?？#+~()（）0") or plain in PLACEHOLDERS

    found = map_distinct(values, lambda texts: [empty(text) for text in texts])
    return found.isna() | found.eq(True)


def masked_name(name: str) -> str:
    """A person's name with its family name only: 张**."""
    return name.strip()[:1] + "**"

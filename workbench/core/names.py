"""Names of customers and persons: the key that tells customers apart (5.1), placeholders (5.2), masks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

import pandas as pd
from opencc import OpenCC

from workbench.core.frames import map_distinct
from workbench.core.texts import unlike

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
        "同前",
        "如上",
        "上同",
        "同上行",
        "见上",
        "见附件",
        "详见附件",
        "附件",
        "见附表",
        "见附页",
        "见名片",
        "见备注",
        "见信息内容",
        "后补",
        "待报",
        "待确认",
        "待核实",
        "无联系人",
        "无电话",
        "联系人",
        "负责人",
        "客户",
        "客户方",
        "本人",
        "自己",
        "々",
        "ditto",
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
_NUMBERS = re.compile(
    rf"(?<![^\0])(?:(?!0+\0)[0-9]{{{LONGEST_PLACEHOLDER + 1},}}\0)+"
)  # long ones, which say something
# characters that stand beside the usual one in names of today, which the table of traditional ones would replace: a name
# with one of them is close to that with the usual one, not equal to it
VARIANTS = "昇陞峯鉅"
_KEPT = {
    ord(mark): chr(0xE000 + number) for number, mark in enumerate(VARIANTS)
}  # private characters: nothing changes them
_BACK = {ord(private): chr(mark) for mark, private in _KEPT.items()}
_PUNCTUATION = re.compile(r"[\W_]+")
_TITLE = re.compile(r"(?:先生|女士|小姐|经理|主任|科长|处长|部长|老师|师傅)$")
_LOOK_ALIKE = str.maketrans("авекмнорстухіјѕԁһԛԝαβεηικνορτυχ", "abekmhopctyxijsdhqwabenikvoptux")
_FORMS = ("有限责任", "股份有限", "有限")  # of a company, before that word


def person_name(text: str) -> str:
    """A person's name as it is compared and kept: without spaces where it is Chinese, with single ones else."""
    parts = unicodedata.normalize("NFKC", text).split()
    return ("" if any("\u4e00" <= letter <= "\u9fff" for letter in text) else " ").join(parts)


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def customer_key(names: pd.Series) -> pd.Series:
    """The normalised customer name: simplified characters, one width and case, no spaces or marks, no company suffix.

    The content of brackets stays. A name of which fewer than two characters would
    remain keeps its suffix, a variant character (昇) stays. None for missing names.
    """

    def change(texts: list[str]) -> list[str | None]:
        lines = unicodedata.normalize("NFKC", _translated("\n".join(" ".join(text.split()) for text in texts), _KEPT))
        plain = unicodedata.normalize("NFKC", _translated(_simplifier().convert(lines), _BACK)).upper()
        return [_bare(text) for text in plain.split("\n")]

    return map_distinct(names, change)


def _translated(text: str, table: dict[int, str]) -> str:
    """``str.translate``, which looks at every character, where there is anything to translate."""
    return text.translate(table) if any(chr(mark) in text for mark in table) else text


def _bare(text: str) -> str | None:
    plain = text if text.isalnum() else _PUNCTUATION.sub("", text) or text.strip()
    rest = plain
    while rest.endswith("公司"):
        rest = rest[:-2]
        rest = next((rest.removesuffix(form) for form in _FORMS if rest.endswith(form)), rest)
    return (rest if len(rest) >= 2 else plain) or None


def is_placeholder(values: pd.Series) -> pd.Series:
    """Whether a contact or phone says nothing (5.2, D39): empty, only marks (〃) or zeros, or a word like 不详 or 见附件."""

    def empty(text: str) -> bool:
        if (alone := text.isalnum()) and len(text) > LONGEST_PLACEHOLDER:
            return not text.strip("0")
        plain = (text if alone else "".join(text.split())).casefold()
        said = plain if plain.isalnum() else "".join(mark for mark in plain if mark.isalnum())
        return not said.strip("0") or plain in PLACEHOLDERS or said in PLACEHOLDERS

    def change(texts: list[str]) -> list[bool]:
        told = {text for text in unlike(_NUMBERS, texts) if empty(text)}
        return [text in told for text in texts]

    return map_distinct(values, change, missing=True).astype(bool)


@lru_cache(maxsize=4096)
def seen_as(name: str) -> str:
    """What a name is to somebody who reads it: letters that look alike (widths, variants, Cyrillic and Greek ones), capitals,
    blanks and marks are no difference.
    """
    plain = _simplifier().convert(unicodedata.normalize("NFKC", name)).casefold().translate(_LOOK_ALIKE)
    return _PUNCTUATION.sub("", plain) or name


def is_seen_among(name: str, others: Collection[str | None]) -> bool:
    """Whether a name is one of others, or looks like one."""
    seen = seen_as(name)
    return any(other is not None and seen_as(other) == seen for other in others)


def same_person(one: str, other: str) -> bool:
    """Whether two names of persons are one, apart from spaces, width and a title behind."""
    return _without_title(one) == _without_title(other) != ""


def _without_title(name: str) -> str:
    return _TITLE.sub("", _PUNCTUATION.sub("", unicodedata.normalize("NFKC", name)))


def masked_name(name: str) -> str:
    """A person's name with its family name only: 张**."""
    return name.strip()[:1] + "**"

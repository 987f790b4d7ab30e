"""Who is the same customer (5.1, D2): keys that decide, and close pairs that only suggest."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from os.path import commonprefix

import numpy as np
import pandas as pd
from opencc import OpenCC
from rapidfuzz import fuzz, process

CLOSE = 80  # rapidfuzz ratio of two keys from which a person should look
PLACEHOLDERS = frozenset({
    "无", "没有", "不详", "不明", "不清楚", "不知道", "待补", "待补充", "待定", "待查", "暂无", "暂缺", "未知", "未提供", "保密",
    "空", "略", "同上", "na", "n/a", "none", "null", "nil", "no", "unknown", "tbd", "x", "xx", "xxx",
})  # fmt: skip
LONGEST_PLACEHOLDER = max(map(len, PLACEHOLDERS))
_PUNCTUATION = re.compile(r"[\W_]+")
_COMPANY = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|公司)+$")
# what tells customers of otherwise equal names apart: numbers, letters, 甲乙丙丁, points of the compass, 第N
_TELLING = re.compile(r"[0-9A-Z〇零一二三四五六七八九十百千两甲乙丙丁戊己庚辛壬癸东南西北中第]")
_PHONE_SPLIT = re.compile(r"[/,;、|]|转|或|和|\s{2,}|EXT\.?|X", re.IGNORECASE)
_PHONE_NOISE = re.compile(r"[\s\-()+._]|^TEL:?|^电话:?|^手机:?", re.IGNORECASE)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_PHONE = re.compile(r"^(?:0086|86)?(1[3-9]\d{9}|0\d{9,11}|[48]00\d{7}|[2-9]\d{6,7})$")
PAIRS = {"a": "int64", "b": "int64", "reason": "object", "score": "int64"}


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def _each_distinct(values: pd.Series, change: Callable[[list[str]], Sequence[str | bool | None]]) -> pd.Series:
    """``change`` (a function of a list of distinct texts) applied to a text column; None stays None."""
    codes, distinct = pd.factorize(values)
    changed = np.empty(len(distinct) + 1, dtype=object)  # the last one serves code -1, a missing value
    if len(distinct):
        changed[:-1] = change([str(text) for text in distinct])
    return pd.Series(changed[codes], index=values.index, dtype=object)


def customer_key(names: pd.Series) -> pd.Series:
    """The normalised customer name: simplified characters, one width and case, no spaces or marks, no company suffix.

    The content of brackets stays. A name of which fewer than two characters would
    remain keeps its suffix. None for missing names.
    """

    def change(texts: list[str]) -> list[str | None]:
        lines = "\n".join(" ".join(text.split()) for text in texts)
        simplified = _simplifier().convert(pd.Series([lines]).str.normalize("NFKC").iloc[0]).split("\n")
        return [_bare(text) for text in pd.Series(simplified, dtype=object).str.normalize("NFKC").str.upper()]

    return _each_distinct(names, change)


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

    found = _each_distinct(values, lambda texts: [empty(text) for text in texts])
    return found.isna() | found.eq(True)


def phone_number(phones: pd.Series) -> pd.Series:
    """The first phone number of each text as digits, without country code and extension; None where there is none."""

    def number(text: str) -> str | None:
        for part in _PHONE_SPLIT.split(text):
            if match := _PHONE.match(_PHONE_NOISE.sub("", part)):
                return match[1]
        return None

    def change(texts: list[str]) -> list[str | None]:
        return [number(text) for text in pd.Series(texts, dtype=object).str.normalize("NFKC")]

    return _each_distinct(phones, change)


def masked_phone(number: str) -> str:
    """A phone number with its middle hidden: 138****1234; of a shorter one only the last two digits show."""
    if len(number) == 11 and number.isdigit():
        return f"{number[:3]}****{number[-4:]}"
    return "*" * max(len(number) - 2, 4) + (number[-2:] if len(number) > 6 else "")


def without_phones(text: str) -> str:
    """A text whose mobile numbers are masked; some senders put one into a file's name."""
    return _MOBILE.sub(lambda number: masked_phone(number[0]), text)


def masked_name(name: str) -> str:
    """A person's name with its family name only: 张**."""
    return name.strip()[:1] + "**"


def phone_problem(values: pd.Series) -> pd.Series:
    """What is wrong with each contact method: ``missing`` (5.2), ``unclear`` (no phone number in it), or None."""
    result = pd.Series(np.full(len(values), None, dtype=object), index=values.index, dtype=object)
    result[phone_number(values).isna()] = "unclear"
    result[is_placeholder(values)] = "missing"
    return result


def told_apart(one: str, other: str) -> bool:
    """Whether two close names are plainly two customers: by what tells names apart (第一 / 第二, 东 / 西, A / B),
    or because one whole word of two or more characters stands for another (合肥安邦租赁 / 合肥恒通租赁)."""
    if _TELLING.sub("", one) == _TELLING.sub("", other):
        return True
    start = len(commonprefix([one, other]))
    one, other = one[start:], other[start:]
    end = len(commonprefix([one[::-1], other[::-1]]))
    word, instead = one[: len(one) - end], other[: len(other) - end]
    return min(len(word), len(instead)) >= 2 and not set(word) & set(instead)


def close_pairs(new: pd.DataFrame, old: pd.DataFrame) -> pd.DataFrame:
    """Suspected duplicates (5.1, D2): columns a, b, reason (name or phone), score 0..100; sorted.

    Both frames have columns lead, category, province, city, customer_key, phone_key
    (None allowed). ``a`` is a lead of ``new``; ``b`` one of ``old``, or an earlier row of
    ``new``. Only leads of the same category, province and city with different
    customer keys are paired: equal keys need no suggestion.
    """
    mine, theirs = _blocks(new, old)
    pairs = [_phone_pairs(mine, theirs), _similar_names(mine, theirs)]
    return pd.concat(pairs, ignore_index=True).sort_values(["a", "b", "reason"], ignore_index=True)


def _blocks(new: pd.DataFrame, old: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    columns = ["category", "province", "city"]
    both = pd.concat([new[columns], old[columns]], ignore_index=True)
    code = both.groupby(columns, sort=False, dropna=False).ngroup().to_numpy()
    keep = ["lead", "customer_key", "phone_key"]
    mine = new[keep].assign(block=code[: len(new)], place=np.arange(len(new)))
    theirs = old[keep].assign(block=code[len(new) :], place=-1)
    return mine, theirs[theirs["block"].isin(mine["block"].unique())]


def _phone_pairs(mine: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    mine = mine[mine["phone_key"].notna()]
    others = pd.concat([theirs[theirs["phone_key"].isin(mine["phone_key"])], mine], ignore_index=True)
    pairs = mine.merge(others, on=["block", "phone_key"], suffixes=("", "_b"))
    pairs = pairs[(pairs["place"] > pairs["place_b"]) & (pairs["customer_key"] != pairs["customer_key_b"])]
    pairs = pairs.rename(columns={"lead": "a", "lead_b": "b"}).assign(reason="phone", score=100)
    return pairs[list(PAIRS)].astype(PAIRS)


def _similar_names(mine: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    everyone = pd.concat([theirs, mine], ignore_index=True).dropna(subset=["customer_key"])
    names = everyone.drop_duplicates(["block", "customer_key"])
    fresh = mine.dropna(subset=["customer_key"]).drop_duplicates(["block", "customer_key"])
    fresh_by_block = fresh.groupby("block")["customer_key"].agg(list)
    names_by_block = names.groupby("block")["customer_key"].agg(list)
    found = []
    for block, asked in fresh_by_block.items():
        known = names_by_block[block]
        if len(known) < 2:
            continue
        scores = process.cdist(asked, known, scorer=fuzz.ratio, score_cutoff=CLOSE, dtype=np.uint8)
        for row, column in zip(*np.nonzero(scores)):
            one, other = asked[row], known[column]
            if one != other and not told_apart(one, other):
                found.append((block, one, other, int(scores[row, column])))
    links = pd.DataFrame(found, columns=["block", "customer_key", "other", "score"])
    right = everyone.rename(columns={"customer_key": "other", "lead": "b", "place": "place_b"})
    pairs = links.merge(mine, on=["block", "customer_key"]).merge(
        right[["block", "other", "b", "place_b"]], on=["block", "other"]
    )
    pairs = pairs[pairs["place"] > pairs["place_b"]].rename(columns={"lead": "a"})
    return pairs.assign(reason="name")[list(PAIRS)].astype(PAIRS)

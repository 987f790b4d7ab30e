"""Leads that may be the same (5.1, D2): close names and shared phones, which only suggest."""

from __future__ import annotations

import re
from os.path import commonprefix

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

CLOSE = 80  # rapidfuzz ratio of two keys from which a person should look
# what tells customers of otherwise equal names apart: numbers, letters, 甲乙丙丁, points of the compass, 第N
_TELLING = re.compile(r"[0-9A-Z〇零一二三四五六七八九十百千两甲乙丙丁戊己庚辛壬癸东南西北中第]")
PAIRS = {"a": "int64", "b": "int64", "reason": "object", "score": "int64"}


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

"""Leads that may be the same (5.1, D2): close names and shared phones, which only suggest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.close_names import close_names

PLACE = ["province", "city"]
PAIRS = {"a": "int64", "b": "int64", "reason": "object", "score": "int64", "a_document": "Int64", "b_document": "Int64"}


def close_pairs(new: pd.DataFrame, old: pd.DataFrame, further_phones: pd.DataFrame | None = None) -> pd.DataFrame:
    """Suspected duplicates (5.1, D2): columns a, b, reason (name or phone), score 1..100 and the documents of the two
    versions that were compared; sorted.

    Both frames have columns lead, document (may be missing), province, city, customer_key, phone_key (None allowed).
    ``further_phones``: more keys of versions, columns lead, document, number. ``a`` is a lead of ``new``; ``b`` one of
    ``old``, or an earlier row of ``new``. Only leads of the same province and city with different customer keys are
    paired: equal keys need no suggestion.
    """
    mine, theirs, blocks = _blocks(new, old)
    pairs = [_phone_pairs(mine, theirs, further_phones), _similar_names(mine, theirs, blocks)]
    found = pd.concat(pairs, ignore_index=True).sort_values(list(PAIRS), ignore_index=True)
    return found.drop_duplicates(["a", "b", "reason", "a_document", "b_document"], ignore_index=True)


def _blocks(new: pd.DataFrame, old: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, list[tuple[str, str]]]:
    """New and old rows with the number of their place, and the places by that number."""
    both = pd.concat([new[PLACE], old[PLACE]], ignore_index=True)
    groups = both.groupby(PLACE, sort=False, dropna=False)
    code = groups.ngroup().to_numpy()
    places = [
        ("" if pd.isna(province) else str(province), "" if pd.isna(city) else str(city))
        for province, city in groups.size().index
    ]

    def block(rows: pd.DataFrame, codes: np.ndarray, place: object) -> pd.DataFrame:
        kept = rows[["lead", "customer_key", "phone_key"]].assign(block=codes, place=place)
        document = rows["document"] if "document" in rows else pd.Series(pd.NA, index=rows.index)
        return kept.assign(document=document.astype("Int64"))

    mine = block(new, code[: len(new)], np.arange(len(new)))
    theirs = block(old, code[len(new) :], -1)
    return mine, theirs[theirs["block"].isin(mine["block"].unique())], places


def _phone_pairs(mine: pd.DataFrame, theirs: pd.DataFrame, further: pd.DataFrame | None) -> pd.DataFrame:
    mine, theirs = (_with_every_phone(rows, further) for rows in (mine, theirs))
    others = pd.concat([theirs[theirs["phone_key"].isin(mine["phone_key"])], mine], ignore_index=True)
    pairs = mine.merge(others, on=["block", "phone_key"], suffixes=("", "_b"))
    pairs = pairs[(pairs["place"] > pairs["place_b"]) & (pairs["customer_key"] != pairs["customer_key_b"])]
    return _as_pairs(
        pairs.rename(columns={"lead_b": "b", "document_b": "b_document"}).assign(reason="phone", score=100)
    )


def _with_every_phone(rows: pd.DataFrame, further: pd.DataFrame | None) -> pd.DataFrame:
    """The rows once for each of their phone keys."""
    known = rows[rows["phone_key"].notna()]
    if further is None or further.empty:
        return known
    more = rows.drop(columns="phone_key").merge(
        further.astype({"document": "Int64"}).rename(columns={"number": "phone_key"}), on=["lead", "document"]
    )
    return pd.concat([known, more], ignore_index=True)


def _similar_names(mine: pd.DataFrame, theirs: pd.DataFrame, places: list[tuple[str, str]]) -> pd.DataFrame:
    everyone = pd.concat([theirs, mine], ignore_index=True).dropna(subset=["customer_key"])
    names = everyone.drop_duplicates(["block", "customer_key"])
    fresh = mine.dropna(subset=["customer_key"]).drop_duplicates(["block", "customer_key"])
    names_by_block = names.groupby("block")["customer_key"].agg(list)
    found = [
        (block, *pair)
        for block, asked in fresh.groupby("block")["customer_key"].agg(list).items()
        for pair in close_names(asked, names_by_block[block], *places[block])
    ]
    links = pd.DataFrame(found, columns=["block", "customer_key", "other", "score"])
    right = everyone.rename(
        columns={"customer_key": "other", "lead": "b", "place": "place_b", "document": "b_document"}
    )
    pairs = links.merge(mine, on=["block", "customer_key"]).merge(
        right[["block", "other", "b", "place_b", "b_document"]], on=["block", "other"]
    )
    return _as_pairs(pairs[pairs["place"] > pairs["place_b"]].assign(reason="name"))


def _as_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    pairs = pairs.rename(columns={"lead": "a", "document": "a_document"})
    return pairs.loc[pairs["a"] != pairs["b"], list(PAIRS)].astype(PAIRS)

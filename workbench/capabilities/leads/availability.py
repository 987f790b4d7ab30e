"""Which customers are kept by a lead that is alive, at a moment (5.1, D2): what a new report would run into."""

from __future__ import annotations

import pandas as pd

from workbench.capabilities.leads.similarity import close_pairs
from workbench.capabilities.leads.status import ABOUT_ANOTHER, ALIVE, Review
from workbench.capabilities.leads.versions import IDENTITY

FREE, OCCUPIED, CLOSE = "空闲", "已占用", "须复核"


def availability(asked: pd.DataFrame, states: pd.DataFrame, reviews: pd.DataFrame) -> pd.Series:
    """What a lead about each asked customer would meet if it were received now: 空闲, 已占用 or 须复核.

    ``asked`` has the columns of ``IDENTITY`` (keys by ``names.customer_key``, full place names); ``states`` and
    ``reviews`` as in facts. 已占用: a lead of the same customer is alive, or of one that a person found to be the
    same; 须复核: only one with a close name is. A contact's phone is not looked at.
    """
    alive = states[states["status"].isin(ALIVE)]
    own = set(map(tuple, alive[IDENTITY].to_numpy().tolist()))
    same, different = _decided(states, reviews)
    kept = own.union(*({one, other} for one, other in same if one in own or other in own))
    wanted = list(map(tuple, asked[IDENTITY].to_numpy().tolist()))
    verdict = [OCCUPIED if key in kept else FREE for key in wanted]
    fresh = sorted({key for key, word in zip(wanted, verdict) if word == FREE and key[0]}, key=str)
    if not fresh or alive.empty:
        return pd.Series(verdict, index=asked.index, dtype=object)
    new = pd.DataFrame(fresh, columns=IDENTITY, dtype=object).assign(lead=range(len(fresh)), phone_key=None)
    places = new[["category", "province", "city"]].drop_duplicates()
    near = alive[IDENTITY].drop_duplicates().merge(places, on=["category", "province", "city"])
    old = near.assign(lead=range(-len(near), 0), phone_key=None)
    names = {**dict(zip(new["lead"], fresh)), **dict(zip(old["lead"], map(tuple, near[IDENTITY].to_numpy().tolist())))}
    pairs = close_pairs(new, old)
    held = {
        names[a] for a, b in zip(pairs["a"], pairs["b"]) if b < 0 and frozenset((names[a], names[b])) not in different
    }
    words = [CLOSE if key in held else word for key, word in zip(wanted, verdict)]
    return pd.Series(words, index=asked.index, dtype=object)


def _decided(states: pd.DataFrame, reviews: pd.DataFrame) -> tuple[list[tuple], set[frozenset]]:
    """Pairs of customers that a person found to be the same, and those found to be different (the latest word)."""
    known = dict(zip(states.index, map(tuple, states[IDENTITY].to_numpy().tolist())))
    latest: dict[frozenset, str] = {}
    decided = reviews[reviews["other"].notna() & reviews["verdict"].isin(ABOUT_ANOTHER)]
    for row in decided.sort_values("at", kind="stable").itertuples():
        one, other = known.get(row.lead), known.get(int(row.other))
        if one is not None and other is not None and one != other and one[1:] == other[1:]:
            latest[frozenset((one, other))] = row.verdict
    same = [tuple(pair) for pair, verdict in latest.items() if verdict == Review.SAME]
    return same, {pair for pair, verdict in latest.items() if verdict == Review.DIFFERENT}

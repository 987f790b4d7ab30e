"""What fits into a contract: its leads' pick-ups never exceed their parts, nor together the contract's vehicles (D34)."""

from __future__ import annotations

import pandas as pd

EXCESS, FITS = "contract_excess", "fits"  # the reading and its value


def fitting(lines: pd.DataFrame) -> pd.Series:
    """The pick-ups of each line that fit, in the order of months; index as ``lines``.

    ``lines``: those that count (``contract_history.counting_lines``). Files are checked as they come in; what a later
    replacement, withdrawal or a file that came out of order makes of the lines is looked at here.
    """
    picked = lines["picked_up"].copy()
    pairs = lines.groupby(["contract", "lead"], sort=False)
    latest = lines.sort_values("month", kind="stable").drop_duplicates(["contract", "lead"], keep="last")
    latest = latest.assign(picked=pairs["picked_up"].sum().reindex(_keys(latest)).to_numpy())
    by_contract = latest.groupby("contract")
    several = by_contract["picked"].sum() > by_contract["quantity"].max()
    several &= by_contract["lead"].size() > 1
    doubtful = {*latest.loc[latest["picked"] > latest["quantity"], "contract"], *several.index[several]}
    for _, own in lines[lines["contract"].isin(doubtful)].groupby("contract", sort=False):
        picked.loc[own.index] = _fitting(own)
    return picked


def _keys(lines: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(lines[["contract", "lead"]])


def _fitting(lines: pd.DataFrame) -> pd.Series:
    """The same of one contract."""
    ordered = lines.sort_values(["month", "lead"], kind="stable")
    part = {lead: int(own["quantity"].iloc[-1]) for lead, own in ordered.groupby("lead")}
    left, rest = dict(part), _vehicles(ordered, part)
    found = {}
    for place, lead, number in zip(ordered.index, ordered["lead"], ordered["picked_up"]):
        taken = max(0, min(int(number), left[lead], rest))
        left[lead] -= taken
        rest -= taken
        found[place] = taken
    return pd.Series(found).reindex(lines.index)


def _vehicles(ordered: pd.DataFrame, part: dict[int, int]) -> int:
    """The vehicles of a contract: those of its leads, or of the whole where later leads began with as many as the first."""
    since = ordered.groupby("lead")["at"].min()
    begun = ordered.groupby("lead")["quantity"].first()
    first = min(since.index, key=lambda lead: (since[lead], lead))
    later = since.index[since > since[first]]
    whole = len(later) > 0 and (begun[later] == begun[first]).all()
    return max(part.values()) if whole else sum(part.values())

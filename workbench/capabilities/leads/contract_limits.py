"""What fits into a contract: its leads' pick-ups never exceed their parts, nor together the contract's vehicles (D34)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

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
    own = lines[lines["contract"].isin(doubtful)].sort_values(["month", "lead"], kind="stable")
    of_contract: dict[str, list[_Line]] = defaultdict(list)
    for line in own[["contract", "lead", "quantity", "picked_up", "at"]].itertuples(name=None):
        of_contract[line[1]].append(_Line(line[0], *line[2:]))
    for contract in of_contract.values():
        for place, taken in _fitting(contract).items():
            picked.at[place] = taken
    return picked


def _keys(lines: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(lines[["contract", "lead"]])


class _Line(NamedTuple):
    """What is looked at of a line; ``place``: its row in the frame."""

    place: Any
    lead: int
    quantity: int
    picked_up: int
    at: datetime


def _fitting(ordered: Sequence[_Line]) -> dict[Any, int]:
    """Of one contract's lines, by month and lead: place → the pick-ups that fit."""
    part = {line.lead: line.quantity for line in ordered}
    left, rest = dict(part), _vehicles(ordered, part)
    found = {}
    for line in ordered:
        found[line.place] = taken = max(0, min(line.picked_up, left[line.lead], rest))
        left[line.lead] -= taken
        rest -= taken
    return found


def _vehicles(ordered: Sequence[_Line], part: dict[int, int]) -> int:
    """The vehicles of a contract: those of its leads, or of the whole where later leads began with as many as the first."""
    since: dict[int, datetime] = {}
    begun: dict[int, int] = {}
    for line in ordered:
        since[line.lead] = min(since.get(line.lead, line.at), line.at)
        begun.setdefault(line.lead, line.quantity)
    first = min(since, key=lambda lead: (since[lead], lead))
    later = [lead for lead in since if since[lead] > since[first]]
    whole = bool(later) and all(begun[lead] == begun[first] for lead in later)
    return max(part.values()) if whole else sum(part.values())

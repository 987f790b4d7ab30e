"""What fits into a contract: its leads' pick-ups never exceed their parts, nor together the contract's vehicles (D34)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import pandas as pd

from workbench.capabilities.leads.contract_history import ENDED

EXCESS, FITS = "contract_excess", "fits"  # the reading and its value


def fitting(lines: pd.DataFrame, told: pd.DataFrame) -> pd.Series:
    """The pick-ups of each line that fit, in the order of months; index as ``lines``.

    ``lines``: those that count (``contract_history.counting_lines``); ``told``: all that were received (``contracts``).
    Files are checked as they come in; what a later replacement, withdrawal or a file that came out of order makes of the
    lines is looked at here.
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
    begun = first_registered(told[told["contract"].isin(doubtful)])
    for contract, rows in own.groupby("contract", sort=False):
        parts = rows.drop_duplicates("lead", keep="last")
        named = dict(zip(parts["lead"], parts["quantity"].astype(int)))
        running = bool(parts["progress"].ne(ENDED).fillna(True).any())
        vehicles = vehicles_of(named, {lead: begun[contract, lead] for lead in named}, running=running)
        for place, taken in _fitting(rows, named, vehicles).items():
            picked.at[place] = taken
    return picked


def _keys(lines: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(lines[["contract", "lead"]])


class Begun(NamedTuple):
    """When a lead was first registered under a contract, and with how many vehicles."""

    at: datetime
    quantity: int


def first_registered(told: pd.DataFrame) -> dict[tuple[str, int], Begun]:
    """Contract, lead → how it began: the first file's lines of their first month, whatever is corrected later.

    ``told``: all lines that were received, columns contract, lead, month, quantity, at, file (name or number).
    """
    keys = ["contract", "lead"]
    first = told[told["at"] == told.groupby(keys)["at"].transform("min")]
    first = first[first["file"] == first.groupby(keys)["file"].transform("min")]
    first = first[first["month"] == first.groupby(keys)["month"].transform("min")]
    found = first.groupby(keys).agg(at=("at", "min"), quantity=("quantity", "sum"))
    return {key: Begun(row.at, int(row.quantity)) for key, row in zip(found.index, found.itertuples(index=False))}


def vehicles_of(parts: Mapping[int, int], begun: Mapping[int, Begun], *, running: bool = True) -> int:
    """The vehicles of a contract (D34): those of its leads, or of the whole where later leads began with as many as the first.

    ``parts``: what the last line of each lead names; ``begun``: how each began. A contract that is not ``running`` any more
    has what was delivered (D37), which is what the parts then say.
    """
    if not parts:
        return 0
    first = min(begun.items(), key=lambda each: (each[1].at, each[0]))[1]
    later = [one for one in begun.values() if one.at > first.at]
    if running and later and all(one.quantity == first.quantity for one in later):
        return max(parts.values())
    return sum(parts.values())


def _fitting(lines: pd.DataFrame, parts: Mapping[int, int], vehicles: int) -> dict[Any, int]:
    """Of one contract's lines, by month and lead: place → the pick-ups that fit."""
    left, found = dict(parts), {}
    for place, lead, picked_up in zip(lines.index, lines["lead"], lines["picked_up"].astype(int)):
        found[place] = taken = max(0, min(picked_up, left[lead], vehicles))
        left[lead] -= taken
        vehicles -= taken
    return found

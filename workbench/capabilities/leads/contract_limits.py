"""What fits into a contract: its leads' pick-ups never exceed their parts, nor together the contract's vehicles (D34)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from workbench.capabilities.leads.contract_history import ENDED
from workbench.capabilities.leads.contract_lines import latest_places

EXCESS, FITS = "contract_excess", "fits"  # the reading and its value


def fitting(lines: pd.DataFrame, told: pd.DataFrame) -> pd.Series:
    """The pick-ups of each line that fit, in the order of months; index as ``lines``.

    ``lines``: those that count (``contract_history.counting_lines``); ``told``: all that were received (``contracts``).
    Files are checked as they come in; what a later replacement, withdrawal or a file that came out of order makes of the
    lines is looked at here.
    """
    doubtful = _doubtful(lines)
    if not doubtful.any():
        return lines["picked_up"].copy()
    columns = ["contract", "lead", "month", "quantity", "picked_up", "progress"]
    own = lines.loc[doubtful, columns].assign(place=np.flatnonzero(doubtful))
    own = own.sort_values(["month", "lead"], kind="stable")
    begun = first_registered(told[told["contract"].isin(own["contract"].unique())])
    by_contract: dict[str, list[_Line]] = {}
    for line in map(_Line._make, zip(*(own[name].tolist() for name in ("place", *columns)), strict=True)):
        by_contract.setdefault(line.contract, []).append(line)
    picked = lines["picked_up"].to_numpy(copy=True)
    for contract, rows in by_contract.items():
        last = {line.lead: line for line in rows}
        parts = {lead: line.quantity for lead, line in last.items()}
        running = any(line.progress != ENDED for line in last.values())
        vehicles = vehicles_of(parts, {lead: begun[contract, lead] for lead in parts}, running=running)
        for line in rows:
            picked[line.place] = taken = max(0, min(line.picked_up, parts[line.lead], vehicles))
            parts[line.lead] -= taken
            vehicles -= taken
    return pd.Series(picked, index=lines.index, name="picked_up")


class _Line(NamedTuple):
    """A line and its place among those that count."""

    place: int
    contract: str
    lead: int
    month: str
    quantity: int
    picked_up: int
    progress: str | None


def _doubtful(lines: pd.DataFrame) -> np.ndarray:
    """Which lines are of contracts of which more was picked up than a lead's part, or than any part where there are several."""
    contract, contracts = pd.factorize(lines["contract"])
    pair, last = pd.factorize(latest_places(lines))
    picked = np.zeros(len(last), dtype="int64")
    np.add.at(picked, pair, lines["picked_up"].to_numpy())
    quantity, of = lines["quantity"].to_numpy()[last], contract[last]
    whole, most, several = (np.zeros(len(contracts), dtype="int64") for _ in range(3))
    np.add.at(whole, of, picked)
    np.maximum.at(most, of, quantity)
    np.add.at(several, of, 1)
    found = (whole > most) & (several > 1)
    found[of[picked > quantity]] = True
    return found[contract]


class Begun(NamedTuple):
    """When a lead was first registered under a contract, and with how many vehicles."""

    at: datetime
    quantity: int


def first_registered(told: pd.DataFrame) -> dict[tuple[str, int], Begun]:
    """Contract, lead → how it began: the first file's lines of their first month, whatever is corrected later.

    ``told``: all lines that were received, columns contract, lead, month, quantity, at, file (name or number).
    """
    first: dict[tuple[str, int], tuple[Any, Any, str]] = {}
    vehicles: dict[tuple[str, int], int] = {}
    columns = ("contract", "lead", "at", "file", "month", "quantity")
    for contract, lead, at, file, month, quantity in zip(*(told[name].tolist() for name in columns), strict=True):
        key, came = (contract, lead), (at, file, month)
        if key not in first or came < first[key]:
            first[key], vehicles[key] = came, 0
        if came == first[key]:
            vehicles[key] += quantity
    return {key: Begun(at, vehicles[key]) for key, (at, _, _) in first.items()}


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

"""Units that are out of use, and who took their place (T6, D36)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

import pandas as pd

from workbench.capabilities.organization.kinds import UnitState
from workbench.core.periods import end_of_day
from workbench.platform.register.facts import BACK, GONE, Read, without_repeats

# what a version of a unit does not say of it
PLACE = ("code", "since", "document", "row", GONE, BACK)


@dataclass(frozen=True)
class Ending:
    """A unit out of use: since when, who took its place (None: nobody), and until when, where it is in use again."""

    since: datetime
    unit: str
    successor: str | None
    until: datetime | None = None


def with_successors(units: pd.DataFrame, read: Read) -> pd.DataFrame:
    """Say of each version of a unit who took its place with it (column successor); without those that say nothing new."""
    kept = read("succession", ["code", "successor", "since"])
    named = dict(zip(zip(kept["code"], kept["since"].dt.floor("s")), kept["successor"], strict=True))
    since = pd.to_datetime(units["since"]).dt.floor("s") if len(units) else units["since"]
    found = [named.get(key) for key in zip(units["code"], since, strict=True)]
    units = units.assign(successor=pd.Series(found, index=units.index, dtype=object))
    return without_repeats(units, ["code"], [name for name in units if name not in PLACE], "since")


def endings(units: pd.DataFrame, until: datetime) -> list[Ending]:
    """When units went out of use by a moment, in order; a unit that was listed in use again can do so twice."""
    if not (units["state"] == UnitState.INACTIVE).any():
        return []
    found: list[Ending] = []
    ordered = units[units["since"] <= until].sort_values("since", kind="stable")
    for code, versions in ordered.groupby("code", sort=False):
        before: Ending | None = None
        for since, state, successor in zip(versions["since"], versions["state"], versions["successor"], strict=True):
            at, out = since.to_pydatetime(), state == UnitState.INACTIVE
            if before and (not out or successor != before.successor):
                found.append(replace(before, until=at))
                before = None
            if out and before is None:
                before = Ending(at, str(code), successor)
        found += [before] if before else []
    return sorted(found, key=lambda ending: (ending.since, ending.unit))


def successors_on(units: pd.DataFrame, day: date) -> dict[str, str]:
    """For each unit that is succeeded at the end of a day, the unit that has its place then."""
    moment = end_of_day(day)
    direct = {each.unit: each.successor for each in endings(units, moment) if each.successor and each.until is None}
    found = {}
    for unit in direct:
        last, seen = unit, {unit}
        while last in direct and direct[last] not in seen:
            last = direct[last]
            seen.add(last)
        found[unit] = last
    return found

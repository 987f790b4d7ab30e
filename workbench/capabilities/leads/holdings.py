"""Whose a lead is: its reporter's, the successor's of a unit out of use, or that of the unit a person named (D36, T20)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from workbench.capabilities.leads.changes import Matter
from workbench.capabilities.organization.successions import endings
from workbench.core.frames import places_of
from workbench.core.periods import end_of_day
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy


@dataclass
class Holdings:
    """What happens to the holders of leads while they are replayed; leads by their place in the order of 5.1.

    ``holder``: of each watched lead, as the replay goes on. ``moves``: (time, lead, unit) that a person decided on;
    ``ends``: (time, time it is in use again or None, unit, successor or None). ``stays``: leads that keep their unit though it is out of use without
    successor. ``passed``: what the replay found: (time, lead, unit). Times in microseconds.
    """

    holder: dict[int, str] = field(default_factory=dict)
    moves: list[tuple[int, int, str]] = field(default_factory=list)
    ends: list[tuple[int, int | None, str, str | None]] = field(default_factory=list)
    stays: frozenset[int] = frozenset()
    passed: list[tuple[int, int, str]] = field(default_factory=list)

    def pass_on(self, lead: int, unit: str, moment: int) -> None:
        """A lead goes over to another unit."""
        if self.holder[lead] != unit:
            self.holder[lead] = unit
            self.passed.append((moment, lead, unit))

    def ended(self, unit: str, moment: int) -> tuple[int, int | None, str, str | None] | None:
        """How a unit is out of use at a moment; None while it is in use."""
        return next(
            (each for each in self.ends if each[2] == unit and each[0] <= moment and (not each[1] or moment < each[1])),
            None,
        )


def holdings(facts: Facts, changes: pd.DataFrame, leads: pd.DataFrame, policy: Policy, until) -> Holdings:
    """The holdings of ordered ``leads`` (column reporter), before the replay."""
    ends = endings(facts.units, until)
    moved = changes[changes["matter"] == Matter.NEW_REPORTER]
    if not ends and moved.empty:
        return Holdings()
    places = places_of(moved["lead"].astype("int64"), pd.Index(leads["lead"]))
    moves = [
        (_us(at), place, unit) for at, place, unit in zip(moved["at"], places.tolist(), moved["value"]) if place >= 0
    ]
    codes = {each.unit for each in ends}
    watched = np.flatnonzero(leads["reporter"].isin(codes).to_numpy()).tolist()
    watched += [place for _, place, _ in moves]
    reporter = leads["reporter"].tolist()
    kept = policy.choices("unit_out_of_use", leads["received_at"]) == "kept"
    return Holdings(
        holder={place: reporter[place] for place in watched},
        moves=moves,
        ends=[(_us(each.since), _us(each.until) if each.until else None, each.unit, each.successor) for each in ends],
        stays=frozenset(np.flatnonzero(kept).tolist()),
    )


def _us(at) -> int:
    return int(np.datetime64(at, "us").astype("int64"))


def histories(found: Holdings, size: int) -> tuple[dict[int, str], np.ndarray]:
    """The last holder of each lead that went over, and per lead its history (``on`` reads it), None where it did not."""
    paths: dict[int, list[str]] = {}
    for at, lead, unit in sorted(found.passed):
        paths.setdefault(lead, []).append(f"{np.datetime64(at, 'us').astype('datetime64[s]')}={unit}")
    history = np.full(size, None, dtype=object)
    for lead, path in paths.items():
        history[lead] = ";".join(path)
    return {lead: path[-1].partition("=")[2] for lead, path in paths.items()}, history


def on(states: pd.DataFrame, day: date) -> pd.DataFrame:
    """The states with the reporter each lead had at the end of a day: what was earned by then stays (D36)."""
    moved = states["passed_on"].notna()
    if not moved.any():
        return states
    until, reporter = end_of_day(day).isoformat(), states["reporter"].copy()
    for lead in states.index[moved]:
        reporter[lead] = _holder(states.at[lead, "first_reporter"], states.at[lead, "passed_on"], until)
    return states.assign(reporter=reporter)


def _holder(first: str, history: str, until: str) -> str:
    holder = first
    for step in history.split(";"):
        at, _, unit = step.partition("=")
        if at <= until:
            holder = unit
    return holder


def holders(state: pd.Series) -> set[str]:
    """Every unit a lead ever belonged to."""
    later = [step.partition("=")[2] for step in (state["passed_on"] or "").split(";") if step]
    return {state["first_reporter"], *later}

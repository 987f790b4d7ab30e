"""Who may ask for which change of a lead, and whether somebody else has to decide it (T20; D2, D32, D35, D36, D41)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads.changes import Matter
from workbench.capabilities.leads.status import ALIVE, Status
from workbench.capabilities.leads.versions import IDENTITY
from workbench.capabilities.organization.kinds import SectionFunction, UnitKind, UnitState

LEAD_NAMED = (Matter.ANOTHER_PURCHASE, Matter.NOT_THE_SAME, Matter.THE_SAME)  # the new value is a lead's number
BEFORE_PROJECT = (Status.RECEIVED, Status.HELD, Status.WAITING, Status.DUPLICATE, Status.VALID)
PROJECT = (Status.PROJECT, Status.APPLIED)
# whether it takes effect at once, and the value that is kept
Answer = tuple[bool, str | None]


@dataclass(frozen=True)
class Known:
    """What a rule looks at, as known at a moment: ``states`` of leads (index lead), ``units`` (index code), and, asked for only
    where it is needed, the customer of each lead once names that were decided to be one are joined (D2).
    """

    states: pd.DataFrame
    units: pd.DataFrame
    at: datetime
    joined: Callable[[], pd.Series]


Rule = Callable[[str, str | None, int, int | None, Known], Answer]


class Refused(Exception):
    """What was asked for cannot be. ``key``: of the message; ``code``: its part before the slash; ``column``: of T20."""

    def __init__(self, key: str, column: str = "number", **fields: Any) -> None:
        super().__init__(key)
        self.key, self.code, self.column, self.fields = key, key.partition("/")[0], column, fields


def withdraw(unit, value, lead, other, known) -> Answer:
    """D35: by the lead's reporter; at once until it is a project, afterwards with the section's consent."""
    state = known.states.loc[lead]
    _only_the_reporter(unit, state)
    if state["status"] in BEFORE_PROJECT:
        return True, None
    if state["status"] in PROJECT:
        return False, None
    raise Refused("change_too_late", status=state["status"])


def prolong(unit, value, lead, other, known) -> Answer:
    """D32: by the section that verified it, to a later day; after the expiry only while the customer is free."""
    state = known.states.loc[lead]
    _section_of(unit, state, known.units)
    if pd.isna(state["expires_on"]) or not state["valid"]:
        raise Refused("nothing_to_prolong", status=state["status"])
    day = _date(value)
    if day is None:
        raise Refused("value_missing/date", "value")
    if day <= state["expires_on"].date() or day < known.at.date():
        raise Refused("not_longer", "value", expires_on=state["expires_on"])
    if known.at.date() <= state["expires_on"].date():
        return True, day.isoformat()
    if state["status"] != Status.EXPIRED:
        raise Refused("change_too_late", status=state["status"])
    if taken_by(lead, known.states, known.joined()) is not None:
        raise Refused("customer_taken")
    return False, day.isoformat()


def another_purchase(unit, value, lead, other, known) -> Answer:
    """5.1: a duplicate that is another purchase, or none at all; the first reporter's claim is touched."""
    state = known.states.loc[lead]
    if not _decides_on_duplicates(unit, known.units):
        _only_the_reporter(unit, state)
    first = state["duplicate_of"] if pd.notna(state["duplicate_of"]) else state["held_by"]
    if other is None:
        if state["status"] not in (Status.DUPLICATE, Status.HELD) or pd.isna(first):
            raise Refused("not_a_duplicate", status=state["status"])
        other = int(first)
    elif other == lead:
        raise Refused("value_missing/other", "value")
    return False, str(known.states.at[other, "number"])


def same(unit, value, lead, other, known) -> Answer:
    """5.1: two leads are about one customer; the later one's claim falls."""
    if other is None or other == lead:
        raise Refused("value_missing/other", "value")
    return False, str(known.states.at[other, "number"])


def hand_over(unit, value, lead, other, known) -> Answer:
    """D41: by the section that has it, or the strategy section, to another development section in use."""
    state = known.states.loc[lead]
    if not _decides_on_duplicates(unit, known.units):
        _section_of(unit, state, known.units)
    if state["status"] not in ALIVE or state["status"] == Status.HELD:
        raise Refused("not_dispatched/no_handing_over", status=state["status"])
    wanted = known.units.loc[value] if value in known.units.index else None
    if wanted is None or wanted["function"] != SectionFunction.DEVELOPMENT or wanted["state"] != UnitState.IN_USE:
        raise Refused("value_missing/section", "value")
    if value == state["handler"]:
        raise Refused("same_section", "value", section=value)
    return True, value


def new_reporter(unit, value, lead, other, known) -> Answer:
    """A lead goes over to another unit of the same kind: asked by either of them, decided by somebody else."""
    state = known.states.loc[lead]
    wanted = known.units.loc[value] if value in known.units.index else None
    if wanted is None or wanted["kind"] != state["reporter_kind"] or wanted["state"] != UnitState.IN_USE:
        raise Refused("value_missing/unit", "value")
    if value == state["reporter"]:
        raise Refused("same_reporter", "value", unit=value)
    if unit not in (value, state["reporter"]):
        raise Refused("other_reporter")
    return False, value


def split(unit, value, lead, other, known) -> Answer:
    """D34: a contract's number stands for this lead too, though another unit's lead has it already."""
    if not value:
        raise Refused("value_missing/contract", "value")
    return False, value


RULES: dict[Matter, Rule] = {
    Matter.WITHDRAW: withdraw,
    Matter.PROLONG: prolong,
    Matter.ANOTHER_PURCHASE: another_purchase,
    Matter.NOT_THE_SAME: another_purchase,
    Matter.HAND_OVER: hand_over,
    Matter.NEW_REPORTER: new_reporter,
    Matter.THE_SAME: same,
    Matter.SPLIT: split,
}


def taken_by(lead: int, states: pd.DataFrame, joined: pd.Series) -> int | None:
    """Another living lead of the lead's customer, category and place, or of one that was decided to be the same (``joined``,
    by lead); None where the customer is free (D32).
    """
    alive = states[states["status"].isin(ALIVE) & (states.index != lead)]
    alike = (alive[IDENTITY] == states.loc[lead, IDENTITY]).all(axis=1)
    alive = alive[alike | joined.reindex(alive.index).eq(joined.get(lead))]
    return int(alive.index[0]) if len(alive) else None


def _decides_on_duplicates(unit: str, units: pd.DataFrame) -> bool:
    """Whether it is the strategy section that asks, or (without one) a user himself."""
    return unit not in units.index or units.at[unit, "function"] == SectionFunction.STRATEGY


def _only_the_reporter(unit: str, state: pd.Series) -> None:
    if state["reporter"] != unit:
        raise Refused("other_reporter/cannot_ask")


def _section_of(unit: str, state: pd.Series, units: pd.DataFrame) -> None:
    if units.at[unit, "kind"] != UnitKind.SECTION or state["handler"] != unit:
        raise Refused("not_its_section")


def _date(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None

"""The weekly sheets and the record of service as lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd

from workbench.capabilities.customers.kinds import SERVICE, ServiceState
from workbench.capabilities.customers.service import records
from workbench.capabilities.customers.weekly_reports import monday_of
from workbench.capabilities.customers.weeks import WEEK, duties
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.platform.access.session import Session

RECORD = (
    "number",
    "happened_on",
    "kind",
    "customer",
    "content",
    "manager",
    "action",
    "owner",
    "due_on",
    "state",
    "closed_on",
    "proof",
    "feedback",
    "reopened",
    "overdue",
)


def week_status(session: Session, day: str | None, as_of: datetime) -> list[dict[str, Any]]:
    """Every sheet owed of the week of a day (None: the last whole one before the moment's day): unit, name, state, times.

    Raises RegisterError ``not_allowed``.
    """
    session.require("customers")
    snapshot = open_snapshot(session, as_of)
    week = monday_of(date.fromisoformat(day)) if day else monday_of(as_of.date()) - WEEK
    return [
        {
            "unit": duty.unit,
            "manager": duty.manager,
            "week": duty.week.isoformat(),
            "due_at": duty.due_at.isoformat(),
            "state": duty.state.value,
            "received_at": duty.received_at and duty.received_at.isoformat(),
            "items": duty.items,
        }
        for duty in duties(snapshot.facts, week, as_of, snapshot.policy)
    ]


def service_record(session: Session, as_of: datetime, unfinished: bool = False) -> list[dict[str, Any]]:
    """T9 as it stands: open and overdue matters first, then by number; ``unfinished``: only those that are open.

    Days in ISO 8601. Raises RegisterError ``not_allowed``.
    """
    session.require("customers")
    snapshot = open_snapshot(session, as_of)
    table = records(snapshot.facts, as_of.date(), snapshot.policy)
    table = table[table["kind"].isin([kind.value for kind in SERVICE])]
    if unfinished:
        table = table[table["state"].eq(ServiceState.OPEN)]
    table = table.assign(place=table["state"].ne(ServiceState.OPEN)).sort_values(["place", "number"])[[*RECORD]]
    return [{name: _plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return None if not isinstance(value, bool | str | int) and pd.isna(value) else value

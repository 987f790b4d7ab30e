"""The archive as lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.archive.rules import loans, missing_documents, newest_documents
from workbench.capabilities.leads.snapshot import Snapshot, open_snapshot
from workbench.platform.access.session import Session


def _snapshot(session: Session, as_of: datetime) -> Snapshot:
    session.require("archive")
    return open_snapshot(session, as_of)


def list_index(session: Session, as_of: datetime) -> list[dict[str, Any]]:
    """Every document of the index, by number, and who has it out. Raises RegisterError ``not_allowed``."""
    snapshot = _snapshot(session, as_of)
    out = loans(snapshot.facts, as_of.date(), snapshot.policy)
    out = out[out["returned_on"].isna()]
    holder = dict(zip(out["number"], out["borrower"], strict=True))
    shown = ("number", "customer", "kind", "title", "dated_on", "contract", "pages", "place")
    return [
        {**{name: _plain(row[name]) for name in shown}, "borrower": holder.get(row["number"])}
        for row in newest_documents(snapshot.facts).to_dict("records")
    ]


def list_overdue(session: Session, as_of: datetime) -> list[dict[str, Any]]:
    """Documents that are out past their day, the longest first. Raises RegisterError ``not_allowed``."""
    snapshot = _snapshot(session, as_of)
    table = loans(snapshot.facts, as_of.date(), snapshot.policy)
    table = table[table["returned_on"].isna() & table["overdue"].astype(bool)]
    shown = ("number", "borrower", "lent_on", "due_on")
    return [{name: _plain(row[name]) for name in shown} for row in table.to_dict("records")]


def list_missing(session: Session, as_of: datetime) -> list[dict[str, Any]]:
    """Signed contracts whose documents are not in the index, with the customer. Raises RegisterError ``not_allowed``."""
    snapshot = _snapshot(session, as_of)
    customers = snapshot.states["customer"].to_dict()
    return [
        {
            "contract": row["contract"],
            "customer": customers.get(row["lead"]),
            "signed_on": _plain(row["signed_on"]),
            "missing": row["missing"],
        }
        for row in missing_documents(snapshot.facts, as_of.date(), snapshot.policy).to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return value if isinstance(value, str | int) else pd.Timestamp(value).date().isoformat()

"""News of customers passed on to departments without contacts, on a sheet that comes back with their answers (大客户管理制度 三.4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.capabilities.customers import service_records
from workbench.capabilities.customers.prepared_forms import write_prepared
from workbench.capabilities.customers.service import records
from workbench.capabilities.customers.sharing import answers
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.organization.directory import directory
from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.platform.access.session import Session

RECENT = timedelta(days=14)  # how far back matters are shared, where no day is named


def share(session: Session, unit: str, since: date | None, out: Path) -> tuple[Path | None, int]:
    """Write a T9 for a unit with the matters since a day that it was not told of yet, and note that it was; how many they are.

    Without any nothing is written (None). The sheet names customers and matters, and no contact. Raises RegisterError
    ``not_allowed``; WrongUse ``unknown_unit``, ``folder_not_written/preparing``.
    """
    session.require("share_news")
    if unit not in directory(session.register).index:
        raise WrongUse("unknown_unit/share", unit=unit)
    snapshot = open_snapshot(session)
    matters = records(snapshot.facts, session.now.date(), snapshot.policy)
    told = snapshot.facts.shared_news
    told = set(told.loc[told["unit"].eq(unit), "number"])
    first = pd.Timestamp(since or session.now.date() - RECENT)
    matters = matters[(matters["happened_on"] >= first) & ~matters["number"].isin(told)].sort_values("number")
    if matters.empty:
        return None, 0
    shown = ("number", "happened_on", "customer", "kind", "content")
    rows = [{"row_id": row["number"], **{name: row[name] for name in shown}} for row in matters.to_dict("records")]
    news = matters[["number", "customer_key"]].assign(unit=unit, by=session.user, at=session.now)
    name = file_name("转部门信息", unit, session.now.date(), ending=".xlsx")
    (path,) = write_prepared(session, out, [(service_records.TEMPLATE, name, {"unit": unit}, rows)], unit=unit)
    with session.transaction("share_news", session.now, unit=unit, count=len(news)) as entry:
        entry.append("shared_news", news)
    return path, len(rows)


def list_shared(session: Session, as_of: datetime) -> list[dict[str, Any]]:
    """``answers`` with customer, kind and state of each matter; days in ISO 8601. Raises RegisterError ``not_allowed``."""
    session.require("customers")
    snapshot = open_snapshot(session, as_of)
    matters = records(snapshot.facts, as_of.date(), snapshot.policy).set_index("number")
    days = ("shared_on", "due_on", "answered_on")
    return [
        {
            **row,
            **{name: row[name] and row[name].isoformat() for name in days},
            **{name: matters.at[row["number"], name] for name in ("customer", "kind", "state")},
        }
        for row in answers(snapshot.facts, as_of.date(), snapshot.policy).to_dict("records")
        if row["number"] in matters.index
    ]

"""The register's leads as a list: number, status, the clause that decided, the month they count in."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.leads.visibility import visible_leads
from workbench.platform.access.session import Session
from workbench.platform.intake.added_values import with_added
from workbench.platform.register.facts import shown_file

COLUMNS = [
    "number",
    "customer",
    "category",
    "reporter",
    "file",
    "row",
    "received_at",
    "status",
    "clause",
    "counts_in",
]


def list_leads(session: Session, as_of: datetime, month: str | None = None) -> pd.DataFrame:
    """Leads in order of number with the columns of the JSON contract; ``month`` filters by receipt.

    A verifier gets the leads handed to his section. Where any of them holds something in a column that was added to T1,
    a column ``more`` gives it (title → value; what is personal is masked).

    `received_at` is a time; `clause` and `counts_in` are None where there is none.
    """
    session.require("list")
    snapshot = open_snapshot(session, as_of)
    states = snapshot.states
    if (own := visible_leads(session)) is not None:
        states = states[states.index.isin(own)]
    if month is not None:
        states = states[states["received_at"].dt.strftime("%Y-%m") == month]
    table = states.sort_values("number")[COLUMNS].reset_index(drop=True)
    table["file"] = table["file"].map(shown_file)
    table = with_added(table, snapshot.facts, "lead_record", ["number"])
    return table.astype({"clause": "object", "counts_in": "object"}).where(
        lambda frame: frame.notna() | ~frame.columns.isin(["clause", "counts_in"]), None
    )


def as_json(leads: pd.DataFrame) -> list[dict]:
    """The list as plain values; times in ISO 8601."""
    rows = leads.assign(received_at=leads["received_at"].dt.strftime("%Y-%m-%dT%H:%M:%S")).to_dict("records")
    return [
        {key: value if isinstance(value, dict) or not pd.isna(value) else None for key, value in row.items()}
        for row in rows
    ]

"""T13 信息泄露事件登记表: leaks by insiders and their consequences (7.3.4)."""

from __future__ import annotations

from functools import partial

import pandas as pd

from workbench.capabilities.leads.lead_states import leads_by_number
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.platform.intake.rows import Row, note_unchanged, store_rows
from workbench.platform.intake.submission import ImportBatch, Submission, returned
from workbench.platform.register.facts import GONE, Read

CLAUSE = "7.3.4"
TOLD = ("person", "unit", "happened_on")  # what makes an incident: another of it needs a number of its own


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store new incidents; one that was registered before under its number stays as it is."""
    for submission in submissions:
        held = batch.register.read("incident", ["number", "at"])
        known = set(held.loc[held["at"] <= submission.received_at, "number"])
        rows = submission.open_rows()
        leads = leads_by_number(batch, rows["lead"])
        here: dict[str, Row] = {}
        store_rows(batch, submission, "incident", rows, partial(_incident, submission, known, here, leads))


def first_of_each_number(incidents: pd.DataFrame, read: Read) -> pd.DataFrame:
    """The incidents as they were registered first, whichever file was brought in first (D4)."""
    stands = incidents[incidents[GONE].isna()] if GONE in incidents else incidents
    again = stands.sort_values(["at", "document", "row"], kind="stable").duplicated("number")
    return incidents.drop(index=again.index[again])


def _incident(
    submission: Submission, known: set[str], here: dict[str, Row], leads: pd.DataFrame, row: Row
) -> list[Row]:
    """The incident a row registers; ``here``: the rows of this file by number. Raises RowReturned."""
    number = row["number"]
    before = here.setdefault(number, row)
    if any(before[name] != row[name] for name in TOLD):
        message = Message.of("incident_twice", number=number, row=int(before["row"]))
        raise returned("incident_twice", message, "number", CLAUSE)
    if number in known:
        return note_unchanged(
            submission,
            row,
            "already_registered",
            Message.of("already_registered/incident", number=number),
            "number",
            CLAUSE,
        )
    if row["happened_on"].date() > submission.received_at.date():
        raise returned("in_the_future", Message.of("in_the_future"), "happened_on", CLAUSE)
    if row["lead"] is not None and row["lead"] not in leads.index:
        submission.add_finding(
            "unknown_number",
            Message.of("unknown_number/of_incident", lead=row["lead"]),
            row=row["row"],
            column="lead",
            clause=CLAUSE,
            severity=Severity.WARNING,
        )
    known.add(number)
    lead = leads["lead"].get(row["lead"])
    return [
        {
            "number": number,
            "person": row["person"],
            "unit": row["unit"],
            "happened_on": row["happened_on"],
            "inside": row["inside"] == "是",
            "lead": pd.NA if lead is None else int(lead),
        }
    ]

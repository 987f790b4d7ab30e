"""T13 信息泄露事件登记表: leaks by insiders and their consequences (7.3.4)."""

from __future__ import annotations

from functools import partial

import pandas as pd

from workbench.capabilities.leads.lead_states import leads_by_number
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.core.names import person_name
from workbench.platform.intake.rows import Row, newest_values, note_unchanged, store_rows
from workbench.platform.intake.submission import ImportBatch, Submission, returned

CLAUSE = "7.3.4"
TOLD = ("unit", "happened_on", "inside")  # what a later entry on the same incident and person may correct


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store what is said of incidents: one of each number and person; a later word on the same two takes the place of it.

    Two persons under one number are two.
    """
    for submission in submissions:
        known = newest_values(batch, "incident", ["number", "person"], TOLD, {}, submission.received_at)
        held = {(number, person_name(who)): {**said, "person": who} for (number, who), said in known.items()}
        rows = submission.open_rows()
        leads = leads_by_number(batch, rows["lead"])
        here: dict[tuple[str, str], Row] = {}
        store_rows(batch, submission, "incident", rows, partial(_incident, submission, held, here, leads))


def _incident(
    submission: Submission,
    known: dict[tuple[str, str], Row],
    here: dict[tuple[str, str], Row],
    leads: pd.DataFrame,
    row: Row,
) -> list[Row]:
    """What a row says of an incident; ``here``: the rows of this file by number and person. Raises RowReturned."""
    number, key = row["number"], (row["number"], person_name(row["person"]))
    said = {"unit": row["unit"], "happened_on": row["happened_on"], "inside": row["inside"] == "是"}
    before = here.setdefault(key, {**said, "row": row["row"]})
    if any(before[name] != said[name] for name in TOLD):
        message = Message.of("incident_twice", number=number, row=int(before["row"]))
        raise returned("incident_twice", message, "number", CLAUSE)
    if key in known and all(known[key][name] == said[name] for name in TOLD):
        text = Message.of("already_registered/incident", number=number)
        return note_unchanged(submission, row, "already_registered", text, "number", CLAUSE)
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
    if key in known:
        text = Message.of("incident_corrected", number=number)
        submission.add_finding(
            "incident_corrected", text, row=row["row"], column="number", clause=CLAUSE, severity=Severity.NOTE
        )
    written = known.get(key, row)["person"]  # as it was first, so that both are told to be of one
    known[key] = {**said, "person": written}
    lead = leads["lead"].get(row["lead"])
    return [
        {
            **said,
            "number": number,
            "person": written,
            "lead": pd.NA if lead is None else int(lead),
        }
    ]

"""T3 大客户项目申报表: a reporter applies for its project (5.5)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.capabilities.leads.lead_states import known_lead, leads_by_number, refresh_stored, states_at_receipt
from workbench.capabilities.leads.status import APPLIED_FOR, CLOSED
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.platform.intake.rows import Row, note_unchanged, store_rows
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission, returned

# why a row does not fit what is known, which files received before it may mend
WAITS_FOR = frozenset({"unknown_number", "other_reporter", "not_open"})


def sequence_key(submission: Submission) -> str:
    """A unit's applications are taken in one after another."""
    return submission.form.header["unit"]


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store applications for the unit's own leads that are still open."""
    opened = [(submission, submission.open_rows()) for submission in submissions]
    leads = leads_by_number(batch, (number for _, rows in opened for number in rows["number"]))
    known = states_at_receipt(batch, submissions, leads["lead"].tolist())
    for submission, rows in opened:
        _accept(batch, submission, rows, leads, known[submission.received_at])


def _accept(
    batch: ImportBatch, submission: Submission, rows: pd.DataFrame, leads: pd.DataFrame, states: pd.DataFrame
) -> None:
    unit, known = submission.form.header["unit"], leads[leads["lead"].isin(states.index)]
    again: list[int] = []

    def examine(row: Row) -> list[Row]:
        number = row["number"]
        lead = known_lead(known, number)
        status = states.at[lead, "status"]
        if states.at[lead, "reporter"] != unit:
            raise returned("other_reporter", Message.of("other_reporter/cannot_apply", number=number), "number", "5.5")
        if status in CLOSED:
            raise returned("not_open", Message.of("not_open", number=number, status=status), "number", "5.5")
        columns = ("model", "quantity", "support", "signs_on")
        kept = [{"lead": lead, "unit": unit, **{name: row[name] for name in columns}}]
        if status not in APPLIED_FOR:
            return kept
        note_unchanged(
            submission, row, "already_applied", Message.of("already_applied", number=number), "number", "5.5"
        )
        if pd.isna(states.at[lead, "applied_at"]):
            return []
        again.append(row["row"])  # it stands where the earlier one is taken back
        return kept

    store_rows(batch, submission, "application", rows, examine)
    submission.decide(RowVerdict.UNCHANGED, again)


def on_accept(batch: ImportBatch, submissions: list[Submission], stored: Mapping[str, pd.DataFrame]) -> None:
    """Derive the statuses of the leads; say where 5.5 takes one out of the counts."""
    if "application" not in stored:
        return
    rows, by_document = stored["application"], {submission.document: submission for submission in submissions}
    states = refresh_stored(batch, submissions, rows)
    verdicts = [by_document[file].verdicts[row] for file, row in zip(rows["document"], rows["row"], strict=True)]
    rows = rows[[verdict is RowVerdict.ACCEPTED for verdict in verdicts]]
    newest = {lead: (row, document) for lead, row, document in zip(rows["lead"], rows["row"], rows["document"])}
    for lead, (row, document) in newest.items():
        if states.at[lead, "excluded"] == "5.5":
            by_document[document].add_finding(
                "applied_too_soon",
                Message.of("applied_too_soon"),
                row=row,
                column="number",
                clause="5.5",
                severity=Severity.WARNING,
                number=states.at[lead, "number"],
            )

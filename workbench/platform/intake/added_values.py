"""Columns that stand in a template's YAML and that its intake does not know: kept as they are, cell by cell.

The newest value of a field counts. Where a row that says nothing new to its intake holds another value in such a column,
that is a correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core.errors import FileRefused
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.platform.access.session import Session
from workbench.platform.forms.spec import Column
from workbench.platform.intake.record_intake import RecordIntake, added_columns
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission
from workbench.platform.intake.tables import ADDED
from workbench.platform.register.columns import from_sealed, to_sealed
from workbench.platform.register.facts import Facts, Stored

if TYPE_CHECKING:
    from workbench.platform.forms.read import Form

MASK = "***"
Value = str | int | None


@dataclass(frozen=True)
class _Cell:
    """A cell of an added column: where it stands and what it says."""

    submission: Submission
    row: int
    subject: str
    lead: str | None
    column: Column
    value: Value

    def as_row(self) -> dict[str, Any]:
        """The stored row."""
        sealed = self.column.personal and self.value is not None
        return {
            "template": self.submission.form.template.id,
            "subject": self.subject,
            "lead": self.lead,
            "field": self.column.key,
            "title": self.column.title,
            "value": None if sealed else self.value,
            "filled": self.value is not None,
            "personal": self.column.personal,
            "sealed_value": to_sealed(self.value) if sealed else None,
            "at": self.submission.received_at,
            "document": self.submission.document,
            "row": self.row,
            "cell": self.submission.cell(self.row, self.column.key),
        }


def require_keys(session: Session, form: Form) -> None:
    """Refuse a file with cells that have to be sealed to somebody without the keys: who seals could also open.

    Raises FileRefused ``no_key_to_seal``.
    """
    if session.register.keys.fields:
        return
    here = [column for column in form.template.columns if column.personal and column.key in form.letters]
    if here:
        raise FileRefused("no_key_to_seal", file=form.file, columns=[column.title for column in here])


def put_added_values(batch: ImportBatch, submissions: Sequence[Submission], intake: RecordIntake) -> None:
    """Have the news in added columns stored, of rows that were accepted or had nothing new for their intake.

    The latter are accepted as corrections, unless the intake keeps what it has.
    """
    columns = added_columns(submissions[0].form.template)
    cells = [cell for submission in submissions for cell in _cells(submission, intake, columns)]
    if not cells:
        return
    kept = _kept(batch, intake.template, cells)
    news = [cell for cell in cells if kept.get((cell.subject, cell.column.key)) != cell.value]
    corrected = [cell for cell in news if cell.submission.verdicts[cell.row] is RowVerdict.UNCHANGED]
    for cell in corrected:
        _correct(cell)
    batch.put(ADDED, [cell.as_row() for cell in news])


def _cells(submission: Submission, intake: RecordIntake, columns: Sequence[Column]) -> list[_Cell]:
    """The added cells of a sheet's rows; of rows about the same thing the last one's. Columns it lacks say nothing."""
    here = [column for column in columns if column.key in submission.form.letters]
    if not here:
        return []
    found: dict[tuple[str, str], _Cell] = {}
    for row in submission.form.rows.to_dict("records"):
        number = int(row["row"])
        if submission.verdicts.get(number, RowVerdict.RETURNED) is RowVerdict.RETURNED or number in submission.kept:
            continue
        subject = submission.subjects.get(number) or _subject(submission, intake, row)
        lead = subject if intake.refers_to is None else row[intake.refers_to]
        for column in here:
            value = _value(column, row[column.key])
            found[subject, column.key] = _Cell(submission, number, subject, lead, column, value)
    return list(found.values())


def _subject(submission: Submission, intake: RecordIntake, row: dict[str, Any]) -> str:
    """What a row is about: the values of the intake's key, or the row itself where it has none."""
    header = submission.form.header
    parts = [str(row[name] if name in row else header[name]) for name in intake.key]
    return "|".join(parts) or f"{submission.document}|{row['row']}"


def _value(column: Column, value: Any) -> Value:
    """A cell as it is kept and shown: dates in ISO 8601, amounts in yuan."""
    if pd.isna(value):
        return None
    if column.kind == "money":
        return str(Decimal(int(value)) / 100)
    if isinstance(value, pd.Timestamp):
        return str(value.isoformat(timespec="minutes") if column.kind == "time" else value.date().isoformat())
    return value if isinstance(value, str) else int(value)


def _kept(batch: ImportBatch, template: str, cells: Sequence[_Cell]) -> dict[tuple[str, str], Value]:
    """What the register holds in these fields: (subject, field) → value."""
    where = {"template": template, "subject": sorted({cell.subject for cell in cells})}
    columns = ["subject", "field", "value", "personal"]
    rows = batch.register.read(ADDED, columns, where=where)
    values = rows["value"]
    if rows["personal"].any():
        sealed = batch.register.read(ADDED, ["sealed_value"], where=where)["sealed_value"]
        values = values.where(sealed.isna(), sealed.map(from_sealed, na_action="ignore"))
    return dict(zip(zip(rows["subject"], rows["field"]), values.where(values.notna(), None), strict=True))


def _correct(cell: _Cell) -> None:
    """Accept a row as a correction of an added column, in place of the note that it says nothing new."""
    submission = cell.submission
    submission.decide(RowVerdict.ACCEPTED, [cell.row])
    submission.findings = [item for item in submission.findings if (item.row, item.code) != (cell.row, "unchanged")]
    message = Message.of("corrected_column", title=cell.column.title)
    submission.add_finding("corrected", message, row=cell.row, column=cell.column.key, severity=Severity.NOTE)


def newest_added(facts: Facts, template: str | None = None) -> pd.DataFrame:
    """The added values that count (columns of ``added_values``): the newest of each field, where there is anything.

    What is personal, or not for the reader's eyes, is a mask.
    """
    rows = facts.added_values
    if template is not None:
        rows = rows[rows["template"] == template]
    newest = rows.drop_duplicates(["template", "subject", "field"], keep="last")
    newest = newest[newest["filled"]]
    return newest.assign(value=newest["value"].where(newest["value"].notna(), MASK))


def with_added(table: pd.DataFrame, facts: Facts, template: str, key: Sequence[str]) -> pd.DataFrame:
    """A list with a column ``more`` (title → value) where one of its rows holds anything in columns added to a template.

    ``key``: the columns that say what a row is about, in the order of the intake's key; of personal values there is a mask.
    """
    added = by_subject(newest_added(facts, template))
    subjects = ["|".join(map(str, row)) for row in table[list(key)].itertuples(index=False)]
    return table if added.keys().isdisjoint(subjects) else table.assign(more=[added.get(each, {}) for each in subjects])


def facts_shown(session: Session, as_of: datetime | None = None) -> Facts:
    """What the register knows (at a moment), as this person may see it."""
    return Facts(Stored(session.register, named=not session.deidentified), as_of)


def by_subject(added: pd.DataFrame) -> dict[str, dict[str, Value]]:
    """Added values as they are listed: what the row is about → title of the column → value."""
    found: dict[str, dict[str, Value]] = {}
    for row in added.to_dict("records"):
        found.setdefault(row["subject"], {})[row["title"]] = row["value"]
    return found

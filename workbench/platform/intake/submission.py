"""What an import works on: received workbooks, what becomes of each of their rows, and the rows waiting to be stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.platform.access.session import Session
from workbench.platform.intake.record_intake import added_columns, intake_of
from workbench.platform.register.columns import to_sealed
from workbench.platform.register.entry import Entry
from workbench.platform.register.store import Register

if TYPE_CHECKING:  # reading workbooks takes long to load, and most commands read none
    from workbench.platform.forms.read import Form


class RowVerdict(StrEnum):
    """What an import does with a row, in the words of receipts. UNRECORDED: an earlier version did not keep it."""

    ACCEPTED = "接收"
    RETURNED = "退回"
    UNCHANGED = "未变"
    UNRECORDED = "未记"


class RowReturned(Exception):
    """A row cannot be taken in. ``reasons``: findings with code, message, clause and the column they point at."""

    def __init__(self, *reasons: Finding) -> None:
        super().__init__(*(reason.code for reason in reasons))
        self.reasons = reasons


def returned(code: str, message: str | Message, column: str | None, clause: str | None = None) -> RowReturned:
    """A row returned for one reason."""
    return RowReturned(Finding(code, message, column=column, clause=clause))


@dataclass
class Submission:
    """A received workbook. ``verdicts``: what became of each row (by its number in the sheet); ``findings`` grows.

    ``later``: files of the register with the same bytes that were received later, which this one counts instead of.
    ``remarks``: what follows from the file that nothing in it could change. ``again``: these are rows of a file of the
    register that were returned and waited (``waiting``). ``subjects``: what a row is about, where it takes the register to know; ``kept``: rows that say nothing new and whose
    record stays as it is, whatever else they hold.
    """

    form: Form
    received_at: datetime
    document: int
    later: tuple[int, ...] = ()
    verdicts: dict[int, RowVerdict] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    again: bool = False
    subjects: dict[int, str] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)

    @property
    def accepted(self) -> int:
        """How many rows were taken in."""
        return self.counts()[RowVerdict.ACCEPTED]

    @property
    def returned(self) -> int:
        """How many rows went back to the sender."""
        return self.counts()[RowVerdict.RETURNED]

    @property
    def unchanged(self) -> int:
        """How many rows said nothing new."""
        return self.counts()[RowVerdict.UNCHANGED]

    def counts(self) -> Counter[RowVerdict]:
        """How many rows met with each verdict."""
        return Counter(self.verdicts.values())

    def rows_with(self, verdict: RowVerdict) -> set[int]:
        """The rows that met with a verdict."""
        return {row for row, met in self.verdicts.items() if met is verdict}

    def cell(self, row: int | None, column: str | None) -> str | None:
        """The address of a column's cell in a row, or of a header field's value."""
        if row is None:
            return self.form.header_cells.get(column) if column else None
        letter = self.form.letters.get(column) if column else None
        return f"{letter or 'A'}{row}"

    def add_finding(
        self,
        code: str,
        message: str | Message,
        *,
        row: int | None = None,
        column: str | None = None,
        clause: str | None = None,
        severity: Severity = Severity.ERROR,
        **inputs: Any,
    ) -> None:
        """Add a finding about a row's cell, a header field or the whole file."""
        self.findings.append(
            Finding(
                code=code,
                message=message,
                severity=severity,
                clause=clause,
                file=self.form.file,
                sheet=self.form.sheet,
                row=row,
                cell=self.cell(row, column),
                column=column,
                inputs=inputs,
            )
        )

    def add_remark(self, code: str, message: Message, *, clause: str | None = None, **inputs: Any) -> None:
        """Add a remark on what follows from the file, beside its findings."""
        file, sheet = self.form.file, self.form.sheet
        self.remarks.append(Finding(code, message, Severity.WARNING, clause, file=file, sheet=sheet, inputs=inputs))

    def decide(self, verdict: RowVerdict, rows: Iterable[int]) -> None:
        """Give rows their verdict."""
        self.verdicts |= dict.fromkeys(map(int, rows), verdict)

    def return_row(self, row: int, *reasons: Finding) -> None:
        """Return a row to its sender, with what is wrong with it."""
        for reason in reasons:
            self.add_finding(
                reason.code,
                reason.original,
                row=row,
                column=reason.column,
                clause=reason.clause,
                **reason.inputs,
            )
        self.decide(RowVerdict.RETURNED, [row])

    @property
    def rows(self) -> pd.DataFrame:
        """The rows as the intake knows them: without the columns that were added to the template."""
        intake = intake_of(self.form.template.id)
        if intake is None or intake.columns is None:
            return self.form.rows
        added = [column.key for column in added_columns(self.form.template)]
        return self.form.rows.drop(columns=added) if added else self.form.rows

    def open_rows(self) -> pd.DataFrame:
        """The rows that passed the template's own checks; the others are returned."""
        rows = self.rows
        bad = rows["returned"].astype(bool)
        self.decide(RowVerdict.RETURNED, rows.loc[bad, "row"])
        return rows[~bad]


@dataclass
class ImportBatch:
    """One import: the open transaction and what has to be looked at again at its end.

    ``horizon``: the latest moment the register knows of, this import included. ``touched``: the leads that were looked at
    because of what came in; ``templates``: those of the files that came in, or were taken back.
    """

    session: Session
    entry: Entry
    horizon: datetime
    waiting: dict[str, list[pd.DataFrame | Sequence[dict[str, Any]]]] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    templates: frozenset[str] = frozenset()
    _kept: dict[str, Any] = field(default_factory=dict)

    @property
    def register(self) -> Register:
        """The register this import writes to."""
        return self.session.register

    def once(self, table: str, read: Callable[[Register], Any]) -> Any:
        """What ``read`` makes of a table, read once until rows of the table are stored."""
        if table not in self._kept:
            self._kept[table] = read(self.register)
        return self._kept[table]

    def put(self, table: str, rows: pd.DataFrame | Sequence[dict[str, Any]]) -> None:
        """Have rows stored when the round ends, after their documents."""
        if len(rows):
            self.waiting.setdefault(table, []).append(rows)

    def store(
        self, submissions: Iterable[Submission], tables: Sequence[str], followed: Sequence[str] | None = None
    ) -> dict[str, pd.DataFrame]:
        """Write the documents of a round, then its rows, parents first; returns the rows by table, where there are any, with
        the columns ``followed`` (None: all) they have.
        """
        stored = {}
        documents = [_document(submission) for submission in submissions]
        if documents:
            self.entry.append("document", pd.DataFrame(documents))
        for table in tables:
            self._kept.pop(table, None)
            if waiting := self.waiting.pop(table, None):
                rows = _stacked(waiting)
                self.entry.append(table, rows)
                stored[table] = rows if followed is None else rows[[name for name in followed if name in rows]]
        if self.waiting:
            raise RuntimeError(f"rows left over for {sorted(self.waiting)}")
        return stored


def _stacked(parts: list[pd.DataFrame | Sequence[dict[str, Any]]]) -> pd.DataFrame:
    """Rows put one by one or as frames, as one frame of plain values."""
    if all(isinstance(part, pd.DataFrame) for part in parts):
        return pd.concat(parts, ignore_index=True)
    return pd.DataFrame([row for part in parts for row in part], dtype="object")


def _document(submission: Submission) -> dict[str, Any]:
    """The stored row of a received file; personal header values are sealed apart."""
    form = submission.form
    personal = {item.key for item in form.template.header if item.personal}
    header = {key: _plain(value) for key, value in form.header.items()}
    sealed = {key: header[key] for key in header if key in personal}
    return {
        "document": submission.document,
        "sha256": form.sha256,
        "name": form.file,
        "template": form.template.id,
        "version": form.template.version,
        "received_at": submission.received_at,
        "unit": form.header.get("unit"),
        "header": {key: value for key, value in header.items() if key not in personal},
        "sealed_header": to_sealed(sealed),
        "accepted": submission.accepted,
        "returned": submission.returned,
    }


def _plain(value: Any) -> Any:
    """A header value as JSON can hold it."""
    if value is None or isinstance(value, (str, int)):
        return value
    if pd.isna(value):
        return None
    return pd.Timestamp(value).date().isoformat() if isinstance(value, (datetime, pd.Timestamp)) else str(value)

"""What an import works on: received files, what was said of them, rows waiting to be stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads.facts import Facts
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.leads.snapshot import IDENTITY, load_facts, neighbours
from workbench.capabilities.leads.verification import units_on
from workbench.core.findings import Finding, Severity
from workbench.platform.access.actions import dated
from workbench.platform.access.session import Session
from workbench.platform.forms.read import Form
from workbench.platform.register.store import Entry, Register
from workbench.platform.regulation.edition import Policy

# above this share of the register, reading it whole is cheaper than picking leads
WHOLE_FROM = 0.25


UNIT_COLUMNS = [
    "code", "name", "kind", "province", "city", "person", "leader", "function", "categories", "state",
]  # fmt: skip


def directory(register: Register) -> pd.DataFrame:
    """The newest version of every unit, indexed by code (columns of T6 and ``since``)."""
    return units_on(register.read("unit", [*UNIT_COLUMNS, "since"]), None).set_index("code")


@dataclass
class Submission:
    """One received workbook on its way into the register.

    ``accepted``, ``returned`` and ``unchanged`` count rows; ``findings`` grows as the checks speak.
    """

    form: Form
    received_at: datetime
    document: int
    accepted: int = 0
    returned: int = 0
    unchanged: int = 0
    findings: list[Finding] = field(default_factory=list)

    def cell(self, row: int | None, column: str | None) -> str | None:
        """The address of a column's cell in a row, or of a header field's value."""
        if row is None:
            return self.form.header_cells.get(column) if column else None
        letter = self.form.letters.get(column) if column else None
        return f"{letter or 'A'}{row}"

    def add_finding(
        self,
        code: str,
        message: str,
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
                code=code, message=message, severity=severity, clause=clause, file=self.form.file,
                sheet=self.form.sheet, row=row, cell=self.cell(row, column), column=column, inputs=inputs,
            )
        )  # fmt: skip

    def return_row(self, code: str, message: str, *, row: int, column: str | None, clause: str | None = None) -> None:
        """Return a row to its sender: a finding, and the row counts as not taken in."""
        self.add_finding(code, message, row=row, column=column, clause=clause)
        self.returned += 1

    def open_rows(self) -> pd.DataFrame:
        """The rows that passed the template's own checks; the others are counted as returned."""
        rows = self.form.rows
        bad = rows["returned"].astype(bool)
        self.returned += int(bad.sum())
        return rows[~bad]


@dataclass
class ImportBatch:
    """One import: the open transaction and what has to be looked at again at its end."""

    session: Session
    entry: Entry
    horizon: datetime  # the latest moment the register knows of, this import included
    waiting: dict[str, list[pd.DataFrame | Sequence[dict[str, Any]]]] = field(default_factory=dict)
    _units: pd.DataFrame | None = None

    @property
    def register(self):
        """The register this import writes to."""
        return self.session.register

    def units(self) -> pd.DataFrame:
        """The newest version of every unit, indexed by code (columns of T6 and ``since``)."""
        if self._units is None:
            self._units = directory(self.register)
        return self._units

    def put(self, table: str, rows: pd.DataFrame | Sequence[dict[str, Any]]) -> None:
        """Have rows stored when the round ends, after their documents."""
        if len(rows):
            self.waiting.setdefault(table, []).append(rows)

    def store(self, submissions: Iterable[Submission], tables: Sequence[str]) -> None:
        """Write the documents of a round, then its rows, parents first."""
        documents = [_document(submission) for submission in submissions]
        if documents:
            self.entry.append("document", pd.DataFrame(documents))
        for table in tables:
            if waiting := self.waiting.pop(table, None):
                self.entry.append(table, _stacked(waiting))
        if "unit" in tables:
            self._units = None
        if self.waiting:
            raise RuntimeError(f"rows left over for {sorted(self.waiting)}")

    def leads_by_number(self, numbers: Iterable[str | None]) -> pd.DataFrame:
        """The newest version of the leads with these numbers, indexed by number."""
        wanted = sorted({number for number in numbers if isinstance(number, str)})
        columns = ["lead", "version", "number", "reporter", "customer", *IDENTITY]
        rows = self.register.read("lead", columns, where={"number": wanted})
        return rows.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last").set_index("number")

    def states_at_receipt(
        self, submissions: Sequence[Submission], leads: Sequence[int]
    ) -> dict[datetime, pd.DataFrame]:
        """Statuses of these leads and their neighbours as known at the receipt of each file."""
        near, facts = around(self.register, leads)
        return {
            moment: _states(near, facts, moment, self.session.policy)
            for moment in {submission.received_at for submission in submissions}
        }

    def refresh(self, leads: Sequence[int], causes: dict[int, Submission] | None = None) -> pd.DataFrame:
        """Derive these leads and their neighbours anew, keep the change of each status, return the states."""
        causes = causes or {}
        causing = {lead: (submission.received_at, submission.document) for lead, submission in causes.items()}
        return refresh(self.session, self.entry, leads, self.horizon, causing)


def _stacked(parts: list[pd.DataFrame | Sequence[dict[str, Any]]]) -> pd.DataFrame:
    """Rows put one by one or as frames, as one frame of plain values."""
    if all(isinstance(part, pd.DataFrame) for part in parts):
        return pd.concat(parts, ignore_index=True)
    return pd.DataFrame([row for part in parts for row in part], dtype="object")


def around(register: Register, leads: Sequence[int]) -> tuple[list[int], Facts]:
    """These leads with everything they hang together with, and what is known of them (or of all, if that is cheaper)."""
    near = neighbours(register, leads)
    whole = len(near) > WHOLE_FROM * register.count("lead")
    return near, load_facts(register, None if whole else near)


def look_again(session: Session, leads: Sequence[int], as_of: datetime) -> pd.DataFrame:
    """Statuses of these leads and everything they hang together with, derived as of a moment."""
    return _states(*around(session.register, leads), as_of, session.policy)


def _states(near: list[int], facts: Facts, as_of: datetime, policy: Policy) -> pd.DataFrame:
    states = derive(facts, as_of, policy)
    return states[states.index.isin(near)]


def refresh(
    session: Session,
    entry: Entry,
    leads: Sequence[int],
    as_of: datetime,
    causes: dict[int, tuple[datetime, int | None]] | None = None,
) -> pd.DataFrame:
    """Bring the kept statuses of these leads and their neighbours up to ``as_of``.

    Each change becomes a row of ``transition`` with its time and the file that caused it.
    Returns the states (policy.facts.STATES) of all leads looked at.
    """
    if not len(leads):
        return derive(load_facts(session.register, []), as_of, session.policy)
    states = look_again(session, leads, as_of)
    kept = session.register.read("state", ["lead", "status", "clause"], where={"lead": list(states.index)})
    was = kept.set_index("lead").reindex(states.index)
    changed = states["status"].ne(was["status"]) | states["clause"].fillna("").ne(was["clause"].fillna(""))
    moved = states[changed]
    if len(moved):
        causes = causes or {}
        cause = [causes.get(lead, (as_of, None)) for lead in moved.index]
        entry.append(
            "transition",
            pd.DataFrame(
                {
                    "lead": moved.index,
                    "at": [at for at, _ in cause],
                    "was": was.loc[moved.index, "status"].astype("object").to_numpy(),
                    "status": moved["status"].to_numpy(),
                    "clause": moved["clause"].to_numpy(),
                    "document": pd.array([document for _, document in cause], dtype="Int64"),
                }
            ),
        )
        entry.replace_state(moved.reset_index()[["lead", "status", "clause"]])
    return states


def horizon(session: Session, at: datetime) -> datetime:
    """The latest time any business in the register counts at, or ``at`` if that is later."""
    latest = session.register.maximum("entry", "at", where={"action": dated()})
    return at if latest is None else max(at, latest)


def _document(submission: Submission) -> dict[str, Any]:
    """The stored row of a received file; personal header values are sealed apart."""
    form = submission.form
    personal = {item.key for item in form.template.header if item.personal}
    header = {key: _plain(value) for key, value in form.header.items()}
    sealed = {key: header[key] for key in header if key in personal}
    return {
        "document": submission.document, "sha256": form.sha256, "name": form.file, "template": form.template.id,
        "version": form.template.version, "received_at": submission.received_at, "unit": form.header.get("unit"),
        "header": {key: value for key, value in header.items() if key not in personal},
        "sealed_header": json.dumps(sealed, ensure_ascii=False) if sealed else None,
        "accepted": submission.accepted, "returned": submission.returned,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """A header value as JSON can hold it."""
    if value is None or isinstance(value, (str, int)):
        return value
    if pd.isna(value):
        return None
    return pd.Timestamp(value).date().isoformat() if isinstance(value, (datetime, pd.Timestamp)) else str(value)

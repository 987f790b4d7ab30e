"""What became of each row of a received file: recorded by the import, or found out for files taken in before it did."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from workbench.core.findings import Severity
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission
from workbench.platform.intake.tables import TAKEN
from workbench.platform.register.facts import tables_of
from workbench.platform.register.store import Register

# codes of findings that say a row was left alone
LEFT_ALONE = frozenset({"unchanged", "already_registered", "already_applied", "already_appealed", "already_requested"})


def record_verdicts(batch: ImportBatch, submissions: Sequence[Submission]) -> None:
    """Store the verdict on every row of these files."""
    rows = [
        {
            "document": submission.document,
            "verdicts": [[row, verdict.value] for row, verdict in sorted(submission.verdicts.items())],
        }
        for submission in submissions
    ]
    batch.entry.append("row_verdict", pd.DataFrame(rows, dtype=object))


def keep_findings(batch: ImportBatch, submissions: Sequence[Submission]) -> None:
    """Store what was said of files, so that a verdict can be explained later."""
    rows = [
        {
            "document": submission.document,
            "sheet": finding.sheet,
            "row": finding.row,
            "cell": finding.cell,
            "code": finding.code,
            "clause": finding.clause,
            "severity": finding.severity.value,
            "message": finding.message,
            "inputs": finding.inputs,
        }
        for submission in submissions
        for finding in (*submission.findings, *submission.remarks)
    ]
    if rows:
        frame = pd.DataFrame(rows)
        frame["row"] = frame["row"].astype("Int64")
        batch.entry.append("finding", frame)


def taken_since(register: Register, document: int) -> set[int]:
    """The rows of a file that were returned and taken in later (``waiting``)."""
    return set(register.read(TAKEN, ["row"], where={"document": document})["row"].astype(int))


def verdicts(register: Register, document: dict[str, Any], rows: Collection[int]) -> dict[int, RowVerdict]:
    """The verdict on each row of a received file (columns of ``document``).

    ``rows``: those the file is known to have. A file taken in before verdicts were recorded is judged by what it left: a
    row that became a fact was accepted, one with an error was returned. Of its other rows nothing was stored; they are
    told apart by the number of returned rows, or else UNRECORDED.
    """
    number = int(document["document"])
    recorded = register.read("row_verdict", ["verdicts"], where={"document": number})
    if len(recorded):
        then = {int(row): RowVerdict(verdict) for row, verdict in recorded["verdicts"].iloc[0]}
        return then | dict.fromkeys(taken_since(register, number), RowVerdict.ACCEPTED)
    findings = register.read("finding", ["row", "code", "severity"], where={"document": number}).dropna(subset=["row"])
    stored = _stored(register, document)
    alone = _rows(findings, findings["code"].isin(LEFT_ALONE)) - stored
    wrong = _rows(findings, findings["severity"].eq(Severity.ERROR.value)) - stored - alone
    rest = {*rows, *_rows(findings, findings["row"].notna())} - stored - alone - wrong
    missing = int(document["returned"]) - len(wrong)
    others = {len(rest): RowVerdict.RETURNED, 0: RowVerdict.UNCHANGED}.get(missing, RowVerdict.UNRECORDED)
    return {
        **dict.fromkeys(rest, others),
        **dict.fromkeys(wrong, RowVerdict.RETURNED),
        **dict.fromkeys(alone, RowVerdict.UNCHANGED),
        **dict.fromkeys(stored, RowVerdict.ACCEPTED),
    }


def _stored(register: Register, document: dict[str, Any]) -> set[int]:
    """The rows of a file that became facts."""
    number = int(document["document"])
    found: set[int] = set()
    for table in tables_of(document["template"]):
        found |= set(register.read(table.name, ["row"], where={"document": number})["row"].dropna().astype(int))
    return found


def _rows(findings: pd.DataFrame, where: pd.Series) -> set[int]:
    return set(findings.loc[where, "row"].astype(int))

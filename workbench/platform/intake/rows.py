"""What intakes have in common: rows examined one by one, and what the register holds of the same thing already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.platform.intake.submission import ImportBatch, RowReturned, RowVerdict, Submission
from workbench.platform.register.store import Where

Row = dict[str, Any]
# the records a row becomes; none where it says nothing new. Raises RowReturned where it cannot be taken in
Examine = Callable[[Row], Sequence[Row]]


def store_rows(
    batch: ImportBatch, submission: Submission, table: str, rows: pd.DataFrame, examine: Examine
) -> list[Row]:
    """Examine rows in order and have the records they become stored, each with its receipt, file and row.

    A cell without a value is None to ``examine``. Returns the records.
    """
    stored: list[Row] = []
    for row in rows.to_dict("records"):
        number = int(row["row"])
        try:
            records = examine(values(row, row))
        except RowReturned as wrong:
            submission.return_row(number, *wrong.reasons)
            continue
        submission.decide(RowVerdict.ACCEPTED if records else RowVerdict.UNCHANGED, [number])
        origin = {"at": submission.received_at, "document": submission.document, "row": number}
        stored += [{**record, **origin} for record in records]
    batch.put(table, stored)
    return stored


def values(row: Row, columns: Iterable[str]) -> Row:
    """Some columns of a row; what is missing is None."""
    return {name: None if pd.isna(row[name]) else row[name] for name in columns}


def newest_values(
    batch: ImportBatch, table: str, key: Sequence[str], columns: Sequence[str], where: Where, until: datetime
) -> dict[tuple[Any, ...], Row]:
    """What the latest row of each key received by ``until`` says: key → ``values`` of the columns."""
    rows = batch.register.read(table, [*key, "at", *columns], where=where)
    rows = rows[rows["at"] <= until]
    rows = rows.sort_values("at", kind="stable").drop_duplicates(list(key), keep="last")
    return {tuple(row[name] for name in key): values(row, columns) for row in rows.to_dict("records")}


def numbers_of_copies(batch: ImportBatch, submission: Submission, table: str) -> dict[int, str]:
    """The numbers that rows of a file got in its copies that were received later: row → number."""
    if not submission.later:
        return {}
    rows = batch.register.read(table, ["row", "number"], where={"document": list(submission.later)})
    return dict(zip(rows["row"].astype(int), rows["number"], strict=True))


def note_unchanged(
    submission: Submission, row: Row, code: str, message: str | Message, column: str, clause: str | None
) -> list[Row]:
    """Say why a row is left alone; it becomes no record."""
    submission.add_finding(code, message, row=int(row["row"]), column=column, clause=clause, severity=Severity.NOTE)
    submission.kept.add(int(row["row"]))
    return []

"""T6 单位名录: dealers, departments and sections, and who answers for them."""

from __future__ import annotations

import pandas as pd

from workbench.core.errors import FileRefused
from workbench.core.findings import Severity
from workbench.platform.intake.submission import UNIT_COLUMNS, ImportBatch, Submission

IN_USE_AS = {
    "lead": "reporter",
    "target": "unit",
    "dispatch": "section",
}  # where a unit's code stands once it is in use


def unit_of(batch: ImportBatch, submission: Submission, field: str = "unit") -> pd.Series:
    """The listed unit a file's header names.

    Raises FileRefused where the code is not in the directory.
    """
    code = submission.form.header.get(field)
    units = batch.units()
    if code not in units.index:
        cell = submission.form.header_cells.get(field)
        raise FileRefused(
            "unknown_unit",
            f"{submission.form.file}《{submission.form.sheet}》{cell}：单位代码“{code}”不在单位名录中。请更正代码，或先导入单位名录。",
            f"{submission.form.file}, {cell}: unit code {code!r} is not in the directory; correct it or import the directory first.",
            file=submission.form.file, sheet=submission.form.sheet, cell=cell,
        )  # fmt: skip
    return units.loc[code]


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """Any well-formed directory is taken in."""


def sequence_key(submission: Submission) -> str:
    """Directories are taken in one after another."""
    return "organization"


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store new and changed units; what is already listed alike is left alone.

    A unit keeps its kind once it has reported, had a target or been handed a lead: another kind would give it other
    rewards for what was settled.
    """
    known = batch.units()
    for submission in submissions:
        rows = _kinds_kept(batch, submission, submission.open_rows(), known["kind"])
        rows = rows.assign(state=rows["state"].fillna("在用"))
        for code in rows.loc[rows["code"].duplicated(), "code"].unique():
            row = int(rows.loc[rows["code"] == code, "row"].iloc[-1])
            submission.add_finding(
                "repeated_unit", f"单位代码“{code}”在表中出现多次，以最后一行为准。", row=row, column="code",
                severity=Severity.WARNING,
            )  # fmt: skip
        rows = rows.drop_duplicates("code", keep="last")
        before = known.reindex(rows["code"])[UNIT_COLUMNS[1:]].astype("object")
        now = rows[UNIT_COLUMNS[1:]].astype("object")
        same = (now.fillna("").to_numpy() == before.fillna("").to_numpy()).all(axis=1)
        same &= rows["code"].isin(known.index).to_numpy()
        submission.unchanged += int(same.sum())
        fresh = rows[~same]
        submission.accepted += len(fresh)
        batch.put(
            "unit", fresh[[*UNIT_COLUMNS, "row"]].assign(since=submission.received_at, document=submission.document)
        )
    batch.store(submissions, ["unit"])


def _kinds_kept(batch: ImportBatch, submission: Submission, rows: pd.DataFrame, known: pd.Series) -> pd.DataFrame:
    """The rows without those that would make another kind of a unit in use; these are given back."""
    was = rows["code"].map(known)
    other = rows[was.notna() & was.ne(rows["kind"])]
    used = {
        code
        for code in other["code"]
        for table, column in IN_USE_AS.items()
        if batch.register.count(table, {column: code})
    }
    wrong = other[other["code"].isin(used)]
    for code, row, kind in zip(wrong["code"], wrong["row"], was[wrong.index], strict=True):
        message = f"“{code}”已作为{kind}办理业务，单位类型不能再改。请为新的单位另编代码。"
        submission.return_row("kind_in_use", message, row=int(row), column="kind")
    return rows.drop(index=wrong.index)

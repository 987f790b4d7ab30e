"""T4 各部门全年及各月目标信息量分解调整表: monthly targets and their adjustments (4.2, 5.3, 7.2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from workbench.capabilities.targets.cases import TARGET_ADJUSTMENT
from workbench.capabilities.targets.completion import MONTH_COLUMNS, check_breakdown, current
from workbench.capabilities.targets.versions import ADJUSTMENT, ORIGINAL
from workbench.core.errors import FileRefused
from workbench.core.findings import Finding
from workbench.core.messages import Message
from workbench.core.periods import month_bounds
from workbench.platform.intake.rows import Row, store_rows
from workbench.platform.intake.submission import ImportBatch, RowReturned, RowVerdict, Submission
from workbench.platform.register.facts import load_facts
from workbench.platform.register.store import Register

# why a row does not fit what is known, which files received before it may mend
WAITS_FOR = frozenset({"nothing_to_adjust", "unknown_unit"})


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """An adjustment says why and who approved it; that is somebody else than who brings it in, unless it is an
    approver's own act (D26). Raises FileRefused."""
    header, session = submission.form.header, batch.session
    parts = TARGET_ADJUSTMENT.parts(batch.register, {"kind": header["kind"], "approver": header.get("approver")})
    own_act = session.may("adjust_targets")
    if not own_act and (rule := TARGET_ADJUSTMENT.broken_rule(session, parts)):
        cell = submission.form.header_cells["approver"]
        place = {"file": submission.form.file, "sheet": submission.form.sheet, "cell": cell}
        raise FileRefused(rule.code, **place)
    for finding in check_breakdown(_rows(submission).iloc[:0], header, *_known(batch, submission)):
        field = finding.column or ""
        title = next(item.title for item in submission.form.template.header if item.key == field)
        cell = submission.form.header_cells.get(field, "A3")
        raise FileRefused(
            f"{finding.code}/adjustment",
            file=submission.form.file,
            sheet=submission.form.sheet,
            cell=cell,
            title=title,
            finding=finding.original,
        )


def named_approver(register: Register, row: Mapping[str, Any]) -> set[str | None]:
    """Who is named on an adjustment as its approver."""
    return {row["approver"]} if row["kind"] == ADJUSTMENT else set()


def sequence_key(submission: Submission) -> int:
    """A year's breakdown and its adjustments are taken in one after another."""
    return int(submission.form.header["year"])


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store a unit's twelve months; the newest set counts, closed months never change, months that are over only by an
    approver's own act (D26)."""
    for submission in submissions:
        submission.open_rows()
        rows = _rows(submission)
        units, targets, closed = _known(batch, submission)
        year, day = sequence_key(submission), submission.received_at.date()
        months = (f"{year}-{month:02d}" for month in range(1, 13))
        fixed = (
            set()
            if batch.session.may("adjust_targets") and not submission.again
            else {month for month in months if month_bounds(month)[1] < day}
        )
        wrong: dict[int, list[Finding]] = {}
        for finding in check_breakdown(rows, submission.form.header, units, targets, closed, fixed):
            wrong.setdefault(finding.row or 0, []).append(finding)
        standing = current(targets)["amount"]
        same: list[int] = []
        store_rows(batch, submission, "target", rows, partial(_year, submission, wrong, standing, same))
        submission.decide(RowVerdict.UNCHANGED, same)


def _rows(submission: Submission) -> pd.DataFrame:
    rows = submission.rows
    return rows[~rows["returned"].astype(bool)].rename(columns={"code": "unit"})


def _known(batch: ImportBatch, submission: Submission) -> tuple[pd.DataFrame, pd.DataFrame, set[str]]:
    """Units and closed months as the register has them, targets as they stood when a file was received (D4)."""
    facts = load_facts(batch.register)
    return facts.units, facts.up_to(submission.received_at).targets, set(facts.closures["month"])


def _year(
    submission: Submission, wrong: dict[int, list[Finding]], standing: pd.Series, same: list[int], row: Row
) -> list[Row]:
    """The twelve months of one unit's year; ``same``: rows whose months stand already. Raises RowReturned with every reason."""
    header, year, reasons = submission.form.header, sequence_key(submission), wrong.get(row["row"], [])
    months = [f"{year}-{month:02d}" for month in range(1, 13)]
    amounts = [0 if pd.isna(row[column]) else int(row[column]) for column in MONTH_COLUMNS]
    before = [int(standing[row["unit"], month]) if (row["unit"], month) in standing.index else None for month in months]
    if not reasons and before == amounts:
        same.append(row["row"])
    elif not reasons and header["kind"] == ORIGINAL and any(amount is not None for amount in before):
        reasons = [Finding("already_broken_down", Message.of("already_broken_down"), column="unit")]
    if reasons:
        columns = ["code" if reason.column in (None, "unit") else reason.column for reason in reasons]
        raise RowReturned(
            *(
                Finding(reason.code, reason.original, clause=reason.clause, column=column)
                for reason, column in zip(reasons, columns, strict=True)
            )
        )
    return [
        {
            "unit": row["unit"],
            "year": year,
            "month": month,
            "amount": amount,
            "kind": header["kind"],
            "reason": header.get("reason"),
            "approver": header.get("approver"),
            "cell": submission.cell(row["row"], column),
        }
        for column, month, amount in zip(MONTH_COLUMNS, months, amounts, strict=True)
    ]

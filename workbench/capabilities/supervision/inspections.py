"""T17 客户信息管理检查整改表: what inspections found, and what was put right (客户信息综合管理制度 五)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import pandas as pd

from workbench.core.calendar import add_working_days
from workbench.core.messages import Message
from workbench.core.names import person_name
from workbench.core.periods import month_bounds, months_between
from workbench.platform.access.session import Session
from workbench.platform.intake.rows import Row, newest_values, note_unchanged, store_rows, values
from workbench.platform.intake.submission import ImportBatch, Submission, returned
from workbench.platform.regulation.edition import Policy
from workbench.platform.workflow.task import DueContext, Duty, Task

CLAUSE = "客户信息综合管理制度·五"
KEPT = ("number", "subject", "problem", "measure", "responsible", "correct_by", "outcome", "corrected_on", "remark")
TOLD = [name for name in KEPT if name != "number"]


class Outcome(StrEnum):
    """What became of a finding."""

    RUNNING = "整改中"
    CORRECTED = "已整改"
    NOTHING_TO_DO = "无需整改"


ENDED = (Outcome.CORRECTED, Outcome.NOTHING_TO_DO)


def still_open(outcome: str | None) -> bool:
    """五: whether what was found remains to be put right."""
    return outcome not in ENDED


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store findings; one that comes again with another content is a later word on it, which does not replace the first."""
    for submission in submissions:
        known = newest_values(batch, "inspection_finding", ["number"], TOLD, {}, submission.received_at)
        here: dict[str, int] = {}
        examine = partial(_finding, submission, known, here, batch.session.policy)
        store_rows(batch, submission, "inspection_finding", submission.open_rows(), examine)


def _finding(
    submission: Submission, known: dict[tuple[Any, ...], Row], here: dict[str, int], policy: Policy, row: Row
) -> list[Row]:
    """The finding a row tells of. Raises RowReturned."""
    number = row["number"]
    if number in here:
        twice = Message.of("finding_twice", number=number, row=here[number])
        raise returned("finding_twice", twice, "number", CLAUSE)
    here[number] = int(row["row"])
    header = submission.form.header
    said = _checked(submission, row)
    before = known.get((number,))
    if said["correct_by"] is None and before:  # the day that was set stands
        said["correct_by"] = before["correct_by"]
    if said["correct_by"] is None and still_open(said["outcome"]):
        said["correct_by"] = correct_by(header["inspected_on"].date(), policy)
    if before == said:
        text = Message.of("already_registered/finding", number=number)
        return note_unchanged(submission, row, "already_registered", text, "number", CLAUSE)
    return [{"number": number, **said, "inspected_on": header["inspected_on"], "inspector": header["inspector"]}]


def _checked(submission: Submission, row: Row) -> Row:
    """What a row says. Raises RowReturned where it cannot be."""
    said = values(row, TOLD)
    received, inspected = submission.received_at.date(), submission.form.header["inspected_on"].date()
    if inspected > received:
        raise returned("inspected_later", Message("inspected_later"), "number", CLAUSE)
    if said["outcome"] == Outcome.NOTHING_TO_DO:
        return said
    if said["responsible"] is None:
        raise returned("no_one_responsible", Message("no_one_responsible"), "responsible", CLAUSE)
    if person_name(said["responsible"]) == person_name(submission.form.header["inspector"]):
        raise returned("inspects_oneself", Message("inspects_oneself"), "responsible", CLAUSE)
    if said["outcome"] == Outcome.CORRECTED:
        if said["corrected_on"] is None:
            raise returned("no_day_of_correction", Message("no_day_of_correction"), "corrected_on", CLAUSE)
        if said["corrected_on"].date() > received:
            raise returned("corrected_later", Message("corrected_later"), "corrected_on", CLAUSE)
    elif said["corrected_on"] is not None:
        raise returned("corrected_and_open", Message("corrected_and_open"), "outcome", CLAUSE)
    return said


def correct_by(inspected_on: date, policy: Policy) -> pd.Timestamp:
    """The last day for what an inspection found without naming one: ``correction_days`` working days after it."""
    days = policy.value("correction_days", inspected_on)
    day, _ = add_working_days(pd.Series([pd.Timestamp(inspected_on)]), days, policy.calendar)
    return pd.Timestamp(day.iloc[0])


def newest_findings(rows: pd.DataFrame) -> pd.DataFrame:
    """The latest word on each finding, those to be put right first and by their day; index 0 …

    ``rows``: columns of ``inspection_finding``; added: ``open`` (bool).
    """
    rows = rows.sort_values(["at", "row"], kind="stable").drop_duplicates("number", keep="last")
    rows = rows.assign(open=rows["outcome"].map(still_open, na_action=None).astype(bool))
    return rows.sort_values(["open", "correct_by", "number"], ascending=[False, True, True], ignore_index=True)


def findings(session: Session) -> pd.DataFrame:
    """What inspections found: number, subject, problem, measure, responsible, correct_by, outcome, corrected_on,
    inspected_on, at, open, overdue (bool: as of the actual day). Raises RegisterError ``not_allowed``."""
    session.require("watch")
    columns = [*TOLD, "number", "inspected_on", "at", "row"]
    rows = newest_findings(session.register.read("inspection_finding", columns))
    today = pd.Timestamp(session.now.date())
    return rows.assign(overdue=rows["open"] & rows["correct_by"].lt(today)).drop(columns="row")


def due_corrections(task: Task, context: DueContext) -> Iterator[Duty]:
    """五: what is to be put right, on its day."""
    rows = newest_findings(context.snapshot.facts.inspection_findings)
    for row in rows[rows["open"] & rows["correct_by"].notna()].itertuples():
        yield Duty(task, row.number, row.correct_by.date())


def due_reports(task: Task, context: DueContext) -> Iterator[Duty]:
    """五: the report of every month that is over, since the first inspection came in."""
    first, today = context.snapshot.facts.inspection_findings["at"].min(), context.moment.date()
    if pd.isna(first):
        return
    for month in months_between(f"{first:%Y-%m}", f"{today:%Y-%m}"):
        day = month_bounds(month)[1] + timedelta(days=1)
        if day <= today:
            yield Duty(task, month, day)

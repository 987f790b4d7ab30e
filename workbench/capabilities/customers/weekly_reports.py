"""T7 客户经理每周信息上报表: what account managers report of a week (大客户信息收集管理办法（每周上报） 一 to 四)."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from workbench.capabilities.customers.identity import keys_of
from workbench.capabilities.customers.kinds import WITHOUT_CUSTOMER, ItemKind
from workbench.capabilities.organization.directory import unit_of
from workbench.capabilities.organization.people import known_people
from workbench.core.errors import FileRefused
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.core.names import person_name
from workbench.platform.intake.rows import Row, note_unchanged, store_rows
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission, returned

TEMPLATE = "weekly_report"
CLAUSE = "大客户信息收集管理办法（每周上报）·四"
SAID = ("happened_on", "kind", "customer", "content", "churn", "rival", "breach", "action", "owner", "due_on")
COLUMNS = SAID
YES = "是"
PREFIX = "FW"


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def sequence_key(submission: Submission) -> Hashable:
    """Files of one manager and week see each other's rows."""
    return tuple(_whose(submission).values())


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """A listed unit sends it, for one of its account managers, about a week that has begun.

    Raises FileRefused ``unknown_unit/form``, ``unknown_manager``, ``week_not_begun``.
    """
    unit_of(batch, submission)
    form, own = submission.form, _whose(submission)
    place = {"file": form.file, "sheet": form.sheet}
    if own["week"].date() > submission.received_at.date():
        raise FileRefused("week_not_begun", week=own["week"].date(), cell=form.header_cells.get("week"), **place)
    last = min(own["week"].date() + timedelta(days=6), submission.received_at.date())
    if not known_people(batch).may_be_named(own["manager"], own["unit"], last):
        cell = form.header_cells.get("manager")
        raise FileRefused("unknown_manager", manager=own["manager"], unit=own["unit"], cell=cell, **place)


def _whose(submission: Submission) -> dict[str, Any]:
    header = submission.form.header
    week = datetime.combine(monday_of(header["week"].date()), datetime.min.time())
    return {"unit": header["unit"], "manager": person_name(header["manager"]), "week": week}


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store what is new in each sheet, and that it came; a sheet whose rows were all returned does not count as come."""
    last = batch.register.maximum("weekly_item", "number")
    count = int(last.removeprefix(PREFIX)) if last else 0
    for submission in submissions:
        count = _accept(batch, submission, count)


def _accept(batch: ImportBatch, submission: Submission, count: int) -> int:
    """The number of the last row that got one."""
    rows, own = submission.open_rows(), _whose(submission)
    keys = dict(zip(rows["row"], keys_of(batch, rows["customer"].tolist()), strict=True))
    known = _known(batch, own)
    made = count

    def examine(row: Row) -> list[Row]:
        nonlocal made
        _checked(submission, row, own["week"].date())
        said = {name: row[name] for name in SAID} | {"churn": _churn(row), "breach": row["breach"] == YES}
        said["customer_key"] = keys[row["row"]]
        number = _number(known, row["row_id"], said)
        if number is not None and _same(known[number], said):
            return note_unchanged(submission, row, "nothing_new", Message.of("nothing_new"), "content", CLAUSE)
        if number is None:
            made += 1
            number = f"{PREFIX}{made:06d}"
        known[number] = {**said, "row_id": row["row_id"]}
        return [{**said, **own, "number": number, "row_id": row["row_id"]}]

    store_rows(batch, submission, "weekly_item", rows, examine)
    counts = submission.counts()
    if counts[RowVerdict.ACCEPTED] or counts[RowVerdict.UNCHANGED] or not counts[RowVerdict.RETURNED]:
        batch.put("weekly_sheet", [{**own, "at": submission.received_at, "document": submission.document}])
    return made


def _churn(row: Row) -> bool:
    return row["kind"] == ItemKind.CHURN or row["churn"] == YES


def _checked(submission: Submission, row: Row, week: date) -> None:
    """Raises RowReturned for a row that says too little, or of a day to come."""
    kind, day = ItemKind(row["kind"]), row["happened_on"].date()
    if row["customer"] is None and kind not in WITHOUT_CUSTOMER:
        raise returned("no_customer", Message.of("no_customer"), "customer", CLAUSE)
    if kind is ItemKind.COMPLAINT and row["owner"] is None:
        raise returned("no_owner", Message.of("no_owner"), "owner", "大客户管理的方法和策略·1.2")
    if day > submission.received_at.date():
        raise returned("in_the_future", Message.of("in_the_future/weekly"), "happened_on", CLAUSE)
    if row["due_on"] is not None and row["due_on"].date() < day:
        raise returned("due_before", Message.of("due_before"), "due_on", CLAUSE)
    if not week <= day <= week + timedelta(days=6):
        submission.add_finding(
            "another_week",
            Message.of("another_week", week=week),
            row=int(row["row"]),
            column="happened_on",
            clause=CLAUSE,
            severity=Severity.WARNING,
        )


def _known(batch: ImportBatch, own: dict[str, Any]) -> dict[str, Row]:
    """What the register holds of this manager and week: the newest version by number."""
    columns = [*SAID, "customer_key", "number", "row_id", "week", "at"]
    held = batch.register.read("weekly_item", columns, {"unit": own["unit"], "manager": own["manager"]})
    held = held[held["week"].eq(pd.Timestamp(own["week"]))].sort_values("at", kind="stable")
    held = held.drop_duplicates("number", keep="last").astype(object)
    held = held.where(held.notna(), None)
    return {row["number"]: row for row in held.to_dict("records")}


def _number(known: dict[str, Row], row_id: Any, said: Row) -> str | None:
    """The number of the row that this one is another version of: the same row about the same, or word for word the same."""
    about = ("customer_key", "kind")
    for number, row in known.items():
        if row["row_id"] == row_id and all(row[name] == said[name] for name in about):
            return number
    return next((number for number, row in known.items() if _same(row, said)), None)


def _same(row: Row, said: Row) -> bool:
    return all(_plain(row[name]) == _plain(said[name]) for name in (*SAID, "customer_key") if name != "customer")


def _plain(value: Any) -> Any:
    return None if value is None or pd.isna(value) else pd.Timestamp(value) if isinstance(value, datetime) else value

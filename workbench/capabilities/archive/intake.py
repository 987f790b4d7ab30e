"""T10 客户档案目录 and T11 档案借阅登记表 (客户信息及档案管理制度 六, 七)."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from workbench.capabilities.archive.rules import CONTRACT, LOAN
from workbench.capabilities.customers.identity import keys_of_rows
from workbench.core.messages import Message
from workbench.core.names import person_name
from workbench.platform.intake.rows import Row, newest_values, note_unchanged, store_rows
from workbench.platform.intake.submission import ImportBatch, Submission, returned

INDEX, BORROWING = "客户信息及档案管理制度·六", "客户信息及档案管理制度·七"
DOCUMENT = ("number", "customer", "kind", "title", "dated_on", "contract", "pages", "place")
BORROWED = ("number", "borrower", "lent_on", "due_on", "returned_on")
NUMBER = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff-]{0,29}")


def accept_documents(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store new documents and corrections; a number stays with its customer."""
    for submission in submissions:
        _documents(batch, submission)


def _documents(batch: ImportBatch, submission: Submission) -> None:
    rows = submission.open_rows()
    keys = keys_of_rows(batch, rows)
    said = [*DOCUMENT[1:], "customer_key"]
    known = newest_values(batch, "archive_document", ["number"], said, {}, submission.received_at)
    here: set[str] = set()

    def examine(row: Row) -> list[Row]:
        number, now = row["number"], {name: row[name] for name in DOCUMENT[1:]}
        now["customer_key"] = keys[row["row"]]
        before = known.get((number,))
        if not NUMBER.fullmatch(number):
            raise returned("bad_archive_number", Message.of("bad_archive_number"), "number", INDEX)
        if number in here:
            raise returned("archive_number_twice", Message.of("archive_number_twice", number=number), "number", INDEX)
        if before is not None and before["customer_key"] != now["customer_key"]:
            raise returned("archive_number_taken", Message.of("archive_number_taken", number=number), "number", INDEX)
        if row["kind"] == CONTRACT and row["contract"] is None:
            raise returned("no_contract_number", Message.of("no_contract_number"), "contract", INDEX)
        if row["dated_on"] is not None and row["dated_on"].date() > submission.received_at.date():
            raise returned("in_the_future", Message.of("in_the_future/archive"), "dated_on", INDEX)
        here.add(number)
        if before is not None and _same(before, now):
            return note_unchanged(
                submission, row, "already_registered", Message.of("already_registered/archive"), "number", INDEX
            )
        known[(number,)] = now
        return [{**now, "number": number}]

    store_rows(batch, submission, "archive_document", rows, examine)


def accept_loans(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store new loans and returns; what is out cannot be lent again."""
    for submission in submissions:
        _loans(batch, submission)


def _loans(batch: ImportBatch, submission: Submission) -> None:
    numbers = set(batch.register.read("archive_document", ["number"])["number"])
    known = newest_values(batch, "archive_loan", LOAN, ["due_on", "returned_on"], {}, submission.received_at)

    def examine(row: Row) -> list[Row]:
        loan = {"number": row["number"], "borrower": person_name(row["borrower"]), "lent_on": row["lent_on"]}
        key, now = tuple(loan.values()), {name: row[name] for name in ("due_on", "returned_on")}
        _possible(submission, row, numbers)
        before = known.get(key)
        if before is not None:
            now["due_on"] = now["due_on"] if now["due_on"] is not None else before["due_on"]
            now["returned_on"] = now["returned_on"] if now["returned_on"] is not None else before["returned_on"]
            if _same(before, now):
                return note_unchanged(
                    submission, row, "already_registered", Message.of("already_registered/archive"), "number", BORROWING
                )
        elif any(other[0] == key[0] and out["returned_on"] is None for other, out in known.items()):
            raise returned("still_out", Message.of("still_out", number=row["number"]), "number", BORROWING)
        known[key] = now
        return [{**loan, **now}]

    store_rows(batch, submission, "archive_loan", submission.open_rows(), examine)


def _possible(submission: Submission, row: Row, numbers: set[str]) -> None:
    """Raises RowReturned for a document nobody has, and for days that cannot be."""
    if row["number"] not in numbers:
        message = Message.of("unknown_archive_number", number=row["number"])
        raise returned("unknown_archive_number", message, "number", BORROWING)
    today = pd.Timestamp(submission.received_at.date())
    for column in ("lent_on", "returned_on"):
        if row[column] is not None and row[column] > today:
            raise returned("in_the_future", Message.of("in_the_future/archive"), column, BORROWING)
    for column in ("due_on", "returned_on"):
        if row[column] is not None and row[column] < row["lent_on"]:
            raise returned("before_it_was_lent", Message.of("before_it_was_lent"), column, BORROWING)


def _same(before: dict[str, Any], now: dict[str, Any]) -> bool:
    return all(before[name] == now[name] for name in now)

"""T19 大客户服务流程表: steps of customers' flows, each after those it needs (银行大客户管理流程 一、五)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from workbench.capabilities.archive.rules import newest_documents
from workbench.capabilities.customers.grading import OTHER
from workbench.capabilities.customers.identity import Identity, keys_of_rows
from workbench.capabilities.customers.key_accounts import graded_by
from workbench.capabilities.customers.service_flow import (
    AGAIN,
    ORDER,
    WHOEVER,
    Deed,
    Passed,
    Step,
    asked_steps,
    lacking_before,
    of_version,
    passed_of,
    passed_steps,
    said_of,
    version_of,
)
from workbench.core.messages import Message
from workbench.platform.intake.rows import Row, note_unchanged, store_rows, values
from workbench.platform.intake.submission import ImportBatch, RowReturned, Submission, returned
from workbench.platform.register.facts import Facts, Stored

TEMPLATE = "service_flow"
STEPS, FILED, REVIEWED = "银行大客户管理流程·一", "银行大客户管理流程·三.2", "银行大客户管理流程·五"
AGREEMENTS = ("协议", "合同")  # kinds of documents of the archive that may hold an agreement
SAID = ("deed", "done_on", "result", "archive_number", "verdict", "next_on", "responsible", "reason", "remark")
COLUMNS = ("customer", "version", "step", *SAID)
# what a row says of its step; who answers for it, remarks and a number that was filled in do not make it said
FILLED = ("deed", "done_on", "result", "verdict", "next_on", "reason")


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store every row that says something new of a step whose turn it is, or corrects one that was told of."""
    for submission in submissions:
        _accept(batch, submission)


def _accept(batch: ImportBatch, submission: Submission) -> None:
    rows = submission.open_rows()
    keys = keys_of_rows(batch, rows)
    books = _Books(batch, submission)

    def examine(row: Row) -> list[Row]:
        if all(row[name] is None for name in FILLED):
            return _unchanged(submission, row, "nothing_said", Message.of("nothing_said/flow"))
        return books.enter(row, keys[row["row"]])

    store_rows(batch, submission, "service_flow_step", rows, examine)


def _unchanged(submission: Submission, row: Row, code: str, message: Message) -> list[Row]:
    return note_unchanged(submission, row, code, message, "step", STEPS)


class _Books:
    """What is known of everybody's flow at the receipt of a file, its own rows included as they are entered."""

    def __init__(self, batch: ImportBatch, submission: Submission) -> None:
        self._submission, self._policy = submission, batch.session.policy
        self._day = submission.received_at.date()
        facts = Facts(Stored(batch.register, named=not batch.session.deidentified), submission.received_at)
        self._identity = Identity.of(facts.customer_links)
        self._grades = {key: each.grade for key, each in graded_by(facts, self._policy, self._day)[1].items()}
        self._passed = passed_steps(facts, self._identity, self._day, self._policy)
        documents = newest_documents(facts).to_dict("records")
        self._documents = {row["number"]: (self._identity.root(row["customer_key"]), row["kind"]) for row in documents}
        told = facts.service_flow_steps.sort_values(["at", "file", "row"], kind="stable").to_dict("records")
        self._told = {(self._identity.root(row["customer_key"]), *said_of(row)): values(row, SAID) for row in told}

    def enter(self, row: Row, key: str | None) -> list[Row]:
        """The record a row becomes; none where it says what is known. Raises RowReturned."""
        root, step = self._identity.root(key or ""), Step(row["step"])
        passed = self._passed.get(root, [])
        current = version_of(passed)
        own = {**values(row, SAID), "step": step.value, "version": 1 if step in WHOEVER else row["version"] or current}
        known = next((each for each in passed if each.step is step and each.known), None)
        if step is Step.REGISTRATION or (known is not None and own["deed"] == Deed.DONE and _repeats(own, known)):
            if known is None:
                raise _back("not_registered", "customer")
            return _unchanged(self._submission, row, "already_registered", Message.of("already_registered/flow"))
        self._checked(own, step, root)
        place = (root, *said_of(own))
        before = self._told.get(place)
        if before == {name: own[name] for name in SAID}:
            return _unchanged(self._submission, row, "already_registered", Message.of("already_registered/flow"))
        if before is None:
            self._in_turn(own, step, root, current)
        self._told[place] = {name: own[name] for name in SAID}
        self._passed[root] = [
            each for each in passed if before is None or each.known or (root, *_place(each)) != place
        ] + [passed_of(own)]
        return [{**own, "customer_key": key, "customer": row["customer"]}]

    def _checked(self, own: Row, step: Step, root: str) -> None:
        """Raises RowReturned for a row that is not whole, or cannot be."""
        if own["deed"] is None or own["done_on"] is None:
            raise _back(
                "no_deed" if own["deed"] is None else "no_day_of_step", "deed" if own["deed"] is None else "done_on"
            )
        if own["done_on"].date() > self._day:
            raise _back("step_in_the_future", "done_on")
        if own["deed"] == Deed.SKIPPED:
            for name in ("result", "archive_number", "verdict", "next_on"):
                if own[name] is not None:
                    raise _back("skipped_with_result", name)
            if own["reason"] is None:
                raise _back("no_word_of_reason", "reason")
            return
        if own["result"] is None:
            raise _back("no_result", "result")
        if own["reason"] is not None:
            raise _back("done_with_reason", "reason")
        for name, only in (("archive_number", Step.AGREEMENT), ("verdict", Step.ADJUSTMENT), ("next_on", Step.REVIEW)):
            if own[name] is not None and step is not only:
                raise returned("of_another_step", Message.of("of_another_step", step=only.value), name, STEPS)
        if step is Step.AGREEMENT:
            self._filed(own["archive_number"], root)
        if step is Step.ADJUSTMENT and own["verdict"] is None:
            raise _back("no_verdict_of_review", "verdict", REVIEWED)
        if own["next_on"] is not None and own["next_on"] <= own["done_on"]:
            raise _back("next_review_before", "next_on", REVIEWED)

    def _filed(self, number: str | None, root: str) -> None:
        """Raises RowReturned where an agreement does not stand in the index of the archive under its customer."""
        if number is None:
            raise _back("no_agreement_number", "archive_number", FILED)
        if number not in self._documents:
            text = Message.of("unknown_archive_number/flow", number=number)
            raise returned("unknown_archive_number", text, "archive_number", FILED)
        whose, kind = self._documents[number]
        if whose != root:
            text = Message.of("another_customers_document", number=number)
            raise returned("another_customers_document", text, "archive_number", FILED)
        if kind not in AGREEMENTS:
            text = Message.of("no_agreement", number=number, kind=kind)
            raise returned("no_agreement", text, "archive_number", FILED)

    def _in_turn(self, own: Row, step: Step, root: str, current: int) -> None:
        """Raises RowReturned for a version that is not in force, and for a step whose turn it is not."""
        if own["version"] != (1 if step in WHOEVER else current):
            text = Message.of("not_this_version", version=own["version"], current=current)
            raise returned("not_this_version", text, "version", REVIEWED)
        passed = of_version(self._passed.get(root, []), current)
        asked = asked_steps(self._grades.get(root, OTHER), self._day, self._policy)
        if (missing := lacking_before(step, asked, passed)) is not None:
            code = "not_registered" if missing is Step.REGISTRATION else "step_before_missing"
            raise returned(code, Message.of(code, step=missing.value), "step", STEPS)
        on, earlier = own["done_on"].date(), [each for each in passed if _stands_before(each, step)]
        if earlier and (latest := max(earlier, key=lambda each: each.on)).on > on:
            text = Message.of("before_the_step_before", step=latest.step.value, day=latest.on)
            raise returned("before_the_step_before", text, "done_on", STEPS)


def _stands_before(each: Passed, step: Step) -> bool:
    """Whether a step of T19 has to lie before another one; what the register knows came in when it came in."""
    return each.known is None and (ORDER.index(each.step) < ORDER.index(step)) and each.step not in AGAIN


def _place(each: Passed) -> tuple[Any, ...]:
    said = {"step": each.step.value, "version": each.version, "done_on": pd.Timestamp(each.on)}
    return said_of(said)


def _repeats(own: Row, known: Passed) -> bool:
    """Whether a row only says what the register knows, as the prepared form shows it."""
    day: date | None = own["done_on"] and own["done_on"].date()
    return known.known is not None and (day, own["result"]) == (known.on, known.known.text("zh"))


def _back(code: str, column: str, clause: str = STEPS) -> RowReturned:
    return returned(code, Message.of(code), column, clause)

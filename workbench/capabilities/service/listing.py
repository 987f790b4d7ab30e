"""Flows of service as lists, and the form of one customer with what the register knows of his."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from workbench.capabilities.archive.rules import newest_documents
from workbench.capabilities.customers.acts import the_customer
from workbench.capabilities.customers.customers import Customer, Customers
from workbench.capabilities.customers.grading import OTHER
from workbench.capabilities.customers.key_accounts import graded_on, quarter_before
from workbench.capabilities.customers.prepared_forms import write_prepared
from workbench.capabilities.customers.service_flow import (
    AGAIN,
    WHOEVER,
    Flow,
    Passed,
    Step,
    flow,
    flows,
    passed_steps,
)
from workbench.capabilities.leads.snapshot import Snapshot, open_snapshot
from workbench.capabilities.service.intake import AGREEMENTS, TEMPLATE
from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.periods import quarter_bounds, quarter_of_day
from workbench.platform.access.session import Session
from workbench.platform.forms.write_book import Filled
from workbench.platform.intake.prepared_books import Subject
from workbench.platform.register.facts import shown_file
from workbench.platform.register.names import number_of


def grades_before(snapshot: Snapshot, on: date) -> tuple[dict[str, str], dict[str, str]]:
    """The grades of customers (by key) on a day, and at the end of the quarter before it."""
    first = quarter_bounds(quarter_of_day(on))[0]
    now, before = (graded_on(snapshot, day)[1] for day in (on, quarter_before(first)))
    return {key: each.grade for key, each in now.items()}, {key: each.grade for key, each in before.items()}


def flows_at(snapshot: Snapshot, customers: Customers, on: date) -> dict[str, Flow]:
    """Every flow as seen on a day, by the customer's key."""
    grades, before = grades_before(snapshot, on)
    return flows(snapshot.facts, customers.identity, grades, before, on, snapshot.policy)


def list_flows(session: Session, as_of: datetime) -> list[dict[str, Any]]:
    """A line a customer: grade, version of the plan, the step done last and its day, the next one, its day, whether it is missed.

    What is due first stands first. Raises RegisterError ``not_allowed``.
    """
    session.require("customers")
    snapshot = open_snapshot(session, as_of)
    customers = Customers(snapshot)
    found = []
    for key, own in flows_at(snapshot, customers, as_of.date()).items():
        customer = customers.find(key)
        last = max(own.passed, key=lambda each: each.on, default=None)
        found.append(
            {
                "customer": customer.name if customer else customers.names.get(key, key),
                "number": number_of(key),
                "grade": own.grade,
                "version": own.version,
                "last": last and last.step.value,
                "last_on": last and last.on.isoformat(),
                "next": own.next.value,
                "due_on": own.due_on and own.due_on.isoformat(),
                "overdue": own.missed,
                "manager": customer and customer.manager,
            }
        )
    return sorted(found, key=lambda row: (row["due_on"] or "9999", row["customer"]))


def show_flow(session: Session, name: str, as_of: datetime) -> dict[str, Any]:
    """One customer's flow: ``steps`` of every version that passed, with where each is said, and what is next.

    Raises RegisterError ``not_allowed``; WrongUse ``no_such_customer``.
    """
    session.require("customers")
    snapshot = open_snapshot(session, as_of)
    customers = Customers(snapshot)
    customer = the_customer(customers, name)
    own = _flow_of(snapshot, customers, customer, as_of.date())
    steps = sorted(own.passed, key=lambda each: (each.version, each.on, list(Step).index(each.step)))
    return {
        "customer": customer.name,
        "grade": own.grade,
        "version": own.version,
        "asked": [step.value for step in own.asked],
        "steps": [_told(each) for each in steps],
        "next": own.next.value,
        "due_on": own.due_on and own.due_on.isoformat(),
        "overdue": own.missed,
    }


def _flow_of(snapshot: Snapshot, customers: Customers, customer: Customer, on: date) -> Flow:
    """A customer's flow, also of one who is no key account and of whom T19 tells nothing: his terms would begin on the day."""
    found = flows_at(snapshot, customers, on).get(customer.key)
    if found is not None:
        return found
    grades, _ = grades_before(snapshot, on)
    passed = passed_steps(snapshot.facts, customers.identity, on, snapshot.policy).get(customer.key, [])
    return flow(grades.get(customer.key, OTHER), passed, on, on, snapshot.policy)


def _told(each: Passed) -> dict[str, Any]:
    return {
        "version": each.version,
        "step": each.step.value,
        "deed": each.deed.value,
        "on": each.on.isoformat(),
        "result": each.known or each.result,
        "reason": each.reason,
        "archive_number": each.archive_number,
        "verdict": each.verdict and each.verdict.value,
        "next_on": each.next_on and each.next_on.isoformat(),
        "file": None if each.file is None else shown_file(each.file),
        "row": None if each.row is None else int(each.row),
    }


def prepare_flow(session: Session, name: str, out: Path) -> Path:
    """Write a customer's T19: the steps asked of him that passed, as they are known, and those to come, to be filled in.

    The number of an agreement that stands in the archive already is filled in. Raises RegisterError ``not_allowed``;
    WrongUse ``no_such_customer``, ``folder_not_written/preparing``.
    """
    session.require("prepare_customer_forms")
    customer, rows = _known(session, name)
    path = file_name("服务流程", customer.code or number_of(customer.key) or "", session.now.date(), ending=".xlsx")
    (written,) = write_prepared(session, out, [(TEMPLATE, path, {}, rows)])
    return written


def flow_of_customer(session: Session, subject: Subject) -> Filled:
    """T19 of a customer, as it stands in his card. Raises WrongUse ``no_such_customer``."""
    return Filled({"unit": subject.unit}, _known(session, subject.customer or "")[1])


def _known(session: Session, name: str) -> tuple[Customer, list[dict[str, Any]]]:
    """A customer and the rows of his T19. Raises WrongUse ``no_such_customer``."""
    snapshot = open_snapshot(session)
    customers = Customers(snapshot)
    customer = the_customer(customers, name)
    if session.deidentified:
        raise WrongUse("no_such_customer")
    own = _flow_of(snapshot, customers, customer, session.now.date())
    return customer, list(_rows(own, customer.name, _agreement(snapshot, customers, customer)))


def _rows(own: Flow, name: str, agreement: str | None) -> Iterable[dict[str, Any]]:
    """The rows of the version in force: what passed, then the steps that have not, and those that come again."""
    passed = own.current
    done = {each.step for each in passed}
    number = 0
    for step in own.asked:
        told = [each for each in passed if each.step is step]
        version = 1 if step in WHOEVER else own.version
        for each in told:
            number += 1
            yield {"row_id": f"r{number:04d}", "customer": name, "step": step.value, "version": version, **_shown(each)}
        if step not in done or step in AGAIN:
            number += 1
            open_row = {"row_id": f"r{number:04d}", "customer": name, "step": step.value, "version": version}
            yield {**open_row, "archive_number": agreement if step is Step.AGREEMENT else None}


def _shown(each: Passed) -> dict[str, Any]:
    return {
        "deed": each.deed.value,
        "done_on": each.on,
        "result": each.known.text("zh") if each.known else each.result,
        "archive_number": each.archive_number,
        "verdict": each.verdict and each.verdict.value,
        "next_on": each.next_on,
        "reason": each.reason,
    }


def _agreement(snapshot: Snapshot, customers: Customers, customer: Customer) -> str | None:
    """The number of the newest agreement of a customer in the index of the archive."""
    rows = newest_documents(snapshot.facts)
    rows = rows[rows["kind"].eq(AGREEMENTS[0]) & customers.identity.roots(rows["customer_key"]).eq(customer.key)]
    if rows.empty:
        return None
    return str(rows.sort_values(["dated_on", "at"], kind="stable")["number"].iloc[-1])

"""What the register knows of a customer or of a manager's week, as the forms that ask for it are filled in beforehand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from workbench.capabilities.customers import fields, profiles
from workbench.capabilities.customers.acts import the_customer
from workbench.capabilities.customers.customers import Customer, Customers
from workbench.capabilities.customers.kinds import ServiceState
from workbench.capabilities.customers.service import records
from workbench.capabilities.customers.weekly_reports import monday_of
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.organization.people import People, Post
from workbench.core.errors import WrongUse
from workbench.core.names import person_name
from workbench.core.periods import month_of_day, previous_month
from workbench.platform.access.session import Session
from workbench.platform.forms.write_book import Filled
from workbench.platform.intake.prepared_books import Subject
from workbench.platform.register.names import number_of
from workbench.platform.regulation.edition import Policy


def customer_of(session: Session, subject: Subject) -> Customer:
    """The customer a card is about. Raises WrongUse ``no_such_customer``."""
    return the_customer(Customers(open_snapshot(session)), subject.customer or "")


def of_customer(session: Session, subject: Subject) -> tuple[list[str], dict[str, Any]]:
    """The words of a card's file, which name no customer, and what the trail says. Raises WrongUse ``no_such_customer``."""
    customer = customer_of(session, subject)
    return [str(customer.code or number_of(customer.key) or ""), subject.day.isoformat()], {}


def of_manager(session: Session, subject: Subject) -> tuple[list[str], dict[str, Any]]:
    """The words of a week's file, and what the trail says. Raises WrongUse ``unknown_manager/leave``."""
    manager, unit, monday = the_manager(session, subject), subject.unit or "", monday_of(subject.day)
    return [unit, manager, monday.isoformat()], {"manager": manager, "unit": unit, "week": monday.isoformat()}


def the_manager(session: Session, subject: Subject) -> str:
    """An account manager of the unit on the day. Raises WrongUse ``unknown_manager/leave``."""
    manager, unit = person_name(subject.manager or ""), subject.unit or ""
    if manager not in People.of(session.register).on(unit, subject.day, Post.ACCOUNT_MANAGER):
        raise WrongUse("unknown_manager/leave", manager=manager, unit=unit)
    return manager


def profile(session: Session, subject: Subject) -> Filled:
    """T8 with what the sales department said before. What comes back with the day of reporting confirms it."""
    department = fields.Department.SALES
    row = profile_row(customer_of(session, subject), department, session.now.date(), session.policy)
    return Filled({"unit": subject.unit, "department": department.value}, [row])


def profile_row(customer: Customer, department: fields.Department, day: date, policy: Policy) -> dict[str, Any]:
    """The row of T8 with what is known of the parts a department provides; personal fields stay empty."""
    row: dict[str, Any] = {"row_id": "r0001", "customer": customer.name}
    for key, value in customer.values.items():
        own = profiles.provider(fields.BY_KEY[key].part, day, policy) == department
        if own and not fields.BY_KEY[key].personal:
            row[key] = value.said
    return row


def sales_of_customer(session: Session, subject: Subject) -> Filled:
    """T18 of the month, or of that before the day, with the company's sales where they are known and a row for the customer."""
    month = subject.month or previous_month(month_of_day(subject.day))
    known = session.register.read("sales_month", ["month", "total_fen", "at"], {"month": month})
    total = known.sort_values("at", kind="stable")["total_fen"].iloc[-1] if len(known) else None
    customer = customer_of(session, subject)
    row = {"row_id": "c:1", "customer": customer.name, "code": customer.code}
    return Filled({"month": month, "total": None if total is None else int(total)}, [row])


def week(session: Session, subject: Subject) -> Filled:
    """T7 of a manager's week: its head. Without a day of reporting and rows it says nothing."""
    return Filled({"unit": subject.unit, "manager": the_manager(session, subject), "week": monday_of(subject.day)})


def open_matters(session: Session, subject: Subject) -> Filled:
    """T9 with a manager's open matters: the columns that are not read back, measure and term as agreed so far."""
    manager, unit = the_manager(session, subject), subject.unit or ""
    return Filled({"unit": unit, "compiler": manager}, matters_of(session, unit, manager))


def matters_of(session: Session, unit: str, manager: str) -> list[dict[str, Any]]:
    """The rows of T9 with a manager's open matters."""
    snapshot = open_snapshot(session)
    table = records(snapshot.facts, session.now.date(), snapshot.policy)
    own = table["unit"].eq(unit) & table["manager"].eq(manager) & table["state"].eq(ServiceState.OPEN)
    rows = []
    for row in table[own].to_dict("records"):
        due = None if pd.isna(row["due_on"]) else f"{row['due_on']:%Y-%m-%d}"
        agreed = "；".join(filter(None, [row["action"], row["owner"], due]))
        shown = {name: row[name] for name in ("number", "happened_on", "customer", "kind", "content")}
        rows.append({"row_id": row["number"], **shown, "agreed": agreed or None})
    return rows

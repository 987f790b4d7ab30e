"""Customers as lists: who they are, what their files say, what has to be done about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.customers import fields
from workbench.capabilities.customers.acts import the_customer
from workbench.capabilities.customers.customers import Customer, Customers, Value
from workbench.capabilities.customers.profiles import TEMPLATE
from workbench.capabilities.customers.work_lists import WorkKind, work_list
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.core.errors import WrongUse
from workbench.core.messages import both
from workbench.core.rates import short_percent
from workbench.platform.access.session import Session
from workbench.platform.forms.spec import templates
from workbench.platform.register.facts import shown_file
from workbench.platform.register.names import number_of

MASK = "***"


def customers_at(session: Session, as_of: datetime) -> Customers:
    """All customers as known at a moment. Raises RegisterError ``not_allowed``."""
    session.require("customers")
    return Customers(open_snapshot(session, as_of))


def number_of_customer(session: Session, name: str, as_of: datetime) -> int:
    """The number that stands in place of a customer's name, by which a report's notebook is told whom it is about.

    Raises RegisterError ``not_allowed``; WrongUse ``no_such_customer``.
    """
    number = number_of(the_customer(customers_at(session, as_of), name).key)
    if number is None:
        raise WrongUse("no_such_customer")
    return number


def list_customers(session: Session, as_of: datetime) -> list[dict[str, Any]]:
    """A line a customer: name, other names, code, parent, leads, contracts, vehicles, manager, how complete each part is."""
    customers = customers_at(session, as_of)
    return [
        {
            "customer": each.name,
            "names": each.names,
            "code": each.code,
            "parent": customers.names.get(each.parent or ""),
            "leads": each.leads,
            "contracts": each.contracts,
            "picked_up": each.picked_up,
            "manager": each.manager,
            "complete": _complete(customers, each, as_of),
        }
        for each in customers.by_key.values()
    ]


def _complete(customers: Customers, customer: Customer, as_of: datetime) -> dict[str, str | None]:
    parts = customers.parts(customer, as_of.date())
    return {each.part.value: None if each.filled is None else short_percent(each.filled) for each in parts}


def show_customer(session: Session, name: str, as_of: datetime) -> dict[str, Any]:
    """One customer's record with where each field comes from; personal ones are masked.

    Raises RegisterError ``not_allowed``; WrongUse ``no_such_customer``.
    """
    customers = customers_at(session, as_of)
    customer = the_customer(customers, name)
    titles = {column.key: column.title for column in templates()[TEMPLATE].columns}
    group = [each.name for each in customers.by_key.values() if each.parent == customer.key]
    return {
        "customer": customer.name,
        "names": customer.names,
        "parent": customers.names.get(customer.parent or ""),
        "subsidiaries": group,
        "leads": customer.leads,
        "contracts": customer.contracts,
        "picked_up": customer.picked_up,
        "fields": [_field(titles[key], key, value) for key, value in customer.values.items()],
        "contacts": [
            [_field(titles[key], key, value) for key, value in person.items()] for person in customer.contacts.values()
        ],
        "parts": [
            {
                "part": each.part.value,
                "department": each.department,
                "filled": None if each.filled is None else short_percent(each.filled),
                "missing": [titles[key] for key in each.missing],
                "last_on": each.last_on and each.last_on.isoformat(),
                "stale": each.stale,
            }
            for each in customers.parts(customer, as_of.date())
        ],
    }


def _field(title: str, key: str, value: Value) -> dict[str, Any]:
    said = MASK if fields.BY_KEY[key].personal else value.said
    if isinstance(said, pd.Timestamp):
        said = said.date().isoformat()
    return {
        "field": title,
        "value": said,
        "department": value.department,
        "at": value.at.isoformat(),
        "file": shown_file(value.file),
        "row": int(value.row),
    }


def list_work(
    session: Session, as_of: datetime, kind: WorkKind | None = None, lang: str = "zh"
) -> list[dict[str, Any]]:
    """What has to be done about files, as ``work_list``, in a language; days in ISO 8601."""
    table = work_list(customers_at(session, as_of), as_of.date(), kind)
    return [
        {**row, "what": row["what"].text(lang), "since": row["since"] and row["since"].isoformat()}
        for row in table.to_dict("records")
    ]


def dictionary(lang: str = "zh") -> list[dict[str, str]]:
    """The dictionary of fields in a language: title (as the form has it), part, purpose, term, who may see it."""
    titles = {column.key: column.title for column in templates()[TEMPLATE].columns}
    return [
        {
            "field": titles[each.key],
            "part": each.part.value,
            "purpose": getattr(both("field", each.purpose), lang),
            "term": getattr(both("field", each.term), lang),
            "seen_by": getattr(both("field", each.seen_by), lang),
        }
        for each in fields.FIELDS
    ]

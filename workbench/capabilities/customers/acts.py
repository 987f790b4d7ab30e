"""What people say of customers and their managers: who belongs together, who is named, who was on leave, who did well."""

from __future__ import annotations

from datetime import date, datetime, time

import pandas as pd

from workbench.capabilities.customers.customers import Customer, Customers
from workbench.capabilities.customers.grading import Ground
from workbench.capabilities.customers.identity import LinkKind, LinkSource
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.organization.people import People
from workbench.core.errors import WrongUse
from workbench.core.messages import Message
from workbench.core.names import customer_key, person_name
from workbench.core.reasons import checked_reason
from workbench.platform.access.session import Session

NO_TERM = pd.Timestamp(2199, 12, 31)  # until when a naming holds where no term is in force


def the_customer(customers: Customers, name: str) -> Customer:
    """The customer a name means; one of whom there are weekly reports alone has an empty file.

    Raises WrongUse ``no_such_customer``.
    """
    key = customers.identity.root(_key_of(customers, name))
    return customers.by_key.get(key) or Customer(key, customers.names.get(key, name))


def _key_of(customers: Customers, name: str) -> str:
    """The key of a name as it is written, whatever customer it was put to."""
    known = customers.names
    plain = customer_key(pd.Series([name, *known.values()], dtype=object)).tolist()
    found = dict(zip(plain[1:], known, strict=True))
    if plain[0] is None or plain[0] not in found:
        raise WrongUse("no_such_customer")
    return found[plain[0]]


def link(session: Session, name: str, other: str, kind: LinkKind, linked: bool, reason: str) -> None:
    """Say that ``other`` is the same customer as ``name``, or the unit above it; or that it is not (not ``linked``).

    Nothing is deleted: the newest word counts, and a person's stands over that of a file. Raises RegisterError
    ``not_allowed``; WrongUse ``no_such_customer``, ``same_name``, ``not_linked``, ``no_reason``.
    """
    session.require("link_customers")
    reason = checked_reason(reason, Message("reason_of/link"))
    customers = Customers(open_snapshot(session))
    one, two = _key_of(customers, name), _key_of(customers, other)
    if one == two:
        raise WrongUse("same_name")
    if not linked:
        one, two = _as_linked(customers, one, two, kind)
    row = {
        "customer_key": one,
        "other": two,
        "other_name": customers.names[two],
        "kind": kind.value,
        "linked": linked,
        "source": LinkSource.PERSON.value,
        "reason": reason,
        "by": session.user,
        "at": session.now,
    }
    with session.transaction("link_customers", session.now, kind=kind.value, linked=linked) as entry:
        entry.append("customer_link", pd.DataFrame([row]))


def _as_linked(customers: Customers, one: str, two: str, kind: LinkKind) -> tuple[str, str]:
    """The pair in the order in which it is linked. Raises WrongUse ``not_linked``."""
    pairs = customers.pairs(kind)
    turned = [(two, one)] if kind is LinkKind.SAME else []
    found = next((pair for pair in [(one, two), *turned] if pair in pairs), None)
    if found is None:
        raise WrongUse("not_linked")
    return found


def name_key_account(session: Session, name: str, ground: Ground, reason: str, *, end: bool = False) -> date:
    """Name a customer a key account for ``naming_months`` from today, or end that; returns the last day it holds.

    Raises RegisterError ``not_allowed``; WrongUse ``no_such_customer``, ``no_reason``.
    """
    session.require("name_key_account")
    reason = checked_reason(reason, Message("reason_of/naming"))
    customer = the_customer(Customers(open_snapshot(session)), name)
    today = pd.Timestamp(session.now).normalize()
    months = session.policy.value("naming_months", session.now.date())
    term = NO_TERM if months is None else today + pd.DateOffset(months=months) - pd.DateOffset(days=1)
    until = today if end else term
    row = {
        "customer_key": customer.key,
        "customer": customer.name,
        "ground": ground.value,
        "reason": reason,
        "since": today,
        "until": until,
        "stands": not end,
        "by": session.user,
        "at": session.now,
    }
    said = {"ground": ground.value, "until": until.date().isoformat()}
    with session.transaction("name_key_account", session.now, **said) as entry:
        entry.append("customer_naming", pd.DataFrame([row]))
    last: date = until.date()
    return last


def excuse(session: Session, name: str, unit: str, first: date, last: date, *, cancel: bool = False) -> None:
    """An account manager is on leave from a day through a day, or is not after all.

    Raises RegisterError ``not_allowed``; WrongUse ``unknown_manager/leave``, ``bad_leave``.
    """
    session.require("excuse_manager")
    if last < first:
        raise WrongUse("bad_leave")
    name = person_name(name)
    if name not in People.of(session.register).on(unit, first) | People.of(session.register).on(unit, last):
        raise WrongUse("unknown_manager/leave", manager=name, unit=unit)
    row = {
        "name": name,
        "unit": unit,
        "first": datetime.combine(first, time.min),
        "last": datetime.combine(last, time.min),
        "stands": not cancel,
        "by": session.user,
        "at": session.now,
    }
    said = {"name": name, "first": first.isoformat(), "last": last.isoformat()}
    with session.transaction("excuse_manager", session.now, **said) as entry:
        entry.append("manager_leave", pd.DataFrame([row]))

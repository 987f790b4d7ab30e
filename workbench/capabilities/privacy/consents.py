"""Consents of contact persons: recorded, taken back, listed with what T1 and T8 say of them (顾客信息管理制度 四1, 六1, 七1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from workbench.capabilities.customers.identity import keys_of_profile
from workbench.capabilities.leads.added_columns import is_place
from workbench.capabilities.leads.consents import TABLE, Basis, Person, Scope, closed_leads, taken_back
from workbench.capabilities.leads.lead_states import newest_versions
from workbench.core.errors import WrongUse
from workbench.core.messages import Message
from workbench.core.names import person_name
from workbench.core.reasons import checked_reason, mentions_phone
from workbench.platform.access.session import Session
from workbench.platform.register.cipher import DESTROYED
from workbench.platform.register.entry import Entry
from workbench.platform.register.store import Register

PROFILE = "customer_profile"
PERSON = ["document", "row", "customer_key", "contact_key", "contact", "phone"]


def record(
    session: Session,
    person: str,
    basis: Basis,
    scopes: Sequence[Scope],
    *,
    title: str,
    version: str,
    given_on: date,
    evidence: str,
) -> None:
    """Keep that a contact person agreed (or on what other ground his data may be used): the text he was shown, its version,
    the day, what proves it, what it covers. From then on the scopes are open, also where they were taken back before.

    ``person``: the number of a lead, or the place of a row of T8 (``12/7``). Raises RegisterError ``not_allowed``,
    ``no_field_key``; WrongUse ``unknown_person``, ``no_scope``, ``no_reason``, ``personal_reason``, ``consent_ahead``.
    """
    session.require("consent_record")
    if given_on > session.now.date():
        raise WrongUse("consent_ahead")
    said: dict[str, Any] = {
        "title": checked_reason(title, Message("consent/action_title")),
        "evidence": checked_reason(evidence, Message("consent/action_evidence")),
        "version": version.strip(),
        "given_on": pd.Timestamp(given_on),
    }
    if mentions_phone(said["version"]):
        raise WrongUse("personal_reason")
    if not scopes:
        raise WrongUse("no_scope")
    with session.transaction("consent_record", session.now, number=person, basis=basis.value) as entry:
        said |= {"basis": basis.value, "stands": True, "scope": " ".join(each for each in Scope if each in scopes)}
        _keep(session, entry, person, said)


def withdraw(
    session: Session, person: str, reason: str, scopes: Sequence[Scope] = tuple(Scope), said_on: date | None = None
) -> dict[str, Any]:
    """Keep that a contact person took his consent back; from now on nothing is handed out or shown that rests on it.

    Returns ``scopes`` (those closed, and those that rest on them), and what left the house before and has to be called
    back: ``dispatched`` (section, at) and ``disclosed`` (request, at). Raises as ``record``.
    """
    session.require("consent_record")
    why = checked_reason(reason, Message("consent/action_withdraw"))
    closed = taken_back(scopes)
    if not closed:
        raise WrongUse("no_scope")
    if said_on is not None and said_on > session.now.date():
        raise WrongUse("consent_ahead")
    with session.transaction("consent_withdraw", session.now, number=person, scope=" ".join(closed)) as entry:
        day = pd.Timestamp(said_on or session.now.date())
        said = {"scope": " ".join(closed), "stands": False, "given_on": day, "reason": why}
        _keep(session, entry, person, said)
    return {"number": person, "scopes": [each.value for each in closed], **_outside(session)}


def _keep(session: Session, entry: Entry, person: str, said: dict[str, Any]) -> None:
    rows = [{**row, **said, "by": session.user, "at": session.now} for row in known_places(session, person)]
    entry.append(TABLE, pd.DataFrame(rows))


def known_places(session: Session, person: str) -> list[dict[str, Any]]:
    """Wherever the register knows the person that a lead's number or the place of a row of T8 means: a row for each, with lead,
    customer_key, contact_key, person, phone.

    Raises WrongUse ``unknown_person``; RegisterError ``no_field_key``.
    """
    register = session.register
    if is_place(person):
        document, row = map(int, person.split("/"))
        found = register.read(PROFILE, PERSON, where={"document": document})
        found = found[found["row"].eq(row) & found["contact_key"].notna()]
    else:
        found = newest_versions(register, [person], ["customer_key", "contact", "phone", "phone_key"])
    if found.empty or found["contact"].iloc[0] in ("", DESTROYED):
        raise WrongUse("unknown_person", person=person)
    kept = found.iloc[0]
    own = Person.of(kept["customer_key"], kept["contact"], kept["phone"])
    rows = [*_in_leads(register, own, kept), *_in_profiles(register, own)]
    return list({(row["lead"], row["contact_key"]): row for row in rows}.values())


def _in_leads(register: Register, own: Person, kept: pd.Series) -> list[dict[str, Any]]:
    """The leads of the customer, or with the phone, whose contact is the person."""
    columns = ["lead", "version", "customer_key", "contact", "phone", "phone_key"]
    near = [register.read("lead", columns, where={"customer_key": own.customer})]
    if isinstance(phone := kept.get("phone_key"), str):
        near.append(register.read("lead", columns, where={"phone_key": phone}))
    rows = pd.concat(near).sort_values(["lead", "version"]).drop_duplicates("lead", keep="last")
    return [
        _row(register, row, int(row["lead"]))
        for row in rows.to_dict("records")
        if own.is_same(Person.of(row["customer_key"], row["contact"], row["phone"]))
    ]


def _in_profiles(register: Register, own: Person) -> list[dict[str, Any]]:
    """The rows of T8 about the person, the newest of each customer."""
    rows = register.read(PROFILE, PERSON)
    rows = rows[rows["contact_key"].notna() & rows["contact"].ne(DESTROYED)]
    rows = rows.drop_duplicates(["customer_key", "contact_key"], keep="last")
    return [
        _row(register, row, None)
        for row in rows.to_dict("records")
        if own.is_same(Person.of(row["customer_key"], row["contact"], row["phone"]))
    ]


def _row(register: Register, row: dict[str, Any], lead: int | None) -> dict[str, Any]:
    """What is kept of where a person was found."""
    keys = keys_of_profile(register, [row["customer_key"]], [person_name(row["contact"])])
    return {
        "lead": pd.NA if lead is None else lead,
        "customer_key": row["customer_key"],
        "contact_key": row.get("contact_key") or keys[0],
        "person": row["contact"],
        "phone": row["phone"],
    }


def _outside(session: Session) -> dict[str, list[dict[str, Any]]]:
    """What was handed out of contacts whose consent was taken back: sheets of T5 that wait for an answer, disclosures."""
    register = session.register
    sent = register.read("dispatch", ["lead", "section", "at", "batch"])
    answered = set(register.read("feedback", ["lead"])["lead"])
    given = register.read("disclosure_handover", ["number", "lead", "at"])
    sent = sent[~sent["lead"].isin(answered)]
    use = closed_leads(register, sent["lead"].unique().tolist(), Scope.USE)
    told = closed_leads(register, given["lead"].unique().tolist(), Scope.DISCLOSE)
    sheets = sent[sent["lead"].isin(use)].drop_duplicates(["batch", "section"])
    return {
        "dispatched": [
            {"section": row.section, "batch": int(row.batch), "at": row.at.isoformat()} for row in sheets.itertuples()
        ],
        "disclosed": [
            {"request": row.number, "at": row.at.isoformat()} for row in given[given["lead"].isin(told)].itertuples()
        ],
    }

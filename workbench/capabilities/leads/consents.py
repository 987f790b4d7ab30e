"""What a contact person agreed to, as facts, and whose contact may not be used any more (顾客信息管理制度 四1, 六1, 七1).

A person's word counts from the moment it was recorded until a later one about the same scope. Whose word it is, is told by
name within a customer, or by phone; both are sealed under the customer's key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from workbench.core.names import same_person
from workbench.core.phones import further_numbers, phone_number
from workbench.platform.register.cipher import DESTROYED
from workbench.platform.register.store import Register

TABLE = "consent"
WITHDRAWN = "已撤回同意"  # what is shown instead of a contact who took his consent back


class Scope(StrEnum):
    """What a contact's data may be done with. Who takes back a wider use takes back the narrower ones (``taken_back``)."""

    KEEP = "保存"
    USE = "使用"
    DISCLOSE = "披露"


class Basis(StrEnum):
    """On what ground it is done."""

    CONSENT = "本人同意"
    CONTRACT = "履行合同"
    LAW = "法律规定"


def taken_back(scopes: Iterable[str]) -> list[Scope]:
    """What a withdrawal closes: the scopes named and those that rest on them (nobody uses what he may not keep)."""
    order = list(Scope)
    first = min((order.index(Scope(scope)) for scope in scopes), default=len(order))
    return order[first:]


@dataclass(frozen=True)
class Person:
    """A contact person as he is known: his customer's key, his name and numbers."""

    customer: str | None
    name: str
    numbers: frozenset[str]

    @classmethod
    def of(cls, customer: Any, name: Any, phone: Any) -> Person:
        """From what stands in a row; what is missing or destroyed says nothing."""
        texts = ["" if pd.isna(text) or text == DESTROYED else str(text) for text in (name, phone)]
        first = phone_number(pd.Series([texts[1]], dtype=object)).iloc[0] if texts[1] else None
        further = further_numbers(texts[1]) if texts[1] else []
        numbers = {each for each in (first, *further) if isinstance(each, str) and len(re.sub(r"\D", "", each)) > 6}
        plain = unicodedata.normalize("NFKC", texts[0])
        return cls(None if pd.isna(customer) else str(customer), plain, frozenset(numbers))

    def is_same(self, other: Person) -> bool:
        """Whether both are one: by a number, or by name within one customer."""
        named = self.customer is not None and self.customer == other.customer
        return bool(self.numbers & other.numbers) or (named and same_person(self.name, other.name))


def closed_leads(register: Register, leads: Sequence[int], scope: Scope) -> set[int]:
    """The leads among these whose contact took back his consent to a scope, and did not give it again.

    Who holds no keys of personal fields knows it of the leads it was said about, and of those with the same phone.
    """
    said = words(register)
    if said.empty or not len(leads):
        return set()
    said = said[[scope in text.split() for text in said["scope"]]]
    contacts = _contacts(register, sorted({int(lead) for lead in leads}))
    return {int(lead) for lead, own in contacts.items() if _is_closed(said, lead, own)}


def words(register: Register) -> pd.DataFrame:
    """Everything that was recorded, in order: lead, customer_key, contact_key, scope, stands, at, person (Person, or None
    without the keys of personal fields), phone_key (of the lead it was said about).
    """
    cleared = bool(register.keys.fields)
    sealed = ["person", "phone"] if cleared else []
    columns = ["record", "lead", "customer_key", "contact_key", "scope", "stands", "at"]
    rows = register.read(TABLE, [*columns, *sealed])
    if rows.empty:
        return rows.assign(phone_key=None, person=None)
    if cleared:
        people = zip(rows["customer_key"], rows["person"], rows["phone"], strict=True)
        rows["person"] = pd.Series([Person.of(*each) for each in people], index=rows.index, dtype=object)
    else:
        rows["person"] = None
    about = rows["lead"].dropna().astype(int).unique().tolist()
    keys = _newest(register, about, ["phone_key"])["phone_key"] if about else pd.Series(dtype=object)
    rows["phone_key"] = rows["lead"].map(keys).astype(object)
    return rows.sort_values(["at", "record"], kind="stable", ignore_index=True)


def _newest(register: Register, leads: Sequence[int], columns: Sequence[str]) -> pd.DataFrame:
    rows = register.read("lead", ["lead", "version", *columns], where={"lead": list(leads)})
    return rows.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last").set_index("lead")


def _contacts(register: Register, leads: Sequence[int]) -> dict[int, tuple[Any, Person | None]]:
    """Of each lead the hash of its phone, and its contact person where this user may know him."""
    cleared = bool(register.keys.fields)
    sealed = ["contact", "phone"] if cleared else []
    rows = _newest(register, leads, ["customer_key", "phone_key", *sealed])
    if not cleared:
        return {lead: (row["phone_key"], None) for lead, row in rows.iterrows()}
    return {
        lead: (row["phone_key"], Person.of(row["customer_key"], row["contact"], row["phone"]))
        for lead, row in rows.iterrows()
    }


def _is_closed(said: pd.DataFrame, lead: int, own: tuple[Any, Person | None]) -> bool:
    """Whether the newest word of a lead's contact is a withdrawal."""
    phone_key, person = own
    stands = True
    for row in said.itertuples(index=False):
        about = not pd.isna(row.lead) and int(row.lead) == lead
        by_phone = isinstance(phone_key, str) and phone_key == row.phone_key
        by_person = person is not None and row.person is not None and person.is_same(row.person)
        if about or by_phone or by_person:
            stands = bool(row.stands)
    return not stands

"""One record of each customer from leads, contracts and files (大客户管理制度 三.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.capabilities.customers import fields
from workbench.capabilities.customers.completeness import PartState, part_states
from workbench.capabilities.customers.identity import Identity, LinkKind, standing_links
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.platform.register.cipher import DESTROYED

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot


@dataclass(frozen=True)
class Value:
    """What the newest word on a field says: since when, from which department, file and row. Personal ones say nothing."""

    said: Any
    at: datetime
    department: str
    file: str
    row: int


@dataclass
class Customer:
    """A customer: the key and name he stands under, his other names, the values of his file by field.

    ``contacts``: by contact person (``contact_key``) the fields of OF_CONTACT, personal ones as True where there are any.
    ``leads``, ``contracts``: how many there are; ``picked_up``: vehicles.
    """

    key: str
    name: str
    names: list[str] = field(default_factory=list)
    parent: str | None = None
    values: dict[str, Value] = field(default_factory=dict)
    contacts: dict[str, dict[str, Value]] = field(default_factory=dict)
    leads: int = 0
    contracts: int = 0
    picked_up: int = 0
    named_or_sold: bool = False

    @property
    def code(self) -> str | None:
        """His credit code."""
        return self.values["code"].said if "code" in self.values else None

    @property
    def manager(self) -> str | None:
        """The account manager his file names."""
        return self.values["manager"].said if "manager" in self.values else None

    @property
    def has_file(self) -> bool:
        """Whether any department said anything of him."""
        return bool(self.values or self.contacts)

    @property
    def is_kept(self) -> bool:
        """Whether a file of him is asked for: he has one, bought, is on the list of sales, or was named a key account."""
        return self.name != DESTROYED and (self.has_file or self.contracts > 0 or self.named_or_sold)

    def known(self) -> dict[str, date]:
        """Since when each filled field is so; of contact persons the newest."""
        found = {key: value.at.date() for key, value in self.values.items()}
        for person in self.contacts.values():
            for key, value in person.items():
                found[key] = max(value.at.date(), found.get(key, date.min))
        return found


class Customers:
    """All customers a snapshot knows. ``by_key``: by the key each stands under."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        facts = snapshot.facts
        self.identity = Identity.of(facts.customer_links)
        self.profiles = facts.customer_profiles.sort_values(["at", "file", "row"], kind="stable")

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The newest name each key was written with; files first, then sales, then leads."""
        facts, found = self._snapshot.facts, dict[str, str]()
        leads = facts.leads.sort_values(["lead", "version"])
        for table in (leads, facts.customer_sales, facts.customer_namings, facts.weekly_items, self.profiles):
            known = table[table["customer_key"].notna() & table["customer"].notna()]
            found |= dict(zip(known["customer_key"], known["customer"], strict=True))
        for key, name in zip(facts.customer_links["other"], facts.customer_links["other_name"], strict=True):
            if name is not None:
                found.setdefault(key, name)
        return found

    @cached_property
    def by_key(self) -> dict[str, Customer]:
        """Every customer, by name."""
        facts = self._snapshot.facts
        keys = pd.concat(
            [
                table["customer_key"]
                for table in (facts.leads, self.profiles, facts.customer_sales, facts.customer_namings)
            ]
            + [facts.customer_links["customer_key"], facts.customer_links["other"]]
        ).dropna()
        made = {}
        for root, members in self.identity.members(keys[keys.ne("")]).items():
            name = self.names.get(root, root)
            others = [self.names[key] for key in members if key != root and key in self.names]
            made[root] = Customer(root, name, others, self.identity.parent(root))
        self._add_files(made)
        self._add_business(made)
        return dict(sorted(made.items(), key=lambda item: (item[1].name, item[0])))

    def _add_files(self, made: dict[str, Customer]) -> None:
        for row in self.profiles.to_dict("records"):
            customer = made[self.identity.root(row["customer_key"])]
            filled = set((row["filled"] or "").split())
            origin = {name: row[name] for name in ("at", "department", "file", "row")}
            for key in fields.OF_CUSTOMER:
                said = True if key in filled else None if key in fields.SEALED else row[key]
                if said is not None and said != DESTROYED:
                    customer.values[key] = Value(said, **origin)
            if row["contact_key"] is not None:
                person = customer.contacts.setdefault(row["contact_key"], {})
                for key in fields.OF_CONTACT:
                    said = True if key in filled else None if key in fields.SEALED else row[key]
                    if said is not None and not pd.isna(said):
                        person[key] = Value(said, **origin)

    def _add_business(self, made: dict[str, Customer]) -> None:
        facts = self._snapshot.facts
        leads = facts.leads.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last")
        owner = dict(zip(leads["lead"], self.identity.roots(leads["customer_key"]), strict=True))
        for key, count in pd.Series(list(owner.values()), dtype=object).value_counts().items():
            if key in made:
                made[key].leads = int(count)
        lines = counting_lines(facts, self._snapshot.policy)
        lines = lines.assign(root=lines["lead"].map(owner))
        for key, own in lines.groupby("root"):
            if key in made:
                made[key].contracts = int(own["contract"].nunique())
                made[key].picked_up = int(own["picked_up"].sum())
        for key in pd.concat([facts.customer_sales["customer_key"], facts.customer_namings["customer_key"]]).unique():
            made[self.identity.root(key)].named_or_sold = True

    @cached_property
    def codes(self) -> pd.DataFrame:
        """Every credit code that files and sheets of sales gave: ``root`` (the customer's key), ``code``."""
        own = ["customer_key", "code"]
        said = pd.concat([self.profiles[own], self._snapshot.facts.customer_sales[own]]).dropna()
        said = said[said["code"].ne(DESTROYED)]
        return said.assign(root=self.identity.roots(said["customer_key"]))[["root", "code"]].drop_duplicates()

    def pairs(self, kind: LinkKind) -> set[tuple[str, str]]:
        """The pairs of names that are linked so."""
        own = standing_links(self._snapshot.facts.customer_links, kind)
        return set(zip(own["customer_key"], own["other"], strict=True))

    def parts(self, customer: Customer, on: date) -> list[PartState]:
        """The parts of a customer's file on a day."""
        return part_states(customer.known(), on, self._snapshot.policy)

    def find(self, key: str) -> Customer | None:
        """The customer a name's key means."""
        return self.by_key.get(self.identity.root(key))

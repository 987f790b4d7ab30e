"""Whose information is due to be destroyed, and what stands against it (顾客信息管理制度 五)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.capabilities.customers.customers import Customer, Customers
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.capabilities.leads.snapshot import Snapshot, open_snapshot
from workbench.capabilities.leads.status import ALIVE
from workbench.capabilities.privacy.retention_rules import KeptAs, kept_between
from workbench.core.messages import Message
from workbench.core.periods import quarter_of_month
from workbench.platform.access.session import Session
from workbench.platform.register.cipher import DESTROYED
from workbench.platform.register.names import number_of

if TYPE_CHECKING:
    from workbench.platform.register.store import Register

# why a customer cannot be destroyed yet
MINIMUM, LIVING, UNSETTLED, APPEALED, REQUESTED = "minimum", "living", "unsettled", "appealed", "requested"
DATED = ("customer_profiles", "weekly_items", "customer_sales", "customer_namings", "archive_documents")


@dataclass(frozen=True)
class Kept:
    """A customer whose information is kept: since when nothing was recorded of him, from which day on it may be destroyed,
    on which it has to be, and what stands against it on the day asked about (``against``: codes).

    ``members``: the keys of all his names; ``leads``: their ids.
    """

    customer: Customer
    kept_as: KeptAs
    last_on: date
    not_before: date
    due_on: date
    members: tuple[str, ...]
    leads: tuple[int, ...]
    against: tuple[str, ...] = field(default=())

    def told(self, lang: str) -> dict[str, Any]:
        """As a line of a list, in a language."""
        return {
            "customer": self.customer.name,
            "key": self.customer.key,
            "kept_as": self.kept_as.value,
            "leads": len(self.leads),
            "last_on": self.last_on.isoformat(),
            "not_before": self.not_before.isoformat(),
            "due_on": self.due_on.isoformat(),
            "against": [Message(f"against/{code}").text(lang) for code in self.against],
        }


def kept_customers(session: Session, as_of: datetime) -> list[Kept]:
    """Every customer the register still names, by the day he is due. Needs to read names."""
    snapshot = open_snapshot(session, as_of)
    customers = Customers(snapshot)
    whose = _Whose(snapshot, customers)
    claims = _claims(session.register, snapshot)
    found = []
    for customer in customers.by_key.values():
        if customer.name == DESTROYED or customer.key not in whose.last_on:
            continue
        found.append(_kept(customer, whose, claims, as_of.date(), snapshot))
    return sorted(found, key=lambda one: (one.due_on, one.customer.key))


def due(kept: list[Kept], on: date) -> list[Kept]:
    """Those due by a day, whatever stands against it."""
    return [one for one in kept if one.due_on <= on]


class _Whose:
    """What is known of each customer, by the key he stands under."""

    def __init__(self, snapshot: Snapshot, customers: Customers) -> None:
        facts, root = snapshot.facts, customers.identity.root
        self.last_on: dict[str, date] = {}
        self.leads: dict[str, list[int]] = defaultdict(list)
        self.members: dict[str, set[str]] = defaultdict(set)
        leads = facts.leads.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last")
        self._note(root, leads["customer_key"], leads["filed_at"])
        owner = {}
        for lead, key in zip(leads["lead"], leads["customer_key"], strict=True):
            owner[int(lead)] = root(key)
            self.leads[root(key)].append(int(lead))
        for name in DATED:
            table = getattr(facts, name)
            self._note(root, table["customer_key"], table["at"])
        links = facts.customer_links
        for column in ("customer_key", "other"):
            for key in links[column].dropna():
                self.members[root(key)].add(key)
        lines = counting_lines(facts, snapshot.policy)
        self.contracts = {owner[int(lead)] for lead in lines["lead"] if int(lead) in owner}
        known = [int(lead) in owner for lead in lines["lead"]]
        own = lines["lead"][known].map(lambda lead: owner[int(lead)])
        self._note(lambda key: key, own, lines["at"][known])
        self.agreed = self._agreed(facts.customer_profiles, root)

    def _note(self, root: Any, keys: pd.Series, times: pd.Series) -> None:
        for key, at in zip(keys, times, strict=True):
            if key is None or pd.isna(key) or key == "":
                continue
            over = root(key)
            self.members[over] |= {key, over}
            self.last_on[over] = max(self.last_on.get(over, date.min), at.date())

    def _agreed(self, profiles: pd.DataFrame, root: Any) -> dict[str, date]:
        """Until when the contact persons of each let their data be kept: the latest of them."""
        found: dict[str, date] = {}
        told = profiles[profiles["contact_key"].notna() & profiles["keep_until"].notna()]
        newest = told.sort_values("at", kind="stable").drop_duplicates(["customer_key", "contact_key"], keep="last")
        for key, until in zip(newest["customer_key"], newest["keep_until"], strict=True):
            found[root(key)] = max(found.get(root(key), date.min), until.date())
        return found


def _kept(customer: Customer, whose: _Whose, claims: _Claims, on: date, snapshot: Snapshot) -> Kept:
    key = customer.key
    kept_as = KeptAs.CUSTOMER if key in whose.contracts else KeptAs.PROSPECT
    last_on, leads = whose.last_on[key], tuple(whose.leads[key])
    members = tuple(sorted(whose.members[key], key=lambda each: number_of(each) or 0))
    agreed = whose.agreed.get(key)
    withdrawn = min((claims.withdrawn[each] for each in members if each in claims.withdrawn), default=None)
    first, last = kept_between(
        kept_as, last_on, agreed if agreed and agreed > last_on else None, withdrawn, snapshot.policy
    )
    against = [MINIMUM] if on < first else []
    against += [code for code, those in claims.leads.items() if those & set(leads)]
    return Kept(customer, kept_as, last_on, first, last, members, leads, tuple(against))


@dataclass(frozen=True)
class _Claims:
    """What is open about leads (code → leads), and since when a customer's contact no longer lets himself be kept."""

    leads: dict[str, set[int]]
    withdrawn: dict[str, date]


def _claims(register: Register, snapshot: Snapshot) -> _Claims:
    states, facts = snapshot.states, snapshot.facts
    by_number = dict(zip(states["number"], states.index, strict=True))
    living = set(states.index[states["status"].isin(ALIVE)])
    months = states.loc[states["counts_in"].notna() & states["valid"].astype(bool), "counts_in"]
    open_ = {lead for lead, month in months.items() if quarter_of_month(month) not in snapshot.approved}
    lines = counting_lines(facts, snapshot.policy)
    open_ |= {
        int(lead)
        for lead, month in zip(lines["lead"], lines["month"], strict=True)
        if quarter_of_month(month) not in snapshot.approved
    }
    ruled = set(register.read("ruling", ["appeal"])["appeal"])
    appeals = register.read("appeal", ["number", "ref"])
    appealed = {by_number.get(ref) for ref in appeals.loc[~appeals["number"].isin(ruled), "ref"]} - {None}
    decided = set(facts.change_decisions["number"])
    changes = facts.changes
    waiting = changes[~changes["number"].isin(decided) & ~changes["at_once"].astype(bool)]
    requests = register.read("disclosure_request", ["lead", "valid_until"])
    running = requests.loc[requests["valid_until"].ge(pd.Timestamp(snapshot.as_of.date())), "lead"]
    leads = {
        LIVING: {int(lead) for lead in living},
        UNSETTLED: {int(lead) for lead in open_},
        APPEALED: {int(lead) for lead in appealed if lead is not None},
        REQUESTED: {int(lead) for lead in [*waiting["lead"], *running]},
    }
    return _Claims(leads, _withdrawn(register, snapshot.as_of))


def _withdrawn(register: Register, as_of: datetime) -> dict[str, date]:
    """The customers whose newest word on being kept is a withdrawal, and the day of it."""
    words = register.read("consent", ["customer_key", "contact_key", "scope", "stands", "at", "record"])
    words = words[words["at"].le(as_of) & words["scope"].str.contains("保存", regex=False)]
    words = words.sort_values(["at", "record"]).drop_duplicates(["customer_key", "contact_key"], keep="last")
    found: dict[str, date] = {}
    for row in words[~words["stands"]].itertuples():
        found[row.customer_key] = min(row.at.date(), found.get(row.customer_key, date.max))
    return found

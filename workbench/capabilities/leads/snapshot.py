"""The register read at a moment: facts, statuses, policy. What every report and rule looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads.facts import COLUMNS, Facts, frame
from workbench.capabilities.leads.lifecycle import derive
from workbench.core.identity import without_phones
from workbench.platform.access.session import Session
from workbench.platform.register.store import Register
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.settled_periods import approvals, closed_lines

# facts table -> register table, where the names differ
TABLES = {
    "units": "unit", "leads": "lead", "links": "link", "reviews": "review", "dispatches": "dispatch",
    "feedback": "feedback", "applications": "application", "contracts": "contract_line",
    "returns": "register_return", "targets": "target", "publications": "publication",
    "incidents": "incident", "closures": "closure", "allocations": "allocation", "rulings": "ruling",
}  # fmt: skip
BY_LEAD = ("leads", "dispatches", "feedback", "applications", "contracts")
IDENTITY = ["customer_key", "category", "province", "city"]
# a row returned longer ago than this is another story (the alternative of D18 speaks of days)
GRACE_SEARCH = pd.Timedelta(days=31)


@dataclass(frozen=True)
class Snapshot:
    """Everything known at ``as_of``: ``facts`` (policy.facts.Facts), ``states`` (one row per lead,
    policy.facts.STATES), the ``policy`` in use, stored lines of approved quarters (``closed``: quarter,
    clause, party, ref, amount, adjusts, inputs), the approved quarters with their edition and the
    readings they were settled under (``approved``), and the audit ``head`` the reading rests on."""

    facts: Facts
    states: pd.DataFrame
    policy: Policy
    as_of: datetime
    closed: pd.DataFrame
    approved: dict[str, dict[str, Any]]
    head: str

    def policy_of(self, quarter: str) -> Policy:
        """The policy in use; for an approved quarter with the readings it was approved under."""
        return self.policy.as_settled(self.approved.get(quarter, {}).get("readings", {}))


def read_snapshot(register: Register, as_of: datetime, policy: Policy, *, named: bool = True) -> Snapshot:
    """Read the whole register as it was known at ``as_of`` (PRC time). Without ``named``: ``deidentified``."""
    with register.snapshot():
        facts = load_facts(register)
        kept = closed_lines(register), approvals(register), register.head()
    facts = (facts if named else deidentified(facts)).up_to(as_of)
    return Snapshot(facts, derive(facts, as_of, policy), policy, as_of, *kept)


def open_snapshot(session: Session, as_of: datetime | None = None, *, named: bool = False) -> Snapshot:
    """The register as known at ``as_of`` (default: everything it knows); for an analyst without customers' names.

    ``named``: with them, for what compares names and tells none.
    """
    moment = as_of or session.latest()
    return read_snapshot(session.register, moment, session.policy, named=named or not session.deidentified)


def deidentified(facts: Facts) -> Facts:
    """The facts with 客户0001, 客户0002 … in place of the customers' names, numbered by their first lead.

    The same customer keeps one number, so that every rule finds what it finds with the names.
    """
    leads = facts.leads
    order = leads.sort_values(["lead", "version"])
    known = {key: number for number, key in enumerate(order["customer_key"].drop_duplicates(), start=1)}
    numbers = pd.Series([f"客户{known[key]:04d}" for key in leads["customer_key"]], index=leads.index, dtype=object)
    return replace(facts, leads=leads.assign(customer=numbers, customer_key=numbers))


def load_facts(register: Register, leads: Sequence[int] | None = None) -> Facts:
    """All facts, or those of the given leads (their own rows, and every small table whole)."""
    documents = register.read("document", ["document", "name"]).set_index("document")["name"].map(without_phones)
    tables = {}
    for name, table in TABLES.items():
        wanted = [column for column in COLUMNS[name] if column not in ("file", "received_at", "returned_at")]
        if "file" in COLUMNS[name]:
            wanted.append("document")
        where = {"lead": list(leads)} if leads is not None and name in BY_LEAD else None
        if leads is not None and name == "links":
            where = {"a": list(leads)}
        rows = register.read(table, wanted, where=where)
        if "document" in wanted:
            rows["file"] = rows["document"].map(documents)
        if name == "leads":
            rows = _versions(rows, register)
        tables[name] = frame(name, rows)
    return Facts(**tables)


def _versions(leads: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Put the versions of each lead in order of receipt and say which receipt counts (5.1, D4, D18).

    A correction keeps the place of the row it corrects, unless it makes it another lead
    (customer, category, place) or another quantity: then its own receipt counts.
    """
    leads = leads.assign(received_at=leads["filed_at"])
    repeated = leads["lead"].duplicated(keep=False)
    if repeated.any():
        chains = leads[repeated].sort_values(["lead", "filed_at", "version"])
        facts = chains[[*IDENTITY, "quantity"]]
        before = facts.shift().where(chains["lead"].eq(chains["lead"].shift()))
        restarts = facts.ne(before).any(axis=1)
        chains["version"] = chains.groupby("lead").cumcount() + 1
        for column in ("received_at", "ranked_at"):
            chains[column] = chains[column].where(restarts).ffill()
        leads = pd.concat([leads[~repeated], chains], ignore_index=True)
    return leads.assign(returned_at=_first_returned(leads, register))


def _first_returned(leads: pd.DataFrame, register: Register) -> pd.Series:
    """When the same reporter's row for the same customer was first returned, shortly before."""
    returned = register.read("returned_row", ["reporter", "customer_key", "received_at"])
    if returned.empty or leads.empty:
        return pd.Series(pd.NaT, index=leads.index, dtype="datetime64[us]")
    pairs = leads.reset_index()[["index", "reporter", "customer_key", "filed_at"]].merge(
        returned.rename(columns={"received_at": "returned_at"}), on=["reporter", "customer_key"]
    )
    wait = pairs["filed_at"] - pairs["returned_at"]
    pairs = pairs[(wait > pd.Timedelta(0)) & (wait <= GRACE_SEARCH)]
    return pairs.groupby("index")["returned_at"].min().reindex(leads.index).astype("datetime64[us]")


def neighbours(register: Register, leads: Sequence[int]) -> list[int]:
    """The leads whose statuses hang together with these: same customer and place, linked, or decided alike."""
    known: set[int] = set()
    fresh = set(leads)
    reviews = register.read("review", ["lead", "other"]).dropna()
    while fresh:
        known |= fresh
        ids = sorted(fresh)
        keys = register.read("lead", ["lead", *IDENTITY], where={"lead": ids})
        same = register.read("lead", ["lead", *IDENTITY], where={"customer_key": sorted(set(keys["customer_key"]))})
        found = set(same.merge(keys[IDENTITY].drop_duplicates(), on=IDENTITY)["lead"])
        for here, there in (("a", "b"), ("b", "a")):
            found |= set(register.read("link", ["a", "b"], where={here: ids})[there])
        for here, there in (("lead", "other"), ("other", "lead")):
            found |= set(reviews.loc[reviews[here].isin(ids), there].astype(int))
        fresh = found - known
    return sorted(known)

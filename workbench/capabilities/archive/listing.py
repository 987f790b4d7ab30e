"""The archive as lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from fractions import Fraction
from typing import Any

import pandas as pd

from workbench.capabilities.archive.rules import checklist, loans, newest_documents
from workbench.capabilities.customers.customers import Customers
from workbench.capabilities.leads.snapshot import Snapshot, open_snapshot
from workbench.core.rates import short_percent
from workbench.platform.access.session import Session


def _snapshot(session: Session, as_of: datetime) -> Snapshot:
    session.require("archive")
    return open_snapshot(session, as_of)


def list_index(session: Session, as_of: datetime) -> list[dict[str, Any]]:
    """Every document of the index, by number, whether it has an electronic original, and who has the paper out.

    Raises RegisterError ``not_allowed``.
    """
    snapshot = _snapshot(session, as_of)
    out = loans(snapshot.facts, as_of.date(), snapshot.policy)
    out = out[out["returned_on"].isna()]
    holder = dict(zip(out["number"], out["borrower"], strict=True))
    shown = ("number", "customer", "kind", "title", "dated_on", "contract", "pages", "place")
    stored = set(snapshot.facts.archive_originals["number"])
    return [
        {
            **{name: _plain(row[name]) for name in shown},
            "original": row["number"] in stored,
            "borrower": holder.get(row["number"]),
        }
        for row in newest_documents(snapshot.facts).to_dict("records")
    ]


def list_overdue(session: Session, as_of: datetime) -> list[dict[str, Any]]:
    """Documents that are out past their day, the longest first. Raises RegisterError ``not_allowed``."""
    snapshot = _snapshot(session, as_of)
    table = loans(snapshot.facts, as_of.date(), snapshot.policy)
    table = table[table["returned_on"].isna() & table["overdue"].astype(bool)]
    shown = ("number", "borrower", "lent_on", "due_on")
    return [{name: _plain(row[name]) for name in shown} for row in table.to_dict("records")]


def list_missing(session: Session, as_of: datetime) -> list[dict[str, Any]]:
    """Contracts of which a document that has to be kept at their stage is not in the index, with the customer.

    Raises RegisterError ``not_allowed``.
    """
    snapshot = _snapshot(session, as_of)
    customers = snapshot.states["customer"].to_dict()
    return [
        {
            "contract": row["contract"],
            "customer": customers.get(row["lead"]),
            "signed_on": _plain(row["signed_on"]),
            "delivered": row["delivered"],
            "missing": row["missing"],
        }
        for row in checklist(snapshot.facts, as_of.date(), snapshot.policy).to_dict("records")
        if row["missing"]
    ]


def list_completeness(session: Session, as_of: datetime) -> list[dict[str, Any]]:
    """Of each customer with contracts or documents: contracts, the documents asked for and how many of them are in the index
    (``complete``: their share), the documents of the index and how many have an electronic original.

    The least complete stand first. Raises RegisterError ``not_allowed``.
    """
    snapshot = _snapshot(session, as_of)
    customers = Customers(snapshot)
    root = customers.identity.root
    facts = snapshot.facts
    leads = facts.leads.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last")
    owner = dict(zip(leads["lead"], leads["customer_key"], strict=True))
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in checklist(facts, as_of.date(), snapshot.policy).to_dict("records"):
        own = found[root(owner[row["lead"]])]
        own += Counter(contracts=1, asked=len(row["asked"]), held=len(row["asked"]) - len(row["missing"]))
    originals = set(facts.archive_originals["number"])
    for number, key in newest_documents(facts)[["number", "customer_key"]].itertuples(index=False):
        found[root(key)] += Counter(documents=1, originals=number in originals)
    rows = [
        {
            "customer": customers.names.get(key, key),
            **{name: own[name] for name in ("contracts", "asked", "held")},
            "complete": short_percent(Fraction(own["held"], own["asked"])) if own["asked"] else None,
            **{name: own[name] for name in ("documents", "originals")},
        }
        for key, own in found.items()
    ]
    return sorted(rows, key=lambda row: (row["held"] - row["asked"], row["customer"]))


def _plain(value: Any) -> Any:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return value if isinstance(value, str | int) else pd.Timestamp(value).date().isoformat()

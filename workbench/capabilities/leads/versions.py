"""The versions of a lead as they are read: which receipt counts, and how they look without customers' names."""

from __future__ import annotations

import pandas as pd

from workbench.platform.register.facts import TIME, Read

IDENTITY = ["customer_key", "category", "province", "city"]
# a row returned longer ago than this is another story (the alternative of D18 speaks of days)
GRACE_SEARCH = pd.Timedelta(days=31)


def with_counting_receipt(leads: pd.DataFrame, read: Read) -> pd.DataFrame:
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
    return leads.assign(returned_at=_first_returned(leads, read))


def _first_returned(leads: pd.DataFrame, read: Read) -> pd.Series:
    """When the same reporter's row for the same customer was first returned, shortly before."""
    returned = read("returned_row", ["reporter", "customer_key", "received_at"])
    if returned.empty or leads.empty:
        return pd.Series(pd.NaT, index=leads.index, dtype=TIME)
    pairs = leads.reset_index()[["index", "reporter", "customer_key", "filed_at"]].merge(
        returned.rename(columns={"received_at": "returned_at"}), on=["reporter", "customer_key"]
    )
    wait = pairs["filed_at"] - pairs["returned_at"]
    pairs = pairs[(wait > pd.Timedelta(0)) & (wait <= GRACE_SEARCH)]
    return pairs.groupby("index")["returned_at"].min().reindex(leads.index).astype(TIME)


def with_form_version(rows: pd.DataFrame, read: Read) -> pd.DataFrame:
    """Say for each row of a received file which version of its template the file has."""
    documents = read("document", ["document", "version"]).set_index("document")["version"]
    return rows.assign(version=rows["document"].map(documents))


def without_customers(leads: pd.DataFrame) -> pd.DataFrame:
    """The leads with 客户0001, 客户0002 … in place of the customers' names, numbered by their first lead.

    The same customer keeps one number, so that every rule finds what it finds with the names.
    """
    order = leads.sort_values(["lead", "version"])
    known = {key: number for number, key in enumerate(order["customer_key"].drop_duplicates(), start=1)}
    numbers = pd.Series([f"客户{known[key]:04d}" for key in leads["customer_key"]], index=leads.index, dtype=object)
    return leads.assign(customer=numbers, customer_key=numbers)


def without_reasons(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows without the words a person gave as a reason, which may name a customer."""
    return rows.assign(reason=None)

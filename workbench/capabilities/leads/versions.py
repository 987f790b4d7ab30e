"""The versions of a lead as they are read: which receipt counts, and how they look without customers' names."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.close_names import is_short
from workbench.platform.register.facts import TIME, Read, without_repeats
from workbench.platform.register.free_texts import SAME, said_the_same
from workbench.platform.register.names import are_numbers
from workbench.platform.regulation.edition import Policy

IDENTITY = ["customer_key", "category", "province", "city"]
KEEPS_PLACE = "keeps_place"  # a value of the reading corrected_quantity (D40)
# when the row was first returned for lack of a contact (5.2), and first and last for its form (D18)
RETURNS = ("returned_at", "form_returned_at", "form_returned_last")
FORM, LACKING = "form", "5.2"  # why a row was returned
# a row returned longer ago than this is another story: D18 speaks of days
GRACE_SEARCH = pd.Timedelta(days=31)


def with_counting_receipt(leads: pd.DataFrame, read: Read) -> pd.DataFrame:
    """Put the versions of each lead in order of receipt and say which receipt counts (5.1, D4, D18).

    A correction keeps the place of the row it corrects, unless it makes it another lead
    (customer, category, place) or another quantity: then its own receipt counts.
    """
    leads = leads.assign(received_at=leads["filed_at"], **_returns(leads, read), short_name=_short_names(leads, read))
    repeated = leads["lead"].duplicated(keep=False)
    if repeated.any():
        chains = leads[repeated].sort_values(["lead", "filed_at", "file", "version"])
        facts = chains[[*IDENTITY, "quantity"]]
        before = facts.shift().where(chains["lead"].eq(chains["lead"].shift()))
        restarts = facts.ne(before).any(axis=1)
        chains["version"] = chains.groupby("lead").cumcount() + 1
        placing = pd.Series(chains.index, index=chains.index).where(restarts).ffill().astype("int64")
        for column in ("received_at", "ranked_at", *RETURNS):
            chains[column] = chains.loc[placing, column].to_numpy()
        leads = pd.concat([leads[~repeated], chains], ignore_index=True)
    return leads


def with_kept_places(versions: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """D40: a correction of the quantity keeps the place of the row it corrects, unless that was invalid by 5.4.

    ``versions`` by lead and version, with the receipts that count where such a correction begins anew.
    """
    lead = versions["lead"].to_numpy()
    again = np.append(False, lead[1:] == lead[:-1]) if len(lead) else np.empty(0, dtype=bool)
    if not again.any():
        return versions
    chains = versions[versions["lead"].isin(lead[again])]
    same = chains["lead"].eq(chains["lead"].shift())
    before = chains.shift()
    first = chains.groupby("lead")["received_at"].transform("first")
    small = before["quantity"].fillna(0) < policy.values("minimum_quantity", before["received_at"])
    keeps = same & chains[IDENTITY].eq(before[IDENTITY]).all(axis=1) & ~small
    keeps &= chains["received_at"].ne(before["received_at"])
    keeps &= policy.choices("corrected_quantity", first) == KEEPS_PLACE
    restarts = ~same | (chains["received_at"].ne(before["received_at"]) & ~keeps)
    placing = pd.Series(chains.index, index=chains.index).where(restarts).ffill().astype("int64")
    versions = versions.copy()
    for column in ("received_at", "ranked_at", *RETURNS):
        versions.loc[chains.index, column] = chains.loc[placing, column].to_numpy()
    return versions


def _short_names(leads: pd.DataFrame, read: Read) -> pd.Series:
    """Whether a name alone does not tell customers of one city apart (``short_names``); kept where names are sealed."""
    plain = ~np.array(are_numbers(leads["customer_key"].tolist()), dtype=bool)
    if plain.any() or leads.empty:
        return short_names(leads.where(pd.Series(plain, index=leads.index)))
    kept = read("short_name", ["lead", "document"], {"document": leads["document"].dropna().unique()})
    short = leads["lead"].isin(kept["lead"])
    some = leads.loc[short, ["lead", "document"]]
    places = [pd.MultiIndex.from_frame(each[["lead", "document"]].astype("int64")) for each in (some, kept)]
    short[short] = places[0].isin(places[1])
    return short


def short_names(rows: pd.DataFrame, column: str = "customer_key") -> pd.Series:
    """Whether a normalised name (``column``) alone does not tell customers of one city apart; asked only where a county
    could (D2).
    """
    given = (rows["county"].notna() & rows[column].notna()).to_numpy()
    short = np.zeros(len(rows), dtype=bool)
    named = rows.loc[given, [column, "province", "city"]].itertuples(index=False, name=None)
    short[given] = [is_short(*row) for row in named]
    return pd.Series(short, index=rows.index)


def _returns(leads: pd.DataFrame, read: Read) -> dict[str, pd.Series]:
    """When the same reporter's row for the same customer, category and place was returned shortly before, by ground.

    What was not legible in the returned row is no difference.
    """
    nothing = pd.Series(pd.NaT, index=leads.index, dtype=TIME)
    customers = {"customer_key": leads["customer_key"].unique()}
    returned = read("returned_row", ["document", "row", "reporter", *IDENTITY, "received_at"], customers)
    if returned.empty or leads.empty:
        return dict.fromkeys(RETURNS, nothing)
    grounds = read("return_ground", ["document", "row", "ground"], {"document": returned["document"].unique()})
    returned = returned.merge(grounds, on=["document", "row"], how="left")
    pairs = leads.reset_index()[["index", "reporter", *IDENTITY, "filed_at"]].merge(
        returned.drop(columns=["document", "row"]), on=["reporter", "customer_key"], suffixes=("", "_then")
    )
    wait = pairs["filed_at"] - pairs["received_at"]
    near = (wait > pd.Timedelta(0)) & (wait <= GRACE_SEARCH)
    for column in ("category", "province", "city"):
        near &= pairs[f"{column}_then"].isna() | pairs[f"{column}_then"].eq(pairs[column])
    form = pairs["ground"].eq(FORM)
    wanted = zip(RETURNS, (near & ~form, near & form, near & form), ("min", "min", "max"), strict=True)
    return {
        name: pairs[which].groupby("index")["received_at"].agg(how).reindex(leads.index).astype(TIME)
        for name, which, how in wanted
    }


def with_new_answers(rows: pd.DataFrame, read: Read) -> pd.DataFrame:
    """The answers of sections without those that repeat the lead's answer before; each with its template's version."""
    said = ["lead", "verdict", "reason", "expires_on", "person"]
    reason = said_the_same(
        rows, "feedback", read(SAME, ["kind", "row", "same"], {"kind": "feedback", "row": rows["feedback"]})
    )
    several = rows["lead"].duplicated(keep=False)  # a single answer repeats none
    order = rows.assign(reason=reason)[several].sort_values(["lead", "at", "file", "row"])
    texts = order[said].astype(str)
    repeats = texts.eq(texts.shift()).all(axis=1)
    rows = rows.drop(index=repeats.index[repeats]).reset_index(drop=True)
    files = {"document": rows["document"].dropna().unique()}
    documents = read("document", ["document", "version"], files).set_index("document")["version"]
    return rows.assign(version=rows["document"].map(documents))


def with_first_applications(rows: pd.DataFrame, read: Read) -> pd.DataFrame:
    """The first application for each lead: a later one that repeats it counts where the first is taken back."""
    return without_repeats(rows, ["lead"], ["lead"])


def with_link_versions(links: pd.DataFrame, read: Read) -> pd.DataFrame:
    """Say of each suspected pair on which versions of the two leads it rests, by their documents (D2)."""
    versions = read("link_version", ["link", "a_document", "b_document"], {"link": links["link"].unique()})
    return links.merge(versions.astype("Int64"), on="link", how="left")


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

"""The leads of the register that new ones may be suspected with (5.1, D2), found without looking at all the others."""

from __future__ import annotations

import pandas as pd

from workbench.capabilities.leads.similarity import PLACE
from workbench.capabilities.leads.versions import IDENTITY
from workbench.core.close_names import close_names
from workbench.platform.intake.submission import ImportBatch
from workbench.platform.register import name_blocks
from workbench.platform.register.entry import Entry
from workbench.platform.register.store import Register

COMPARED = ["lead", "document", *IDENTITY, "phone_key"]


def known_nearby(
    register: Register, new: pd.DataFrame, phones_too: pd.DataFrame, entry: Entry | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The versions of leads of the cities of new ones that have a close name or one of their phones (5.1, D2).

    ``new``: columns COMPARED, ``customer_key`` as the normalised name and ``phone_key`` hashed; ``phones_too``: column
    ``number``, their further phones hashed. Returns the versions with columns COMPARED (likewise) and ``customer``, in the order
    in which they were stored, and their further phones (lead, document, number). ``entry``: as for ``close_customers``.
    """
    numbers = sorted({*new["phone_key"].dropna(), *phones_too["number"].dropna()})
    leads = set(register.read("contact_phone", ["lead"], where={"number": numbers})["lead"])
    asked = (
        {"customer_key": close_customers(register, new, entry)},
        {"phone_key": numbers},
        {"lead": sorted(leads)},
    )
    found = [register.read("lead", ["lead_version", *COMPARED, "customer"], where=where) for where in asked]
    known = pd.concat(found).drop_duplicates("lead_version").sort_values("lead_version")
    known = known[known["city"].isin(new["city"])].drop(columns="lead_version").reset_index(drop=True)
    known["customer_key"] = register.names.normalised(known["customer_key"], known["customer"])
    of_them = {"lead": sorted(set(known["lead"]))}
    return known, register.read("contact_phone", ["lead", "document", "number"], where=of_them)


def close_customers(register: Register, new: pd.DataFrame, entry: Entry | None = None) -> list[str]:
    """The customers (``customer_key`` of leads) of the places of new rows whose names may mean a new row's customer.

    ``entry``: keeps the names of places for the next time (``name_blocks``).
    """
    asked = new.dropna(subset=["customer_key", *PLACE]).groupby(PLACE)["customer_key"].unique()
    if asked.empty or not register.names.readable:
        return []
    return _in_clear(register, asked) if not register.names.sealed else _sealed(register, asked, entry)


def _sealed(register: Register, asked: pd.Series, entry: Entry | None) -> list[str]:
    found: set[str] = set()
    for place, block in name_blocks.blocks(register, asked.index, entry).items():
        found |= block.close_to(list(asked[place]), place)
    return sorted(found)


def _in_clear(register: Register, asked: pd.Series) -> list[str]:
    where = {column: sorted(set(asked.index.get_level_values(column))) for column in PLACE}
    there = register.read("lead", ["customer_key", *PLACE], where=where).dropna().drop_duplicates()
    found: set[str] = set()
    for place, known in there.groupby(PLACE)["customer_key"].agg(list).items():
        if place in asked.index:
            found |= {other for _, other, _ in close_names(list(asked[place]), known, *map(str, place))}
    return sorted(found)


def keep_names(batch: ImportBatch, rows: pd.DataFrame) -> None:
    """Keep the names of stored versions of leads (columns of ``lead``, and ``name_key``) for the next time."""
    register = batch.register
    if register.names.sealed and register.names.readable:
        places = rows[PLACE].dropna().drop_duplicates().itertuples(index=False, name=None)
        at_hand = dict(zip(rows["customer_key"], rows["name_key"], strict=True))
        name_blocks.blocks(register, places, batch.entry, at_hand)

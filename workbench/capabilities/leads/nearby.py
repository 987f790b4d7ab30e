"""The leads of the register that new ones may be suspected with (5.1, D2), found without looking at all the others."""

from __future__ import annotations

import pandas as pd

from workbench.capabilities.leads.similarity import PLACE
from workbench.capabilities.leads.versions import IDENTITY
from workbench.core.close_names import close_names
from workbench.platform.register.names import number_of
from workbench.platform.register.store import Register

COMPARED = ["lead", "document", *IDENTITY, "phone_key"]


def known_nearby(register: Register, new: pd.DataFrame, phones_too: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The versions of leads of the cities of new ones that have a close name or one of their phones (5.1, D2).

    ``new``: columns COMPARED, ``customer_key`` as the normalised name and ``phone_key`` hashed; ``phones_too``: column
    ``number``, their further phones hashed. Returns the versions with columns COMPARED (likewise) and ``customer``, in the order
    in which they were stored, and their further phones (lead, document, number).
    """
    numbers = sorted({*new["phone_key"].dropna(), *phones_too["number"].dropna()})
    leads = set(register.read("contact_phone", ["lead"], where={"number": numbers})["lead"])
    asked = (
        {"customer_key": close_customers(register, new)},
        {"phone_key": numbers},
        {"lead": sorted(leads)},
    )
    found = [register.read("lead", ["lead_version", *COMPARED, "customer"], where=where) for where in asked]
    known = pd.concat(found).drop_duplicates("lead_version").sort_values("lead_version")
    known = known[known["city"].isin(new["city"])].drop(columns="lead_version").reset_index(drop=True)
    known["customer_key"] = register.names.normalised(known["customer_key"], known["customer"])
    of_them = {"lead": sorted(set(known["lead"]))}
    return known, register.read("contact_phone", ["lead", "document", "number"], where=of_them)


def close_customers(register: Register, new: pd.DataFrame) -> list[str]:
    """The customers (``customer_key`` of leads) of the places of new rows whose names may mean a new row's customer."""
    where = {column: sorted(set(new[column].dropna())) for column in PLACE}
    there = register.read("lead", ["lead_version", "customer_key", *PLACE], where=where)
    there = there.drop_duplicates(["customer_key", *PLACE])
    there = there.assign(name=_names(register, there))
    asked = new.dropna(subset=["customer_key"]).groupby(PLACE)["customer_key"].unique()
    found: set[str] = set()
    for place, known in there.dropna(subset=["name"]).groupby(PLACE):
        if place in asked.index:
            close = {
                other
                for _, other, _ in close_names(list(asked[place]), known["name"].unique().tolist(), *map(str, place))
            }
            found |= set(known.loc[known["name"].isin(close), "customer_key"])
    return sorted(found)


def _names(register: Register, versions: pd.DataFrame) -> pd.Series:
    """The normalised names of versions' customers (columns lead_version, customer_key)."""
    keys = versions["customer_key"]
    if not register.names.sealed or keys.map(number_of).isna().all():
        return keys
    once = versions.drop_duplicates("customer_key")
    named = register.read("lead", ["customer_key", "customer"], where={"lead_version": once["lead_version"].tolist()})
    return register.names.normalised(keys, keys.map(dict(zip(named["customer_key"], named["customer"], strict=True))))

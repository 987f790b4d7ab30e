"""Rows of declared tables that the file has no table of its own for: kept in ``record``, field by field.

So a capability adds a table by declaring it (``facts.FactTable``), without a step of the schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.platform.register import names, withdrawn
from workbench.platform.register.cipher import DESTROYED
from workbench.platform.register.columns import from_sealed, plain, to_sealed

if TYPE_CHECKING:
    from workbench.platform.register.facts import FactTable
    from workbench.platform.register.store import Register

TABLE = "record"
PLACE = ("record", "entry", "document", "row")  # what `record` keeps in columns of its own


def declared_table(name: str) -> FactTable:
    """The declaration of a table. Raises KeyError for one that no capability declares."""
    from workbench.platform.register.facts import tables

    return tables()[name]


def read(
    register: Register,
    name: str,
    columns: Sequence[str] | None,
    where: Mapping[str, Any] | None,
    until: int | None,
    every: bool = False,
) -> pd.DataFrame:
    """Rows of a declared table in the order they were added, typed by its declaration; see ``Register.read``.

    Sealed fields are opened only when named in ``columns``; without the field key that raises RegisterError.
    """
    table = declared_table(name)
    wanted = list(columns) if columns is not None else list(table.columns)
    asked = [*dict.fromkeys([*wanted, *(where or {})])]
    opened = bool(set(asked) & set(table.sealed))
    named = set(asked) & set(table.named)
    stored = [*PLACE, "fields", *(["sealed_fields"] if opened else [])]
    rows = register.read(TABLE, stored, {"kind": name}, until, every=True)
    if not every and (gone := withdrawn.hidden(register, name, where)):
        rows = rows[~rows["document"].isin(gone)].reset_index(drop=True)
    if rows.empty:
        others = {column: rows[column] for column in PLACE} | {name: rows["fields"] for name in table.sealed}
        return table.typed(None).assign(**others)[wanted]
    kept = [
        {**fields, **(dict.fromkeys(table.sealed, DESTROYED) if sealed == DESTROYED else from_sealed(sealed) or {})}
        for fields, sealed in zip(rows["fields"], rows["sealed_fields"] if opened else [None] * len(rows), strict=True)
    ]
    for column in named:
        _open(register, name, column, rows["record"].tolist(), kept)
    own = {column: rows[column] for column in PLACE}
    source = pd.DataFrame(kept, columns=[*table.columns, *table.sealed], dtype=object).assign(**own)
    sealed = {name: source[name].where(source[name].notna(), None) for name in table.sealed}
    found = table.typed(source).assign(**own, **sealed)
    for column, value in (where or {}).items():
        several = isinstance(value, (list, tuple, set, np.ndarray, pd.Series))
        found = found[found[column].isin(list(value)) if several else found[column].eq(value)]
    return found[wanted].reset_index(drop=True)


def _open(register: Register, name: str, column: str, ids: Sequence[int], kept: list[dict[str, Any]]) -> None:
    """Put the texts that may name customers (``FactTable.named``) in the place of what is sealed of them."""
    stored = [names.unpacked(fields.get(column)) for fields in kept]
    for fields, text in zip(kept, register.names.opened(name, column, ids, stored), strict=True):
        if column in fields:
            fields[column] = text


def customers_named(register: Register) -> list[str | None]:
    """The keys of customers in every row of every kind, in the order of rows and columns (``FactTable.customers``)."""
    from workbench.platform.register.facts import tables

    rows = register.read(TABLE, ["kind", "fields"], every=True)
    columns = {name: table.customers for name, table in tables().items()}
    pairs = zip(rows["kind"], rows["fields"], strict=True)
    return [fields.get(column) for kind, fields in pairs for column in columns.get(kind, ())]


def opened_fields(register: Register) -> list[dict[str, Any]]:
    """What every row of every kind holds in its fields, texts that may name customers as they read; keys of customers apart."""
    from workbench.platform.register.facts import tables

    rows = register.read(TABLE, ["record", "kind", "fields"], every=True)
    kept: list[dict[str, Any]] = rows["fields"].tolist()
    for name in rows["kind"].unique():
        at = np.flatnonzero(rows["kind"].eq(name))
        for column in tables()[name].named if name in tables() else ():
            _open(register, name, column, rows["record"].iloc[at].tolist(), [kept[place] for place in at])
        for column in tables()[name].customers if name in tables() else ():
            for place in at:
                kept[place].pop(column, None)
    return kept


def seal_named(register: Register, name: str, ids: Sequence[int], about: Sequence[int], fields: pd.Series) -> pd.Series:
    """Fields of rows of a declared table with its texts that may name customers sealed. ``about``: whom each row is about.

    A text that names another customer (``FactTable.named_of``) is sealed under his key, as long as he has one.
    """
    kept, table = [dict(each) for each in fields], declared_table(name)
    for column in table.named:
        texts = [each[column] if isinstance(each.get(column), str) else None for each in kept]
        whose = [_whose(register, each, table.named_of.get(column), own) for each, own in zip(kept, about, strict=True)]
        for each, sealed in zip(kept, register.names.seal(name, column, ids, whose, texts), strict=True):
            if sealed is not None:
                each[column] = names.packed(sealed)
    return pd.Series(kept, dtype=object)


def _whose(register: Register, fields: Mapping[str, Any], column: str | None, own: int) -> int:
    """Under whose key a text is sealed: the customer's a column names by his key, else that of the row."""
    number = names.number_of(fields.get(column)) if column else None
    return own if number is None or number in register.subjects.destroyed else number


def rows_of(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of a declared table as ``record`` keeps them; columns the declaration does not have are left out."""
    table = declared_table(name)
    plain = [column for column in table.columns if column in frame and column not in PLACE]
    personal = [column for column in table.sealed if column in frame]
    result = pd.DataFrame({"kind": [name] * len(frame)}, dtype=object)
    for column in ("document", "row"):
        if column in frame:
            result[column] = frame[column].reset_index(drop=True).astype("Int64")
    result["fields"] = pd.Series(_fields(frame, plain), dtype=object)
    sealed = [to_sealed(each) for each in _fields(frame, personal)]
    result["sealed_fields"] = pd.Series(sealed, dtype=object)
    return result


def _fields(frame: pd.DataFrame, columns: list[str]) -> list[dict[str, Any]]:
    """The values of some columns, row by row; what is missing is left out."""
    return [
        {name: plain(value) for name, value in zip(columns, values, strict=True) if not pd.isna(value)}
        for values in zip(*(frame[name] for name in columns), strict=True)
    ] or [{} for _ in range(len(frame))]

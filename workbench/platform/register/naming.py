"""Names in a whole register: sealed where an earlier version left them in clear, and found where a customer is destroyed.

As with personal values (``resealing``) the entry that brings a register over states the digests of earlier entries anew, once,
after every name was read from both files and compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core.close_names import is_short
from workbench.core.names import customer_key
from workbench.platform.register import free_texts, names, records, subjects
from workbench.platform.register.kept_files import by_number

if TYPE_CHECKING:
    from workbench.platform.register.entry import Entry
    from workbench.platform.register.store import Register

PART = 4  # characters of a name by which it is recognised
# JSON of approved quarters that names files: by number from then on (``kept_files``)
FILES = {"settlement_line": "inputs", "submission": "open"}


def names_pending(register: Register) -> bool:
    """Whether the register has a names key, and names that were written before it had."""
    return register.keys.seals_names and not register.names.sealed


def texts_pending(register: Register) -> bool:
    """Whether names are sealed, and not the other texts that people typed."""
    return register.names.sealed and not register.names.texts_sealed


def seal_texts(register: Register, entry: Entry) -> int:
    """Seal the texts that stand in clear where names are sealed already; returns how many values were changed."""
    done = sum(_seal(register, entry, table, columns) for table, columns in names.LATER.items())
    return done + free_texts.seal_all(register, entry)


def seal_names(register: Register, entry: Entry) -> int:
    """Seal every name and put numbers in place of normalised ones; returns how many values were changed."""
    shorts, files = _short_names(register), by_number(register)
    done = sum(_number_customers(register, entry, *item) for item in names.CUSTOMERS.items())
    for table, columns in names.FIRST.items():
        done += _seal(register, entry, table, columns)
    done += sum(_seal_records(register, entry, table) for table in _recorded())
    for table, column in FILES.items():
        key, rows = table, register._fetch(f'SELECT "{table}", "{column}" FROM "{table}"')
        changes = [(json.dumps(files(json.loads(text)), ensure_ascii=False, sort_keys=True), row) for row, text in rows]
        entry._write_many(f'UPDATE "{table}" SET "{column}" = ? WHERE "{key}" = ?', changes)
    if shorts:
        entry.append("short_name", pd.DataFrame(shorts, columns=["lead", "document"]))
    documents = register.read("document", ["document", "name"], every=True)
    if len(documents):
        entry._keep_places(documents)
    return done


def _recorded() -> list[str]:
    """The declared tables kept in ``records`` that hold texts which may name a customer."""
    from workbench.platform.register.facts import tables

    return [table.name for table in tables().values() if table.named]


def _short_names(register: Register) -> list[tuple[int, int]]:
    columns = "lead, document, customer_key, province, city"
    rows = register._fetch(f"SELECT {columns} FROM lead WHERE county IS NOT NULL ORDER BY lead_version")
    return [(lead, document) for lead, document, *name in rows if is_short(*name)]


def _number_customers(register: Register, entry: Entry, table: str, column: str) -> int:
    keys = [key for (key,) in register._fetch(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" <> \'\'')]
    made = register.subjects.for_names(entry, [subjects.name_of_customer(key) for key in keys]) if keys else []
    changes = [(names.numbered(number), key) for number, key in zip(made, keys, strict=True)]
    entry._write_many(f'UPDATE "{table}" SET "{column}" = ? WHERE "{column}" = ?', changes)
    return len(changes)


def _seal(register: Register, entry: Entry, table: str, columns: Sequence[str]) -> int:
    kinds = register._tables[table]
    key, done = next(iter(kinds)), 0
    listed = ", ".join(f'"{name}"' for name in (key, *columns))
    in_clear = {
        row: dict(zip(columns, values, strict=True))
        for row, *values in register._fetch(f'SELECT {listed} FROM "{table}" ORDER BY "{key}"')
        if any(isinstance(value, str) for value in values)
    }
    frame = register.read(table, [name for name, kind in kinds.items() if kind != "SEALED"], every=True)
    frame = frame[frame[key].isin(in_clear)].reset_index(drop=True)
    if frame.empty:
        return 0
    ids = frame[key].tolist()
    about = register.names.about(entry, table, frame, ids)
    for column in columns:
        stored = [value if isinstance(value := in_clear[row][column], str) else None for row in ids]
        sealed = register.names.seal_texts(table, column, ids, about, stored)
        changes = [(new, row) for new, row in zip(sealed, ids, strict=True) if isinstance(new, bytes)]
        entry._write_many(f'UPDATE "{table}" SET "{column}" = ? WHERE "{key}" = ?', changes)
        done += len(changes)
    return done


def _seal_records(register: Register, entry: Entry, table: str) -> int:
    rows = register.read(records.TABLE, ["record", "fields"], {"kind": table}, every=True)
    if rows.empty:
        return 0
    rows["fields"] = _with_numbers(register, entry, table, rows["fields"])
    ids, given = rows["record"].tolist(), pd.DataFrame(rows["fields"].tolist())
    about = register.names.about(entry, table, given, ids)
    fields = records.seal_named(register, table, ids, about, rows["fields"])
    changes = [
        (json.dumps(each, ensure_ascii=False, sort_keys=True), row) for each, row in zip(fields, ids, strict=True)
    ]
    entry._write_many("UPDATE record SET fields = ? WHERE record = ?", changes)
    return len(changes)


def _with_numbers(register: Register, entry: Entry, table: str, fields: pd.Series) -> pd.Series:
    """The fields of rows of a declared table with numbers in place of normalised names (``FactTable.customers``)."""
    columns = records.declared_table(table).customers
    keys = dict.fromkeys(each[column] for each in fields for column in columns if each.get(column))
    wanted = [key for key in keys if names.number_of(key) is None]
    if not wanted:
        return fields
    made = register.subjects.for_names(entry, [subjects.name_of_customer(key) for key in wanted])
    found = dict(zip(wanted, map(names.numbered, made), strict=True))
    changed = [
        {key: found.get(said, said) if key in columns else said for key, said in each.items()} for each in fields
    ]
    return pd.Series(changed, index=fields.index, dtype=object)


def texts_naming(register: Register, keys: Sequence[str]) -> list[int]:
    """The subjects of texts about no customer (files' names, findings, …) in which one of these normalised names stands, or a
    part of it (PART characters) that is in no other customer's.
    """
    leads = register.read("lead", ["customer_key", "customer"], every=True)
    others = set(register.names.normalised(leads["customer_key"], leads["customer"]).dropna()) - set(keys)
    traces = {*keys, *(_parts(keys) - _parts(others))}
    own = {
        number for (number,) in register._fetch(f"SELECT subject_key FROM {subjects.TABLE} WHERE length(wrapped) = 0")
    }
    found: list[tuple[int, str]] = []
    for table, columns in names.COLUMNS.items():
        key = next(iter(register._tables[table]))
        for column in columns:
            rows = register._fetch(f'SELECT "{key}", "{column}" FROM "{table}" ORDER BY "{key}"')
            found += names.own_texts(register, table, column, rows, own)
    for table in _recorded():
        stored = register._fetch("SELECT record, fields FROM record WHERE kind = ? ORDER BY record", (table,))
        for column in records.declared_table(table).named:
            rows = [(row, names.unpacked(json.loads(fields).get(column))) for row, fields in stored]
            found += names.own_texts(register, table, column, rows, own)
    found += free_texts.texts_about_nobody(register, own)
    plain = customer_key(pd.Series([text for _, text in found], dtype=object))
    return sorted(
        {
            number
            for (number, _), text in zip(found, plain, strict=True)
            if any(trace in (text or "") for trace in traces)
        }
    )


def _parts(keys: Iterable[str]) -> set[str]:
    return {key[at : at + PART] for key in keys for at in range(len(key) - PART + 1)}


def same_customers(one: Register, other: Register) -> bool:
    """Whether two registers tell the same customers apart, before names gave way to numbers and after."""
    pairs: set[tuple[Any, Any]] = set()
    for table, column in names.CUSTOMERS.items():
        key = next(iter(one._tables[table]))
        sql = f'SELECT "{column}" FROM "{table}" ORDER BY "{key}"'
        keys = [[value for (value,) in register._fetch(sql)] for register in (one, other)]
        pairs |= set(zip(*keys, strict=True))
    pairs |= set(zip(*(records.customers_named(register) for register in (one, other)), strict=True))
    return len(pairs) == len({before for before, _ in pairs}) == len({after for _, after in pairs})

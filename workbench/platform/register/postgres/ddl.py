"""The tables of a server's register, made of the same steps as those of a file, and whether they still are what these make.

Texts are compared byte by byte (collation C), as SQLite compares them; whole numbers and truth values are ``bigint``, sealed
values ``bytea``. Columns of texts that are sealed where they stand (``names.COLUMNS``), but not always, are ``varchar``: so the
driver tells them apart (``mixed``). References are looked at when a transaction ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from workbench.platform.register import expected_schema
from workbench.platform.register.expected_schema import Difference, Steps

SCHEMA, KEY_FILE = "workbench", "key_file"
# what is not only added to: kept statuses, which follow from the rest, and what the register says of itself
CHANGED = {"state": ("status", "clause"), "meta": ("value",)}
_WHOLE = frozenset({"INTEGER", "BOOL"})
_BYTES = frozenset({"SEALED", "BLOB"})
_TABLE = re.compile(r"CREATE TABLE (\w+) \((.*)\)")
# of columns, or of the beginnings of texts; of all rows, or of those that lack a value
_INDEX = re.compile(
    r"CREATE (UNIQUE )?INDEX (\w+) ON (\w+) \((\w+(?:, \w+)*|substr\(\w+, 1, \d+\))\)(?: WHERE (\w+) IS NULL)?"
)
_NAME = re.compile(r"\b(?!substr\b)[A-Za-z_]\w*")
_DROPPED_INDEX = re.compile(r"DROP INDEX (\w+)")
_KINDS = {"r": "table", "i": "index", "v": "view", "m": "view"}
Catalog = frozenset[tuple[str, str, str]]  # kind, name, and what it is


def translated(statement: str) -> list[str]:
    """A statement of a step as the server's. Raises ValueError for one of a kind that is not known."""
    plain = re.sub(r"\s+", " ", statement).strip()
    if table := _TABLE.fullmatch(plain):
        columns = ", ".join(_declared(table[1], word) for word in _columns(table[2]))
        return [f'CREATE TABLE "{table[1]}" ({columns})']
    if index := _INDEX.fullmatch(plain):
        listed = _NAME.sub(r'"\g<0>"', index[4])
        only = f' WHERE "{index[5]}" IS NULL' if index[5] else ""
        return [f'CREATE {index[1] or ""}INDEX "{index[2]}" ON "{index[3]}" ({listed}){only}']
    if dropped := _DROPPED_INDEX.fullmatch(plain):
        return [f'DROP INDEX "{dropped[1]}"']
    raise ValueError(f"a step of the schema that cannot be followed: {statement}")


def granted(statement: str) -> list[tuple[str, str]]:
    """What may be done with what a statement makes: privileges and table."""
    table = _TABLE.fullmatch(re.sub(r"\s+", " ", statement).strip())
    if not table:
        return []
    changed = ", ".join(f'"{name}"' for name in CHANGED.get(table[1], ()))
    return [("SELECT, INSERT" + (f", UPDATE ({changed})" if changed else ""), table[1])]


def _columns(body: str) -> list[list[str]]:
    return [column.split(" ") for column in body.strip().split(", ")]  # none has a comma of its own


def _both(table: str) -> tuple[str, ...]:
    """The columns of a table that hold texts and bytes."""
    from workbench.platform.register.names import COLUMNS

    return COLUMNS.get(table, ())


def _type(table: str, column: str, kind: str) -> str:
    if column in _both(table):
        return "varchar"
    return "bigint" if kind in _WHOLE else "bytea" if kind in _BYTES else "text"


@lru_cache(maxsize=64)
def mixed(table: str, columns: tuple[str, ...]) -> tuple[int, ...]:
    """Which columns of a table hold texts and bytes."""
    return tuple(place for place, column in enumerate(columns) if column in _both(table))


def _declared(table: str, words: list[str]) -> str:
    name, kind, rest = words[0], _type(table, words[0], words[1].upper()), " ".join(words[2:])
    parts = [f'"{name}"', kind, 'COLLATE "C"' if kind in ("text", "varchar") else ""]
    parts += ["PRIMARY KEY" if "PRIMARY KEY" in rest else "", "NOT NULL" if "NOT NULL" in rest else ""]
    if refers := re.search(r"REFERENCES (\w+)", rest):
        parts.append(f'REFERENCES "{refers[1]}" DEFERRABLE INITIALLY DEFERRED')
    return " ".join(part for part in parts if part)


@lru_cache(maxsize=16)
def _expected(steps: tuple[tuple[int, str], ...]) -> Catalog:
    kinds, found = expected_schema.kinds(steps), set()
    for item in expected_schema.items(steps):
        if item.kind == "index" and item.sql is not None:
            index = _INDEX.fullmatch(item.sql)
            assert index is not None
            only = f" WHERE {index[5]} IS NULL" if index[5] else ""
            found.add(("index", item.name, f"{'UNIQUE ' if index[1] else ''}{item.table} ({index[4]}){only}"))
        elif item.kind == "table" and item.sql is not None:
            table = _TABLE.fullmatch(item.sql)
            assert table is not None
            found |= _table(item.name, _columns(table[2]), kinds)
    return frozenset(found | _table(KEY_FILE, _columns(KEY_FILE_COLUMNS), kinds))


KEY_FILE_COLUMNS = "one INTEGER PRIMARY KEY, content TEXT NOT NULL"


def _shown_type(table: str, words: list[str]) -> str:
    kind = _type(table, words[0], words[1].upper())
    return "character varying" if kind == "varchar" else kind


def _table(name: str, columns: list[list[str]], kinds: expected_schema.Kinds) -> set[tuple[str, str, str]]:
    found, said, rules = set(), [], []
    for words in columns:
        rest = " ".join(words[2:])
        primary = "PRIMARY KEY" in rest
        said.append(f"{words[0]} {_shown_type(name, words)}{' NOT NULL' if primary or 'NOT NULL' in rest else ''}")
        if primary:
            rules.append(f"PRIMARY KEY ({words[0]})")
            found.add(("index", f"{name}_pkey", f"UNIQUE {name} ({words[0]})"))
        if refers := re.search(r"REFERENCES (\w+)", rest):
            key = next(iter(kinds[refers[1]]))
            rules.append(f"FOREIGN KEY ({words[0]}) REFERENCES {refers[1]}({key}) DEFERRABLE INITIALLY DEFERRED")
    return {*found, ("table", name, "; ".join([*said, *sorted(rules)]))}


def catalog(fetch: Callable[[str], Iterable[Any]]) -> Catalog:
    """What the schema holds on the server: tables, indexes, and whatever somebody put there besides."""
    columns: dict[str, list[str]] = {}
    for table, name, kind, needed, plain in fetch(_COLUMNS):
        columns.setdefault(table, []).append(
            f"{name} {kind}{' NOT NULL' if needed else ''}{'' if plain else ' otherwise'}"
        )
    rules: dict[str, list[str]] = {}
    for table, rule in fetch(_CONSTRAINTS):
        rules.setdefault(table, []).append(rule.replace('"', ""))
    found = set()
    for name, kind, plain in fetch(_CLASSES):
        if kind == "r":
            text = "; ".join([*columns.get(name, ()), *sorted(rules.get(name, ()))])
            found.add(("table", name, text if plain else f"{text}; otherwise"))
        elif kind != "i":
            found.add((_KINDS.get(kind, "object"), name, ""))
    for name, table, unique, valid, listed, only in fetch(_INDEXES):
        text = f"{'UNIQUE ' if unique else ''}{table} ({listed}){f' WHERE {only}' if only else ''}"
        found.add(("index", name, text if valid else f"{text} otherwise"))
    return frozenset(found | {(kind, name, "") for kind, name in fetch(_OTHERS)})


def differences(stored: Catalog, steps: Steps) -> list[Difference]:
    """Where the catalog is not what the steps make: by name; empty where it is exactly that."""
    wanted = _expected(tuple(steps))
    extra, missing = stored - wanted, wanted - stored
    known, there = {each[:2] for each in missing}, {each[:2] for each in extra}
    found = {Difference("changed" if each[:2] in known else "extra", each[0], _shown(each[1])) for each in extra}
    found |= {Difference("missing", *each[:2]) for each in missing if each[:2] not in there}
    return sorted(found, key=lambda one: (one.how != "changed", one))


def _shown(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[:40]


_HERE = f"(SELECT oid FROM pg_namespace WHERE nspname = '{SCHEMA}')"
_CLASSES = f"""
SELECT relname::text, relkind::text, relpersistence = 'p' AND NOT relrowsecurity AND NOT relispartition
    AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid OR inhparent = c.oid)
    AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgisinternal AND t.tgenabled <> 'O')
FROM pg_class c WHERE relnamespace = {_HERE} AND relkind <> 'c'"""
_COLUMNS = f"""
SELECT relname::text, attname::text, format_type(atttypid, atttypmod), attnotnull,
    NOT atthasdef AND attidentity = '' AND attgenerated = ''
    AND (attcollation = 0 OR attcollation = 'pg_catalog."C"'::regcollation)
FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
WHERE relnamespace = {_HERE} AND relkind = 'r' AND attnum > 0 AND NOT attisdropped ORDER BY attrelid, attnum"""
_CONSTRAINTS = f"""
SELECT relname::text, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
WHERE relnamespace = {_HERE} AND contype NOT IN ('n', 't')"""
_INDEXES = f"""
SELECT c.relname::text, t.relname::text, indisunique, indisvalid,
    (SELECT string_agg(replace(pg_get_indexdef(indexrelid, place, true), '"', ''), ', ' ORDER BY place)
     FROM generate_series(1, indnatts) place),
    replace(pg_get_expr(indpred, indrelid, true), '"', '')
FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_class t ON t.oid = indrelid WHERE c.relnamespace = {_HERE}"""
_OTHERS = f"""
SELECT 'trigger', tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE relnamespace = {_HERE} AND NOT tgisinternal
UNION ALL SELECT 'object', proname::text FROM pg_proc WHERE pronamespace = {_HERE}
UNION ALL SELECT 'object', rulename::text FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class
WHERE relnamespace = {_HERE} AND relkind = 'r'
UNION ALL SELECT 'object', oprname::text FROM pg_operator WHERE oprnamespace = {_HERE}"""

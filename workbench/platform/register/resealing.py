"""Bringing a register of an earlier version over: what was sealed under a field key gets the key of its subject.

The sealed bytes are others then, and the trail's digests of the entries that wrote them are over bytes that are no more. So
the entry that brings the register over states those digests anew (``restated``), once in the register's life, after the
trail was proven and every value compared. The chain stays as it is: heads noted outside before hold. In a register that
this version made, no entry can state digests anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.platform.register import (
    audit,
    cipher,
    free_texts,
    kept_files,
    name_blocks,
    names,
    naming,
    proof,
    records,
    rotation,
    row_hashes,
    subjects,
)

if TYPE_CHECKING:
    from workbench.platform.register.entry import Entry
    from workbench.platform.register.store import Register

_PART = 20_000  # rows at a time
_NEW = bytes([cipher.SUBJECTS_KEY])
# what keeps account of the rest
_ACCOUNTS = (
    *("meta", "entry", "entry_signature", subjects.TABLE, subjects.STATES, name_blocks.TABLE),
    *(proof.RESTATED, proof.RESTATED_DETAIL, row_hashes.TABLE, free_texts.SAME),
)


def sealed_columns(register: Register) -> dict[str, list[str]]:
    """Tables with sealed columns, and these."""
    found = {
        table: [name for name, kind in kinds.items() if kind == "SEALED"] for table, kinds in register._tables.items()
    }
    return {table: columns for table, columns in found.items() if columns}


def _earlier(columns: Sequence[str]) -> str:
    """What finds values of columns that are sealed under a field key; ``_NEW`` fills each of its marks."""
    return " OR ".join(f'("{name}" IS NOT NULL AND substr("{name}", 1, 1) <> ?)' for name in columns)


def is_pending(register: Register) -> bool:
    """Whether some value is still sealed under a field key itself, or names or other texts stand in clear."""
    return _under_a_field_key(register) or naming.names_pending(register) or naming.texts_pending(register)


def _under_a_field_key(register: Register) -> bool:
    return any(
        register._fetch(f'SELECT 1 FROM "{table}" WHERE {_earlier(columns)} LIMIT 1', [_NEW] * len(columns))
        for table, columns in sealed_columns(register).items()
    )


def reseal(register: Register, entry: Entry) -> int:
    """Seal every value that is under a field key under the key of its subject; returns how many values."""
    done = 0
    for table, columns in sealed_columns(register).items():
        key = next(iter(register._tables[table]))
        sql = f'SELECT "{key}" FROM "{table}" WHERE {_earlier(columns)} ORDER BY "{key}"'
        rows = register._fetch(sql, [_NEW] * len(columns))
        ids = [row[0] for row in rows]
        for start in range(0, len(ids), _PART):
            done += _reseal_part(register, entry, table, columns, ids[start : start + _PART])
    return done


def _reseal_part(register: Register, entry: Entry, table: str, columns: list[str], ids: list[int]) -> int:
    key = next(iter(register._tables[table]))
    names = _names(register, table, ids)
    about = register.subjects.for_names(entry, names)
    boxes, done = register.subjects.boxes(about), 0
    wanted = json.dumps(ids)
    listed = ", ".join(f'"{name}"' for name in columns)
    stored = register._fetch(
        f'SELECT {listed} FROM "{table}" WHERE "{key}" IN (SELECT value FROM json_each(?)) ORDER BY "{key}"', (wanted,)
    )
    for name, values in zip(columns, zip(*stored, strict=True), strict=True):
        plain = register.subjects.unseal(table, name, ids, values, {})
        sealed = cipher.seal(boxes, table, name, ids, about, plain)
        changes = [
            (new, number)
            for new, old, number in zip(sealed, values, ids, strict=True)
            if old is not None and cipher.subject_of(old) is None
        ]
        entry._write_many(f'UPDATE "{table}" SET "{name}" = ? WHERE "{key}" = ?', changes)
        done += len(changes)
    return done


def _names(register: Register, table: str, ids: list[int]) -> list[str]:
    """Whom stored rows are about."""
    kinds = register._tables[table]
    key = next(iter(kinds))
    frame = register.read(table, [name for name, kind in kinds.items() if kind != "SEALED"], {key: ids})
    if table != "record":
        return subjects.names_of_rows(register, table, frame, ids)
    names: dict[int, str] = {}
    for kind, rows in frame.groupby("kind", sort=False):
        fields = pd.DataFrame(rows["fields"].tolist())
        picked = rows[key].tolist()
        names |= dict(zip(picked, subjects.names_of_rows(register, str(kind), fields, picked), strict=True))
    return [names[number] for number in ids]


def bring_over(register: Register, *, user: str, now: datetime) -> int:
    """Put a file in the register's place in which every value is sealed under its subject's key, and every name; returns
    how many were.

    The trail is proven first. Raises RegisterError as ``rotation.renew``; the register, which is closed, is then as it was.
    """
    done: list[int] = []

    def change(opened: Register) -> bool:
        whole = not opened.verify_audit()
        for action, pending, seal in (
            (subjects.RESTATED_BY, _under_a_field_key, reseal),
            (names.SEALED_BY, naming.names_pending, naming.seal_names),
            (names.TEXTS_BY, naming.texts_pending, naming.seal_texts),
        ):
            detail: dict[str, Any] = {}
            if not pending(opened):
                continue
            with opened.transaction(action, at=now, recorded_at=now, user=user, detail=detail) as entry:
                detail["values"] = seal(opened, entry)
                restate(opened, entry)
            done.append(detail["values"])
            opened.subjects.forget()
        return whole and same_content(register, opened) and not is_pending(opened)

    rotation.renew(register, change)
    return sum(done)


def restate(register: Register, entry: Entry) -> None:
    """State the digests of earlier entries anew that are over other bytes now."""
    rows = proof.rows_by_entry(register)
    row_hashes.restate(register, entry, rows)
    found = {
        number: digest
        for number, *_, before, _ in proof.entries_of(register)
        if number < entry.number and (digest := audit.digest(register.keys.audit, rows.get(number, {}))) != before
    }
    if found:
        entry.append(proof.RESTATED, pd.DataFrame({"about": list(found), "digest": list(found.values())}))


def same_content(one: Register, other: Register) -> bool:
    """Whether two registers hold the same: every value of every row, sealed ones as they read."""
    sealed = sealed_columns(one)
    made = () if one.names.sealed == other.names.sealed else ("short_name", "document_place")
    for table, kinds in one._tables.items():
        if table in (*_ACCOUNTS, *made):
            continue
        key = next(iter(kinds))
        apart = {*sealed.get(table, ()), *_read_apart(table)}
        open_columns = [name for name in kinds if name not in apart]
        listed = ", ".join(f'"{name}"' for name in open_columns)
        sql = f'SELECT {listed} FROM "{table}" ORDER BY "{key}"'
        if one._fetch(sql) != other._fetch(sql):
            return False
        for name in apart - {names.CUSTOMERS.get(table)}:
            if _values(one, table, name) != _values(other, table, name):
                return False
    return naming.same_customers(one, other) and free_texts.same_words(one, other)


def _read_apart(table: str) -> set[str]:
    """Columns that are stored otherwise once names are sealed."""
    rest = {names.CUSTOMERS.get(table), naming.FILES.get(table), *names.PARTS.get(table, ())[:1]} - {None}
    return {*names.COLUMNS.get(table, ()), *map(str, rest), *(["fields"] if table == records.TABLE else [])}


def _values(register: Register, table: str, column: str) -> list[Any]:
    """A column as it reads."""
    if column == "fields":
        return records.opened_fields(register)
    found = register.read(table, [column], every=True)[column].tolist()
    return list(kept_files.told(register, found, named=True)) if column == naming.FILES.get(table) else found

"""A key for everybody whom sealed values are about, which can be destroyed (PIPL 47; S7).

Personal values are not sealed under the field key but under the key of their subject: the customer of the lead, else the
received file or the row itself. The field key only wraps these keys. A rotation wraps them anew and leaves the values as
they are; destroying the row of a key makes every value under it unreadable, and the trail's hashes, which are over the
sealed bytes, stay good. What became of each row is in the trail (``subject_state``), so that one that was destroyed by an
entry is told from one that is missing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pandas as pd
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.core.errors import RegisterError
from workbench.platform.register import cipher
from workbench.platform.register.audit import Breach, encode_rows
from workbench.platform.register.columns import where_clause
from workbench.platform.register.key_slots import KEY_BYTES

if TYPE_CHECKING:
    from workbench.platform.register.entry import Entry
    from workbench.platform.register.store import Register

TABLE, STATES = "subject_key", "subject_state"
DESTROYED_BY, WRAPPED_ANEW_BY, RESTATED_BY = "destroy", "rotate", "customer_keys"
CUSTOMER, TEXT = "customer", "="  # how names of subjects begin: customers; texts that are about none (``names``)
SALT = 16
STEP = 20_000  # names that are looked up and given keys at once
_BY_COLUMNS = {  # tables whose rows are about no customer: what they are about instead
    "document": ("document", ("document",)),
    "fingerprint": ("document", ("document",)),
    "finding": ("finding", ("document",)),
    "added_value": ("added_value", ("template", "subject")),
}


def name_of_customer(key: str) -> str:
    """The name under which a customer has a key, by the normalised name (``names.customer_key``)."""
    return f"{CUSTOMER}|{key}"


def customer_in(name: str) -> int | None:
    """The number in a subject's name, where it is that of a customer whose number stands in place of his name."""
    number = name.removeprefix(f"{CUSTOMER}|#")
    return int(number) if number != name and number.isdecimal() else None


def names_of_rows(register: Register, table: str, frame: pd.DataFrame, ids: Sequence[int]) -> list[str]:
    """Whom the rows of a table are about: the customer, or the lead's customer as of now, else what the row belongs to."""
    from workbench.platform.register.facts import tables

    kind, columns = _BY_COLUMNS.get(table, (table, ()))
    if columns and set(columns) <= set(frame):
        found = ["|".join([kind, *map(str, of_row)]) for of_row in frame[list(columns)].itertuples(index=False)]
    else:
        found = [f"{kind}|{number}" for number in ids]
    leads = next((each for each in tables().values() if each.subject), None)
    declared = tables().get(table)
    if leads is None or leads.subject is None or declared is None:
        return found
    lead, number, key = leads.subject
    if declared.subject or declared.customers:
        holder = declared.customers[0] if declared.customers else key
        customers = frame[holder] if holder in frame else pd.Series([None] * len(frame), dtype=object)
    elif (column := declared.by_lead_number or declared.by_lead) and column in frame:
        by = number if declared.by_lead_number else lead
        wanted = frame[column].dropna().unique().tolist()
        known = register.read(leads.name, [by, key], {by: wanted}, every=True) if wanted else None
        newest = {} if known is None else dict(zip(known[by], known[key], strict=True))
        customers = frame[column].map(newest)
    else:
        return found
    names = [None if pd.isna(customer) else name_of_customer(customer) for customer in customers]
    gone = register.subjects.destroyed
    return [own if name is None or customer_in(name) in gone else name for own, name in zip(found, names, strict=True)]


class SubjectKeys:
    """The keys of subjects of an open register, unwrapped when they are first needed and kept with it."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._keys: dict[int, bytes] = {}

    @cached_property
    def destroyed(self) -> frozenset[int]:
        """The subjects whose keys were destroyed: nobody destroys any while the register is open."""
        rows = self._register._fetch(f"SELECT subject FROM {STATES} WHERE digest IS NULL")
        return frozenset(subject for (subject,) in rows)

    def unseal(
        self, table: str, column: str, rows: Sequence[int], values: Sequence[Any], boxes: dict[int, AESGCM | None]
    ) -> list[str | None]:
        """Open a column of a table. ``boxes``: kept from one column of the same rows to the next.

        Raises RegisterError ``no_field_key``, ``damaged_field``, ``missing_key``.
        """
        fields = self._register._field_keys()
        wanted = {subject for value in values if (subject := cipher.subject_of(value)) is not None} - set(boxes)
        boxes |= self._boxes(wanted, table, column)
        return cipher.unseal(fields, boxes, table, column, rows, values)

    def boxes(self, subjects: Iterable[int]) -> dict[int, AESGCM]:
        """What seals under the keys of these subjects, each of which has one."""
        found = self._boxes(set(subjects), TABLE, "wrapped")
        return {subject: box for subject, box in found.items() if box is not None}

    def hashed(self, subject: int, text: str) -> str:
        """A hash of a text under a subject's key: equal within the subject where texts are equal, and tried out by nobody once
        the key was destroyed. Raises RegisterError ``no_field_key``, ``missing_key``.
        """
        return blake2b(text.encode(), key=self.key(subject), digest_size=16, person=b"of a subject").hexdigest()

    def key(self, subject: int) -> bytes:
        """The key of a subject that has one. Raises RegisterError ``no_field_key``, ``missing_key``, ``damaged_field``."""
        self._boxes({subject}, TABLE, "wrapped")
        return self._keys[subject]

    def _boxes(self, subjects: set[int], table: str, column: str) -> dict[int, AESGCM | None]:
        if not subjects:
            return {}
        found: dict[int, AESGCM | None] = {subject: None for subject in subjects & self.destroyed}
        wanted = subjects - self.destroyed
        unknown = {subject for subject in wanted if subject not in self._keys}
        for row in _rows(self._register, unknown) if unknown else ():
            self._keys[row[0]] = self._unwrapped(row)
        if lost := {subject for subject in unknown if subject not in self._keys}:
            known = self._register.count(STATES, {"subject": sorted(lost)})
            raise (
                RegisterError("missing_key", table=table, column=column)
                if known
                else cipher.damaged_field(table, column)
            )
        return found | {subject: AESGCM(self._keys[subject]) for subject in wanted}

    def _unwrapped(self, row: Sequence[Any]) -> bytes:
        subject, name, version, salt, wrapped = row
        try:
            box = AESGCM(self._register._field_keys()[version])
            key = box.decrypt(wrapped[: cipher.NONCE], wrapped[cipher.NONCE :], _bound_to(subject, name, version, salt))
        except (InvalidTag, LookupError, TypeError, ValueError):
            raise cipher.damaged_field(TABLE, "wrapped") from None
        return key

    def for_names(self, entry: Entry, names: Sequence[str]) -> list[int]:
        """The subjects of these names, those that are new with a key made now."""
        return [n for at in range(0, len(names), STEP) for n in self._for_names(entry, names[at : at + STEP])]

    def _for_names(self, entry: Entry, names: Sequence[str]) -> list[int]:
        register = self._register
        known = {name: number for name in names if (number := customer_in(name)) is not None}
        if len(known) == len(set(names)):
            return [known[name] for name in names]
        blind = dict(zip(names, cipher.blind(register._index_key(), names), strict=True))
        clause, wanted = where_clause(register._tables[TABLE], {"name": sorted(map(str, blind.values()))})
        found = dict(register._fetch(f"SELECT name, subject_key FROM {TABLE}{clause}", wanted))
        if set(found.values()) & self.destroyed:  # somebody put back what was destroyed
            raise RegisterError("trail_changed", path=register.path.name)
        fresh = [hashed for hashed in dict.fromkeys(blind.values()) if hashed not in found]
        if fresh:
            found |= self._made(entry, fresh)
        return [known[name] if name in known else found[blind[name]] for name in names]

    def for_texts(self, entry: Entry, names: Sequence[str]) -> list[int]:
        """The subjects of texts that are about no customer: rows with a salt and no key, which need none to be made."""
        register, named = self._register, [TEXT + name for name in names]
        if not names:
            return []
        found = register.read(TABLE, ["name", TABLE], {"name": named})
        known = dict(zip(found["name"], found[TABLE].tolist(), strict=True))
        fresh = [name for name in dict.fromkeys(named) if name not in known]
        first = self._next()
        rows = [(number, name, 0, os.urandom(SALT).hex(), b"") for number, name in enumerate(fresh, first)]
        entry._write_many(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?)", rows)
        _record(register, entry, {row[0]: row_digest(register, row) for row in rows})
        known |= dict(zip(fresh, range(first, first + len(fresh)), strict=True))
        return [int(known[name]) for name in named]

    def _next(self) -> int:
        """The number of the next subject; none is given twice."""
        return 1 + max(self._register.maximum(STATES, "subject") or 0, self._register.maximum(TABLE, TABLE) or 0)

    def _made(self, entry: Entry, names: list[Any]) -> dict[Any, int]:
        register, fields = self._register, self._register._field_keys()
        first = self._next()
        version, rows = max(fields), []
        box = AESGCM(fields[version])
        for subject, name in enumerate(names, first):
            self._keys[subject] = os.urandom(KEY_BYTES)
            rows.append(_wrapped(box, version, subject, name, os.urandom(SALT).hex(), self._keys[subject]))
        entry._write_many(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?)", rows)
        _record(register, entry, {row[0]: row_digest(register, row) for row in rows})
        return dict(zip(names, range(first, first + len(names)), strict=True))

    def forget(self) -> None:
        """Keep nothing: a deed was undone, and with it the keys it made; or keys were destroyed."""
        self._keys.clear()
        self.__dict__.pop("destroyed", None)
        self._register.names.forget()

    def all(self) -> dict[int, bytes]:
        """Every key there is, by subject. Raises RegisterError where one does not open."""
        self._boxes({row[0] for row in _rows(self._register) if row[4]}, TABLE, "wrapped")
        return dict(self._keys)

    def wrap_anew(self, entry: Entry) -> None:
        """Wrap every key by the newest field key; the trail keeps what the rows are then."""
        register, fields = self._register, self._register._field_keys()
        version, keys = max(fields), self.all()
        box = AESGCM(fields[version])
        rows = [
            _wrapped(box, version, subject, name, salt, keys[subject])
            for subject, name, _, salt, _ in _rows(register)
            if subject in keys
        ]
        changes = [(row[2], row[4], row[0]) for row in rows]
        entry._write_many(f"UPDATE {TABLE} SET version = ?, wrapped = ? WHERE subject_key = ?", changes)
        _record(register, entry, {row[0]: row_digest(register, row) for row in rows})


def numbers(register: Register, names: Iterable[str]) -> dict[str, int]:
    """The subjects that have a key, by name. Needs the index key."""
    wanted = list(dict.fromkeys(names))
    hashed = cipher.blind(register._index_key(), wanted)
    found = register.read(TABLE, ["name", TABLE], {"name": hashed})
    by_hash = dict(zip(found["name"], found[TABLE], strict=True))
    return {
        name: int(by_hash[hashed_name])
        for name, hashed_name in zip(wanted, hashed, strict=True)
        if hashed_name in by_hash
    }


def record_destroyed(register: Register, entry: Entry, subjects: Sequence[int]) -> None:
    """Take the rows of these subjects' keys away, and say so in the trail."""
    entry._write_many(f"DELETE FROM {TABLE} WHERE subject_key = ?", [(subject,) for subject in subjects])
    _record(register, entry, dict.fromkeys(subjects))
    register.subjects.forget()


def row_digest(register: Register, row: Sequence[Any]) -> str:
    """Keyed hash over the row of a subject's key."""
    (text,) = encode_rows([row])
    return blake2b(text, key=register.keys.audit, digest_size=32, person=b"subject key").hexdigest()


def breaches(register: Register, actions: Mapping[int, str]) -> list[Breach]:
    """Where the rows of keys are not what the trail says. ``actions``: of the trail's entries.

    Codes ``key_missing`` (no entry destroyed it), ``key_changed``, ``key_back`` (it was destroyed).
    """
    found: list[Breach] = []
    latest: dict[int, tuple[int, str | None]] = {}
    for entry, subject, digest in register._fetch(
        f"SELECT entry, subject, digest FROM {STATES} ORDER BY subject_state"
    ):
        allowed = DESTROYED_BY if digest is None else WRAPPED_ANEW_BY
        if (digest is None or subject in latest) and actions.get(entry) != allowed:
            found.append(Breach("key_changed", entry, TABLE))
        if subject in latest and latest[subject][1] is None:
            found.append(Breach("key_back", entry, TABLE))
        latest[subject] = entry, digest
    rows = {row[0]: row_digest(register, row) for row in _rows(register)}
    for subject, (entry, digest) in latest.items():
        if digest is None and subject in rows:
            found.append(Breach("key_back", entry, TABLE))
        elif digest is not None and subject not in rows:
            found.append(Breach("key_missing", entry, TABLE))
        elif digest is not None and digest != rows[subject]:
            found.append(Breach("key_changed", entry, TABLE))
    return found + [Breach("stray", 0, TABLE)] * bool(set(rows) - set(latest))


def _rows(register: Register, subjects: Iterable[int] | None = None) -> list[tuple[Any, ...]]:
    """Rows of keys: subject, name, version, salt, wrapped."""
    sql = f"SELECT subject_key, name, version, salt, wrapped FROM {TABLE}"
    if subjects is None:
        return register._fetch(sql)
    wanted = json.dumps(sorted(subjects))
    return register._fetch(f"{sql} WHERE subject_key IN (SELECT value FROM json_each(?))", (wanted,))


def salts(register: Register, subjects: Iterable[int] | None = None) -> dict[int, str]:
    """What hashes and masks of subjects are accounted for by."""
    sql = f"SELECT subject_key, salt FROM {TABLE}"
    if subjects is None:
        return dict(register._fetch(sql))
    wanted = json.dumps(sorted(subjects))
    return dict(register._fetch(f"{sql} WHERE subject_key IN (SELECT value FROM json_each(?))", (wanted,)))


def _wrapped(box: AESGCM, version: int, subject: int, name: Any, salt: str, key: bytes) -> tuple[Any, ...]:
    nonce = os.urandom(cipher.NONCE)
    return subject, name, version, salt, nonce + box.encrypt(nonce, key, _bound_to(subject, name, version, salt))


def _bound_to(subject: int, name: Any, version: int, salt: Any) -> bytes:
    return json.dumps(["subject", subject, name, version, salt]).encode()


def _record(register: Register, entry: Entry, digests: Mapping[int, str | None]) -> None:
    frame = pd.DataFrame({"subject": list(digests), "digest": pd.Series(list(digests.values()), dtype=object)})
    if digests:
        entry.append(STATES, frame)

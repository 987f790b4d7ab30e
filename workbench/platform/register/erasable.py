"""Hashes and masks of a contact, which go with the key of its customer (PIPL 47).

A phone's blind hash and its mask (138****1234) together give the phone away to whoever holds the index key: he tries ten
thousand numbers. They have to go too when a key is destroyed, and yet the trail is over the rows they stand in. So the
trail accounts for such a value by a hash under the salt of its subject: with the salt the value is checked, and once both
are destroyed the hash, which takes the value's place, checks the rest of the row and can be tried out by nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from workbench.platform.register import cipher, subjects

if TYPE_CHECKING:
    from workbench.platform.register.entry import Entry
    from workbench.platform.register.store import Register

# table → columns, and by which columns its rows belong to a version of a lead
COLUMNS = {"lead": ("phone_key",), "mask": ("contact", "phone"), "contact_phone": ("number",)}
_OWNER = {"mask": ("lead", "version"), "contact_phone": ("lead", "document")}
_VERSIONS = "SELECT lead_version, entry, lead, version, document, contact FROM lead"
ERASED = "~"  # what a hash in a value's place begins with

Row = Sequence[Any]


def committed(salt: str, value: Any) -> str:
    """The hash that stands for a value: equal within a subject where values are equal."""
    return ERASED + blake2b(f"{salt}|{value}".encode(), digest_size=16, person=b"erasable").hexdigest()


def is_erased(value: Any) -> bool:
    """Whether a value was erased."""
    return isinstance(value, str) and value.startswith(ERASED)


def shown(table: str, column: str, kind: str, values: Sequence[Any]) -> Sequence[Any]:
    """A column as it is read: what was erased is DESTROYED; of a blind hash the hash in its place, which equals no other."""
    if kind == "BLIND" or column not in COLUMNS.get(table, ()):
        return values
    return [cipher.DESTROYED if is_erased(value) else value for value in values]


class Accounting:
    """Rows as the trail accounts for them."""

    def __init__(self, register: Register, versions: Iterable[Row]) -> None:
        """``versions``: of the leads concerned (``_VERSIONS``), in order."""
        self._kinds = register._tables
        self._owners: dict[tuple[str, Any, Any], tuple[int, int]] = {}
        for _, entry, lead, version, document, contact in versions:
            if (subject := cipher.subject_of(contact)) is not None:
                self._owners[("mask", lead, version)] = subject, entry
                self._owners.setdefault(("contact_phone", lead, document), (subject, entry))
        of = {subject for subject, _ in self._owners.values()}
        self._salts = subjects.salts(register, of) if of else {}
        self._gone = register.subjects.destroyed if of else frozenset()

    @classmethod
    def of_all(cls, register: Register) -> Accounting:
        """For every row of the register."""
        return cls(register, register._fetch(f"{_VERSIONS} ORDER BY lead_version"))

    @classmethod
    def of(cls, register: Register, table: str, rows: Sequence[Row]) -> Accounting:
        """For some rows of a table."""
        if table not in COLUMNS:
            return cls(register, [])
        place = list(register._tables[table]).index("lead")
        leads = json.dumps(sorted({row[place] for row in rows}))
        wanted = f"{_VERSIONS} WHERE lead IN (SELECT value FROM json_each(?)) ORDER BY lead_version"
        return cls(register, register._fetch(wanted, (leads,)))

    def rows(self, table: str, rows: Sequence[Row]) -> Sequence[Row]:
        """Rows of a table with hashes in place of what can be erased."""
        if table not in COLUMNS or not self._owners:
            return rows
        names = list(self._kinds[table])
        places = [names.index(column) for column in COLUMNS[table]]
        found: list[Row] = []
        for row, subject in zip(rows, self.subjects(table, rows), strict=True):
            if subject is None or (salt := self._salts.get(subject)) is None:
                found.append(row)  # of what was erased the hash is there already
                continue
            changed = list(row)
            for place in places:
                if changed[place] is not None and not (subject in self._gone and is_erased(changed[place])):
                    changed[place] = committed(salt, changed[place])
            found.append(changed)
        return found

    def subjects(self, table: str, rows: Sequence[Row]) -> list[int | None]:
        """Whom rows of one of these tables are about, where that has a key."""
        names = list(self._kinds[table])
        if table == "lead":
            contact = names.index("contact")
            return [cipher.subject_of(row[contact]) for row in rows]
        first, second, entry = (names.index(column) for column in (*_OWNER[table], "entry"))
        found: list[int | None] = []
        for row in rows:
            owner = self._owners.get((table, row[first], row[second]))
            found.append(owner[0] if owner is not None and owner[1] <= row[entry] else None)
        return found


def erase(register: Register, entry: Entry, gone: Sequence[int]) -> None:
    """Put hashes in place of what can be erased of these subjects, as long as their salts are there."""
    accounting, wanted = Accounting.of_all(register), set(gone)
    for table, columns in COLUMNS.items():
        names = list(register._tables[table])
        stored = register._fetch(f'SELECT * FROM "{table}"')
        rows = [
            row for row, subject in zip(stored, accounting.subjects(table, stored), strict=True) if subject in wanted
        ]
        changes = [
            (*(accounted[names.index(column)] for column in columns), accounted[0])
            for accounted in accounting.rows(table, rows)
        ]
        terms = ", ".join(f'"{column}" = ?' for column in columns)
        entry._write_many(f'UPDATE "{table}" SET {terms} WHERE "{names[0]}" = ?', changes)

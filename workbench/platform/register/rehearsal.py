"""Long work beside the register: done on a copy while others write, then written in one short transaction.

An import of many rows spends nearly all of its time on reading, screening and deriving. Inside its transaction everybody else
would wait for all of that. So it is done on a copy of the register's file, which is thrown away, and every row it wrote
there is kept; then the same rows are written into the register, as one entry, provided that nobody wrote any row in between:
what was worked out may rest on any of them. Entries that brought no rows (files opened, refusals) are no obstacle.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from workbench.platform.register import audit, row_hashes
from workbench.platform.register.backup import COPY, scratch
from workbench.platform.register.entry import Entry
from workbench.platform.register.postgres import address
from workbench.platform.register.storage import ADDED
from workbench.platform.register.store import Register

ROOM = 3  # times the register's size have to be free on its disk


@dataclass(frozen=True)
class Rehearsed:
    """What an entry wrote on a copy: its number there, the head before it, what it says, and its rows by statement."""

    number: int
    head: str
    detail: dict[str, Any]
    written: Sequence[tuple[str, list[tuple[Any, ...]]]]

    @classmethod
    def of(cls, entry: Entry, head: str) -> Rehearsed:
        """An entry whose writing was kept, before it ends."""
        return cls(entry.number, head, entry.detail, entry.kept or [])


def is_worth_it(register: Register, most: int) -> bool:
    """Whether the register is a file of at most so many bytes, with room for a copy beside it."""
    if address.of(register.path) is not None:
        return False
    size = register.path.stat().st_size
    return size <= most and shutil.disk_usage(register.path.parent).free >= ROOM * size


@contextmanager
def beside(register: Register) -> Iterator[Register]:
    """A copy of the register under the same keys, to work on; it goes away. Raises RegisterError ``not_written``, ``disk_full``."""
    with scratch(register.path.parent) as folder:
        register.copy_to(folder / COPY)
        with Register.open(folder / COPY, register.keys) as copy:
            copy._connection.execute("PRAGMA synchronous = OFF")  # nothing in it has to last
            yield copy


def stands(entry: Entry, rehearsed: Rehearsed) -> bool:
    """Whether nobody wrote a row since the copy was made. ``entry``: being written into the register itself."""
    register = entry.register
    if not register.contains_head(rehearsed.head):
        return False
    return entry.number == rehearsed.number or not any(
        newest >= rehearsed.number for table in _grown(register) for newest in _newest(register, table)
    )


def write(entry: Entry, rehearsed: Rehearsed) -> None:
    """Write what was rehearsed, under the number the entry has here."""
    register = entry.register
    grown = _grown(register)
    entry.detail.update(rehearsed.detail)
    for sql, kept in rehearsed.written:
        added, rows = ADDED.match(sql), kept
        table = added[1] if added else ""
        if table in grown:
            place = list(register._tables[table]).index("entry")
            if entry.number != rehearsed.number:
                rows = [(*row[:place], entry.number, *row[place + 1 :]) for row in kept]
            entry.appended.setdefault(table, []).extend(rows)
        entry._write_many(sql, rows)
    register.subjects.forget()  # what it knew of keys, names and places is that of before


def _grown(register: Register) -> list[str]:
    """The tables whose rows are of an entry, and in its digest."""
    return [table for table in register._tables if table not in (*audit.OUTSIDE, row_hashes.TABLE)]


def _newest(register: Register, table: str) -> list[int]:
    key = next(iter(register._tables[table]))
    return [entry for (entry,) in register._fetch(f'SELECT entry FROM "{table}" ORDER BY "{key}" DESC LIMIT 1')]

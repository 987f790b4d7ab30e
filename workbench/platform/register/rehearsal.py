"""Long work beside the register: done on a copy while others write, then written in one short transaction.

An import of many rows spends nearly all of its time on reading, screening and deriving. Inside its transaction everybody else
would wait for all of that. So it is done on a copy of the register's file, which is thrown away; then the database takes the rows
over from the copy, as one entry, provided that nobody wrote any row in between: what was worked out may rest on any of them.
Entries that brought no rows (files opened, refusals) are no obstacle.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from workbench.platform.register import audit, row_hashes, schema, written_rows
from workbench.platform.register.backup import COPY, scratch
from workbench.platform.register.entry import Entry
from workbench.platform.register.postgres import address
from workbench.platform.register.store import Register
from workbench.platform.register.written_rows import Part

ROOM = 3  # times the register's size have to be free on its disk
STATES, STEPS = "state", "transition"  # what is kept of each lead, and the changes it follows from
_ACCOUNTED = "accounted"  # a table of the copy alone: rows as the digest takes them
_NUMBER = b"\xff"  # the entry's number in them: a byte that stands in no text


@dataclass(frozen=True)
class Rehearsed:
    """What an entry wrote on a copy, kept there: its number, the head before it and what it says.

    ``first``: the tables it added rows to, each with the least primary key of these; ``changes``: what it did but adding
    rows; ``accounted``: the tables in its digest.
    """

    path: Path
    number: int
    head: str
    detail: dict[str, Any]
    first: Mapping[str, int]
    changes: list[tuple[str, list[tuple[Any, ...]]]]
    accounted: tuple[str, ...]

    @classmethod
    def of(cls, entry: Entry, head: str) -> Rehearsed:
        """An entry before it ends; the copy is closed, with what was written into it, so that the register can take it over.

        Made ready is what the digest takes of the rows, so that little is left to be done while others wait.
        """
        register, tables = entry.register, written_rows.tables(entry)
        store = register._connection
        store.execute(f"CREATE TABLE {_ACCOUNTED} (name TEXT, numbers TEXT, rows BLOB)")
        for table, first in tables.items():
            place = _place(register, table)
            for rows in written_rows.batches(register, table, entry.number, first):
                lines = [before + _NUMBER + behind for before, behind in audit.parted_rows(rows, place)]
                part = table, json.dumps([row[0] for row in rows]), b"\n".join(lines)
                store.execute(f"INSERT INTO {_ACCOUNTED} VALUES (?, ?, ?)", part)
        store.commit()
        done = cls(
            register.path, entry.number, head, entry.detail, entry.first, entry.changes or [], tuple(sorted(tables))
        )
        entry.discard()
        return done


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
        register.duplicate_to(folder / COPY)
        with Register.open(folder / COPY, register.keys) as copy:
            # nothing in it has to last, nor to be undone; its rows name an entry that is written into the register itself
            for setting in ("synchronous = OFF", "journal_mode = OFF", "foreign_keys = OFF"):
                copy._connection.execute(f"PRAGMA {setting}")
            yield copy


@contextmanager
def at_hand(register: Register, rehearsed: Rehearsed) -> Iterator[Any]:
    """Let the register's connection read the copy, which nobody writes any more; gives another one that reads it beside."""
    key = register.keys.file.hex()
    register._execute(f"ATTACH DATABASE ? AS copy KEY \"x'{key}'\"", (str(rehearsed.path),))
    try:
        with closing(schema.keyed(rehearsed.path, register.keys)) as reader:
            reader.execute("PRAGMA query_only = ON")
            yield reader
    finally:
        register._execute("DETACH DATABASE copy", ())


def stands(entry: Entry, rehearsed: Rehearsed) -> bool:
    """Whether nobody wrote a row since the copy was made. ``entry``: being written into the register itself."""
    register = entry.register
    if not register.contains_head(rehearsed.head):
        return False
    return entry.number == rehearsed.number or not any(
        newest >= rehearsed.number for table in _grown(register) for newest in _newest(register, table)
    )


def write(entry: Entry, rehearsed: Rehearsed, reader: Any) -> None:
    """Write what was rehearsed and is at hand, under the number the entry has here.

    While the database takes over the rows, another thread accounts for them.
    """
    register = entry.register
    entry.sources = {table: partial(_accounted, reader, entry.number, table) for table in rehearsed.accounted}
    place = row_hashes.place(register, entry.number)
    with ThreadPoolExecutor(1) as beside:
        entry.accounting = beside.submit(written_rows.account, register.keys.audit, entry.sources, place)
        _take_over(entry, rehearsed)
    for sql, rows in rehearsed.changes:
        entry._write_many(sql, rows)
    entry.detail.update(rehearsed.detail)
    register.subjects.forget()  # what it knew of keys, names and places is that of before


def _take_over(entry: Entry, rehearsed: Rehearsed) -> None:
    register = entry.register
    for table, first in rehearsed.first.items():
        kinds = register._tables[table]
        key, chosen = next(iter(kinds)), ", ".join("?1" if name == "entry" else f'"{name}"' for name in kinds)
        if table == STATES:
            conflict = ", ".join(f"{name} = excluded.{name}" for name in kinds if name != key)
            source = f"lead IN (SELECT lead FROM copy.{STEPS} WHERE {STEPS} >= ?2) ON CONFLICT ({key}) DO UPDATE SET {conflict}"
            first = rehearsed.first[STEPS]
        else:
            source = f'"{key}" >= ?2 ORDER BY "{key}"'
        register._execute(
            f'INSERT INTO main."{table}" SELECT {chosen} FROM copy."{table}" WHERE {source}', (entry.number, first)
        )


def _accounted(reader: Any, entry: int, table: str) -> Iterator[Part]:
    """The rows of a table as the digest takes them, under the entry's number."""
    own = str(entry).encode()
    sql = f"SELECT numbers, rows FROM {_ACCOUNTED} WHERE name = ? ORDER BY rowid"
    for numbers, rows in reader.execute(sql, (table,)):
        yield json.loads(numbers), rows.replace(_NUMBER, own).split(b"\n")


def _place(register: Register, table: str) -> int:
    """Where in a row of a table the number of its entry stands."""
    return list(register._tables[table]).index("entry")


def _grown(register: Register) -> list[str]:
    """The tables whose rows are of an entry, and in its digest."""
    return [table for table in register._tables if table not in (*audit.OUTSIDE, row_hashes.TABLE)]


def _newest(register: Register, table: str) -> list[int]:
    key = next(iter(register._tables[table]))
    return [entry for (entry,) in register._fetch(f'SELECT entry FROM "{table}" ORDER BY "{key}" DESC LIMIT 1')]

"""Long work beside the register: done on a copy while others write, then written in one short transaction.

An import of many rows spends nearly all of its time on reading, screening and deriving. Inside its transaction everybody else
would wait for all of that. So it is done on a copy of the register's file, which is thrown away, and every row it wrote
there is kept; then the same rows are written into the register, as one entry, provided that nobody wrote any row in between:
what was worked out may rest on any of them. Entries that brought no rows (files opened, refusals) are no obstacle.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from workbench.platform.register import audit, erasable, name_blocks, row_hashes
from workbench.platform.register.backup import COPY, scratch
from workbench.platform.register.entry import Entry
from workbench.platform.register.postgres import address
from workbench.platform.register.storage import ADDED
from workbench.platform.register.store import Register

ROOM = 3  # times the register's size have to be free on its disk


Written = Sequence[tuple[str, list[tuple[Any, ...]]]]


@dataclass(frozen=True)
class Rehearsed:
    """What an entry wrote on a copy: its number there, the head before it and what it says.

    Made ready so that little is left to be done while others wait: ``rows`` of tables of the trail, by table, and as the digest
    takes them (``parted``: primary key and the two parts between which the entry's number stands); what else was ``written``, by
    statement.
    """

    number: int
    head: str
    detail: dict[str, Any]
    rows: dict[str, list[tuple[Any, ...]]]
    parted: dict[str, list[tuple[int, bytes, bytes]]]
    written: Written

    @classmethod
    def of(cls, entry: Entry, head: str) -> Rehearsed:
        """An entry whose writing was kept, before it ends; it gives its rows away, of which there are many."""
        register, parted = entry.register, dict[str, list[tuple[int, bytes, bytes]]]()
        accounting = erasable.Accounting.of(register, entry.appended)
        for table in list(entry.appended):
            appended = entry.appended.pop(table)
            parts = audit.parted_rows(accounting.rows(table, appended), _place(register, table))
            parted[table] = [(row[0], *both) for row, both in zip(appended, parts, strict=True)]
        grown, rows, others = set(_grown(register)), dict[str, list[tuple[Any, ...]]](), []
        kept_in_order = deque(entry.kept or ())
        entry.kept = None
        while kept_in_order:
            sql, kept = kept_in_order.popleft()
            added = ADDED.match(sql)
            if added and added[1] in grown:
                place = _place(register, added[1])
                rows.setdefault(added[1], []).extend((*row[:place], *row[place + 1 :]) for row in kept)
            else:
                others.append((sql, kept))
        return cls(entry.number, head, entry.detail, rows, parted, _without_passing(others))


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
    """Write what was rehearsed, under the number the entry has here; what is written is given away."""
    register, number = entry.register, entry.number
    entry.detail.update(rehearsed.detail)
    for table in list(rehearsed.rows):
        rows = rehearsed.rows.pop(table)
        place, count = _place(register, table), len(register._tables[table])
        marks = ", ".join(str(number) if at == place else "?" for at in range(count))
        entry._write_many(f'INSERT INTO "{table}" VALUES ({marks})', rows)
    for sql, rows in rehearsed.written:
        entry._write_many(sql, rows)
    own = str(number).encode()
    for table in list(rehearsed.parted):
        parted = rehearsed.parted.pop(table)
        entry.encoded[table] = [(key, before + own + behind) for key, before, behind in parted]
    register.subjects.forget()  # what it knew of keys, names and places is that of before


def _without_passing(written: Written) -> Written:
    """Statements without the rows of names that were added and taken away again."""
    (added, gone) = (
        {row[0] for sql, rows in written if sql == wanted for row in rows}
        for wanted in (name_blocks.ADD, name_blocks.TAKE_AWAY)
    )
    passing, found = added & gone, list[tuple[str, list[tuple[Any, ...]]]]()
    for sql, rows in written:
        if sql in (name_blocks.ADD, name_blocks.TAKE_AWAY):
            rows = [row for row in rows if row[0] not in passing]
        if rows and (not found or found[-1][0] != sql):
            found.append((sql, []))
        if rows:
            found[-1][1].extend(rows)
    return found


def _place(register: Register, table: str) -> int:
    """Where in a row of a table the number of its entry stands."""
    return list(register._tables[table]).index("entry")


def _grown(register: Register) -> list[str]:
    """The tables whose rows are of an entry, and in its digest."""
    return [table for table in register._tables if table not in (*audit.OUTSIDE, row_hashes.TABLE)]


def _newest(register: Register, table: str) -> list[int]:
    key = next(iter(register._tables[table]))
    return [entry for (entry,) in register._fetch(f'SELECT entry FROM "{table}" ORDER BY "{key}" DESC LIMIT 1')]

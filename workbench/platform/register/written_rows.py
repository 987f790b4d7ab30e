"""The rows an entry wrote, read back from the register some at a time, as the trail accounts for them.

An import writes millions of rows. They are not held until the entry is closed, nor is what its digest takes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from workbench.platform.register import audit, erasable, row_hashes

if TYPE_CHECKING:
    from workbench.platform.register.entry import Entry
    from workbench.platform.register.store import Register

Part = tuple[Sequence[int], list[bytes]]  # primary keys in order, and each row encoded
Source = Callable[[], Iterator[Part]]  # gives a table's rows each time it is asked


def tables(entry: Entry) -> dict[str, int]:
    """The tables an entry's digest is over, of those it wrote to, each with the least primary key of its rows."""
    return {table: first for table, first in entry.first.items() if table not in audit.OUTSIDE}


def batches(register: Register, table: str, number: int, first: int) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows with an entry's number from a primary key on, in order of these, as they are accounted for."""
    key = next(iter(register._tables[table]))
    sql = f'SELECT * FROM "{table}" WHERE "{key}" >= ? AND entry = ? ORDER BY "{key}"'
    for rows in register._connection.batches(sql, (first, number)):
        yield erasable.Accounting.of(register, table, rows).rows(table, rows)


def digest(entry: Entry, sources: dict[str, Source]) -> str:
    """The keyed hash over the rows of an entry; keeps a short one of each (``row_hashes``).

    ``sources``: rows that were put into the register otherwise than by ``Entry.append``; they come before those.
    """
    register = entry.register
    hashes, whole = row_hashes.Hashes(register.keys.audit), audit.Digest(register.keys.audit)

    def parts(table: str) -> Iterator[Part]:
        if table in sources:
            yield from sources[table]()
        if table in entry.first:
            for rows in batches(register, table, entry.number, entry.first[table]):
                yield [row[0] for row in rows], audit.encode_rows(rows)

    def take(table: str, *, hashed: bool) -> None:
        whole.begin(table)
        for numbers, rows in parts(table):
            whole.add(rows)
            if hashed:
                hashes.add(table, numbers, rows)

    named = sorted({*sources, *tables(entry)} - {row_hashes.TABLE})
    behind = [table for table in named if table > row_hashes.TABLE]
    for table in behind:  # their hashes stand in a row that comes before them
        for numbers, rows in parts(table):
            hashes.add(table, numbers, rows)
    for table in named[: len(named) - len(behind)]:
        take(table, hashed=True)
    row_hashes.keep(register, entry, hashes)
    for table in [row_hashes.TABLE] * (row_hashes.TABLE in entry.first) + behind:
        take(table, hashed=False)
    return whole.hexdigest()

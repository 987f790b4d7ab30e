"""The rows an entry wrote, read back from the register some at a time, as the trail accounts for them.

An import writes millions of rows. They are not held until the entry is closed, nor is what its digest takes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
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


@dataclass(frozen=True)
class Account:
    """What an entry says of its rows: the keyed hash over all of them, and the row that keeps a short one of each (``kept``; none
    where it wrote no rows)."""

    digest: str
    kept: list[tuple[int, int, str]]


def account(key: bytes, parts: Mapping[str, Source], place: tuple[int, int] | None) -> Account:
    """The account of rows by table. ``place``: primary key and entry of the row of hashes; None: the register keeps none."""
    hashes, whole = row_hashes.Hashes(key), audit.Digest(key)
    before = [table for table in sorted(parts) if table < row_hashes.TABLE]
    # their hashes stand in a row that comes before them
    behind = [table for table in sorted(parts) if table > row_hashes.TABLE]
    for table in behind:
        for numbers, rows in parts[table]():
            hashes.add(table, numbers, rows)
    for table in before:
        whole.begin(table)
        for numbers, rows in parts[table]():
            whole.add(rows)
            hashes.add(table, numbers, rows)
    kept = [(*place, hashes.text())] if place and hashes.found else []
    if kept or row_hashes.TABLE in parts:
        whole.begin(row_hashes.TABLE)
        for _, rows in parts[row_hashes.TABLE]() if row_hashes.TABLE in parts else ():
            whole.add(rows)
        whole.add(audit.encode_rows(kept))
    for table in behind:
        whole.begin(table)
        for _, rows in parts[table]():
            whole.add(rows)
    return Account(whole.hexdigest(), kept)


def account_of(entry: Entry) -> Account:
    """The account of the rows an entry wrote; rows that came otherwise (``Entry.sources``) come before those it added itself."""
    register = entry.register
    own = {table: partial(_read_back, register, table, entry.number, first) for table, first in tables(entry).items()}
    if entry.accounting is not None and not own:
        return entry.accounting.result()
    several = {
        table: [each[table] for each in (entry.sources, own) if table in each] for table in {*entry.sources, *own}
    }
    parts = {table: partial(_one_after_another, sources) for table, sources in several.items()}
    return account(register.keys.audit, parts, row_hashes.place(register, entry.number))


def _read_back(register: Register, table: str, number: int, first: int) -> Iterator[Part]:
    for rows in batches(register, table, number, first):
        yield [row[0] for row in rows], audit.encode_rows(rows)


def _one_after_another(sources: Sequence[Source]) -> Iterator[Part]:
    for source in sources:
        yield from source()

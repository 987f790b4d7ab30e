"""A short keyed hash of every row an entry wrote: which row is another than was written, where the entry's digest does not hold.

The digest alone proves; these only say where, and stand under it themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from workbench.platform.register import audit

if TYPE_CHECKING:
    from workbench.platform.register.entry import Entry
    from workbench.platform.register.store import Register

TABLE = "row_hash"
SIZE = 8  # bytes
Encoded = Mapping[str, Sequence[tuple[int, bytes]]]


class Hashes:
    """The hashes of an entry's rows while they come, table by table, rows by primary key."""

    def __init__(self, key: bytes) -> None:
        self._keyed = blake2b(key=key, digest_size=SIZE, person=b"row")
        self.found: dict[str, tuple[list[list[int]], list[str]]] = {}

    def add(self, table: str, numbers: Sequence[int], rows: Iterable[bytes]) -> None:
        """Take encoded rows with these primary keys."""
        runs, texts = self.found.setdefault(table, ([], []))
        for first, count in _runs(numbers):
            if runs and sum(runs[-1]) == first:
                runs[-1][1] += count
            else:
                runs.append([first, count])
        texts.append("".join(_hash(self._keyed, row) for row in rows))

    def text(self) -> str:
        """All of them as they are kept."""
        found = {table: [runs, "".join(texts)] for table, (runs, texts) in sorted(self.found.items())}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def place(register: Register, entry: int) -> tuple[int, int] | None:
    """Primary key and entry of the row that keeps the hashes of an entry's rows; None where the register keeps none."""
    return ((register.maximum(TABLE, TABLE) or 0) + 1, entry) if TABLE in register._tables else None


def restate(register: Register, entry: Entry, rows: dict[int, dict[str, list[tuple[int, bytes]]]]) -> None:
    """Keep the hashes of earlier entries' rows anew, which are other bytes now; ``rows``, by entry and table, are brought up
    to date with it.
    """
    changes = []
    for number, mine in rows.items():
        if TABLE not in mine or number >= entry.number:
            continue
        *others, (place, before) = sorted(mine[TABLE])
        stored = (place, number, _text(register.keys.audit, mine))
        (encoded,) = audit.encode_rows([stored])
        if encoded != before:
            changes.append((stored[2], place))
            mine[TABLE] = [*others, (place, encoded)]
    entry._write_many(f"UPDATE {TABLE} SET hashes = ? WHERE {TABLE} = ?", changes)


def differing(register: Register, entry: int, rows: Encoded) -> list[tuple[str, int]]:
    """Table and primary key of an entry's rows that are not as it wrote them, were added to them or taken away.

    Empty where the entry kept no hashes, or these were altered as well.
    """
    kept = register._fetch(f"SELECT hashes FROM {TABLE} WHERE entry = ? ORDER BY {TABLE} DESC", (entry,))
    if not kept:
        return []
    try:
        before = {
            (table, number): text[place * 2 * SIZE : (place + 1) * 2 * SIZE]
            for table, (runs, text) in json.loads(kept[0][0]).items()
            for place, number in enumerate(n for first, count in runs for n in range(first, first + count))
        }
    except (TypeError, ValueError):
        return []
    keyed = _keyed(register.keys.audit)
    now = {(table, number): _hash(keyed, row) for table, mine in rows.items() if table != TABLE for number, row in mine}
    return sorted(place for place in before.keys() | now.keys() if before.get(place) != now.get(place))


def _text(key: bytes, rows: Encoded) -> str:
    hashes = Hashes(key)
    for table in sorted(set(rows) - {TABLE}):
        mine = sorted(rows[table])
        hashes.add(table, [number for number, _ in mine], [row for _, row in mine])
    return hashes.text()


def _keyed(key: bytes) -> blake2b:
    return blake2b(key=key, digest_size=SIZE, person=b"row")


def _hash(keyed: blake2b, row: bytes) -> str:
    own = keyed.copy()
    own.update(row)
    return own.hexdigest()


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][0] + runs[-1][1] == number:
            runs[-1][1] += 1
        else:
            runs.append([number, 1])
    return runs

"""The audit trail: a keyed digest of what each entry appended, in a keyed chain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

FIRST_LINK = "0" * 64
# kept outside the trail: the trail itself, what can be derived anew, and the file's own notes
OUTSIDE = ("entry", "entry_signature", "state", "subject_key", "name_block", "meta")
# bytes as a list of one text: never like the same hex kept as text
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=lambda raw: [raw.hex()]).encode


@dataclass(frozen=True)
class Breach:
    """One thing the trail does not account for: where, and in one word what. ``row``: its primary key, where that is known."""

    # chain, digest, gap, stray, anchor, schema, state, roster, unsigned, signature, restated,
    # key_missing, key_changed, key_back, kept_names; of persons see access.persons
    code: str
    entry: int
    table: str | None = None
    row: int | None = None


def encode_rows(rows: Iterable[Sequence[Any]]) -> list[bytes]:
    """Stored rows in one unambiguous form."""
    return [_encode(row).encode() for row in rows]


def parted_rows(rows: Iterable[Sequence[Any]], place: int) -> list[tuple[bytes, bytes]]:
    """``encode_rows`` of rows in two parts, between which the whole number at a place of each row stands."""
    found = []
    for row in rows:
        alone = place == 1 and type(row[0]) is int  # mostly: a primary key, then the entry
        before = f"[{row[0]}," if alone else _encode(row[:place])[:-1] + ","
        found.append((before.encode(), _encode(row)[len(before) + len(str(row[place])) :].encode()))
    return found


class Digest:
    """The keyed hash over the rows of one entry while they come: tables by name, each with its rows by primary key."""

    def __init__(self, key: bytes) -> None:
        self._keyed = blake2b(key=key, digest_size=32, person=b"rows")

    def begin(self, table: str) -> None:
        """From here on rows are of this table."""
        self._keyed.update(b"\x00" + table.encode() + b"\x00")

    def add(self, rows: Iterable[bytes]) -> None:
        """Take rows as ``encode_rows`` gives them."""
        self._keyed.update(b"\n".join((*rows, b"")))

    def hexdigest(self) -> str:
        """What it comes to."""
        return self._keyed.hexdigest()


def digest(key: bytes, tables: dict[str, list[tuple[int, bytes]]]) -> str:
    """``Digest`` over rows that are at hand."""
    whole = Digest(key)
    for name in sorted(tables):
        whole.begin(name)
        whole.add(row for _, row in sorted(tables[name]))
    return whole.hexdigest()


def link(key: bytes, before: str, fields: Sequence[Any]) -> str:
    """Keyed hash over an entry's fields and the link before it."""
    keyed = blake2b(key=key, digest_size=32, person=b"chain")
    keyed.update(str(before).encode())
    keyed.update(_encode(list(fields)).encode())
    return keyed.hexdigest()


def kept_link(key: bytes, before: str, fields: Sequence[Any], chain: str) -> str:
    """Keyed hash over an entry as it is now, the link before it and its own, which it was given for other words."""
    return link(key, before, ["kept", *fields, chain])


def verify(
    key: bytes,
    entries: Iterable[Sequence[Any]],
    rows: dict[int, dict[str, list[tuple[int, bytes]]]] | None,
    anchor: tuple[int, str] | None = None,
    restated: Mapping[int, str] | None = None,
    details: Mapping[int, str] | None = None,
) -> list[Breach]:
    """Recompute chain and digests. ``entries``: entry, at, recorded_at, user, action, detail, digest, chain in order.

    ``rows``: what the tables hold, by entry and table; None: it is not looked at. ``restated``: digests that hold instead
    of entries' own. ``details``: what holds instead of entries' links (``kept_link``). ``anchor``: a head noted outside;
    a register that no longer reaches it, or reaches another one, was cut or rolled back.
    """
    breaches, before, expected, chains = [], FIRST_LINK, 1, {0: FIRST_LINK}
    for number, *fields, chain in entries:
        if number != expected:
            breaches.append(Breach("gap", number))
        own = [number, *fields]
        kept = (details or {}).get(number)
        if link(key, before, own) != chain if kept is None else kept_link(key, before, own, chain) != kept:
            breaches.append(Breach("chain", number))
        if rows is not None and digest(key, rows.pop(number, {})) != (restated or {}).get(number, fields[-1]):
            breaches.append(Breach("digest", number))
        before, expected, chains[number] = chain, number + 1, chain
    for number, tables in sorted((rows or {}).items(), key=str):
        breaches += [Breach("stray", number, table) for table in sorted(tables)]
    if anchor is not None and chains.get(anchor[0]) != anchor[1]:
        breaches.append(Breach("anchor", anchor[0]))
    return breaches

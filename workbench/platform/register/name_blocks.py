"""The names of a place's customers kept together, so that comparing a new name with them opens a few values, not each name.

Where names are sealed (``names``), each stands under a key of its own, and a city may hold thousands. Here the normalised
names of a place, what is compared of each, and the number of its customer are sealed together under the names key, in a
few rows of ``name_block``: an import adds a row for what it brought, and takes small rows along into it. Who has no names
key learns the length of what he may count anyway: how many customers a place has.

The rows are no history and not in the trail; they follow from the leads. Each says up to which version of a lead it goes
and how many the place had by then: what is missing is added from the leads themselves, what does not fit them or does not
open is made anew. Destroying a customer's key takes away the rows of his places, so that his name is in none of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pandas as pd
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.core.close_names import COMPARED_AS, compared
from workbench.core.errors import RegisterError
from workbench.platform.register import cipher, names
from workbench.platform.register.audit import Breach
from workbench.platform.register.postgres import address

if TYPE_CHECKING:
    from workbench.platform.register.entry import Entry
    from workbench.platform.register.store import Register

TABLE = "name_block"
ADD, TAKE_AWAY = f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?)", f"DELETE FROM {TABLE} WHERE {TABLE} = ?"  # one row each
ALONG = 8  # a new row takes along the rows before it that hold at most so many names, or twice as many as it
MOST_KEPT = 300_000  # names kept opened with the register
_OF_PLACES = "FROM lead WHERE province IN (SELECT value FROM json_each(?)) AND city IN (SELECT value FROM json_each(?))"

Place = tuple[str, str]


@dataclass
class Block:
    """The customers of a place: their numbers, normalised names ("" where none is known) and what is compared of these.

    ``last``: the newest version of a lead it was made of; ``rows``: how many; ``parts``: the stored rows, each with how many
    names it holds.
    """

    numbers: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    last: int = 0
    rows: int = 0
    parts: list[tuple[int, int]] = field(default_factory=list)

    def named(self) -> tuple[list[str], list[str]]:
        """The names, each once, and what is compared of them."""
        found = {name: text for name, text in zip(self.names, self.texts, strict=True) if name}
        return list(found), list(found.values())

    def customers(self, wanted: set[str]) -> set[str]:
        """What stands in the leads for the customers of these names."""
        pairs = zip(self.numbers, self.names, strict=True)
        return {names.numbered(number) for number, name in pairs if name in wanted}


def blocks(
    register: Register, places: Iterable[Place], entry: Entry | None = None, at_hand: Mapping[str, Any] | None = None
) -> dict[Place, Block]:
    """The customers of places, of a register in which names are sealed, for a user who reads them.

    ``entry``: keeps what was not kept yet. ``at_hand``: names of customers (by what stands in their leads) that need not be
    opened. Raises RegisterError ``damaged_field``, ``missing_key`` where a name does not open.
    """
    wanted = list(dict.fromkeys(places))
    held = _held(register, wanted)
    found: dict[Place, Block] = {}
    for place in wanted:
        rows, last = held.get(place, (0, 0))
        block = register.names.blocks.pop(place, None)
        if block is None or [row for row, _ in block.parts] != _parts(register, place):
            block = _stored(register, place)
        if (block.rows, block.last) != (rows, last):
            _bring_up(register, place, block, rows, last, entry, at_hand or {})
        found[place] = block
    if sum(len(block.names) for block in found.values()) <= MOST_KEPT:
        register.names.blocks = found
    return found


def forget_customers(register: Register, entry: Entry, subjects: Sequence[int]) -> None:
    """Take away the rows of the places in which these customers have leads."""
    customers = json.dumps([names.numbered(subject) for subject in subjects])
    sql = "SELECT DISTINCT province, city FROM lead WHERE customer_key IN (SELECT value FROM json_each(?))"
    places = register._fetch(sql, (customers,))
    if places and register._fetch(f"SELECT {TABLE} FROM {TABLE} LIMIT 1"):
        entry._write_many(f"DELETE FROM {TABLE} WHERE province = ? AND city = ?", places)


def breaches(register: Register) -> list[Breach]:
    """Whether the kept names are those of the leads, as far as this user can read them: code ``kept_names``."""
    if not register.keys.names or not register.names.sealed:
        return []
    for place in register._fetch(f"SELECT DISTINCT province, city FROM {TABLE} ORDER BY province, city"):
        block = _opened(register, place)
        if block is None:
            return [Breach("kept_names", 0, TABLE)]
        there = _customers(register, place, 0)
        try:
            known = _names(register, there)
        except RegisterError:
            return []  # names that do not open: their rows are others than were written, which the trail says
        by_then = {
            customer for customer, first, _ in there if first <= block.last and names.number_of(customer) is not None
        }
        kept = dict(zip(map(names.numbered, block.numbers), block.names, strict=True))
        if set(kept) != by_then or any(known.get(customer, "") != name for customer, name in kept.items()):
            return [Breach("kept_names", 0, TABLE)]
    return []


def _held(register: Register, places: Sequence[Place]) -> dict[Place, tuple[int, int]]:
    """How many versions of leads places have, and the newest of them."""
    listed = [json.dumps(sorted({place[end] for place in places}), ensure_ascii=False) for end in (0, 1)]
    sql = f"SELECT province, city, count(*), max(lead_version) {_OF_PLACES} GROUP BY province, city"
    return {(province, city): (rows, last) for province, city, rows, last in register._fetch(sql, listed)}


def _stored(register: Register, place: Place) -> Block:
    """What is kept of a place; nothing where it is not whole, or of another way to compare."""
    return _opened(register, place) or Block(parts=[(row, 0) for row in _parts(register, place)])


def _opened(register: Register, place: Place) -> Block | None:
    """What the rows of a place hold; None where one is missing or does not open. A row that holds all there was by then
    stands for those before it.
    """
    block: Block | None = Block()
    before: list[tuple[int, int]] = []
    for row, sealed in _rows(register, place):
        try:
            last, rows, total, *lists = _unsealed(register, place, row, sealed)
            numbers, kept, texts = (text.split("\n") if text else [] for text in lists)
            if total == len(numbers):
                block = Block(parts=[(earlier, 0) for earlier, _ in before])
            if block is not None:
                block.numbers += map(int, numbers)
                block.names += kept or [""] * len(numbers)
                block.texts += texts or [""] * len(numbers)
                block.last, block.rows = last, rows
                block.parts.append((row, len(numbers)))
                if not total == len(block.numbers) == len(block.names) == len(block.texts):
                    block = None
        except (InvalidTag, LookupError, TypeError, ValueError):
            block = None
        before.append((row, 0))
    return block


def _unsealed(register: Register, place: Place, row: int, sealed: bytes) -> list[Any]:
    box = _box(register.keys.names[sealed[0]])
    nonce, rest = sealed[1 : 1 + cipher.NONCE], sealed[1 + cipher.NONCE :]
    found: list[Any] = json.loads(box.decrypt(nonce, rest, _bound_to(row, place)))
    return found


def _parts(register: Register, place: Place) -> list[int]:
    sql = f"SELECT {TABLE} FROM {TABLE} WHERE province = ? AND city = ? ORDER BY {TABLE}"
    return [row for (row,) in register._fetch(sql, place)]


def _rows(register: Register, place: Place) -> list[tuple[int, bytes]]:
    sql = f"SELECT {TABLE}, sealed FROM {TABLE} WHERE province = ? AND city = ? ORDER BY {TABLE}"
    return [(row, bytes(sealed)) for row, sealed in register._fetch(sql, place)]


def _bring_up(
    register: Register,
    place: Place,
    block: Block,
    rows: int,
    last: int,
    entry: Entry | None,
    at_hand: Mapping[str, Any],
) -> None:
    """Add what a block lacks of its place's customers; one that does not fit the leads is made anew."""
    since = _customers(register, place, block.last)
    if block.rows + sum(count for _, _, count in since) != rows or block.last > last:
        block.numbers, block.names, block.texts = [], [], []
        block.parts = [(row, 0) for row, _ in block.parts]
        since = _customers(register, place, 0)
    known = set(block.numbers)
    fresh = [each for each in since if names.number_of(each[0]) not in known]
    named = {each[0]: at_hand[each[0]] for each in fresh if each[0] in at_hand}
    named |= _names(register, [each for each in fresh if each[0] not in named])
    for customer, _, _ in fresh:
        number, name = names.number_of(customer), named.get(customer) or ""
        if number is not None:
            block.numbers.append(number)
            block.names.append(name)
            block.texts.append(compared(name, *place) if name else "")
    block.last, block.rows = last, rows
    if entry is not None:
        _keep(register, entry, place, block)


def _customers(register: Register, place: Place, after: int) -> list[tuple[str, int, int]]:
    """The customers of a place's versions of leads after one: what stands for each, the first version and how many."""
    sql = (
        "SELECT customer_key, min(lead_version), count(*) FROM lead WHERE province = ? AND city = ? AND lead_version > ? "
        "GROUP BY customer_key ORDER BY min(lead_version)"
    )
    return register._fetch(sql, (*place, after))


def _names(register: Register, customers: Sequence[tuple[str, int, int]]) -> dict[str, str]:
    """The normalised names of customers, opened one by one."""
    if not customers:
        return {}
    found = register.read(
        "lead", ["customer_key", "customer"], {"lead_version": [first for _, first, _ in customers]}, every=True
    )
    normal = register.names.normalised(found["customer_key"], found["customer"])
    pairs = zip(found["customer_key"], normal, strict=True)
    return {customer: "" if pd.isna(name) else name for customer, name in pairs}


def _keep(register: Register, entry: Entry, place: Place, block: Block) -> None:
    """Store what of a block is not stored yet, in a row that takes small ones before it along."""
    row = (
        int(register.maximum(TABLE, TABLE) or 0) + 1
    )  # before any is taken away: a number never stands for another row
    count, gone = len(block.names) - sum(count for _, count in block.parts), []
    if address.of(register.path) is None:  # on a server nothing is taken away
        while block.parts and block.parts[-1][1] <= max(ALONG, 2 * count):
            part, more = block.parts.pop()
            gone.append((part,))
            count += more
        if gone:
            entry._write_many(TAKE_AWAY, gone)
    first, version = len(block.names) - count, max(register.keys.names)
    lists = ("\n".join(map(str, each[first:])) for each in (block.numbers, block.names, block.texts))
    text = json.dumps([block.last, block.rows, len(block.names), *lists], ensure_ascii=False)
    nonce = os.urandom(cipher.NONCE)
    sealed = _box(register.keys.names[version]).encrypt(nonce, text.encode(), _bound_to(row, place))
    entry._write_many(ADD, [(row, *place, bytes([version]) + nonce + sealed)])
    block.parts.append((row, count))


@lru_cache(maxsize=16)
def _box(names_key: bytes) -> AESGCM:
    return AESGCM(blake2b(key=names_key, digest_size=32, person=b"names of place").digest())


def _bound_to(row: int, place: Place) -> bytes:
    return json.dumps([TABLE, row, *place, COMPARED_AS]).encode()

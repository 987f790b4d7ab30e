"""The names of a place's customers kept together, so that comparing a new name with them opens a few values, not each name.

Where names are sealed (``names``), each stands under a key of its own, and a city may hold thousands. Here the normalised
names of a place, what is compared of each, and the number of its customer are sealed together under the names key, in a
few rows of ``name_block``: an import adds a row for what it brought, and takes small rows along into it. Who has no names
key learns the length of what he may count anyway: how many customers a place has.

The rows are no history and not in the trail; they follow from the leads. Each says up to which version of a lead it goes,
and how many names the place had by then: what came since is added from the leads themselves, what is not whole or does not
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

import numpy as np
import pandas as pd
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.core.close_names import COMPARED_AS, close_places, compared
from workbench.core.errors import RegisterError
from workbench.core.name_list import END, NameList
from workbench.platform.register import cipher, names
from workbench.platform.register.audit import Breach
from workbench.platform.register.postgres import address

if TYPE_CHECKING:
    from workbench.platform.register.entry import Entry
    from workbench.platform.register.store import Register

TABLE = "name_block"
ADD, TAKE_AWAY = f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?)", f"DELETE FROM {TABLE} WHERE {TABLE} = ?"  # one row each
ALONG = 8  # a new row takes along the rows before it that hold at most so many names, or twice as many as it
MOST_KEPT = 3_000_000  # names kept opened with the register, 100 bytes each

Place = tuple[str, str]


@dataclass
class Block:
    """The customers of a place: their numbers, normalised names ("" where none is known) and what is compared of these.

    ``last``: the newest version of a lead it was made of; ``parts``: the stored rows, each with how many names it holds.
    """

    numbers: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype="int64"))
    names: NameList = field(default_factory=NameList)
    texts: NameList = field(default_factory=NameList)
    last: int = 0
    parts: list[tuple[int, int]] = field(default_factory=list)

    def add(self, numbers: Sequence[int] | np.ndarray, names: str, texts: str) -> None:
        """Add customers behind those there are; names and texts are joined by END."""
        if len(numbers):
            self.numbers = np.concatenate([self.numbers, np.array(numbers, dtype="int64")])
            self.names.add_joined(names)
            self.texts.add_joined(texts)

    def close_to(self, asked: Sequence[str], place: Place) -> set[str]:
        """What stands in the leads for the customers whose names may mean one of those asked for."""
        found = {column for _, column, _ in close_places(asked, self.names, self.texts, *place)}
        return {names.numbered(number) for number in self.numbers[sorted(found)].tolist()}


def blocks(
    register: Register, places: Iterable[Place], entry: Entry | None = None, at_hand: Mapping[str, Any] | None = None
) -> dict[Place, Block]:
    """The customers of places, of a register in which names are sealed, for a user who reads them.

    ``entry``: keeps what was not kept yet. ``at_hand``: names of customers (by what stands in their leads) that need not be
    opened. Raises RegisterError ``damaged_field``, ``missing_key`` where a name does not open.
    """
    kept = register.names.blocks
    found: dict[Place, Block] = {}
    for place in dict.fromkeys(places):
        block = kept.pop(place, None)
        if block is None or [row for row, _ in block.parts] != _parts(register, place):
            block = _stored(register, place)
        _bring_up(register, place, block, entry, at_hand or {})
        found[place] = block
    if sum(len(block.names) for each in (kept, found) for block in each.values()) > MOST_KEPT:
        kept.clear()
    kept |= found
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
            customer for customer, first, *_ in there if first <= block.last and names.number_of(customer) is not None
        }
        kept = dict(zip(map(names.numbered, block.numbers.tolist()), block.names.listed(), strict=True))
        if set(kept) != by_then or any(known.get(customer, "") != name for customer, name in kept.items()):
            return [Breach("kept_names", 0, TABLE)]
    return []


def _stored(register: Register, place: Place) -> Block:
    """What is kept of a place; nothing where it is not whole, or of another way to compare."""
    return _opened(register, place) or Block(parts=[(row, 0) for row in _parts(register, place)])


def _opened(register: Register, place: Place) -> Block | None:
    """What the rows of a place hold; None where one is missing or does not open. A row that holds all there was by then
    stands for those before it.
    """
    parts: list[tuple[int, int]] = []
    held: list[tuple[np.ndarray, str, str]] | None = []
    last = 0
    for row, sealed in _rows(register, place):
        try:
            last, total, listed, called, texts = _unsealed(register, place, row, sealed)
            numbers = np.fromstring(listed, dtype="int64", sep=END)
            if len(numbers) and {called.count(END), texts.count(END)} != {len(numbers) - 1}:
                raise ValueError
            if total == len(numbers):
                parts, held = [(earlier, 0) for earlier, _ in parts], []
            parts.append((row, len(numbers)))
            if held is not None and len(numbers):
                held.append((numbers, called, texts))
            if total != sum(count for _, count in parts):
                held = None
        except (InvalidTag, AttributeError, LookupError, TypeError, ValueError):
            parts.append((row, 0))
            held = None
    if held is None:
        return None
    block = Block(last=last, parts=parts)
    if held:
        found, *joined = zip(*held, strict=True)
        block.add(np.concatenate(found), *map(END.join, joined))
    return block


def _unsealed(register: Register, place: Place, row: int, sealed: bytes) -> list[Any]:
    box = _box(register.keys.names[sealed[0]])
    nonce, rest = sealed[1 : 1 + cipher.NONCE], sealed[1 + cipher.NONCE :]
    last, *found = json.loads(box.decrypt(nonce, rest, _bound_to(row, place)))
    return [last, *found[-4:]]  # rows of earlier versions of the program also say how many leads the place had


def _parts(register: Register, place: Place) -> list[int]:
    sql = f"SELECT {TABLE} FROM {TABLE} WHERE province = ? AND city = ? ORDER BY {TABLE}"
    return [row for (row,) in register._fetch(sql, place)]


def _rows(register: Register, place: Place) -> list[tuple[int, bytes]]:
    sql = f"SELECT {TABLE}, sealed FROM {TABLE} WHERE province = ? AND city = ? ORDER BY {TABLE}"
    return [(row, bytes(sealed)) for row, sealed in register._fetch(sql, place)]


def _bring_up(register: Register, place: Place, block: Block, entry: Entry | None, at_hand: Mapping[str, Any]) -> None:
    """Add the customers of the leads of a place that came since its block was made."""
    since = _customers(register, place, block.last)
    if not since:
        return
    numbers = [names.number_of(customer) for customer, *_ in since]
    known = set(block.numbers[np.isin(block.numbers, [number for number in numbers if number is not None])].tolist())
    fresh = [each for each, number in zip(since, numbers, strict=True) if number is not None and number not in known]
    named = {each[0]: at_hand[each[0]] for each in fresh if each[0] in at_hand}
    named |= _names(register, [each for each in fresh if each[0] not in named])
    called = [named.get(customer) or "" for customer, *_ in fresh]
    block.add(
        [number for number in numbers if number is not None and number not in known],
        END.join(called),
        END.join(compared(name, *place) if name else "" for name in called),
    )
    block.last = max(last for *_, last in since)
    if entry is not None:
        _keep(register, entry, place, block)


def _customers(register: Register, place: Place, after: int) -> list[tuple[str, int, int]]:
    """The customers of a place's versions of leads after one: what stands for each, the first version and the last."""
    sql = (
        "SELECT customer_key, min(lead_version), max(lead_version) FROM lead "
        "WHERE province = ? AND city = ? AND lead_version > ? GROUP BY customer_key ORDER BY min(lead_version)"
    )
    return register._fetch(sql, (*place, after))


def _names(register: Register, customers: Sequence[tuple[str, int, int]]) -> dict[str, str]:
    """The normalised names of customers, opened one by one."""
    if not customers:
        return {}
    found = register.read(
        "lead", ["customer_key", "customer"], {"lead_version": [first for _, first, *_ in customers]}, every=True
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
    stored = (block.numbers[first:].tolist(), block.names.listed(first), block.texts.listed(first))
    lists = (END.join(map(str, each)) for each in stored)
    text = json.dumps([block.last, len(block.names), *lists], ensure_ascii=False)
    nonce = os.urandom(cipher.NONCE)
    sealed = _box(register.keys.names[version]).encrypt(nonce, text.encode(), _bound_to(row, place))
    entry._write_many(ADD, [(row, *place, bytes([version]) + nonce + sealed)])
    block.parts.append((row, count))


@lru_cache(maxsize=16)
def _box(names_key: bytes) -> AESGCM:
    return AESGCM(blake2b(key=names_key, digest_size=32, person=b"names of place").digest())


def _bound_to(row: int, place: Place) -> bytes:
    return json.dumps([TABLE, row, *place, COMPARED_AS]).encode()

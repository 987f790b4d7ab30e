"""Names of customers, sealed where they stand, for users who need none (S2, S7: least privilege).

Everybody holds the file key and derives statuses and amounts, for which it suffices to know which customers are the same:
where a normalised name would stand, there is ``#12``, the number of the customer's key (``subjects``). Names themselves, and
texts that may name a customer, are sealed in their columns under a key made of two parts: the names key, which the slots of
roles that work with names hold, and the salt in the row of the key of whom the text is about. The salt goes with that
row: once it was destroyed nobody makes the key any more. A text about no customer (a file's name) has a row of its own.

A sealed value is ``version‖subject (8 bytes)‖nonce‖ciphertext``, bound to table, column and row; ``version`` is that of the names
key. In a register of an earlier version that was not brought over (``resealing``) names stand as they are.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pandas as pd
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.core.errors import RegisterError
from workbench.core.names import customer_key
from workbench.platform.register import cipher, subjects

if TYPE_CHECKING:
    from workbench.platform.register.entry import Entry
    from workbench.platform.register.name_blocks import Block
    from workbench.platform.register.store import Register

# columns that name a customer or may, of tables of the file; of declared tables kept in ``records`` see ``FactTable.named``
FIRST: Mapping[str, tuple[str, ...]] = {
    "lead": ("customer",),
    "document": ("name",),
    "finding": ("message", "inputs"),
    "added_value": ("value",),
    "case_request": ("detail",),
    "case_decision": ("reason",),
    "review": ("reason",),
}
# further texts typed by people, sealed since the step after
LATER: Mapping[str, tuple[str, ...]] = {
    "lead": ("contact_title", "rivals", "source"),
    "finding": ("sheet",),
    "feedback": ("reason",),
    "application": ("support",),
    "target": ("reason",),
    "closure": ("reason",),
    "submission": ("reason",),
    "send_back": ("reason",),
    "ruling": ("reason",),
    "disclosure_request": ("recipient", "evidence", "purpose"),
    "disclosure_decision": ("reason",),
}
COLUMNS: Mapping[str, tuple[str, ...]] = {
    table: (*FIRST.get(table, ()), *LATER.get(table, ())) for table in dict.fromkeys([*FIRST, *LATER])
}
# texts within a JSON column: table → column, and the parts of its value that are typed. Of entries see ``own_words``
PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {"document": ("header", ("reason",))}
ENTRY, WORDS = "entry", ("reason",)  # parts of an entry's detail that are typed
CUSTOMERS = {"lead": "customer_key", "returned_row": "customer_key"}  # columns of numbers in place of normalised names
BORN, TEXTS_BORN = (
    "names",
    "free_texts",
)  # in the detail of the entry that made a register which never held them in clear
SEALED_BY, TEXTS_BY = "customer_names", "free_texts"  # the entries that brought an earlier register over
MOST_BOXES = 10_000  # what opens texts is kept of so many subjects: some 3 kB each
MOST_OPENED = 100_000  # texts that are kept opened
MARK = "␟"  # begins a sealed text among the fields of a record
_NUMBER = re.compile(r"#(\d+)")


def number_of(key: Any) -> int | None:
    """The number in place of a customer's normalised name; None where a name stands."""
    found = _NUMBER.fullmatch(key) if isinstance(key, str) else None
    return int(found[1]) if found else None


def are_numbers(keys: Iterable[Any]) -> list[bool]:
    """Whether ``number_of`` gives a number, for each key."""
    return [isinstance(key, str) and key[:1] == "#" and key[1:].isdecimal() for key in keys]


def numbered(number: int) -> str:
    """What stands in place of a customer's normalised name: nothing that such a name can be."""
    return f"#{number}"


def born_sealed(made: str | None, born: str = BORN) -> bool:
    """Whether a register was not made by an earlier version, which kept names in clear, or (TEXTS_BORN) other texts. ``made``:
    the detail, as stored, of the entry that made it.
    """
    return made is None or born in json.loads(made)


def packed(sealed: bytes) -> str:
    """A sealed value as a text among others."""
    return MARK + base64.b64encode(sealed).decode()


def unpacked(value: Any) -> Any:
    """What ``packed`` made the text of; anything else as it is."""
    if not isinstance(value, str) or not value.startswith(MARK):
        return value
    try:
        return base64.b64decode(value[len(MARK) :], validate=True)
    except ValueError:
        return value


class Names:
    """The names in an open register. Keys and opened names are kept with it."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._boxes: dict[tuple[int, int], AESGCM | None] = {}
        self._opened: dict[bytes, str] = {}
        self._normal: dict[str, str | None] = {}
        self.blocks: dict[tuple[str, str], Block] = {}  # of places (``name_blocks``)

    @cached_property
    def sealed(self) -> bool:
        """Whether names are sealed in this register: since it was made, or was brought over; the signed trail says so."""
        return self._register.keys.seals_names and self._are(BORN, SEALED_BY)

    @property
    def texts_sealed(self) -> bool:
        """Whether no text of LATER, PARTS and the trail stands in clear that somebody wrote who could have sealed it."""
        return self.sealed and self._are(TEXTS_BORN, TEXTS_BY)

    def _are(self, born: str, by: str) -> bool:
        made = self._register._fetch("SELECT detail FROM entry WHERE action = 'init' ORDER BY entry LIMIT 1")
        return born_sealed(made[0][0] if made else None, born) or self._register.count("entry", {"action": by}) > 0

    @property
    def readable(self) -> bool:
        """Whether this user can read names."""
        return bool(self._register.keys.names) or not self.sealed

    def forget(self) -> None:
        """Keep nothing: a deed was undone, and with it the keys it made; or keys were destroyed."""
        self._boxes.clear()
        self._opened.clear()
        self._normal.clear()
        self.blocks = {}
        self.__dict__.pop("sealed", None)

    def opened(self, table: str, column: str, rows: Sequence[int], values: Sequence[Any]) -> list[Any]:
        """A column with its sealed values opened: None without the names key, DESTROYED where the key was destroyed.

        Raises RegisterError ``damaged_field``, ``missing_key``.
        """
        if bytes not in set(map(type, values)):
            return list(values)
        found: list[Any] = []
        for at in range(0, len(values), MOST_BOXES):
            found += self._opened_some(table, column, rows[at : at + MOST_BOXES], values[at : at + MOST_BOXES])
        return found

    def _opened_some(self, table: str, column: str, rows: Sequence[int], values: Sequence[Any]) -> list[Any]:
        register, known = self._register, self._opened
        if len(known) > MOST_OPENED:
            known.clear()
        fresh = [value for value in values if isinstance(value, bytes) and value not in known]
        if fresh and not register.keys.names:
            return [None if isinstance(value, bytes) else value for value in values]
        self._make_boxes({_head(value, table, column) for value in fresh}, table, column)
        place, found = f"{table}|{column}|".encode(), list[Any]()
        try:
            for row, value in zip(rows, values, strict=True):
                if isinstance(value, bytes):
                    text = known.get(value)
                    if text is None:
                        text = known[value] = self._open(value, place + b"%d" % row)
                    value = text
                found.append(value)
        except (InvalidTag, LookupError, ValueError):
            raise cipher.damaged_field(table, column) from None
        return found

    def stored(self, table: str, column: str, rows: Sequence[int], values: Sequence[Any]) -> Sequence[Any]:
        """``opened``, as values in clear would be stored."""
        texts = self.opened(table, column, rows, values)
        if self._register._tables[table][column] != "JSON":
            return texts
        return [{None: "null", cipher.DESTROYED: f'"{cipher.DESTROYED}"'}.get(text, text) for text in texts]

    def _open(self, value: bytes, place: bytes) -> str:
        box = self._boxes[value[0], int.from_bytes(value[1 : cipher.HEAD], "big")]
        if box is None:
            return cipher.DESTROYED
        nonce, rest = value[cipher.HEAD : cipher.HEAD + cipher.NONCE], value[cipher.HEAD + cipher.NONCE :]
        return box.decrypt(nonce, rest, place + b"|" + value[: cipher.HEAD]).decode()

    def seal(
        self, table: str, column: str, rows: Iterable[int], about: Sequence[int], texts: Iterable[str | None]
    ) -> list[bytes | None]:
        """Seal a column, each text under the key of whom its row is about; None stays None. Raises ``no_names_key``."""
        keys = self._register.keys.names
        if not keys:
            raise RegisterError("no_names_key")
        version, place = max(keys), f"{table}|{column}|".encode()
        self._make_boxes({(version, subject) for subject in about}, table, column)
        sealed: list[bytes | None] = []
        for row, subject, text in zip(rows, about, texts, strict=True):
            if text is None:
                sealed.append(None)
                continue
            box = self._boxes[version, subject]
            assert box is not None
            nonce, head = os.urandom(cipher.NONCE), bytes([version]) + subject.to_bytes(cipher.NUMBER, "big")
            sealed.append(head + nonce + box.encrypt(nonce, text.encode(), place + b"%d|" % row + head))
        return sealed

    def seal_texts(
        self, table: str, column: str, rows: Sequence[int], about: Sequence[int], stored: Sequence[str | None]
    ) -> list[Any]:
        """``seal`` for a stored column, of which JSON without any text in it stays as it is."""
        named = [
            text if self._register._tables[table][column] != "JSON" or '"' in str(text) else None for text in stored
        ]
        sealed = self.seal(table, column, rows, about, named)
        return [plain if text is None else text for plain, text in zip(stored, sealed, strict=True)]

    def _make_boxes(self, wanted: set[tuple[int, int]], table: str, column: str) -> None:
        register = self._register
        if len(self._boxes) > MOST_BOXES:
            self._boxes.clear()
        new = {each for each in wanted if each not in self._boxes}
        gone = register.subjects.destroyed
        salts = subjects.salts(register, {subject for _, subject in new} - gone) if new else {}
        for version, subject in new:
            key = register.keys.names.get(version)
            if subject in gone:
                self._boxes[version, subject] = None
            elif subject not in salts:
                known = register.count(subjects.STATES, {"subject": subject})
                raise (
                    RegisterError("missing_key", table=table, column=column)
                    if known
                    else cipher.damaged_field(table, column)
                )
            elif key is not None:
                self._boxes[version, subject] = AESGCM(_key(key, subject, salts[subject]))

    def is_destroyed(self, value: Any) -> bool:
        """Whether the key of a sealed value was destroyed."""
        return isinstance(value, bytes) and int.from_bytes(value[1 : cipher.HEAD]) in self._register.subjects.destroyed

    # -- whom rows are about
    def customers(self, entry: Entry, keys: pd.Series) -> pd.Series:
        """Numbers in place of normalised names; those that are new get a key. As they are in a register of before."""
        if not self.sealed:
            return keys
        wanted = [key for key in keys.dropna().unique().tolist() if key and number_of(key) is None]
        made = self._register.subjects.for_names(entry, [subjects.name_of_customer(key) for key in wanted])
        found = dict(zip(wanted, map(numbered, made), strict=True))
        return keys.map(lambda key: found.get(key, key), na_action="ignore").astype(object)

    def known_customers(self, keys: Sequence[str]) -> list[str | None]:
        """What stands in the leads for these normalised names; None for those of nobody. Needs to read names."""
        if not self.sealed:
            return list(keys)
        if self._register.keys.index is not None:
            made = subjects.numbers(self._register, [subjects.name_of_customer(key) for key in keys])
            names = (made.get(subjects.name_of_customer(key)) for key in keys)
            return [None if number is None else numbered(number) for number in names]
        if not self.readable:
            raise RegisterError("no_names_key")
        leads = self._register.read("lead", ["customer_key", "customer"], every=True)
        by_name = dict(zip(self.normalised(leads["customer_key"], leads["customer"]), leads["customer_key"]))
        return [by_name.get(key) for key in keys]

    def normalised(self, customers: pd.Series, named: pd.Series) -> pd.Series:
        """The normalised names of customers (``customer_key`` of leads), each with the name it is ``named`` by."""
        if not self.sealed:
            return customers
        known = self._normal
        new = {key: name for key, name in zip(customers, named, strict=True) if key not in known}
        if new:
            known |= dict(zip(new, customer_key(pd.Series(list(new.values()), dtype=object)), strict=True))
        return customers.map(known).astype(object)

    def about(self, entry: Entry, table: str, frame: pd.DataFrame, ids: Sequence[int]) -> list[int]:
        """Whom rows are about, by number; what is about no customer gets a key of its own, which needs no other key."""
        found = subjects.names_of_rows(self._register, table, frame, ids)
        texts = [name for name in dict.fromkeys(found) if subjects.customer_in(name) is None]
        own = dict(zip(texts, self._register.subjects.for_texts(entry, texts), strict=True))
        return [own[name] if name in own else int(subjects.customer_in(name) or 0) for name in found]


def own_texts(
    register: Register, table: str, column: str, rows: Sequence[tuple[int, Any]], own: set[int]
) -> list[tuple[int, str]]:
    """Of a column (row, stored value) the texts under keys of their own (``own``), each with its subject."""
    sealed = [row for row in rows if isinstance(row[1], bytes) and int.from_bytes(row[1][1 : cipher.HEAD]) in own]
    texts = register.names.opened(table, column, [row for row, _ in sealed], [value for _, value in sealed])
    return [
        (int.from_bytes(value[1 : cipher.HEAD]), text) for (_, value), text in zip(sealed, texts, strict=True) if text
    ]


def _head(value: bytes, table: str, column: str) -> tuple[int, int]:
    if len(value) < cipher.HEAD + cipher.NONCE:
        raise cipher.damaged_field(table, column)
    return value[0], int.from_bytes(value[1 : cipher.HEAD], "big")


def _key(names: bytes, subject: int, salt: Any) -> bytes:
    return blake2b(f"{subject}|{salt}".encode(), key=names, digest_size=32, person=b"customer name").digest()

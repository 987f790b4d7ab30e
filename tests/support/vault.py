"""A register with a few leads in it, cheap to open, and the ways an attacker reaches into one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlcipher3 import dbapi2 as sqlcipher

from workbench.core.errors import WorkbenchError
from workbench.platform.register import key_file, key_slots
from workbench.platform.register.entry import Entry
from workbench.platform.register.keys import Keys, create_keys, unlock
from workbench.platform.register.store import Register

USER, PASSPHRASE = "保管员", "a passphrase of several words"
CHEAP = key_slots.Cost(memory=32, passes=1, lanes=1)
MOMENT = datetime(2026, 1, 5, 9, 0)
CONTACTS = ("张联系", "李经办", "王采购", "赵后勤")
PHONES = ("13900001111", "13900002222", "13900003333", "13900001111")


def document(number: int, **other: Any) -> dict[str, Any]:
    """A received file as the register keeps it."""
    row = {
        "document": number,
        "sha256": f"{number:064x}",
        "name": f"表{number}.xlsx",
        "template": "lead_record",
        "version": "1",
        "received_at": MOMENT,
        "unit": "D001",
        "header": {"unit": "D001"},
        "sealed_header": '{"reporter": "李提报"}',
        "accepted": 2,
        "returned": 0,
    }
    return {**row, **other}


def lead(number: int, document: int, **other: Any) -> dict[str, Any]:
    """A lead as the register keeps it; contact and phone by turns."""
    turn = (number - 1) % len(CONTACTS)
    row = {
        "lead": number,
        "version": 1,
        "number": f"DK202601-{number:05d}",
        "reporter": "D001",
        "filed_at": MOMENT,
        "ranked_at": MOMENT,
        "document": document,
        "row": number,
        "customer": f"江城客户{number}",
        "customer_key": f"江城客户{number}",
        "category": "企事业单位",
        "province": "安徽省",
        "city": "芜湖市",
        "contact": CONTACTS[turn],
        "phone": PHONES[turn],
        "phone_key": PHONES[turn],
        "quantity": 12,
        "remark": "经刘密联介绍",
    }
    return {**row, **other}


def write_pair(register: Register, number: int) -> None:
    """One transaction: document ``number`` and its two leads."""
    with deed(register) as entry:
        entry.append("document", pd.DataFrame([document(number)]))
        entry.append("lead", pd.DataFrame([lead(number * 2 - 1, number), lead(number * 2, number)]))
        moved(entry, {number * 2: ("已接收", None)})


def moved(entry: Entry, states: dict[int, tuple[str, str | None]]) -> None:
    """Leads change their status: recorded, and kept."""
    leads, words = list(states), list(states.values())
    frame = pd.DataFrame(
        {"lead": leads, "status": [status for status, _ in words], "clause": [clause for _, clause in words]}
    )
    entry.append("transition", frame.assign(at=MOMENT))
    entry.replace_state(frame)


@contextmanager
def deed(register: Register, **detail: Any) -> Iterator[Entry]:
    """A transaction at a fixed moment."""
    with register.transaction("import", at=MOMENT, recorded_at=MOMENT, user=USER, detail=detail) as entry:
        yield entry


@contextmanager
def cheaply() -> Iterator[None]:
    """Slots made inside open at once."""
    dear = key_slots.Cost
    key_slots.Cost = lambda: CHEAP
    try:
        yield
    finally:
        key_slots.Cost = dear


@contextmanager
def bare(path: Path, keys: Keys) -> Iterator[Any]:
    """A connection past the program, with the file key alone."""
    connection = sqlcipher.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{keys.file.hex()}'\"")
    try:
        yield connection
    finally:
        connection.close()


@dataclass(frozen=True)
class Vault:
    """A register file, its key file and its keys."""

    path: Path
    keys: Keys

    @classmethod
    def make(cls, path: Path, pairs: int = 0) -> Vault:
        """A new register with ``pairs`` committed transactions."""
        with cheaply():
            vault = cls(path, create_keys(path, USER, PASSPHRASE))
        with Register.create(path, vault.keys) as register:
            for number in range(1, pairs + 1):
                write_pair(register, number)
        return vault

    @property
    def key_file(self) -> Path:
        """The key slots."""
        return key_file.path_of(self.path)

    def open(self, passphrase: str = PASSPHRASE, user: str | None = USER) -> Register:
        """Open it as a person would: by name and passphrase."""
        _, keys = unlock(self.path, user, passphrase)
        return Register.open(self.path, keys)

    def copy(self, folder: Path) -> Vault:
        """The same register somewhere else."""
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy2(self.path, folder / self.path.name)
        shutil.copy2(self.key_file, key_file.path_of(folder / self.path.name))
        return Vault(folder / self.path.name, self.keys)

    def edit_key_file(self, change: Any) -> None:
        """Change the key file's document, or replace it by what ``change`` returns."""
        content = json.loads(self.key_file.read_text(encoding="utf-8"))
        changed = change(content)
        self.key_file.write_text(json.dumps(content if changed is None else changed), encoding="utf-8")

    def reslot(self, *people: tuple[str, str, Keys], generation: int = 1) -> None:
        """Write a genuine key file with these slots (user, passphrase, the keys the slot holds)."""
        name, house = self.keys.register_id, self.keys.house
        with cheaply():
            made = [
                key_slots.encrypt_register_keys(
                    name,
                    house,
                    key_slots.new_slot(name, self.keys.house_seed, user, "role", None, [], passphrase),
                    keys.keys_for([key_slots.PERSONAL]),
                )
                for user, passphrase, keys in people
            ]
        body = {
            "format": key_file.BEFORE_ROSTERS,
            "register": name,
            "generation": generation,
            "house": house,
            "slots": made,
        }
        key_file.write(self.path, body, self.keys.file)

    def without_field_key(self) -> Keys:
        """What an analyst's slot would hold."""
        return replace(self.keys, fields={}, index=None, names={})

    @contextmanager
    def raw(self) -> Iterator[Any]:
        """A bare connection with the file key, as someone has who took it from a running program."""
        with bare(self.path, self.keys) as connection:
            yield connection

    def tamper(self, *statements: str) -> None:
        """Run statements on the bare connection."""
        with self.raw() as connection:
            for statement in statements:
                connection.execute(statement)


# the attacker's own way to have the kept statuses follow what he left of the trail
STATE_ANEW = (
    "DELETE FROM state",
    "INSERT INTO state SELECT lead, status, clause FROM transition AS step "
    "WHERE transition = (SELECT max(transition) FROM transition WHERE lead = step.lead)",
)


def outcome(vault: Vault, anchor: str | None = None) -> str:
    """What opening, reading everything and verifying says: ``whole``, an error's code, or the breaches' codes."""
    try:
        with vault.open() as register:
            breaches = register.verify_audit(anchor)
            if breaches:
                return "+".join(sorted({breach.code for breach in breaches}))
            for table, kinds in register._tables.items():
                register.read(table, list(kinds))
            return "whole"
    except WorkbenchError as error:
        return error.code

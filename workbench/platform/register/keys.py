"""The keys of a register: made once, opened by a user's passphrase, in several versions after rotations."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as part
from pathlib import Path
from typing import Any

from workbench.core.errors import RegisterError
from workbench.platform.register import key_file, key_slots, roster, schema
from workbench.platform.register.key_slots import HOUSE, KEY_BYTES, PERSONAL, WITH_NAMES, PrivateKeys
from workbench.platform.register.passphrase_forms import forms
from workbench.platform.register.postgres import address, setup


@dataclass(frozen=True)
class Keys:
    """What a user's slot opened.

    ``fields``: the keys of personal fields by version, and ``index``, of blind indexes: empty and None for users
    without access. ``names``: the keys of customers' names by version, empty for users who work without them;
    ``seals_names``: the register has such keys (registers of earlier versions have none). ``house_seed``: certifies users; custodians only. ``next_file``: where a rotation was cut
    off, the other of the two keys that the file may be under; ``former``: file keys of before, which open older backups.
    ``user``, ``role``, ``section``, ``holds``, ``certificate``, ``own``: who opened it. ``users``: how many people
    have a slot. ``house``: the public half (hex) of the house key.
    """

    register_id: str
    generation: int
    house: str
    file: bytes = part(repr=False)
    audit: bytes = part(repr=False)
    fields: Mapping[int, bytes] = part(repr=False, default_factory=dict)
    index: bytes | None = part(repr=False, default=None)
    names: Mapping[int, bytes] = part(repr=False, default_factory=dict)
    seals_names: bool = False
    house_seed: bytes | None = part(repr=False, default=None)
    next_file: bytes | None = part(repr=False, default=None)
    former: tuple[bytes, ...] = part(repr=False, default=())
    own: PrivateKeys | None = part(repr=False, default=None)
    user: str = ""
    role: str = "custodian"
    section: str | None = None
    holds: tuple[str, ...] = (HOUSE, PERSONAL)
    certificate: str = ""
    users: int = 1

    def keys_for(self, holds: list[str], role: str = "") -> dict[str, Any]:
        """What is handed to a user of a role who holds these: hex by name."""
        held: dict[str, Any] = {"file": self.file.hex(), "audit": self.audit.hex()}
        if self.next_file:
            held["next"] = self.next_file.hex()
        if PERSONAL in holds and self.index:
            held["index"] = self.index.hex()
            held["fields"] = {str(version): key.hex() for version, key in self.fields.items()}
        if self.names and (PERSONAL in holds or role in WITH_NAMES):
            held["names"] = {str(version): key.hex() for version, key in self.names.items()}
        if HOUSE in holds and self.house_seed:
            held["house"] = self.house_seed.hex()
            held["former"] = [key.hex() for key in self.former]
        return held


def create_keys(register: Path, user: str, passphrase: str, *, after: str | None = None) -> Keys:
    """Make the keys of a new register and the slot of its first user, the custodian.

    ``after``: the head of its trail, every entry behind which is signed (``roster``).
    Raises RegisterError ``exists`` where a register or a key file already stands, ``no_folder``, ``network``.
    """
    make_room(register)
    file, audit, field, index, house_seed, names = (secrets.token_bytes(KEY_BYTES) for _ in range(6))
    house = key_slots.public_of(house_seed)
    keys = Keys(secrets.token_hex(16), 1, house, file, audit, {1: field}, index, {1: names}, True, house_seed)
    slot = key_slots.new_slot(
        keys.register_id,
        house_seed,
        *(user, keys.role, None, list(keys.holds)),
        passphrase,
        rostered=after is not None,
    )
    slot = key_slots.encrypt_register_keys(keys.register_id, keys.house, slot, keys.keys_for(slot["holds"]))
    body: dict[str, Any] = {
        "format": key_file.FORMAT,
        "register": keys.register_id,
        "generation": 1,
        "house": keys.house,
        "roster": roster.signed(keys, 1, [slot], after),
        "slots": [slot],
    }
    key_file.write(register, body, keys.file)
    return unlock_slot(body, slot, passphrase)


def make_room(register: Path) -> None:
    """See that a register can be made at a place; on a server, make what it stands in.

    Raises RegisterError ``exists``, ``no_folder``, ``network``, and what ``setup.prepare`` does.
    """
    if (server := address.of(register)) is not None:
        setup.prepare(server)
        return
    if not register.parent.is_dir():
        raise RegisterError("no_folder/of_register", parent=register.parent)
    schema.refuse_network(register)
    for path_in_use in (register, key_file.path_of(register)):
        if path_in_use.exists():
            raise RegisterError("exists/key_file", taken=path_in_use)


def unlock(register: Path, user: str | None, passphrase: str) -> tuple[str, Keys]:
    """Open a user's slot; without a user, the only slot there is. Returns the user and the keys.

    Raises RegisterError: ``no_sidecar``, ``damaged_sidecar``, ``which_user``,
    ``unknown_user``, ``wrong_passphrase``, ``no_register``.
    """
    if not register.exists():
        raise RegisterError("no_register/to_open", register=register)
    opened = key_file.read(register)
    people = key_file.people(opened)
    if user is None and len(people) != 1:
        raise RegisterError("which_user")
    name = user if user is not None else people[0]
    slot = next((slot for slot in opened["slots"] if slot["user"] == name), None)
    if slot is None:
        raise key_file.unknown_user(name)
    keys = _unlock_by_any_form(opened, slot, passphrase)
    key_file.authenticate(opened, keys.file)
    return name, keys


def _unlock_by_any_form(opened: dict[str, Any], slot: dict[str, Any], passphrase: str) -> Keys:
    for form in forms(passphrase):
        try:
            return unlock_slot(opened, slot, form)
        except RegisterError as error:
            if error.code != "wrong_passphrase":
                raise
    raise RegisterError("wrong_passphrase")


def unlock_slot(opened: dict[str, Any], slot: dict[str, Any], passphrase: str) -> Keys:
    """The keys a slot of a key file opens. Raises RegisterError ``wrong_passphrase``, ``damaged_sidecar``, ``roster_changed``."""
    own = key_slots.decrypt_private_keys(opened["register"], slot, passphrase)
    if own.house != opened.get("house"):  # somebody made himself the house
        raise key_file.damaged()
    if own.rostered and "roster" not in opened:  # somebody made it look like one of an earlier version
        raise RegisterError("roster_changed")
    key_slots.verify_certificate(opened["register"], own.house, slot)
    held = key_slots.decrypt_register_keys(opened["register"], slot, own)
    try:
        keys = Keys(
            opened["register"],
            opened["generation"],
            own.house,
            bytes.fromhex(held["file"]),
            bytes.fromhex(held["audit"]),
            own=own,
            user=slot["user"],
            role=slot["role"],
            section=slot["section"],
            holds=tuple(slot["holds"]),
            certificate=slot["certificate"],
            users=len(key_file.people(opened)),
        )
        keys = replace(
            keys,
            fields={int(version): bytes.fromhex(key) for version, key in held.get("fields", {}).items()},
            index=bytes.fromhex(held["index"]) if "index" in held else None,
            names={int(version): bytes.fromhex(key) for version, key in held.get("names", {}).items()},
            seals_names="names" in held or "names" in opened.get("roster", {}).get("keys", {}),
            house_seed=bytes.fromhex(held["house"]) if "house" in held else None,
            next_file=bytes.fromhex(held["next"]) if "next" in held else None,
            former=tuple(bytes.fromhex(key) for key in held.get("former", ())),
        )
        roster.prove_keys(keys, opened.get("roster"))
        return keys
    except (KeyError, TypeError, ValueError):
        raise key_file.damaged() from None

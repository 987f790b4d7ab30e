"""Changing who can open a register: slots are added, sealed anew and dropped in the key file, one generation each time.

A change is made inside a transaction of the register, so that two never cross, and is put
in place as a whole file. Dropping a slot stops its passphrase; what shuts out somebody who copied
the files before is a rotation (``register.rotation``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workbench.core.errors import RegisterError
from workbench.platform.register import key_file, key_slots
from workbench.platform.register.key_slots import PERSONAL, Slot
from workbench.platform.register.keys import Keys


def list_slots(register: Path) -> list[Slot]:
    """Every slot (user, role, section, holds …) in the order they were added. Raises RegisterError."""
    slots: list[Slot] = key_file.read(register)["slots"]
    return slots


def add(
    register: Path,
    keys: Keys,
    user: str,
    role: str,
    passphrase: str,
    *,
    holds: frozenset[str],
    section: str | None = None,
) -> int:
    """A slot for a new user with what he ``holds`` (slots.PERSONAL, slots.HOUSE); ``section``: his section's code.

    Returns the new generation. Raises RegisterError ``user_exists``, ``no_field_key``.
    """
    if keys.house_seed is None or (PERSONAL in holds and not keys.fields):
        raise RegisterError("no_field_key")
    seed = keys.house_seed

    def change(present: list[Slot]) -> list[Slot]:
        if any(slot["user"] == user for slot in present):
            raise RegisterError("user_exists", user=user)
        fresh = key_slots.new_slot(keys.register_id, seed, user, role, section, sorted(holds), passphrase)
        return [*present, _with_keys(keys, fresh)]

    return _changed(register, keys, change)


def set_passphrase(register: Path, keys: Keys, user: str, passphrase: str) -> int:
    """Another passphrase for a user: one's own signing key stays, somebody else's is made anew by the custodian.

    Returns the new generation. Raises RegisterError ``unknown_user``, ``no_field_key``.
    """

    def change(present: list[Slot]) -> list[Slot]:
        slot = _of(present, user)
        if user == keys.user and keys.own is not None:
            fresh = key_slots.encrypt_private_keys(
                keys.register_id, slot, key_slots.with_new_encryption_key(keys.own), passphrase
            )
        elif keys.house_seed is not None:
            fresh = key_slots.new_slot(
                keys.register_id, keys.house_seed, user, slot["role"], slot["section"], slot["holds"], passphrase
            )
        else:
            raise RegisterError("no_field_key/passphrase_of_another")
        return [_with_keys(keys, fresh) if each is slot else each for each in present]

    return _changed(register, keys, change)


def remove(register: Path, keys: Keys, user: str) -> int:
    """Take a user's slot out. Returns the new generation. Raises RegisterError ``unknown_user``."""
    return _changed(register, keys, lambda present: [slot for slot in present if slot is not _of(present, user)])


def reissue_keys(register: Path, keys: Keys, handed: Keys, generation: int) -> None:
    """Write the key file with every user's share of ``handed``; ``keys`` are those in force until now.

    The new key file is authenticated with ``handed.file``. Raises RegisterError ``damaged_sidecar``, OSError.
    """
    opened = key_file.read(register)
    key_file.authenticate(opened, keys.file)
    shares = [_with_keys(handed, slot) for slot in opened["slots"]]
    key_file.write(register, {**opened, "generation": generation, "slots": shares}, handed.file)


def _with_keys(keys: Keys, slot: Slot) -> Slot:
    return key_slots.encrypt_register_keys(keys.register_id, keys.house, slot, keys.keys_for(slot["holds"]))


def _of(present: list[Slot], user: str) -> Slot:
    found = next((slot for slot in present if slot["user"] == user), None)
    if found is None:
        raise key_file.unknown_user(user)
    return found


def _changed(register: Path, keys: Keys, change: Callable[[list[Slot]], list[Slot]]) -> int:
    """Write the key file with changed slots, after checking that nobody else altered it."""
    if keys.next_file:
        raise RegisterError("rotation_pending")
    opened = key_file.read(register)
    key_file.authenticate(opened, keys.file)
    changed = {**opened, "generation": opened["generation"] + 1, "slots": change(opened["slots"])}
    key_file.write(register, changed, keys.file)
    return int(changed["generation"])

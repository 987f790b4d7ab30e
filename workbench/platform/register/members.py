"""Changing who can open a register: slots are added, sealed anew and dropped in the key file, one generation each time.

A change is made inside a transaction of the register, so that two never cross, after the key file there was proven by the
trail (``roster.prove``), and is put in place as a whole file. Dropping a slot stops its passphrase; what shuts out somebody
who copied the files before is a rotation (``register.rotation``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from workbench.core.errors import RegisterError
from workbench.platform.register import key_file, key_slots, roster
from workbench.platform.register.key_slots import PERSONAL, Slot
from workbench.platform.register.keys import Keys

Content = dict[str, Any]
Prove = Callable[[Content], object]  # raises RegisterError for a key file that is not what the trail says


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
    prove: Prove,
    *,
    holds: frozenset[str],
    section: str | None = None,
    renew: bool = False,
) -> Content:
    """A slot for a new user with what he ``holds`` (slots.PERSONAL, slots.HOUSE); ``section``: his section's code.

    ``renew``: in place of the slot of that name, where there is one. Returns the new key file. Raises RegisterError ``user_exists``, ``no_field_key``.
    """
    if keys.house_seed is None or (PERSONAL in holds and not keys.fields):
        raise RegisterError("no_field_key")
    seed = keys.house_seed

    def change(present: list[Slot]) -> list[Slot]:
        if renew:
            present = [slot for slot in present if slot["user"] != user]
        if any(slot["user"] == user for slot in present):
            raise RegisterError("user_exists", user=user)
        fresh = key_slots.new_slot(
            keys.register_id, seed, user, role, section, sorted(holds), passphrase, rostered=_rostered(register)
        )
        return [*present, _with_keys(keys, fresh)]

    return _changed(register, keys, change, prove)


def set_passphrase(register: Path, keys: Keys, user: str, passphrase: str, prove: Prove) -> Content:
    """Another passphrase for a user: one's own signing key stays, somebody else's is made anew by the custodian.

    Returns the new key file. Raises RegisterError ``unknown_user``, ``no_field_key``.
    """

    def change(present: list[Slot]) -> list[Slot]:
        slot = _of(present, user)
        if user == keys.user and keys.own is not None:
            own = key_slots.with_new_encryption_key(keys.own, _rostered(register))
            fresh = key_slots.encrypt_private_keys(keys.register_id, slot, own, passphrase)
        elif keys.house_seed is not None:
            of_slot = (user, slot["role"], slot["section"], slot["holds"])
            fresh = key_slots.new_slot(
                keys.register_id, keys.house_seed, *of_slot, passphrase, rostered=_rostered(register)
            )
        else:
            raise RegisterError("no_field_key/passphrase_of_another")
        return [_with_keys(keys, fresh) if each is slot else each for each in present]

    return _changed(register, keys, change, prove, own=user == keys.user)


def remove(register: Path, keys: Keys, users: Sequence[str], prove: Prove) -> Content:
    """Take users' slots out, at once. Returns the new key file. Raises RegisterError ``unknown_user``."""

    def change(present: list[Slot]) -> list[Slot]:
        gone = [_of(present, user) for user in users]
        return [slot for slot in present if slot not in gone]

    return _changed(register, keys, change, prove)


def bring_over(register: Path, keys: Keys, head: str) -> Content:
    """Sign the first roster of a register of an earlier version, whose trail has this head. Returns the new key file."""
    return _changed(register, keys, lambda present: present, lambda content: None, first=head)


def hand_out(register: Path, keys: Keys, handed: Keys, prove: Prove) -> Content:
    """Hand everybody his share of ``handed``, which has a key that ``keys`` lack. Returns the new key file."""
    return _changed(
        register, keys, lambda present: [_with_keys(handed, slot) for slot in present], prove, roster_of=handed
    )


def reissue_keys(register: Path, keys: Keys, handed: Keys, generation: int, prove: Prove) -> None:
    """Write the key file with every user's share of ``handed``; ``keys`` are those in force until now.

    The new key file is authenticated with ``handed.file``. Raises RegisterError ``damaged_sidecar``, OSError.
    """
    opened = key_file.read(register)
    key_file.authenticate(opened, keys.file)
    prove(opened)
    shares = [_with_keys(handed, slot) for slot in opened["slots"]]
    key_file.write(register, {**with_keys(opened, handed), "generation": generation, "slots": shares}, handed.file)


def with_keys(content: Content, handed: Keys) -> Content:
    """A key file with the roster it has once its users are handed these keys; without one where it has none."""
    if "roster" not in content:
        return content
    return {**content, "roster": roster.renewed(handed, content["roster"], content["slots"])}


def _rostered(register: Path) -> bool:
    return "roster" in key_file.read(register)


def _with_keys(keys: Keys, slot: Slot) -> Slot:
    return key_slots.encrypt_register_keys(
        keys.register_id, keys.house, slot, keys.keys_for(slot["holds"], slot["role"])
    )


def _of(present: list[Slot], user: str) -> Slot:
    found = next((slot for slot in present if slot["user"] == user), None)
    if found is None:
        raise key_file.unknown_user(user)
    return found


def _changed(
    register: Path,
    keys: Keys,
    change: Callable[[list[Slot]], list[Slot]],
    prove: Prove,
    *,
    own: bool = False,
    first: str | None = None,
    roster_of: Keys | None = None,
) -> Content:
    """Write the key file with changed slots, after checking that nobody else altered it.

    ``own``: it is the user's own slot, which the house need not sign: a higher turn says that it is newer. ``first``: it
    gets its first roster, at this head of the trail. ``roster_of``: the keys it commits to, where these are others.
    """
    if keys.next_file:
        raise RegisterError("rotation_pending")
    opened = key_file.read(register)
    key_file.authenticate(opened, keys.file)
    prove(opened)
    changed = {**opened, "generation": opened["generation"] + 1, "slots": change(opened["slots"])}
    if first is not None or ("roster" in opened and (not own or keys.house_seed is not None)):
        changed |= {
            "format": key_file.FORMAT,
            "roster": roster.renewed(roster_of or keys, opened.get("roster"), changed["slots"], first),
        }
    key_file.write(register, changed, keys.file)
    return changed

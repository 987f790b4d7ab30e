"""Changing who can open a register: slots are added, sealed anew and dropped in the sidecar, one generation each time.

A change is made inside a transaction of the register, so that two never cross, and is put
in place as a whole file. Dropping a slot stops its passphrase; what shuts out somebody who copied
the files before is a rotation (``register.rotation``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workbench.core.errors import RegisterError
from workbench.platform.register import sidecar, slots
from workbench.platform.register.keys import Keys
from workbench.platform.register.slots import PERSONAL, Slot


def listed(register: Path) -> list[Slot]:
    """Every slot (user, role, section, holds …) in the order they were added. Raises RegisterError."""
    return sidecar.read(register)["slots"]


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
        raise RegisterError(
            "no_field_key", "当前用户没有发放密钥的权限。请由信息管理员操作。",
            "This user has no keys to hand on; ask the custodian.",
        )  # fmt: skip
    seed = keys.house_seed

    def change(present: list[Slot]) -> list[Slot]:
        if any(slot["user"] == user for slot in present):
            raise RegisterError("user_exists", f"用户“{user}”已存在。", f"There is a user {user!r} already.")
        fresh = slots.make(keys.register_id, seed, user, role, section, sorted(holds), passphrase)
        return [*present, _handed(keys, fresh)]

    return _changed(register, keys, change)


def reseal(register: Path, keys: Keys, user: str, passphrase: str) -> int:
    """Another passphrase for a user: one's own signing key stays, somebody else's is made anew by the custodian.

    Returns the new generation. Raises RegisterError ``unknown_user``, ``no_field_key``.
    """

    def change(present: list[Slot]) -> list[Slot]:
        slot = _of(present, user)
        if user == keys.user and keys.own is not None:
            fresh = slots.seal(keys.register_id, slot, slots.renewed(keys.own), passphrase)
        elif keys.house_seed is not None:
            fresh = slots.make(
                keys.register_id, keys.house_seed, user, slot["role"], slot["section"], slot["holds"], passphrase
            )
        else:
            raise RegisterError("no_field_key", "只有信息管理员能重设他人的口令。", "Only a custodian may do this.")
        return [_handed(keys, fresh) if each is slot else each for each in present]

    return _changed(register, keys, change)


def drop(register: Path, keys: Keys, user: str) -> int:
    """Take a user's slot out. Returns the new generation. Raises RegisterError ``unknown_user``."""
    return _changed(register, keys, lambda present: [slot for slot in present if slot is not _of(present, user)])


def hand_out(register: Path, keys: Keys, handed: Keys, generation: int) -> None:
    """Write the sidecar with every user's share of ``handed``; ``keys`` are those in force until now.

    The new sidecar is authenticated with ``handed.file``. Raises RegisterError ``damaged_sidecar``, OSError.
    """
    opened = sidecar.read(register)
    sidecar.authenticate(opened, keys.file)
    shares = [_handed(handed, slot) for slot in opened["slots"]]
    sidecar.write(register, {**opened, "generation": generation, "slots": shares}, handed.file)


def _handed(keys: Keys, slot: Slot) -> Slot:
    return slots.hand(keys.register_id, keys.house, slot, keys.held_by(slot["holds"]))


def _of(present: list[Slot], user: str) -> Slot:
    found = next((slot for slot in present if slot["user"] == user), None)
    if found is None:
        raise sidecar.unknown_user(user)
    return found


def _changed(register: Path, keys: Keys, change: Callable[[list[Slot]], list[Slot]]) -> int:
    """Write the sidecar with changed slots, after checking that nobody else altered it."""
    if keys.next_file:
        raise RegisterError(
            "rotation_pending", "上次轮换密钥被中断，请信息管理员先打开一次登记册（例如 workbench users list），然后重试。",
            "A rotation was cut off; have a custodian open the register once, then try again.",
        )  # fmt: skip
    opened = sidecar.read(register)
    sidecar.authenticate(opened, keys.file)
    changed = {**opened, "generation": opened["generation"] + 1, "slots": change(opened["slots"])}
    sidecar.write(register, changed, keys.file)
    return changed["generation"]

"""Changing who can open a register: slots are added, sealed anew and dropped in the sidecar, one generation each time.

A change is made inside a transaction of the register, so that two never cross, and is put
in place as a whole file. Dropping a slot stops its passphrase; who copied the register
before can still open that copy.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.core.errors import RegisterError
from workbench.register import keys as keyring
from workbench.register.keys import Cost, Keys

Slot = dict[str, Any]


def listed(register: Path) -> list[tuple[str, str]]:
    """User and role of every slot, in the order they were added. Raises RegisterError."""
    return [(slot["user"], slot["role"]) for slot in keyring.read_sidecar(register)["slots"]]


def add(
    register: Path, keys: Keys, user: str, role: str, passphrase: str, *, cleared: bool, cost: Cost | None = None
) -> int:
    """A slot for a new user; only a ``cleared`` one gets the keys of personal fields.

    Returns the new generation. Raises RegisterError ``user_exists``, ``no_field_key``.
    """
    if cleared and keys.field is None:
        raise RegisterError(
            "no_field_key", "当前用户没有个人信息密钥，不能交给别人。请由信息管理员操作。",
            "This user has no key for personal data to hand on; ask the custodian.",
        )  # fmt: skip

    def change(slots: list[Slot]) -> list[Slot]:
        if any(slot["user"] == user for slot in slots):
            raise RegisterError("user_exists", f"用户“{user}”已存在。", f"There is a user {user!r} already.")
        held = keys if cleared else replace(keys, field=None, index=None)
        return [*slots, keyring.seal_slot(held, user, role, passphrase, cost or Cost())]

    return _changed(register, keys, change)


def reseal(register: Path, keys: Keys, user: str, passphrase: str, *, cleared: bool, cost: Cost | None = None) -> int:
    """Another passphrase for a user's slot, with the keys its role holds. Returns the new generation.

    Raises RegisterError ``unknown_user``.
    """

    def change(slots: list[Slot]) -> list[Slot]:
        slot = _own(slots, user)
        held = keys if cleared else replace(keys, field=None, index=None)
        fresh = keyring.seal_slot(held, user, slot["role"], passphrase, cost or Cost())
        return [fresh if each is slot else each for each in slots]

    return _changed(register, keys, change)


def drop(register: Path, keys: Keys, user: str) -> int:
    """Take a user's slot out. Returns the new generation. Raises RegisterError ``unknown_user``."""

    def change(slots: list[Slot]) -> list[Slot]:
        slot = _own(slots, user)
        return [each for each in slots if each is not slot]

    return _changed(register, keys, change)


def _own(slots: list[Slot], user: str) -> Slot:
    found = next((slot for slot in slots if slot["user"] == user), None)
    if found is None:
        raise keyring.unknown_user(user)
    return found


def _changed(register: Path, keys: Keys, change: Callable[[list[Slot]], list[Slot]]) -> int:
    """Write the sidecar with changed slots, after checking that nobody else altered it."""
    sidecar = keyring.read_sidecar(register)
    if not hmac.compare_digest(keyring.mac(sidecar, keys), str(sidecar.get("mac"))):
        raise keyring.damaged_sidecar()
    changed = {**sidecar, "generation": sidecar["generation"] + 1, "slots": change(sidecar["slots"])}
    keyring.write_sidecar(register, {**changed, "mac": keyring.mac(changed, keys)})
    return changed["generation"]

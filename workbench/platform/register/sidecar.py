"""The key file beside a register: ``<register>.keys``, JSON, one slot per user, authenticated as a whole."""

from __future__ import annotations

import hmac
import json
from hashlib import blake2b
from pathlib import Path
from typing import Any

from workbench.core.errors import RegisterError
from workbench.core.files import write_whole

FORMAT = 2
RECOVERY = "recovery"  # the role of the sealed recovery slot, which is nobody's


def path_of(register: Path) -> Path:
    """Where the key slots of a register are kept."""
    return register.with_name(register.name + ".keys")


def read(register: Path) -> dict[str, Any]:
    """The sidecar of a register, its shape checked: format, register, generation, house, slots, mac.

    Raises RegisterError ``no_sidecar``, ``damaged_sidecar``, ``trial_sidecar``.
    """
    path = path_of(register)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise RegisterError("no_sidecar", path=path.name) from None
    try:
        sidecar = json.loads(raw.decode())
        known = sidecar["format"]
        shape = isinstance(sidecar["slots"], list) and sidecar["slots"] and isinstance(sidecar["register"], str)
        shape = shape and isinstance(sidecar["generation"], int)
        users = all(isinstance(slot["user"], str) for slot in sidecar["slots"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise damaged() from None
    if known == 1:
        raise RegisterError("trial_sidecar")
    if known != FORMAT or not shape or not users:
        raise damaged()
    return sidecar


def write(register: Path, sidecar: dict[str, Any], file_key: bytes) -> None:
    """Put a sidecar in place, authenticated anew, whole or not at all. Raises OSError."""
    body = {name: value for name, value in sidecar.items() if name != "mac"}
    write_whole(path_of(register), json.dumps({**body, "mac": mac(body, file_key)}, ensure_ascii=False, indent=1))


def mac(sidecar: dict[str, Any], file_key: bytes) -> str:
    """What authenticates the whole sidecar, keyed from the file key."""
    body = {name: value for name, value in sidecar.items() if name != "mac"}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False).encode()
    return blake2b(text, key=blake2b(b"sidecar", key=file_key).digest()[:64], digest_size=32).hexdigest()


def authenticate(sidecar: dict[str, Any], *file_keys: bytes | None) -> None:
    """Refuse a sidecar that a holder of one of the file keys did not write. Raises RegisterError ``damaged_sidecar``."""
    try:
        genuine = any(hmac.compare_digest(mac(sidecar, key), sidecar["mac"]) for key in file_keys if key)
    except (KeyError, TypeError, ValueError):
        raise damaged() from None
    if not genuine:
        raise damaged()


def people(sidecar: dict[str, Any]) -> list[str]:
    """The users, without the recovery slot."""
    return [slot["user"] for slot in sidecar["slots"] if slot.get("role") != RECOVERY]


def damaged() -> RegisterError:
    """The refusal of a sidecar that was altered."""
    return RegisterError("damaged_sidecar")


def unknown_user(name: str) -> RegisterError:
    """The refusal of a name that has no slot."""
    return RegisterError("unknown_user", name=name)

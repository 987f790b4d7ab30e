"""The key file beside a register: ``<register>.keys``, JSON, one slot per user, authenticated as a whole.

A register on a server keeps it there, as the one row of a table.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from workbench.core.errors import RegisterError
from workbench.core.files import write_whole
from workbench.platform.register.postgres import address, setup

FORMAT, BEFORE_ROSTERS = 3, 2
RECOVERY = "recovery"  # the role of the sealed recovery slot, which is nobody's
RECOVERY_USER = "恢复口令"


def path_of(register: Path) -> Path:
    """Where the key slots of a register are kept."""
    return register.with_name(register.name + ".keys")


def read(register: Path) -> dict[str, Any]:
    """The key file of a register, its shape checked: format, register, generation, house, roster, slots, mac.

    Raises RegisterError ``no_sidecar``, ``damaged_sidecar``, ``trial_sidecar``.
    """
    raw = stored(register)
    try:
        content: dict[str, Any] = json.loads(raw.decode())
        known = content["format"]
        shape = isinstance(content["slots"], list) and content["slots"] and isinstance(content["register"], str)
        shape = shape and isinstance(content["generation"], int)
        users = all(isinstance(slot["user"], str) for slot in content["slots"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise damaged() from None
    if known == 1:
        raise RegisterError("trial_sidecar")
    rostered = known == FORMAT and isinstance(content.get("roster"), dict)
    if not (rostered or known == BEFORE_ROSTERS and "roster" not in content) or not shape or not users:
        raise damaged()
    return content


def stored(register: Path) -> bytes:
    """The key file of a register as it is kept. Raises RegisterError ``no_sidecar``, OSError."""
    server, path = address.of(register), path_of(register)
    if server is not None:
        raw = setup.read_key_file(server)
    else:
        raw = path.read_bytes() if path.exists() else None
    if raw is None:
        raise RegisterError("no_sidecar", path=path.name)
    return raw


def write(register: Path, content: dict[str, Any], file_key: bytes) -> None:
    """Put a key file in place, authenticated anew, whole or not at all. Raises OSError."""
    body = {name: value for name, value in content.items() if name != "mac"}
    text = json.dumps({**body, "mac": mac(body, file_key)}, ensure_ascii=False, indent=1)
    if (server := address.of(register)) is not None:
        setup.write_key_file(server, text)
    else:
        write_whole(path_of(register), text)


def mac(content: dict[str, Any], file_key: bytes) -> str:
    """What authenticates the whole key file, keyed from the file key."""
    body = {name: value for name, value in content.items() if name != "mac"}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False).encode()
    return blake2b(text, key=blake2b(b"sidecar", key=file_key).digest()[:64], digest_size=32).hexdigest()


def authenticate(content: dict[str, Any], *file_keys: bytes | None) -> None:
    """Refuse a key file that a holder of one of the file keys did not write. Raises RegisterError ``damaged_sidecar``."""
    try:
        genuine = any(hmac.compare_digest(mac(content, key), content["mac"]) for key in file_keys if key)
    except (KeyError, TypeError, ValueError):
        raise damaged() from None
    if not genuine:
        raise damaged()


def people(content: dict[str, Any]) -> list[str]:
    """The users, without the recovery slot."""
    return [slot["user"] for slot in content["slots"] if slot.get("role") != RECOVERY]


def alone(roles: Iterable[str]) -> bool:
    """Whether slots of these roles are one person's; locked-away recovery shares are no second one."""
    return sum(role != RECOVERY for role in roles) < 2


def damaged() -> RegisterError:
    """The refusal of a key file that was altered."""
    return RegisterError("damaged_sidecar")


def unknown_user(name: str) -> RegisterError:
    """The refusal of a name that has no slot."""
    return RegisterError("unknown_user", name=name)

"""Keys and the sidecar that guards them: passphrase → Argon2id → AES-GCM-wrapped slots.

The sidecar ``<register>.keys`` is JSON: one slot per user, the whole authenticated by
a key derived from the file key. Each slot is bound to register, user and role.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from dataclasses import dataclass
from dataclasses import field as part
from hashlib import blake2b
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from workbench.core.errors import RegisterError
from workbench.core.files import write_whole
from workbench.register import schema

FORMAT = 1
KEY_BYTES = 32
RECOVERY = "recovery"  # the role of the sealed recovery slot, which is nobody's


@dataclass(frozen=True)
class Cost:
    """What a guess at a passphrase costs: Argon2id memory (KiB), passes, lanes."""

    memory: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


DEAREST = Cost(512 * 1024, 64, 64)  # a sidecar asking for more was altered


@dataclass(frozen=True)
class Keys:
    """An opened slot. ``field`` and ``index`` are None for roles without access to personal data.

    ``role``: the slot's role; ``users``: how many people have a slot.
    """

    register_id: str
    generation: int
    file: bytes = part(repr=False)
    audit: bytes = part(repr=False)
    field: bytes | None = part(repr=False)
    index: bytes | None = part(repr=False)
    role: str = "custodian"
    users: int = 1


def sidecar_path(register: Path) -> Path:
    """Where the key slots of a register are kept."""
    return register.with_name(register.name + ".keys")


def create_keyring(register: Path, user: str, passphrase: str, cost: Cost | None = None) -> Keys:
    """Make the keys of a new register and the slot of its first user, the custodian.

    Raises RegisterError ``exists`` where a register or a sidecar already stands, ``no_folder``, ``network``.
    """
    path = sidecar_path(register)
    if not register.parent.is_dir():
        raise RegisterError(
            "no_folder", f"文件夹 {register.parent} 不存在。请先建立，或换一个位置。",
            f"There is no folder {register.parent}; make it first or choose another place.",
        )  # fmt: skip
    schema.refuse_network(register)
    for taken in (register, path):
        if taken.exists():
            raise RegisterError(
                "exists", f"{taken} 已存在，不会覆盖。请换一个文件名。", f"{taken} already exists; choose another name."
            )
    keys = Keys(
        secrets.token_hex(16), 1, secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES),
        secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES),
    )  # fmt: skip
    slot = seal_slot(keys, user, "custodian", passphrase, cost or Cost())
    sidecar = {"format": FORMAT, "register": keys.register_id, "generation": keys.generation, "slots": [slot]}
    write_sidecar(register, {**sidecar, "mac": mac(sidecar, keys)})
    return keys


def unlock(register: Path, user: str | None, passphrase: str) -> tuple[str, Keys]:
    """Open a user's slot; without a user, the only slot there is. Returns the user and the keys.

    Raises RegisterError: ``no_sidecar``, ``damaged_sidecar``, ``which_user``,
    ``unknown_user``, ``wrong_passphrase``, ``no_register``.
    """
    if not register.exists():
        raise RegisterError(
            "no_register", f"登记册 {register} 不存在。请核对路径，或用 workbench init 新建。",
            f"There is no register at {register}; check the path or create one with workbench init.",
        )  # fmt: skip
    sidecar = read_sidecar(register)
    slots = {slot["user"]: slot for slot in sidecar["slots"]}
    people = [name for name, slot in slots.items() if slot.get("role") != RECOVERY]
    if user is None and len(people) != 1:
        raise RegisterError(
            "which_user", "登记册有多个用户，请用 --user 或 WORKBENCH_USER 指明。",
            "The register has several users; say which with --user or WORKBENCH_USER.",
        )  # fmt: skip
    name = user if user is not None else people[0]
    if name not in slots:
        raise unknown_user(name)
    keys = _open_slot(sidecar, slots[name], passphrase)
    try:
        genuine = hmac.compare_digest(mac(sidecar, keys), sidecar["mac"])
    except (KeyError, TypeError, ValueError):
        raise damaged_sidecar() from None
    if not genuine:
        raise damaged_sidecar()
    return name, keys


def unknown_user(name: str) -> RegisterError:
    """The refusal of a name that has no slot."""
    return RegisterError(
        "unknown_user", f"登记册没有用户“{name}”。请核对用户名。", f"The register has no user {name!r}."
    )


def damaged_sidecar() -> RegisterError:
    """The refusal of a sidecar that was altered."""
    return RegisterError(
        "damaged_sidecar", "密钥文件（.keys）已损坏或被改动。请从备份恢复该文件。",
        "The key file (.keys) is damaged or was altered; restore it from a backup.",
    )  # fmt: skip


def _bound_to(register_id: str, slot: dict[str, Any]) -> bytes:
    """What a slot's ciphertext is bound to."""
    return json.dumps([FORMAT, register_id, slot["user"], slot["role"], slot["kdf"]], sort_keys=True).encode()


def _wrapping_key(passphrase: str, kdf: dict[str, Any]) -> AESGCM:
    if kdf["memory"] > DEAREST.memory or kdf["passes"] > DEAREST.passes or kdf["lanes"] > DEAREST.lanes:
        raise ValueError("an altered cost")
    derive = Argon2id(
        salt=base64.b64decode(kdf["salt"]), length=KEY_BYTES, iterations=kdf["passes"], lanes=kdf["lanes"],
        memory_cost=kdf["memory"],
    )  # fmt: skip
    return AESGCM(derive.derive(passphrase.encode()))


def seal_slot(keys: Keys, user: str, role: str, passphrase: str, cost: Cost) -> dict[str, Any]:
    """A slot that opens ``keys`` (those that are not None) with a passphrase."""
    salt = base64.b64encode(secrets.token_bytes(16)).decode()
    kdf = {"salt": salt, "memory": cost.memory, "passes": cost.passes, "lanes": cost.lanes}
    slot: dict[str, Any] = {"user": user, "role": role, "kdf": kdf}
    held = {"file": keys.file, "audit": keys.audit, "field": keys.field, "index": keys.index}
    plain = json.dumps({name: key.hex() for name, key in held.items() if key is not None}).encode()
    nonce = secrets.token_bytes(12)
    sealed = nonce + _wrapping_key(passphrase, kdf).encrypt(nonce, plain, _bound_to(keys.register_id, slot))
    return {**slot, "sealed": base64.b64encode(sealed).decode()}


def _open_slot(sidecar: dict[str, Any], slot: dict[str, Any], passphrase: str) -> Keys:
    try:
        sealed = base64.b64decode(slot["sealed"], validate=True)
        box = _wrapping_key(passphrase, slot["kdf"])
        held = json.loads(box.decrypt(sealed[:12], sealed[12:], _bound_to(sidecar["register"], slot)))
    except InvalidTag:
        raise RegisterError(
            "wrong_passphrase", "口令不正确（或密钥文件被改动）。请重试。",
            "The passphrase is wrong (or the key file was altered); try again.",
        ) from None  # fmt: skip
    except (KeyError, TypeError, ValueError, OverflowError):
        raise damaged_sidecar() from None
    opened = {name: bytes.fromhex(key) for name, key in held.items()}
    return Keys(
        sidecar["register"], sidecar["generation"], opened["file"], opened["audit"], opened.get("field"),
        opened.get("index"), slot["role"], sum(each.get("role") != RECOVERY for each in sidecar["slots"]),
    )  # fmt: skip


def mac(sidecar: dict[str, Any], keys: Keys) -> str:
    """What authenticates the whole sidecar, keyed from the file key."""
    body = {name: value for name, value in sidecar.items() if name != "mac"}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False).encode()
    return blake2b(text, key=blake2b(b"sidecar", key=keys.file).digest()[:64], digest_size=32).hexdigest()


def read_sidecar(register: Path) -> dict[str, Any]:
    """The sidecar of a register, its shape checked. Raises RegisterError ``no_sidecar``, ``damaged_sidecar``."""
    path = sidecar_path(register)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise RegisterError(
            "no_sidecar", f"缺少密钥文件 {path.name}，它应与登记册放在同一文件夹。请从备份恢复。",
            f"The key file {path.name} is missing; it belongs beside the register. Restore it from a backup.",
        ) from None  # fmt: skip
    try:
        sidecar = json.loads(raw.decode())
        known = sidecar["format"]
        shape = isinstance(sidecar["slots"], list) and sidecar["slots"] and isinstance(sidecar["register"], str)
        shape = shape and isinstance(sidecar["generation"], int)
        users = all(isinstance(slot["user"], str) for slot in sidecar["slots"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise damaged_sidecar() from None
    if known != FORMAT or not shape or not users:
        raise damaged_sidecar()
    return sidecar


def write_sidecar(register: Path, sidecar: dict[str, Any]) -> None:
    """Put a sidecar in place, whole or not at all. Raises OSError."""
    write_whole(sidecar_path(register), json.dumps(sidecar, ensure_ascii=False, indent=1))

"""One user's slot: his own key pairs under his passphrase, and the register's keys handed to his public key.

A passphrase opens (Argon2id → AES-GCM) what is the user's own: a box key, to which keys are handed
(HPKE: X25519, HKDF-SHA256, AES-256-GCM), and a signing key (Ed25519). So keys can be handed out anew without
anybody's passphrase. Who a user is and what he holds is certified by the house key, which only custodians hold.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from dataclasses import field as part
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from workbench.core.errors import RegisterError
from workbench.platform.register import key_file

PERSONAL, HOUSE = "personal", "house"  # what a slot may hold beside the keys everybody needs
# the roles without PERSONAL whose slots hold the names key; who holds PERSONAL holds it too
WITH_NAMES = frozenset({"support", "approver", "auditor"})
KEY_BYTES = 32
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_DAMAGE = (KeyError, TypeError, ValueError, OverflowError)

Slot = dict[str, Any]


@dataclass(frozen=True)
class Cost:
    """What a guess at a passphrase costs: Argon2id memory (KiB), passes, lanes."""

    memory: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


HIGHEST_COST = Cost(512 * 1024, 64, 64)  # a key file asking for more was altered


@dataclass(frozen=True)
class PrivateKeys:
    """What only the user holds: the seeds of his box key and his signing key, and the house key he was told.

    ``rostered``: the key file had a roster when they were put under his passphrase, and has had one ever since.
    """

    box: bytes = part(repr=False)
    sign: bytes = part(repr=False)
    house: str
    rostered: bool = False


def public_of(seed: bytes) -> str:
    """The public half (hex) of a signing seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def new_slot(
    register_id: str,
    house_seed: bytes,
    user: str,
    role: str,
    section: str | None,
    holds: list[str],
    passphrase: str,
    *,
    rostered: bool = False,
) -> Slot:
    """A new slot with key pairs of its own, certified by the house; no keys are handed to it yet.

    ``holds``: PERSONAL for a user who may open personal fields, HOUSE for one who lets others in. ``rostered``: the key
    file has a roster.
    """
    box, sign = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES)
    own = PrivateKeys(box, sign, public_of(house_seed), rostered)
    slot: Slot = {"user": user, "role": role, "section": section, "holds": sorted(holds), "sign": public_of(own.sign)}
    slot["certificate"] = _signed(house_seed, _identity(register_id, slot))
    return encrypt_private_keys(register_id, {**slot, "turn": 0}, own, passphrase)


def with_new_encryption_key(own: PrivateKeys, rostered: bool) -> PrivateKeys:
    """The same signer with another box key."""
    return PrivateKeys(secrets.token_bytes(KEY_BYTES), own.sign, own.house, rostered)


def encrypt_private_keys(register_id: str, slot: Slot, own: PrivateKeys, passphrase: str) -> Slot:
    """The slot with what is the user's own under a passphrase."""
    cost = Cost()
    salt = base64.b64encode(secrets.token_bytes(16)).decode()
    box = X25519PrivateKey.from_private_bytes(own.box).public_key().public_bytes_raw().hex()
    slot = {
        **slot,
        "box": box,
        "turn": slot.get("turn", 0) + 1,  # a slot its user made before can never stand for a later one
        "kdf": {"salt": salt, "memory": cost.memory, "passes": cost.passes, "lanes": cost.lanes},
    }
    slot["vow"] = _signed(own.sign, _box_of(register_id, slot))
    held = {"box": own.box.hex(), "sign": own.sign.hex(), "house": own.house, "rostered": own.rostered}
    plain = json.dumps(held).encode()
    nonce = secrets.token_bytes(12)
    sealed = nonce + _wrapping_key(passphrase, slot["kdf"]).encrypt(nonce, plain, _bound_to(register_id, slot))
    return {**slot, "sealed": base64.b64encode(sealed).decode()}


def decrypt_private_keys(register_id: str, slot: Slot, passphrase: str) -> PrivateKeys:
    """What is the user's own. Raises RegisterError ``wrong_passphrase``, ``damaged_sidecar``."""
    try:
        sealed = base64.b64decode(slot["sealed"], validate=True)
        box = _wrapping_key(passphrase, slot["kdf"])
        held = json.loads(box.decrypt(sealed[:12], sealed[12:], _bound_to(register_id, slot)))
        rostered = bool(held.get("rostered", False))
        return PrivateKeys(bytes.fromhex(held["box"]), bytes.fromhex(held["sign"]), held["house"], rostered)
    except InvalidTag:
        raise RegisterError("wrong_passphrase") from None
    except _DAMAGE:
        raise key_file.damaged() from None


def encrypt_register_keys(register_id: str, house: str, slot: Slot, held: dict[str, Any]) -> Slot:
    """The slot with these keys handed to its user, after checking that he is who the house certified.

    Raises RegisterError ``damaged_sidecar``: somebody put another key in his place.
    """
    verify_certificate(register_id, house, slot)
    to = X25519PublicKey.from_public_bytes(bytes.fromhex(slot["box"]))
    given = _SUITE.encrypt(json.dumps(held).encode(), to, _box_of(register_id, slot))
    return {**slot, "given": base64.b64encode(given).decode()}


def decrypt_register_keys(register_id: str, slot: Slot, own: PrivateKeys) -> dict[str, Any]:
    """The keys handed to a slot's user. Raises RegisterError ``damaged_sidecar``."""
    try:
        given = base64.b64decode(slot["given"], validate=True)
        key = X25519PrivateKey.from_private_bytes(own.box)
        keys: dict[str, Any] = json.loads(_SUITE.decrypt(given, key, _box_of(register_id, slot)))
        return keys
    except (InvalidTag, *_DAMAGE):
        raise key_file.damaged() from None


def verify_certificate(register_id: str, house: str, slot: Slot) -> None:
    """That the house certified this user, and he this box key. Raises RegisterError ``damaged_sidecar``."""
    try:
        for key, message, signature in (
            (house, _identity(register_id, slot), slot["certificate"]),
            (slot["sign"], _box_of(register_id, slot), slot["vow"]),
        ):
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, *_DAMAGE):
        raise key_file.damaged() from None


def _signed(seed: bytes, message: bytes) -> str:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message).hex()


def _identity(register_id: str, slot: Slot) -> bytes:
    """What the house certifies: who somebody is, what he holds, and by which key he signs."""
    return identity(register_id, slot["user"], slot["role"], slot["section"], slot["holds"], slot["sign"])


def identity(register_id: str, user: str, role: str, section: str | None, holds: list[str], sign: str) -> bytes:
    """The certified sentence about a user, in one unambiguous form."""
    return json.dumps(["identity", register_id, user, role, section, holds, sign]).encode()


def _box_of(register_id: str, slot: Slot) -> bytes:
    names = ("user", "role", "section", "sign", "box", *(("turn",) if "turn" in slot else ()))
    return json.dumps(["box", register_id, *(slot[name] for name in names)]).encode()


def _bound_to(register_id: str, slot: Slot) -> bytes:
    """What a slot's ciphertext is bound to."""
    names = ("user", "role", "section", "holds", "sign", "certificate", "box", "kdf")
    return json.dumps([key_file.BEFORE_ROSTERS, register_id, *(slot[name] for name in names)], sort_keys=True).encode()


def _wrapping_key(passphrase: str, kdf: dict[str, Any]) -> AESGCM:
    if kdf["memory"] > HIGHEST_COST.memory or kdf["passes"] > HIGHEST_COST.passes or kdf["lanes"] > HIGHEST_COST.lanes:
        raise ValueError("an altered cost")
    derive = Argon2id(
        salt=base64.b64decode(kdf["salt"]),
        length=KEY_BYTES,
        iterations=kdf["passes"],
        lanes=kdf["lanes"],
        memory_cost=kdf["memory"],
    )
    return AESGCM(derive.derive(passphrase.encode()))

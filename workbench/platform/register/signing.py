"""Signatures of users (Ed25519), certified by the register's house key: checked by anybody who knows its public half."""

from __future__ import annotations

import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from workbench.core.errors import RegisterError
from workbench.platform.register.key_slots import identity
from workbench.platform.register.keys import Keys

Block = dict[str, Any]


def house_key(keys: Keys) -> str:
    """The public half (hex) of the register's house key, to be given to those who check signatures."""
    return keys.house


def sign(keys: Keys, purpose: str, document: dict[str, Any]) -> Block:
    """The signature block of the user whose slot is open: register, user, role, section, holds, key, certificate,
    signature.

    ``purpose``: what is signed (approval, receipt, manifest …), so that no signature passes for another.
    ``document``: plain JSON; it is signed in one canonical form.
    """
    assert keys.own is not None
    signer = Ed25519PrivateKey.from_private_bytes(keys.own.sign)
    return {
        "register": keys.register_id,
        "user": keys.user,
        "role": keys.role,
        "section": keys.section,
        "holds": list(keys.holds),
        "key": signer.public_key().public_bytes_raw().hex(),
        "certificate": keys.certificate,
        "signature": signer.sign(_message(keys.register_id, purpose, document)).hex(),
    }


def verify(house: str, purpose: str, document: dict[str, Any], block: Block) -> None:
    """That a certified user signed exactly this document for this purpose. Raises RegisterError ``not_genuine``.

    ``house``: the public half (hex) of the house key, from where it was noted, never from the document itself.
    """
    try:
        names = ("register", "user", "role", "section", "holds", "key")
        certified = identity(*(block[name] for name in names))
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(house)).verify(bytes.fromhex(block["certificate"]), certified)
        message = _message(block["register"], purpose, document)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(block["key"])).verify(
            bytes.fromhex(block["signature"]), message
        )
    except (InvalidSignature, KeyError, TypeError, ValueError, RecursionError):
        raise RegisterError("not_genuine") from None


def _message(register_id: str, purpose: str, document: dict[str, Any]) -> bytes:
    return json.dumps(["workbench", purpose, register_id, document], sort_keys=True, ensure_ascii=False).encode()

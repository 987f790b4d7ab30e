"""The register's public key, noted elsewhere, and what it says of a signed document: genuine, altered, or another's."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.errors import RegisterError, WrongUse
from workbench.core.messages import Bilingual, Message
from workbench.platform.access import roles
from workbench.platform.access.actions import allowed
from workbench.platform.access.session import Session
from workbench.platform.register import signing
from workbench.platform.register.keys import Keys

LARGEST = 1 << 20  # bytes of a file that may hold a key
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class TrustedKey:
    """A house key (public half, hex) as it was noted, and whose it is where that was noted too."""

    house: str
    register: str | None = None


def public_key(session: Session) -> dict[str, str]:
    """What checks the register's signatures and betrays nothing: register, house_key."""
    keys = session.register.keys
    return {"register": keys.register_id, "house_key": signing.house_key(keys)}


def trusted_key(session: Session) -> TrustedKey:
    """The key of an open register."""
    return TrustedKey(signing.house_key(session.register.keys), session.register.keys.register_id)


def read_trusted_key(source: str) -> TrustedKey:
    """A key from where it was noted: 64 hex digits, or a file that holds them or was written by ``audit key``.

    Raises WrongUse ``bad_key``.
    """
    text = source.strip()
    if not _HEX.fullmatch(text.lower()) and os.path.isfile(source):
        path = Path(source)
        try:
            text = path.read_text(encoding="utf-8").strip() if path.stat().st_size <= LARGEST else ""
            content = json.loads(text) if text.startswith("{") else {"house_key": text}
        except (OSError, ValueError, RecursionError):
            content = {}
        register, text = content.get("register"), str(content.get("house_key", ""))
        if _HEX.fullmatch(text.lower()):
            return TrustedKey(text.lower(), register if isinstance(register, str) else None)
    elif _HEX.fullmatch(text.lower()):
        return TrustedKey(text.lower())
    raise WrongUse("bad_key", source=source[:80])


def sign_document(keys: Keys, purpose: str, document: dict[str, Any]) -> dict[str, Any]:
    """A document with register, house key and the signature of who opened ``keys``, as it goes into a file."""
    body = {**document, "register": keys.register_id, "house": signing.house_key(keys)}
    body = json.loads(json.dumps(body, ensure_ascii=False))  # as it will be read again
    return {**body, "signature": signing.sign(keys, purpose, body)}


def verify_signature(
    known: TrustedKey, purpose: str, signed: dict[str, Any], what: str | Message, actions: Iterable[str]
) -> dict[str, Any]:
    """The signature block of a sealed document that is genuine; ``what`` it is, for the sentences.

    The signer's certified role has to be one that may do one of ``actions``, or a custodian's, who certifies the others.
    Raises RegisterError ``unsigned``, ``other_register``, ``altered``, ``not_entitled``.
    """
    block = signed.get("signature")
    if not isinstance(block, dict):
        raise RegisterError("unsigned", what=what)
    body = {name: value for name, value in signed.items() if name != "signature"}
    another = known.register is not None and signed.get("register") != known.register
    if another or str(signed.get("house", "")).lower() != known.house:
        raise RegisterError("other_register/signed", what=what)
    try:
        if block.get("register") != signed.get("register"):
            raise _altered(what)
        signing.verify(known.house, purpose, body, block)
    except RegisterError:
        raise _altered(what) from None
    role = block["role"]
    if role not in roles.GOVERNING and not any(role in roles.ROLES and allowed(role, each) for each in actions):
        raise RegisterError("not_entitled", what=what, user=block["user"], title=Bilingual(roles.title(role), role))
    return block


def _altered(what: str | Message) -> RegisterError:
    return RegisterError("altered", what=what)

"""Who wrote an entry of the trail: his signature over its number and chain, made with the key the roster names.

The trail's own key is everybody's who opens the register: with it a user can write an entry in another's name, and the
chain anew from there on. He cannot sign for others.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from workbench.platform.register import roster
from workbench.platform.register.audit import Breach
from workbench.platform.register.keys import Keys

BEFORE_A_DEED = 16  # so many of the newest entries are looked at before the first deed of a session


def sign(keys: Keys, number: int, chain: str) -> str:
    """The signature (hex) of the user whose slot is open over an entry."""
    assert keys.own is not None
    return Ed25519PrivateKey.from_private_bytes(keys.own.sign).sign(_message(keys.register_id, number, chain)).hex()


def verify(
    keys: Keys,
    entries: Iterable[Sequence[Any]],
    signed: Mapping[int, str],
    rosters: Sequence[tuple[int, dict[str, Any]]],
) -> list[Breach]:
    """Entries (entry, user, chain) that the user they name did not sign, by the roster that held then.

    ``signed``: entry → signature. ``rosters``: entry and detail of those that keep one; entries before the first have no
    signatures. Codes ``roster`` (the house did not sign it, or its epoch does not rise), ``unsigned``, ``signature``.
    """
    breaches, held, epoch = [], {}, 0
    for number, detail in rosters:
        kept = detail["roster"].get("signed")
        if not roster.is_genuine(keys.house, keys.register_id, kept) or kept["epoch"] < epoch:
            breaches.append(Breach("roster", number))
            continue
        epoch = kept["epoch"]
        held[number] = {user: key for user, _, _, _, key in kept["members"]}
    since = sorted(held)
    for number, user, chain in entries:
        place = bisect_right(since, number)
        if not place:
            continue
        # who changes the roster was on it before, or is on it from this entry on
        holding = since[max(place - 2, 0) : place] if since[place - 1] == number else since[place - 1 : place]
        own = [held[entry][user] for entry in holding if user in held[entry]]
        if number not in signed:
            breaches.append(Breach("unsigned", number))
        elif not any(_is_by(key, keys.register_id, number, chain, signed[number]) for key in own):
            breaches.append(Breach("signature", number))
    return breaches


def _is_by(key: str, register_id: str, number: int, chain: str, signature: str) -> bool:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), _message(register_id, number, chain))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _message(register_id: str, number: int, chain: str) -> bytes:
    return json.dumps(["entry", register_id, number, chain]).encode()

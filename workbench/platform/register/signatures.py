"""Who wrote an entry of the trail: his signature over its number and chain, made with the key the roster names.

The trail's own key is everybody's who opens the register: with it a user can write an entry in another's name, and the
chain anew from there on. He cannot sign for others.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Member:
    """Who was on a roster: with which role, which key (hex) his signatures are checked with, and for which section he works."""

    user: str
    role: str
    key: str
    section: str | None = None


class Standing:
    """Who was on the roster when, by what the trail's entries keep (entry and detail, in order).

    ``breaches``: rosters the house did not sign, or whose epoch does not rise. ``held``: entry → user → member, from that
    entry on. ``after``: the head of the trail behind which every entry is signed, where the first roster says so.
    """

    def __init__(self, keys: Keys, rosters: Sequence[tuple[int, dict[str, Any]]]) -> None:
        self.breaches: list[Breach] = []
        self.held: dict[int, dict[str, Member]] = {}
        self.after: str | None = None
        epoch = 0
        for number, detail in rosters:
            kept = detail["roster"].get("signed")
            if not roster.is_genuine(keys.house, keys.register_id, kept) or kept["epoch"] < epoch:
                self.breaches.append(Breach("roster", number))
                continue
            self.after = kept.get("after") if not self.held else self.after
            epoch = kept["epoch"]
            self.held[number] = {
                user: Member(user, role, key, section) for user, role, section, _, key in kept["members"]
            }
        self._since = sorted(self.held)
        self.first = self._since[0] if self._since else 0  # the entry that keeps the first roster

    def knows(self, number: int) -> bool:
        """Whether a roster held at an entry; earlier ones, of a register of an earlier version, nobody signed."""
        if self.after is not None:
            return number > int(self.after.partition(":")[0])
        return bool(self._since) and number >= self.first

    def members(self, number: int, user: str) -> list[Member]:
        """As what a user may have written an entry: who changes the roster was on it before, or is on it from there on."""
        place = max(bisect_right(self._since, number), 1)  # what was written before the first roster, by who is on that
        since = self._since[max(place - 2, 0) : place] if number in self.held else self._since[place - 1 : place]
        return [self.held[entry][user] for entry in since if user in self.held[entry]]


def verify(keys: Keys, entries: Iterable[Sequence[Any]], signed: Mapping[int, str], standing: Standing) -> list[Breach]:
    """Entries (entry, user, chain) that the user they name did not sign, by the roster that held then.

    ``signed``: entry → signature. Codes ``roster``, ``unsigned``, ``signature``.
    """
    breaches = list(standing.breaches)
    for number, user, chain in entries:
        if not standing.knows(number):
            continue
        keys_then = dict.fromkeys(member.key for member in standing.members(number, user))
        if number not in signed:
            breaches.append(Breach("unsigned", number))
        elif not any(_is_by(key, keys.register_id, number, chain, signed[number]) for key in keys_then):
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

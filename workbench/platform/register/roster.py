"""The roster: who may open a register and which keys are its own, signed by the house key and kept in the trail (S1, S7).

The key file lies beside the register, and everybody who opens the register could write one that authenticates. So the
house key, which custodians hold, signs a roster for every change of members or keys, with an epoch that only rises; the
trail's entry of the change keeps it. At every opening the key file must be what the trail says:

* its epoch is the newest of the trail (a newer one was signed by a custodian whose entry was cut off: it is adopted);
* its members, and the commitments of the keys they were handed, are those signed;
* each slot is the one signed, or one its own user made anew since, with a higher turn, as the trail says.

Every roster also says after which head of the trail the first one was signed, so that nobody takes the rosters out of the
trail and writes it anew, as if it were that of an earlier version, whose entries nobody signed.

An older key file, a slot put back or taken out, a share with other keys in it are thus refused before anything is done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from workbench.core.errors import RegisterError
from workbench.platform.register import audit, key_slots

if TYPE_CHECKING:
    from workbench.platform.register.keys import Keys

Slot = dict[str, Any]
# epoch, keys (commitments), members, slots (user → turn and digest), signature; after: the head the first one was signed at
Roster = dict[str, Any]
BEGINNING = f"0:{audit.FIRST_LINK}"  # the head of a trail without entries
# the entries that keep a roster
RECORDED_BY = (
    "init",
    "upgrade",
    "user_add",
    "user_passphrase",
    "user_revoke",
    "users_found",
    "recovery_renew",
    "rotate",
)
MEMBER = ("user", "role", "section", "holds", "sign")
SHARE = "given"  # the part of a slot that every rotation makes anew; what is in it is committed to


def commitments(keys: Keys) -> dict[str, Any]:
    """What shows that a key is the register's own, and nothing of the key. Needs all of them, as a custodian has."""
    found = {
        "audit": _committed("audit", keys.audit),
        "index": _committed("index", keys.index or b""),
        "fields": _each("field", keys.fields),
    }
    return {**found, "names": _each("names", keys.names)} if keys.names else found


def _each(purpose: str, keys: Mapping[int, bytes]) -> dict[str, str]:
    return {str(version): _committed(purpose, key) for version, key in sorted(keys.items())}


def _committed(purpose: str, key: bytes) -> str:
    return blake2b(key, digest_size=16, person=b"roster " + purpose.encode()).hexdigest()


def signed(keys: Keys, epoch: int, slots: list[Slot], after: str | None = None) -> Roster:
    """The roster of these slots, signed by the house. ``keys`` are a custodian's; ``after``: the trail's head before the first."""
    if keys.house_seed is None:
        raise RegisterError("no_field_key")
    body = {"epoch": epoch, "keys": commitments(keys), **_of(slots), **({} if after is None else {"after": after})}
    signature = Ed25519PrivateKey.from_private_bytes(keys.house_seed).sign(_message(keys.register_id, body))
    return {**body, "signature": signature.hex()}


def renewed(keys: Keys, before: Roster | None, slots: list[Slot], first: str | None = None) -> Roster:
    """The roster after a change: one epoch later where members, their slots or keys are others, else as it is.

    ``first``: the trail's head, where there was none before.
    """
    body = {"keys": commitments(keys), **_of(slots)}
    if before is not None and all(before[name] == value for name, value in body.items()):
        return before
    epoch, after = (before["epoch"], before.get("after")) if before is not None else (0, first)
    return signed(keys, epoch + 1, slots, after)


def _of(slots: list[Slot]) -> dict[str, Any]:
    return {
        "members": [[slot[name] for name in MEMBER] for slot in slots],
        "slots": {slot["user"]: [slot.get("turn", 0), digest(slot)] for slot in slots},
    }


def digest(slot: Slot) -> str:
    """SHA-256 (hex) over a slot without the share handed to it."""
    text = json.dumps({name: value for name, value in slot.items() if name != SHARE}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _message(register_id: str, body: Mapping[str, Any]) -> bytes:
    parts = {
        name: body[name] for name in ("epoch", "keys", "members", "slots", *(("after",) if "after" in body else ()))
    }
    return json.dumps(["roster", register_id, parts], sort_keys=True).encode()


def is_genuine(house: str, register_id: str, roster: Any) -> bool:
    """Whether the house signed a roster."""
    try:
        message = _message(register_id, roster)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(house)).verify(bytes.fromhex(roster["signature"]), message)
        return isinstance(roster["epoch"], int) and not isinstance(roster["epoch"], bool)
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return False


def in_trail(content: Mapping[str, Any]) -> Roster | None:
    """What the trail keeps of a key file: its roster, with the slots as they are now; None where it has none."""
    roster = content.get("roster")
    return None if roster is None else {"signed": roster, "slots": _of(content["slots"])["slots"]}


def prove(
    content: Mapping[str, Any], house: str, known: Iterable[Mapping[str, Any]], follows: Callable[[str], bool]
) -> bool:
    """That a key file is what the trail says; returns whether it is newer and has to be recorded.

    ``known``: what the trail's entries keep (``in_trail``), in order. ``follows``: whether a first roster may still follow
    in the trail, given the head it was signed at. Raises RegisterError ``roster_changed``.
    """
    kept = [each for each in known if is_genuine(house, content["register"], each.get("signed"))]
    roster = content.get("roster")
    if roster is None:
        if kept:
            raise RegisterError("roster_changed")
        return False
    if not is_genuine(house, content["register"], roster) or roster["members"] != _of(content["slots"])["members"]:
        raise RegisterError("roster_changed")
    newest = max((each["signed"]["epoch"] for each in kept), default=0)
    taken_out = not kept and "after" in roster and not follows(roster["after"])
    if roster["epoch"] < newest or taken_out:
        raise RegisterError("roster_changed")
    latest = {user: tuple(state) for user, state in roster["slots"].items()}
    for each in kept:
        if each["signed"]["epoch"] != roster["epoch"]:
            continue
        if each["signed"] != roster:
            raise RegisterError("roster_changed")
        for user, state in each["slots"].items():
            if user in latest and state[0] > latest[user][0]:
                latest[user] = tuple(state)
    newer = bool(roster["epoch"] > newest)
    for slot in content["slots"]:
        turn, now = latest[slot["user"]], (slot.get("turn", 0), digest(slot))
        if now == turn:
            continue
        if now[0] <= turn[0]:
            raise RegisterError("roster_changed")
        key_slots.verify_certificate(content["register"], house, slot)  # its user made it himself: he signed the turn
        newer = True
    return newer


def prove_keys(keys: Keys, roster: Roster | None) -> None:
    """That the keys somebody was handed are the register's own. Raises RegisterError ``foreign_share``."""
    if roster is None:
        return
    own = roster["keys"]
    index = keys.index is None or own["index"] == _committed("index", keys.index)
    same = index and own["audit"] == _committed("audit", keys.audit)
    same = same and (not keys.fields or own["fields"] == _each("field", keys.fields))
    if not same or (keys.names and own.get("names") != _each("names", keys.names)):
        raise RegisterError("foreign_share")

"""The custodian lets people in and out: slots, roles, passphrases, the sealed recovery slot (S2, S7)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.core.errors import WrongUse
from workbench.core.messages import Bilingual, Message
from workbench.core.names import customer_key, is_seen_among
from workbench.core.reasons import checked_reason
from workbench.platform.access.guessable import is_guessable
from workbench.platform.access.roles import CLEARED, ROLES, holds, title_words
from workbench.platform.access.session import Session
from workbench.platform.register import destruction, key_file, members, remembered, resealing, rotation, stored_files
from workbench.platform.register.key_file import RECOVERY, RECOVERY_USER
from workbench.platform.register.key_slots import KEY_BYTES
from workbench.platform.register.keys import Keys
from workbench.platform.register.passphrase_forms import SHARE_LETTERS, canonical, of_two_shares
from workbench.platform.register.store import Register
from workbench.platform.register.subjects import DESTROYED_BY, name_of_customer, numbers

STRONG = 3  # zxcvbn: 3 withstands an offline attack on a slow hash
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is read for something else


def random_code(groups: int, letters: int) -> str:
    """A random code that can be read out: groups of letters and digits, 5 bits each."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(letters)) for _ in range(groups))


def is_weak(passphrase: str, *names: str) -> bool:
    """Whether a passphrase is guessed easily, by somebody who knows these names."""
    passphrase = canonical(passphrase)
    if not passphrase or is_guessable(passphrase, *names):
        return True
    from zxcvbn import zxcvbn  # its lists of words are read when first needed

    return bool(zxcvbn(passphrase[:72], user_inputs=list(names))["score"] < STRONG)


def check_passphrase(passphrase: str, *names: str) -> None:
    """Refuse a passphrase that is guessed easily. Raises WrongUse ``weak_passphrase``."""
    if is_weak(passphrase, *names):
        raise WrongUse("weak_passphrase/refused")


def people(session: Session, lang: str = "zh") -> pd.DataFrame:
    """Columns user, role, title (in ``lang``), section, cleared (holds the keys of personal fields), own; by arrival."""
    rows = [
        {
            "user": slot["user"],
            "role": slot["role"],
            "title": getattr(title_words(slot["role"]), lang),
            "section": slot["section"],
            "cleared": slot["role"] in CLEARED,
            "own": slot["user"] == session.user,
        }
        for slot in members.list_slots(session.register.path)
    ]
    return pd.DataFrame(rows, columns=["user", "role", "title", "section", "cleared", "own"], dtype=object)


def add(session: Session, user: str, role: str, passphrase: str, section: str | None = None) -> None:
    """A new user with a passphrase of his own; a verifier works for one ``section`` (its code in the directory),
    a payer may be bound to the unit it pays for.

    A name that looks like that of somebody who is or was a user is not given. Raises WrongUse ``unknown_role``,
    ``bad_user``, ``weak_passphrase``, ``no_section``; RegisterError ``not_allowed``, ``user_exists``.
    """
    session.require("users")
    if role not in ROLES or role == RECOVERY:
        known = [
            Bilingual(f"{role.name}（{role.title}）", role.name) for role in ROLES.values() if role.name != RECOVERY
        ]
        raise WrongUse("unknown_role", role=role, known=known)
    if not user.strip() or user != user.strip() or not user.isprintable() or user == RECOVERY_USER:
        raise WrongUse("bad_user")
    others = {slot["user"] for slot in members.list_slots(session.register.path)}
    others |= set(session.register.read("entry", ["user"])["user"])  # who was one, and whose entries stay
    if is_seen_among(user, others - {user}):
        raise WrongUse("bad_user/looks_alike", user=user)
    if (role == "verifier" and not section) or (section and role not in ("verifier", "payer")):
        raise WrongUse("no_section")
    check_passphrase(passphrase, user)
    with session.transaction("user_add", session.now, user=user, role=role, section=section) as entry:
        path, keys = session.register.path, session.register.keys
        content = members.add(
            path, keys, user, role, canonical(passphrase), session.register.prover(), holds=holds(role), section=section
        )
        entry.record_key_file(content)


def set_passphrase(session: Session, passphrase: str, user: str | None = None) -> None:
    """Another passphrase: everybody his own; the custodian, and the two who hold the recovery passphrase, also anybody's
    who is on the roster.

    Raises WrongUse ``weak_passphrase``, ``recovery_of_two``; RegisterError ``not_allowed``, ``unknown_user``.
    """
    name = user or session.user
    if name == RECOVERY_USER:  # what one person sets, one person knows
        raise WrongUse("recovery_of_two", user=RECOVERY_USER)
    if name != session.user:
        session.require("passphrases")
    check_passphrase(passphrase, name)
    with session.transaction("user_passphrase", session.now, user=name) as entry:
        path, keys = session.register.path, session.register.keys
        entry.record_key_file(
            members.set_passphrase(path, keys, name, canonical(passphrase), session.register.prover())
        )


def revoke(session: Session, user: str) -> bool:
    """Take a user's slot away: his passphrase opens the register no more. Returns whether the recovery passphrase went.

    With a custodian, who saw it, the recovery passphrase goes too. The last custodian stays. Raises WrongUse ``last_custodian``; RegisterError ``not_allowed``, ``unknown_user``.
    """
    session.require("users")
    with session.transaction("user_revoke", session.now, user=user) as entry:
        path, keys = session.register.path, session.register.keys
        slots = members.list_slots(path)
        custodians = [slot["user"] for slot in slots if slot["role"] == "custodian"]
        if custodians == [user]:
            raise WrongUse("last_custodian", user=user)
        knew = [slot["user"] for slot in slots if slot["role"] == RECOVERY and user in custodians]
        entry.record_key_file(members.remove(path, keys, [user, *knew], session.register.prover()))
    return bool(knew)


def has_roster(session: Session) -> bool:
    """Whether a custodian signed who is in the key file; in registers of earlier versions nobody did."""
    return bool(key_file.read(session.register.path)["format"] == key_file.FORMAT)


def sign_roster(session: Session) -> None:
    """Sign the first roster of a register made by an earlier version, as its key file is now.

    From then on whoever is in the key file without a custodian's signature is refused. Raises RegisterError
    ``not_allowed``; WrongUse ``up_to_date`` where it has one.
    """
    session.require("users")
    if has_roster(session):
        raise WrongUse("up_to_date")
    register = session.register
    with session.transaction("upgrade", session.now) as entry:
        entry.record_key_file(members.bring_over(register.path, register.keys, register.head()))


def give_customer_keys(session: Session) -> int:
    """Seal what an earlier version sealed under the field key under keys of the customers, and customers' names, which
    stood in clear, under a key that is handed to the roles that need names; returns how many values.

    A new file takes the register's place, after every value was read from both and compared; the session's register is
    closed by it. Raises RegisterError ``not_allowed``, ``in_use``, ``damaged_copy``, ``not_written``; WrongUse
    ``up_to_date``.
    """
    session.require("users")
    register = session.register
    if register.keys.seals_names and not resealing.is_pending(register):
        raise WrongUse("up_to_date")
    register.require_sound_trail()
    if not register.keys.seals_names:
        keys = replace(register.keys, names={1: secrets.token_bytes(KEY_BYTES)}, seals_names=True)
        with session.transaction("upgrade", session.now) as entry:
            content = members.hand_out(register.path, register.keys, keys, register.prover())
            entry.record_key_file(content)
        register.close()
        register = Register.open(register.path, replace(keys, generation=content["generation"]))
    return resealing.bring_over(register, user=session.user, now=session.now)


def destroy_customers(session: Session, customers: Sequence[str], reason: str) -> int:
    """Destroy the keys of customers, by name: what is sealed about them, here and in every later copy, opens no more.

    Originals of the archive that are kept beside the register go with them.

    The session's register is closed by it. Returns how many keys. Raises WrongUse ``unknown_customer``, ``no_reason``;
    RegisterError ``not_allowed``, ``not_brought_over``, ``in_use``, ``damaged_copy``, ``not_written``.
    """
    session.require(DESTROYED_BY)
    reason = checked_reason(reason, Message("destroy/action"))
    keys = customer_key(pd.Series(list(customers), dtype=object))
    names = [name_of_customer(key) for key in keys.dropna()]
    if len(names) < len(customers) or not names or len(numbers(session.register, names)) < len(set(names)):
        raise WrongUse("unknown_customer")
    session.register.require_sound_trail()
    subjects = set(numbers(session.register, names).values())
    files = [file for file in stored_files.known(session.register) if file.subject in subjects]
    count = destruction.destroy(session.register, names, user=session.user, now=session.now, reason=reason)
    stored_files.take_away(session.register.path, files)
    return count


def renew_recovery(session: Session) -> tuple[str, str]:
    """A fresh recovery passphrase in two shares, for two persons to lock away; an earlier one stops working.

    Both together open a slot that may do one thing: give those on the roster another passphrase. Raises RegisterError
    ``not_allowed``.
    """
    session.require("users")
    shares = random_code(SHARE_LETTERS // 5, 5), random_code(SHARE_LETTERS // 5, 5)
    code = of_two_shares(" ".join(shares))
    with session.transaction("recovery_renew", session.now, shares=len(shares)) as entry:
        path, keys, prove = session.register.path, session.register.keys, session.register.prover()
        held = holds(RECOVERY)
        entry.record_key_file(members.add(path, keys, RECOVERY_USER, RECOVERY, code, prove, holds=held, renew=True))
    return shares


def recovery_of_one(session: Session) -> bool:
    """Whether the recovery passphrase is one that a single person holds, as earlier versions made it."""
    if not any(slot["role"] == RECOVERY for slot in members.list_slots(session.register.path)):
        return False
    made = session.register.read("entry", ["detail"], where={"action": "recovery_renew"})["detail"]
    return made.empty or "shares" not in made.iloc[-1]


def rotate(session: Session) -> int:
    """New keys for the register, in a new file that takes its place; who was revoked before is shut out of it.

    The session's register is closed by it. Returns the version of the key that personal fields are sealed under from
    now on. Raises RegisterError ``not_allowed``, ``in_use``, ``damaged``, ``damaged_copy``, ``not_written``.
    """
    session.require("users")

    def write_entry(register: Register, keys: Keys, content: Mapping[str, Any]) -> None:
        detail = {"generation": keys.generation, "field_version": max(keys.fields)}
        with register.transaction(
            "rotate", at=session.now, recorded_at=session.now, user=session.user, detail=detail
        ) as entry:
            entry.record_key_file(content)
            register.subjects.wrap_anew(entry)
        seen.append(remembered.seen_of(register))

    seen: list[remembered.Seen] = []
    keys = rotation.rotate(session.register, write_entry)
    if session.remembers:  # the file of before is noticed from now on
        remembered.note(session.register.path, seen[-1])
    return max(keys.fields)

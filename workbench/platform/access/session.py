"""Who is working, on which register, under which policy, at what actual time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from workbench.core.errors import RegisterError, WrongUse
from workbench.core.messages import Bilingual, Message
from workbench.core.own_memory import keep_in_memory
from workbench.core.reasons import checked_reason
from workbench.platform.access import conditions
from workbench.platform.access.actions import SIMULATION, actions, allowed, dated, is_custody
from workbench.platform.access.roles import DEIDENTIFIED, ROLES
from workbench.platform.executors.workers import Hire, nobody
from workbench.platform.register import failed_attempts, key_file, members, names, remembered, roster, rotation
from workbench.platform.register.entry import Entry
from workbench.platform.register.keys import create_keys, unlock
from workbench.platform.register.passphrase_forms import canonical, of_two_shares
from workbench.platform.register.proof import BORN_WITH_KEYS
from workbench.platform.register.store import Register
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.rules_used import rules_used
from workbench.platform.regulation.settled_periods import settled_policy


@dataclass(frozen=True)
class Session:
    """One person's open register. ``now`` is the actual clock, given once at the edge.

    ``role`` decides what the person may do (``actions.Action``); a ``sole`` user may do everything.
    ``section``: the section a verifier works for. ``simulation``: times may be ahead of the clock; what is recorded then
    marks the register as a simulation for good. ``remembers``: what is seen of the register is noted on this machine.
    ``given``: the policy as it was given, without what approved quarters were settled under. ``hire``: finds who else does what
    needs no key.
    """

    register: Register
    user: str
    policy: Policy
    now: datetime
    role: str = "custodian"
    sole: bool = True
    section: str | None = None
    simulation: bool = False
    remembers: bool = False
    given: Policy | None = None
    hire: Hire = nobody

    def rules(self, on: date) -> dict[str, Any]:
        """The rule book and calendar in use, up to a day (``rules_used``)."""
        return rules_used(self.given or self.policy, on)

    def may(self, action: str) -> bool:
        """Whether this person may do something (by the name of an ``actions.Action``)."""
        return self.sole or allowed(self.role, action)

    def require(self, action: str, recipient: str | None = None) -> None:
        """Refuse what this person's role may not do, or a condition of access is against (``conditions``).

        ``recipient``: who gets something by it. The refusal is kept in the trail. Raises RegisterError.
        """
        if not self.may(action):
            self.refuse(action)
        if (against := conditions.refusal(self, action, recipient)) is not None:
            with self.transaction("refused", self.now, wanted=action, role=self.role, why=against.code):
                pass
            raise against

    def refuse(self, action: str) -> NoReturn:
        """Keep the refusal of an action in the trail and raise it."""
        with self.transaction("refused", self.now, wanted=action, role=self.role):
            pass
        title = Bilingual(ROLES[self.role].title, self.role)
        word = Bilingual(actions()[action].word, action)
        raise RegisterError("not_allowed", user=self.user, title=title, word=word)

    @property
    def deidentified(self) -> bool:
        """Whether this person works with numbers in place of the customers' names (S7: least privilege)."""
        return not self.sole and self.role in DEIDENTIFIED

    def latest(self) -> datetime:
        """Now, or the time of the latest business where the register holds later ones."""
        return self.horizon(self.now)

    def horizon(self, at: datetime) -> datetime:
        """The latest time any business in the register counts at, or ``at`` if that is later."""
        known = self.register.maximum("entry", "at", where={"action": dated()})
        return at if known is None else max(at, known)

    def to_be_confirmed(self) -> bool:
        """Whether the register was put back from a backup and nobody else has confirmed yet that it is the right one."""
        if self.sole:
            return False
        restored = self.register.maximum("entry", "entry", where={"action": "restore"})
        return restored is not None and restored > (
            self.register.maximum("entry", "entry", where={"action": "restore_confirm"}) or 0
        )

    @property
    def simulated(self) -> bool:
        """Whether the register was ever written to as a simulation."""
        return is_simulation(self.register)

    def has_come(self, at: datetime) -> datetime:
        """The latest moment that has come: ``at``, or the actual clock where that is earlier; in a simulation ``at``."""
        return at if self.simulation else min(at, self.now)

    @contextmanager
    def transaction(self, action: str, at: datetime, **detail: Any) -> Iterator[Entry]:
        """One transaction with its audit entry; ``at`` is the time it counts at.

        Raises RegisterError ``restore_unconfirmed`` for the business of the regulation in a register put back from a
        backup, as long as nobody but the restorer has looked at it.
        """
        self.register.require_sound_trail()
        if not is_custody(action) and self.to_be_confirmed():
            raise RegisterError("restore_unconfirmed")
        stamped: dict[str, Any] = {"recorded_at": self.now, "user": self.user}
        if self.simulation and not self.simulated:
            with self.register.transaction(SIMULATION, at=self.now, detail={}, **stamped):
                pass
        with self.register.transaction(action, at=at, detail=detail, **stamped) as entry:
            yield entry
        self.note()

    def note(self) -> bool:
        """Have this machine note what is seen of the register; False where its state folder cannot be written to."""
        if not self.remembers or not self.register.is_open:
            return True
        return remembered.note(self.register.path, remembered.seen_of(self.register))

    def close(self) -> None:
        """Note what was seen of the register, and close it."""
        self.note()
        self.register.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_simulation(register: Register) -> bool:
    """Whether a register was ever written to as a simulation."""
    return register.count("entry", {"action": SIMULATION}) > 0


def create(
    path: Path, user: str, passphrase: str, policy: Policy, now: datetime, *, simulation: bool = False
) -> Session:
    """Make a new register with its first user, who is its custodian.

    Raises RegisterError where one already stands, WrongUse for an empty passphrase.
    """
    if not passphrase:
        raise WrongUse("empty_passphrase")
    keep_in_memory()
    keys = create_keys(path, user, canonical(passphrase), after=roster.BEGINNING)
    session = Session(Register.create(path, keys), user, policy, now, simulation=simulation, remembers=True)
    remembered.note(path, remembered.seen_of(session.register), anew=True)
    # ``papers``: from the first entry on, every signed paper is entered before it is handed out (``documents.papers``)
    born: dict[str, Any] = {BORN_WITH_KEYS: True, names.BORN: True, names.TEXTS_BORN: True}
    with session.transaction("init", now, user=user, role="custodian", papers=True, **born) as entry:
        entry.record_key_file(key_file.read(path))
    return session


def _has_one_user(register: Register, users: int) -> bool:
    """Whether the register has one user and never had another; who revoked the others does not become all of them."""
    if users != 1 or register.count("entry", {"action": "user_add"}):
        return False
    found = register.read("entry", ["detail"], {"action": "users_found"})["detail"]
    return all(key_file.alone(role for _, role in detail["users"]) for detail in found)


def _record_found(session: Session) -> None:
    """Keep in the trail what the key file says and the trail does not."""
    found = [[slot["user"], slot["role"]] for slot in members.list_slots(session.register.path)]
    generation = session.register.keys.generation
    with session.transaction("users_found", session.now, users=found, generation=generation) as entry:
        content = key_file.read(session.register.path)
        if not session.register.prover()(content) and not session.register.generation_adopted:
            entry.discard()  # its writer was only slower
        entry.record_key_file(content)


def enter(
    path: Path,
    user: str | None,
    passphrase: str,
    policy: Policy,
    now: datetime,
    *,
    simulation: bool = False,
    remembers: bool = True,
    trusted: str | None = None,
    hire: Hire = nobody,
) -> Session:
    """Open a register with a user's passphrase. Raises RegisterError, one code per cause.

    From here on this process's memory is written into no dump.
    Wrong passphrases are answered more and more slowly, and stand in the trail from the next opening on.
    ``remembers``: a register that is not the one this machine saw here last, or an earlier state of it, is refused
    (``another_register``, ``earlier_register``; ``damaged_note`` where that cannot be told), unless a person says why it is
    right all the same (``trusted``). ``hire``: see ``Session``.
    Raises WrongUse ``nothing_to_trust``, ``no_reason``.
    """
    if trusted is not None:
        trusted = checked_reason(trusted, Message("trust/action"))
    keep_in_memory()
    if user == key_file.RECOVERY_USER:
        passphrase = of_two_shares(passphrase)
    with failed_attempts.turn(path, user):
        time.sleep(failed_attempts.waiting_time(path, user, now))
        try:
            name, keys = unlock(path, user, passphrase)
        except RegisterError as error:
            if error.code == "wrong_passphrase":
                failed_attempts.record(path, user or "", now)
            raise
    register = Register.open(path, keys)
    other = remembered.difference(register) if remembers else None
    if (other is None) == (trusted is not None):
        register.close()
        raise other or WrongUse("nothing_to_trust")
    session = Session(
        register,
        name,
        settled_policy(register, policy),
        now,
        keys.role,
        keys.role != key_file.RECOVERY and _has_one_user(register, keys.users),
        keys.section,
        simulation,
        remembers,
        policy,
        hire,
    )
    try:
        if register.prove_key_file() or register.generation_adopted:
            _record_found(session)  # a change of users was cut off before its entry was written
    except BaseException:
        session.close()
        raise
    if other is not None:
        remembered.note(path, remembered.seen_of(register), anew=True)
        with session.transaction("trust", now, reason=trusted, why=other.code):
            pass
    if keys.next_file and keys.house_seed:
        with session.transaction("rotation_finished", now, generation=keys.generation):
            rotation.finish(session.register, keys)
        session.close()
        return enter(
            path, user, passphrase, policy, now, simulation=simulation, remembers=remembers, hire=hire
        )  # with the keys handed out now
    if wrong := failed_attempts.recorded(path):
        with session.transaction("wrong_passphrase", now, tries=[[who, at.isoformat()] for who, at in wrong]):
            pass
        failed_attempts.clear(path)
    return session

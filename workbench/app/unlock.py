"""The one register that is unlocked in this process: for the functions in the cells, for the buttons and for the desk page.

Its keys leave memory when it is locked, when nobody used it for a while (a timer, and a
look at the clock at each use, because a sleeping laptop stops timers), and when the key
file beside it changes. Functions only read: nothing here opens a transaction.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.app.context import policy_in_use, register_place, simulation_asked_for
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.register import key_file
from workbench.platform.register.postgres.address import is_on_server

if TYPE_CHECKING:
    from workbench.capabilities.settlement.lookup import Lookup
    from workbench.platform.access.session import Session

IDLE_MINUTES = 15.0
BUSY_SECONDS = 1.0
watchers: list[Callable[[], None]] = []  # told when it is unlocked or locked; they return at once


@dataclass
class _Opened:
    """An unlocked register: who, since when unused, what its key file looked like."""

    session: Session
    idle: timedelta
    used_at: datetime
    used_tick: float
    mark: tuple[int, ...]
    keyfile: bytes
    lookup: Lookup | None = None
    known: tuple | None = None


class Vault:
    """Holds at most one unlocked register. Safe to use from several threads; one use at a time."""

    def __init__(self) -> None:
        self._turn = threading.RLock()
        self._opened: _Opened | None = None
        self._timer: threading.Timer | None = None
        self._why = "locked"
        self._kept_waiting = False  # a cell found it in use

    def unlock(
        self, register: Path, user: str | None, passphrase: str, now: datetime, idle_minutes: float | None = None
    ) -> str:
        """Open a register for this process and return the user's name; one that is open is locked first.

        ``idle_minutes``: after how long without use it locks itself (default: WORKBENCH_IDLE_MINUTES, else 15).
        Raises RegisterError, one code per cause, and WrongUse ``bad_idle_minutes``.
        """
        from workbench.platform.access.session import enter

        idle = timedelta(minutes=idle_minutes or _idle_minutes(os.environ.get("WORKBENCH_IDLE_MINUTES")))
        self.lock()
        simulation = simulation_asked_for()
        session = enter(register, user, passphrase, policy_in_use(os.environ), now, simulation=simulation)
        with self._turn:
            mark, content = _mark(register), key_file.stored(register)
            self._opened = _Opened(session, idle, now, time.monotonic(), mark, content)
            self._wait(idle.total_seconds())
            if key_file.read(register)["generation"] != session.register.keys.generation:  # changed in this very moment
                self.lock("keys_changed")
                raise self._refusal()
        _tell()
        return session.user

    def lock(self, why: str = "locked") -> None:
        """Close the register and let its keys and everything read from it go. Harmless when locked already."""
        with self._turn:
            opened, self._opened, self._why = self._opened, None, why
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if opened is not None:
                opened.session.close()
                del opened
                gc.collect()  # what the tables and statuses hold in circles goes now, not some time later
                _tell()

    def status(self) -> str | None:
        """The user who unlocked the register; None while it is locked."""
        with self._turn:
            return self._opened.session.user if self._opened else None

    @contextmanager
    def current(self, now: datetime) -> Iterator[Session]:
        """The unlocked register's session for one use; it is not locked meanwhile.

        Raises RegisterError: ``locked``, ``idle``, ``no_register``, ``revoked``, ``keys_changed``.
        """
        with self._turn:
            opened, begun = self._checked(now), time.monotonic()
            try:
                yield opened.session
            finally:
                opened.used_tick = time.monotonic()
                opened.used_at = max(opened.used_at, now + timedelta(seconds=opened.used_tick - begun))

    @contextmanager
    def lookup(self, now: datetime, action: str) -> Iterator[Lookup]:
        """The unlocked register as questions are asked of it; read once per state of the register and day.

        ``action``: what the user must be allowed to do; a refusal is not logged, a cell asks again and again.
        Excel waits for cells, so they do not wait for a button's work on the register. Raises RegisterError as ``current``,
        ``not_allowed``, and ``busy`` where the register is in use for longer than BUSY_SECONDS.
        """
        if not self._turn.acquire(
            timeout=0 if self._kept_waiting else BUSY_SECONDS
        ):  # one of many cells waits, not each
            self._kept_waiting = True
            raise RegisterError("busy/cell")
        self._kept_waiting = False
        try:
            yield from self._looked_up(now, action)
        finally:
            self._turn.release()

    def _looked_up(self, now: datetime, action: str) -> Iterator[Lookup]:
        from workbench.capabilities.settlement.lookup import Lookup

        with self.current(now) as session:
            if not session.may(action):
                raise RegisterError("not_allowed/cell")
            opened = self._opened
            assert opened is not None  # there is a session, so it is unlocked
            known = session.register.head(), now.date()
            if opened.lookup is None or opened.known != known:
                opened.lookup, opened.known = None, None
                opened.lookup, opened.known = Lookup(session), known
            yield opened.lookup

    def _checked(self, now: datetime) -> _Opened:
        opened = self._opened
        if opened is None:
            raise self._refusal()
        if now - opened.used_at > opened.idle or time.monotonic() - opened.used_tick > opened.idle.total_seconds():
            self.lock("idle")
            raise self._refusal()
        register = opened.session.register.path
        try:
            mark = _mark(register)
            if not register.exists():
                self.lock("no_register")
            elif mark != opened.mark and key_file.stored(register) != opened.keyfile:
                self.lock("keys_changed" if _listed(register, opened.session.user) else "revoked")
            else:
                opened.mark = mark
        except OSError:
            self.lock("keys_changed" if register.exists() else "no_register")
        if self._opened is None:
            raise self._refusal()
        opened.session = replace(opened.session, now=now)
        return opened

    def _refusal(self) -> RegisterError:
        why, named = self._why, os.environ.get("WORKBENCH_REGISTER")
        if why == "locked" and named and not register_place(named).exists():
            why = "no_register"
        return RegisterError(f"{why}/unlock_again")

    def _wait(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._idle)
        self._timer.daemon = True
        self._timer.start()

    def _idle(self) -> None:
        """Lock, or wait for the rest where it was used meanwhile."""
        with self._turn:
            if self._opened is None:
                return
            left = self._opened.idle.total_seconds() - (time.monotonic() - self._opened.used_tick)
            if left <= 0:
                self.lock("idle")
            else:
                self._wait(left)


def _tell() -> None:
    for each in watchers:
        each()


def _idle_minutes(text: str | None) -> float:
    """The limit a company set, in minutes over 0 and up to a day."""
    if not text:
        return IDLE_MINUTES
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes <= 24 * 60:
        raise WrongUse("bad_idle_minutes", text=text)
    return minutes


def _mark(register: Path) -> tuple[int, ...]:
    """What changes when a key file is replaced or rewritten; on a server every second, where it is looked at. Raises OSError."""
    if is_on_server(register):
        return (int(time.monotonic()),)
    found = key_file.path_of(register).stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _listed(register: Path, user: str) -> bool:
    """Whether the key file still names a user; True where it cannot be read (then it is the keys that changed)."""
    try:
        return user in key_file.people(key_file.read(register))
    except RegisterError:
        return True


_vault = Vault()
unlock, lock, status, current, lookup = _vault.unlock, _vault.lock, _vault.status, _vault.current, _vault.lookup

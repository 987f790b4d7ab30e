"""Wrong passphrases: noted until somebody opens the register, answered more and more slowly, one try after the other.

Without a key nothing can be written into the register, so the notes wait in ``<register>.tries`` (user and time, one JSON
line each), and once more in the folder where the program keeps its state: deleting one of the two changes nothing. Tries
for a user take turns, by a lock on the key file. Whoever copies the files elsewhere, or deletes both notes, is slowed by
nothing but the cost of a guess.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from workbench.core.errors import RegisterError
from workbench.core.state import state_folder
from workbench.core.turns import take_turn
from workbench.platform.register import key_file
from workbench.platform.register.postgres.address import is_on_server

FREE = 3  # wrong passphrases before the waiting begins
LONGEST = 30  # seconds
MEMORY = timedelta(minutes=15)


def path_of(register: Path) -> Path:
    """Where wrong passphrases wait to be taken into the trail."""
    return register.with_name(register.name + ".tries")


def second_path_of(register: Path) -> Path:
    """Where they are noted once more, on this machine."""
    name = sha256(str(register.resolve()).encode(errors="surrogateescape")).hexdigest()[:24]
    return state_folder(os.environ) / "tries" / f"{name}.tries"


def record(register: Path, user: str, now: datetime) -> None:
    """Remember one wrong passphrase of a known user; a place that cannot be written to is left out."""
    line = json.dumps({"user": user, "at": now.isoformat()}, ensure_ascii=False) + "\n"
    for path in (path_of(register), second_path_of(register)):
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as out:
                out.write(line)


def recorded(register: Path) -> list[tuple[str, datetime]]:
    """User and time of the wrong passphrases since the register was last opened, as either place knows them."""
    found = Counter(_read(path_of(register))) | Counter(_read(second_path_of(register)))
    return sorted(found.elements(), key=lambda one: one[1])


def clear(register: Path) -> None:
    """Forget them: they stand in the trail now."""
    for path in (path_of(register), second_path_of(register)):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def waiting_time(register: Path, user: str | None, now: datetime) -> int:
    """Seconds before another try: none for the first three within 15 minutes, then 1, 2, 4 … at most 30.

    Tries without a name count for everybody: they are those of a register with one user.
    """
    recent = [at for name, at in recorded(register) if (user is None or name in (user, "")) and abs(now - at) <= MEMORY]
    return min(LONGEST, 2 ** (len(recent) - FREE)) if len(recent) >= FREE else 0


@contextmanager
def turn(register: Path, user: str | None) -> Iterator[None]:
    """Tries for one user take turns, waiting included, in whatever processes: what is done inside is one of them.

    Raises RegisterError ``tries_in_turn`` where (on Windows) others do not let go for two minutes.
    """
    handle = _lock_file(register)
    try:
        if handle is not None:
            _wait(handle, user)
        yield
    finally:
        if handle is not None:
            os.close(handle)  # which gives the lock back


def _wait(handle: int, user: str | None) -> None:
    try:
        take_turn(handle, user or "")
    except TimeoutError:
        raise RegisterError("tries_in_turn", user=user) from None


def _lock_file(register: Path) -> int | None:
    """The key file, which nobody deletes who wants to guess; on Windows a file of its own, since a key file that is open
    cannot be replaced there, and so for a server's. None where there is none, or it cannot be written.
    """
    try:
        if sys.platform != "win32" and not is_on_server(register):
            return os.open(key_file.path_of(register), os.O_RDWR)
        path = second_path_of(register).with_suffix(".turn")
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT)
    except OSError:
        return None


def _read(path: Path) -> list[tuple[str, datetime]]:
    """What one place says; lines that cannot be read, or whose time is not one that ``record`` writes, are left out."""
    found = []
    with suppress(OSError):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError, KeyError, TypeError, RecursionError):
                one = json.loads(line)
                user, at = str(one["user"]), datetime.fromisoformat(one["at"])
                user.encode()  # a half of a character could not go into the trail
                if at.tzinfo is None:
                    found.append((user, at))
    return found

"""What this machine saw of each register last: one that was exchanged or put back is noticed when it is opened.

The notes lie in the program's state folder of one account on one machine, one for every place a register was opened at.
They tell what others did to the files; whoever works under this account can take them away, and then nothing is promised.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.errors import RegisterError
from workbench.core.files import write_whole
from workbench.core.state import state_folder
from workbench.core.turns import take_turn

if TYPE_CHECKING:
    from workbench.platform.register.store import Register

_HEAD = re.compile(r"\d{1,18}:[0-9a-f]{64}")


@dataclass(frozen=True)
class Seen:
    """A register's identity and the head of its trail (``entry:chain``), which holds every list of its members."""

    register: str
    head: str

    @property
    def entry(self) -> int:
        """The number of the newest entry seen."""
        return int(self.head.partition(":")[0])


def path_of(register: Path) -> Path:
    """Where the note of the register at a place lies."""
    place = os.path.normcase(register.resolve())
    name = sha256(place.encode(errors="surrogateescape")).hexdigest()[:24]
    return state_folder(os.environ) / "registers" / f"{name}.json"


def recall(register: Path) -> Seen | None:
    """What was noted of a place; None for one that was never opened here, or whose note this account may not read.

    Raises RegisterError ``damaged_note``.
    """
    path = path_of(register)
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    if (seen := _read(text)) is None:
        raise RegisterError("damaged_note", path=register, note=path)
    return seen


def _read(text: str) -> Seen | None:
    try:
        noted = json.loads(text)
        seen = Seen(str(noted["register"]), str(noted["head"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return seen if _HEAD.fullmatch(seen.head) else None


def seen_of(register: Register) -> Seen:
    """What there is to note of an open register."""
    return Seen(register.keys.register_id, register.head())


def note(place: Path, seen: Seen, *, anew: bool = False) -> bool:
    """Note what stands at a place; whether that was possible. Of several processes the one that saw most has its way.

    ``anew``: whatever was noted before, for a register that is new there, put back, or trusted by a person.
    """
    path = path_of(place)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _turn(path):
            before = None if anew else recall(place)
            if before is None or (before != seen and (before.register != seen.register or before.entry < seen.entry)):
                write_whole(path, json.dumps(asdict(seen)))
            return True
    return False


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    """Read and written by one process at a time."""
    handle = os.open(path.with_name("turn"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        take_turn(handle, path.name)
        yield
    finally:
        os.close(handle)


def difference(register: Register) -> RegisterError | None:
    """How an open register differs from the one seen at its place last, None where it does not.

    ``another_register``, ``earlier_register``, or ``damaged_note`` where it cannot be told.
    """
    try:
        seen = recall(register.path)
    except RegisterError as damaged:
        return damaged
    if seen is None:
        return None
    if seen.register != register.keys.register_id:
        return RegisterError("another_register", path=register.path)
    if not register.contains_head(seen.head):
        return RegisterError("earlier_register", path=register.path, entry=seen.entry)
    return None


def later_elsewhere(register: Register) -> int | None:
    """The newest entry this machine saw of a register at other places, where one opened at a new place lacks it.

    Such a copy is nothing wrong by itself; None for a place that was noted, and where nothing is lacking.
    """
    if path_of(register.path).exists():
        return None
    notes = []
    for path in path_of(register.path).parent.glob("*.json"):
        with suppress(OSError):
            notes.append(_read(path.read_text(encoding="utf-8", errors="replace")))
    mine = [seen for seen in notes if seen is not None and seen.register == register.keys.register_id]
    newest = max(mine, key=lambda seen: seen.entry, default=None)
    return None if newest is None or register.contains_head(newest.head) else newest.entry

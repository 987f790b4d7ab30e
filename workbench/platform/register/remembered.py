"""What this machine saw of each register last: one that was exchanged or put back is noticed when it is opened.

The note lies in the program's state folder of one account on one machine. It tells what others did to the files; whoever
works under this account can take it away.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.errors import RegisterError
from workbench.core.files import write_whole
from workbench.core.state import state_folder

if TYPE_CHECKING:
    from workbench.platform.register.store import Register


@dataclass(frozen=True)
class Seen:
    """A register's identity and the head of its trail (``entry:chain``), which holds every list of its members."""

    register: str
    head: str


def path_of(register: Path) -> Path:
    """Where the note of the register at a place lies."""
    name = sha256(str(register.resolve()).encode(errors="surrogateescape")).hexdigest()[:24]
    return state_folder(os.environ) / "registers" / f"{name}.json"


def recall(register: Path) -> Seen | None:
    """What was noted; None for a place that was never opened here, or whose note cannot be read."""
    try:
        noted = json.loads(path_of(register).read_text(encoding="utf-8"))
        return Seen(str(noted["register"]), str(noted["head"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def seen_of(register: Register) -> Seen:
    """What there is to note of an open register."""
    return Seen(register.keys.register_id, register.head())


def note(place: Path, seen: Seen) -> None:
    """Note what stands at a place; a state folder that cannot be written to is left out."""
    if recall(place) != seen:
        path = path_of(place)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, json.dumps(asdict(seen)))


def difference(register: Register) -> RegisterError | None:
    """How an open register differs from the one seen here last: ``another_register``, ``earlier_register``, or not."""
    seen = recall(register.path)
    if seen is None:
        return None
    if seen.register != register.keys.register_id:
        return RegisterError("another_register", path=register.path)
    if not register.contains_head(seen.head):
        return RegisterError("earlier_register", path=register.path, entry=seen.head.partition(":")[0])
    return None

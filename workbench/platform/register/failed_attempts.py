"""Wrong passphrases: noted beside the register until somebody opens it, and answered more and more slowly.

Without a key nothing can be written into the register, so the notes wait in
``<register>.tries`` (user and time, one JSON line each).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

FREE = 3  # wrong passphrases before the waiting begins
LONGEST = 30  # seconds
MEMORY = timedelta(minutes=15)


def path_of(register: Path) -> Path:
    """Where wrong passphrases wait to be taken into the trail."""
    return register.with_name(register.name + ".tries")


def record(register: Path, user: str, now: datetime) -> None:
    """Remember one wrong passphrase of a known user."""
    with path_of(register).open("a", encoding="utf-8") as out:
        out.write(json.dumps({"user": user, "at": now.isoformat()}, ensure_ascii=False) + "\n")


def recorded(register: Path) -> list[tuple[str, datetime]]:
    """User and time of the wrong passphrases since the register was last opened; unreadable lines are left out."""
    path = path_of(register)
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            one = json.loads(line)
            found.append((str(one["user"]), datetime.fromisoformat(one["at"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def clear(register: Path) -> None:
    """Forget them: they stand in the trail now."""
    path_of(register).unlink(missing_ok=True)


def waiting_time(register: Path, user: str | None, now: datetime) -> int:
    """Seconds before another try: none for the first three within 15 minutes, then 1, 2, 4 … at most 30."""
    recent = [at for name, at in recorded(register) if user in (None, name) and timedelta(0) <= now - at <= MEMORY]
    return min(LONGEST, 2 ** (len(recent) - FREE)) if len(recent) >= FREE else 0

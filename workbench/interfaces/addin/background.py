"""Work that goes on after the button: Excel gets its answer at once, one piece of work at a time is done beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable

_turn = threading.Lock()
_running: list[str] = []


def still_at_work() -> str | None:
    """The title of what is going on; None where nothing is."""
    with _turn:
        return _running[0] if _running else None


def begin(title: str, work: Callable[[], None], alone: bool = True) -> str | None:
    """Do the work in a thread of its own; None, or the title of what is still going on and keeps it from beginning.

    ``alone``: nothing else goes on meanwhile; without, it neither waits for others nor keeps them.
    """
    if not alone:
        threading.Thread(target=work, name="button").start()
        return None
    with _turn:
        if _running:
            return _running[0]
        _running.append(title)

    def run() -> None:
        try:
            work()
        finally:
            with _turn:
                _running.clear()

    threading.Thread(target=run, name="button").start()
    return None

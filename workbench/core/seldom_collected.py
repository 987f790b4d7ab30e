"""Fewer rounds of Python's collector of cycles while many rows are worked on.

Rows hold no cycles, and yet every round goes through all that were made since: a tenth of an import's time, a fifth of
a settlement's. What is in no cycle is given back at once as always.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

SELDOM = (50_000, 20, 100)  # objects more before a round; rounds before one that goes further back

_lock, _inside, _before = Lock(), 0, gc.get_threshold()


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Inside, in whichever thread, rounds are seldom; after the last one out they are as they were."""
    global _inside, _before
    with _lock:
        if _inside == 0:
            _before = gc.get_threshold()
            gc.set_threshold(*map(max, _before, SELDOM) if _before[0] else _before)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                gc.set_threshold(*_before)

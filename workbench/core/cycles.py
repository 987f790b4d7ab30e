"""Python's search for objects that hold one another in a circle, put off while very many are made that do not."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def search_put_off() -> Iterator[None]:
    """No search inside, which takes a fifth of the time in which rows become columns; around a function as a decorator too."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()

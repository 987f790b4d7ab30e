"""Work that a reading process does not survive; it runs over there, by name."""

from __future__ import annotations

import gc
import os
from typing import Any


def killed(raw: bytes) -> dict[str, Any]:
    """The process ends without a word, as a parser's fault would end it."""
    os._exit(139)


def hungry(raw: bytes) -> dict[str, Any]:
    """The process asks for more memory than it may have."""
    return {"much": len(bytearray(8 << 30))}


def talkative(raw: bytes) -> dict[str, Any]:
    """A library prints, and writes past Python to where answers would go."""
    print("7 is out of range", flush=True)
    os.write(1, b"{}\n")
    return {"said": True}


def circular(raw: bytes) -> dict[str, int]:
    """Leave many objects that hold themselves, as a workbook of openpyxl's does; say how many there are by now."""
    for _ in range(250_000):
        held: list[object] = []
        held.append(held)
    return {"objects": len(gc.get_objects())}

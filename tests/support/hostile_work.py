"""Work that a reading process does not survive; it runs over there, by name."""

from __future__ import annotations

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

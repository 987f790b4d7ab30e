"""Processes that take turns at something, by a lock on an open file; it goes with the file's closing."""

from __future__ import annotations

import os
import struct
import sys
import zlib
from contextlib import suppress

_FAR = 1 << 40  # beyond any file's end: the lock hides no byte of it


def take_turn(handle: int, name: str = "") -> None:
    """Wait until nobody else has the turn of this name at the file ``handle`` has open for writing. Raises OSError."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, zlib.crc32(name.encode()), os.SEEK_SET)
        while True:
            with suppress(OSError):  # it gives up after ten seconds
                msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
                return
    import fcntl

    if not hasattr(fcntl, "F_OFD_SETLKW"):
        fcntl.flock(handle, fcntl.LOCK_EX)
        return
    place = _FAR + zlib.crc32(name.encode())
    fcntl.fcntl(handle, fcntl.F_OFD_SETLKW, struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0))

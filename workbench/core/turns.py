"""Processes that take turns at something, by a lock on an open file; it goes with the file's closing."""

from __future__ import annotations

import errno
import os
import struct
import sys
import zlib

PATIENCE = 12  # times ten seconds: as long as four tries of a passphrase wait their longest
_FAR = 1 << 40  # beyond any file's end: the lock hides no byte of it


def take_turn(handle: int, name: str = "") -> None:
    """Wait until nobody else has the turn of this name at the file ``handle`` has open for writing.

    Where the place knows no locks everybody has it. Raises TimeoutError where (on Windows) others do not let go for two
    minutes, OSError.
    """
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, zlib.crc32(name.encode()), os.SEEK_SET)
        for _ in range(PATIENCE):  # each gives up after ten seconds
            try:
                msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
                return
            except OSError as error:
                if error.errno not in (errno.EDEADLK, errno.EACCES):  # no lock of anybody: the place knows none
                    return
        raise TimeoutError(f"nobody lets go of {name}")
    import fcntl

    if not hasattr(fcntl, "F_OFD_SETLKW"):
        fcntl.flock(handle, fcntl.LOCK_EX)
        return
    place = _FAR + zlib.crc32(name.encode())
    fcntl.fcntl(handle, fcntl.F_OFD_SETLKW, struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0))

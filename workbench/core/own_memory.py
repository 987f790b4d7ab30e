"""What is in this process's memory stays there: no dump of it is written, no other program of the account looks in."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

PR_SET_DUMPABLE = 4  # linux/prctl.h


def keep_in_memory() -> None:
    """Switch core dumps of this process off, and on Linux its being read by others of the same account.

    Called where keys come into memory. Programs started from here are free of it; on Windows nothing is done.
    """
    if sys.platform == "win32":
        return
    import resource

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)

"""Memory of a process that holds keys stays off the disk where the system can be told so."""

from __future__ import annotations

import sys


def no_core_dumps() -> None:
    """The system writes no image of this process when it crashes. Windows is told nothing: reports go to its own service."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

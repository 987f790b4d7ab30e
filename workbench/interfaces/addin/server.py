"""The one Python of an Excel: what the add-in starts, and how long a start may take.

The library of xlwings keeps one server for each different start command and waits for it on Excel's own thread: until the
server answers, until its process ends, or two minutes. So the command is the same for all workbooks, there is no shell
that outlives a Python which ended, and a start that takes too long ends itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

COMMAND = '"<python>" -P -B -m workbench.interfaces.addin.server $(CLSID)'  # as bridge.bas gives it to the library
LONGEST_START = 45.0  # seconds; the first one makes Excel's type library known to Python, which takes up to thirty
GAVE_UP, FAILED = 3, 4  # exit codes
TRIAL = "--trial"  # instead of a class: load everything as for Excel, and end


def main(clsid: str, longest: float = LONGEST_START) -> None:
    """Serve Excel until it ends. ``clsid``: the class it asks for, new in each Excel; TRIAL: end once all is loaded.

    The process ends with GAVE_UP where it could not serve within ``longest`` seconds, with FAILED where something is missing;
    the log says what.
    """
    watch = threading.Timer(longest, os._exit, [GAVE_UP])
    watch.daemon = True
    watch.start()
    try:
        import workbench.interfaces.addin.callbacks
        import workbench.interfaces.addin.functions  # noqa: F401 - now, while nobody waits for a cell
        from workbench.interfaces.addin.excel_library import load_beside, loaded, xlwings
    except (ImportError, AttributeError) as fault:  # the latter where pywin32's cache gen_py is spoilt
        _keep(fault)
        raise SystemExit(FAILED) from None
    watch.cancel()
    load_beside()
    if clsid == TRIAL:
        loaded()
        return
    serve: Any = xlwings.serve  # without a Windows it is another function
    serve(clsid)


def try_start(python: Path, longest: float = LONGEST_START + 15) -> int | None:
    """Start an interpreter as Excel does and have it end when all is loaded; its exit code, None where it does not start.

    What it holds to is that of a start by Excel but for Excel itself: nobody asks it for a class.
    """
    command = [str(python), "-P", "-B", "-m", "workbench.interfaces.addin.server", TRIAL]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=longest, cwd=python.parent
        )
    except subprocess.TimeoutExpired:
        return GAVE_UP
    except OSError:
        return None
    return done.returncode


def _keep(fault: Exception) -> None:
    """Write down what a start failed of, as far as this program can still be loaded: nobody sees this process."""
    from workbench.app.faults import keep

    keep(fault)


if __name__ == "__main__":
    main(sys.argv[1])

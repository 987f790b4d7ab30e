"""The one Python of an Excel: what the add-in starts, and how long a start may take.

The library of xlwings keeps one server for each different start command and waits for it on Excel's own thread: until the
server answers, until its process ends, or two minutes. So the command is the same for all workbooks, there is no shell
that outlives a Python which ended, and a start that takes too long ends itself.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

COMMAND = '"<python>" -P -B -m workbench.interfaces.addin.server $(CLSID)'  # as bridge.bas gives it to the library
LONGEST_START = 45.0  # seconds; the first one makes Excel's type library known to Python, which takes up to thirty
GAVE_UP, FAILED = 3, 4  # exit codes


def main(clsid: str, longest: float = LONGEST_START) -> None:
    """Serve Excel until it ends. ``clsid``: the class it asks for, new in each Excel.

    The process ends with GAVE_UP where it could not serve within ``longest`` seconds, with FAILED where something is missing;
    the log says what.
    """
    watch = threading.Timer(longest, os._exit, [GAVE_UP])
    watch.daemon = True
    watch.start()
    try:
        import workbench.interfaces.addin.callbacks
        import workbench.interfaces.addin.functions  # noqa: F401 - now, while nobody waits for a cell
        from workbench.interfaces.addin.excel_library import load_beside, xlwings
    except ImportError as fault:
        _keep(fault)
        raise SystemExit(FAILED) from None
    watch.cancel()
    load_beside()
    serve: Any = xlwings.serve  # without a Windows it is another function
    serve(clsid)


def _keep(fault: ImportError) -> None:
    """Write down what a start failed of, as far as this program can still be loaded: nobody sees this process."""
    from workbench.app.faults import keep

    keep(fault)


if __name__ == "__main__":
    main(sys.argv[1])

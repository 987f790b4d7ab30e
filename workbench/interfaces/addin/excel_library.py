"""xlwings, without the libraries it would load for types that nothing here hands over; and what is loaded behind it.

xlwings loads pandas, numpy and whatever else it finds so that it could convert their types. What goes to Excel from here is
plain (``cells.shown``, ``sheets.put``), so these libraries need not be there before Excel has its answer: the server loads
what its functions need while Excel goes on (``load_beside``), and a call that comes earlier waits (``loaded``).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module

CONVERTED = ("numpy", "pandas", "polars", "matplotlib", "plotly", "PIL")  # what xlwings looks for
BEHIND = ("workbench.app.checking", "workbench.capabilities.settlement.lookup")  # what functions for cells work with


@contextmanager
def out_of_sight(names: tuple[str, ...]) -> Iterator[None]:
    """While inside, libraries that were not loaded before cannot be; those that were stay as they are."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: it is not there
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with out_of_sight(CONVERTED):
    import xlwings

__all__ = ["load_beside", "loaded", "xlwings"]

_loading: list[threading.Thread] = []


def load_beside() -> None:
    """Load what functions work with in a thread of its own."""
    thread = threading.Thread(target=_load, name="loading", daemon=True)
    _loading.append(thread)
    thread.start()


def loaded() -> None:
    """Wait until what was begun is there: two threads that load one library could meet it half made."""
    while _loading:
        with suppress(IndexError):  # another call was quicker
            _loading[0].join()
            _loading.pop()


def _load() -> None:
    with suppress(ImportError):  # who needs it meets it again, and says so
        for name in BEHIND:
            import_module(name)

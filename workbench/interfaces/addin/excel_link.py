"""Our Excel as seen from Python: the workbook a button was pressed on, and what Excel is told when the register changes.

Excel's objects belong to the thread they were fetched in, so nothing is kept but Excel's process number; every thread
fetches its own.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from workbench.app import unlock
from workbench.interfaces.addin import patience
from workbench.interfaces.addin.computer import NAME

SHOW_STATE = f"'{NAME}'!DK_Functions.ShowState"
TOGETHER = 0.3  # seconds: changes that follow each other so quickly are told as one
TELL_FOR = 1800.0  # seconds: until Excel knows of a lock, its cells show what they showed
_turn = threading.Lock()
_excel: list[int] = []  # the process number of the Excel that started this Python; empty before the first button
_pending: list[threading.Timer] = []


def workbook(window: int, name: str) -> Any:
    """The open workbook of this name, as an xlwings book of the thread that asks. ``window``: Excel's window handle.

    Raises ExcelBusy.
    """
    import xlwings

    windows: Any = importlib.import_module("xlwings._xlwindows")
    windows.N_COM_ATTEMPTS = patience.ATTEMPTS

    def fetch() -> Any:
        app = xlwings.App(impl=windows.App(xl=window))
        with _turn:
            _excel[:] = [app.pid]
        return app.books[name]

    return patience.patiently(fetch)


@contextmanager
def apartment() -> Iterator[None]:
    """A thread that speaks to Excel: COM is opened for it and closed again when nothing of Excel is held any more."""
    if importlib.util.find_spec("pythoncom") is None:
        yield
        return
    pythoncom = importlib.import_module("pythoncom")
    pythoncom.CoInitialize()
    try:
        yield
    finally:
        gc.collect()
        pythoncom.CoUninitialize()


def changed() -> None:
    """Have Excel show anew who has the register unlocked, and its formulas asked again. Returns at once."""
    with _turn:
        for timer in _pending:
            timer.cancel()
        _pending[:] = [threading.Timer(TOGETHER, _tell)]
        _pending[0].daemon = True
        _pending[0].start()


def show_state(app: Any) -> None:
    """Tell one Excel (an xlwings app) who has the register unlocked."""
    app.api.Run(SHOW_STATE, unlock.status() or "")


def _tell() -> None:
    """Until Excel has heard it, or a later change has to be told instead."""
    with _turn:
        known, told = list(_excel), list(_pending)
    for pid in known:
        with apartment(), suppress(patience.ExcelBusy):
            patience.patiently(partial(_tell_one, pid), TELL_FOR, given_up=lambda: _pending != told)


def _tell_one(pid: int) -> None:
    import xlwings

    show_state(xlwings.apps[pid])

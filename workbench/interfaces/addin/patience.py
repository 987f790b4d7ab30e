"""Waiting for an Excel that takes no calls: somebody edits a cell there, or has one of its boxes open.

Excel then refuses every call from outside, in three ways; nothing was done by a refused call, so it may be made again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
CALL_REJECTED = -2147418111  # RPC_E_CALL_REJECTED, 0x80010001
RETRY_LATER = -2147417846  # RPC_E_SERVERCALL_RETRYLATER, 0x8001010A
IGNORED = -2146777998  # VBA_E_IGNORE, 0x800AC472: a cell is being edited
BUSY = frozenset({CALL_REJECTED, RETRY_LATER, IGNORED})
PAUSE = 0.05  # seconds between attempts within one call
LONGEST = 60.0  # seconds that one step waits; a person who edits a cell longer reads what was done instead


class ExcelBusy(Exception):
    """Excel took no call for as long as we wait."""


class Attempts(int):
    """How often xlwings makes a call that Excel rejects, with a pause before each further time.

    xlwings compares its count with this number (``_xlwindows.N_COM_ATTEMPTS``; by its own 0 it asks for ever, without a
    pause), and Python asks the more special class first.
    """

    def __gt__(self, attempt: int) -> bool:
        time.sleep(PAUSE)
        return int(self) > attempt


ATTEMPTS = Attempts(40)


def is_busy(fault: BaseException) -> bool:
    """Whether Excel refused a call because it is busy: ``pywintypes.com_error``, or xlwings' own word for it."""
    told: tuple[Any, ...] = getattr(fault, "excepinfo", None) or ()
    codes = {getattr(fault, "hresult", None), told[5] if len(told) > 5 else None}
    return bool(BUSY & codes) or type(fault).__name__ == "ExcelBusyError"


def patiently(
    step: Callable[[], T],
    longest: float | None = None,
    waiting: Callable[[], Any] = lambda: None,
    given_up: Callable[[], bool] = lambda: False,
) -> T:
    """Do a step in Excel, again and again while it is busy: it has to come out the same however often its parts were done.

    ``longest``: seconds (LONGEST where none are given); ``waiting`` is called once, when it turns out that Excel is busy.
    Raises ExcelBusy after that time, or when ``given_up`` says so.
    """
    end = time.monotonic() + (LONGEST if longest is None else longest)
    pause = PAUSE
    while True:
        try:
            return step()
        except BaseException as fault:  # what pywin32 and xlwings raise for it has no common class here
            if is_busy(fault):
                if given_up() or time.monotonic() + pause > end:
                    raise ExcelBusy from fault
                if pause == PAUSE:
                    waiting()
                time.sleep(pause)
                pause = min(pause * 2, 1.0)
                continue
            raise

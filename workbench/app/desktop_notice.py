"""Word of a failure to whoever sits at a Windows computer: a message on the screen, and an entry of the event log.

Both go through Windows itself, need no administrator and no further package, and wait for nobody.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

SOURCE = "workbench"  # an unregistered source: the entry goes into the Application log, with its text
ERROR, WARNING_SIGN = 0x0001, 0x30  # EVENTLOG_ERROR_TYPE, MB_ICONWARNING
EVENT = 1
HERE, THIS_SESSION = 0, 0xFFFFFFFF  # WTS_CURRENT_SERVER_HANDLE, WTS_CURRENT_SESSION
LONGEST = 1000  # letters of a text on the screen


def libraries() -> Any:
    """Windows' own libraries; None on other systems."""
    if sys.platform != "win32":
        return None
    return ctypes.windll


def show(title: str, text: str, windows: Any = None) -> bool | None:
    """Say it on the screen and in the event log; whether at least one went. None where there is no Windows."""
    windows = windows or libraries()
    if windows is None:
        return None
    return any([_event(windows, f"{title}\n{text}"), _message(windows, title, text[:LONGEST])])


def _message(windows: Any, title: str, text: str) -> bool:
    """A message box of the session, as msg.exe shows one; it stays until somebody reads it, and is not waited for."""
    answer = ctypes.c_ulong()
    sizes = [len(each.encode("utf-16-le")) for each in (title, text)]
    call = windows.wtsapi32.WTSSendMessageW
    call.argtypes = [
        ctypes.c_void_p,
        ctypes.c_ulong,
        ctypes.c_wchar_p,
        ctypes.c_ulong,
        ctypes.c_wchar_p,
        ctypes.c_ulong,
    ]
    call.argtypes += [ctypes.c_ulong, ctypes.c_ulong, ctypes.POINTER(ctypes.c_ulong), ctypes.c_int]
    return bool(call(HERE, THIS_SESSION, title, sizes[0], text, sizes[1], WARNING_SIGN, 0, ctypes.byref(answer), 0))


def _event(windows: Any, text: str) -> bool:
    """An error in the Application log."""
    library = windows.advapi32
    library.RegisterEventSourceW.restype = ctypes.c_void_p
    handle = library.RegisterEventSourceW(None, SOURCE)
    if not handle:
        return False
    texts = (ctypes.c_wchar_p * 1)(text)
    source = ctypes.c_void_p(handle)
    try:
        return bool(library.ReportEventW(source, ERROR, 0, EVENT, None, 1, 0, texts, None))
    finally:
        library.DeregisterEventSource(source)

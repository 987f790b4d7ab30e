"""How far a work is: in a window of ours with a button to cancel where it goes on beside Excel, else in the status bar."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from workbench.app.output import text_for
from workbench.interfaces.addin.pywin32 import ExcelRefuses

if TYPE_CHECKING:
    from workbench.interfaces.addin.windows import Windows

ESCAPE = 0x1B


def escape_pressed() -> bool:
    """Whether Esc is held down (Windows; Excel itself cannot take keys while it waits for Python)."""
    if sys.platform != "win32":
        return False
    import ctypes

    return bool(ctypes.windll.user32.GetAsyncKeyState(ESCAPE) & 0x8000)


class Progress:
    """The steps of one piece of work. ``windows``: where it goes on beside Excel; else Excel waits for it."""

    def __init__(
        self, app: Any, title: str, cancelled: Callable[[], bool] = escape_pressed, windows: Windows | None = None
    ) -> None:
        self.app, self.title, self.windows = app, title, windows
        self.cancelled = windows.cancelled if windows else cancelled
        self.count = 0

    def step(self, what: str = "", total: int | None = None) -> None:
        """Say one step in the status bar. Raises call.Cancelled while nothing has been changed yet."""
        self.count += 1
        self.at(what, self.count, total)

    def at(self, what: str, done: int, total: int | None = None) -> None:
        """Say that ``done`` of ``total`` steps are through. Raises call.Cancelled as ``step`` does."""
        from workbench.interfaces.addin.button_call import Cancelled

        of = f" {done}/{total}" if total else ""
        if self.windows:
            self.windows.show_progress(text_for("pair", name=self.title, value=what + of), done, total)
        else:
            self.app.status_bar = text_for("addin/step", title=self.title, what=what, of=of)
        if self.cancelled():
            raise Cancelled

    def say(self, what: str) -> None:
        """Name a stretch of work that cannot be stopped any more."""
        text = text_for("pair", name=self.title, value=what)
        if self.windows:
            self.windows.show_progress(text, final=True)
        else:
            self.app.status_bar = text

    def wait(self, what: str) -> None:
        """Say that Excel has to be waited for; its own status bar could not be written."""
        if self.windows:
            self.windows.show_progress(text_for("pair", name=self.title, value=what), final=True)

    def done(self) -> None:
        """Give the status bar back to Excel; the add-in does so, too."""
        if not self.windows:
            with suppress(ExcelRefuses):
                self.app.status_bar = False

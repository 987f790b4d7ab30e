"""Questions to the person at Excel. A passphrase is typed unseen and goes to Python alone, never through VBA."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from workbench.app.output import text_for


class Dialogs(Protocol):
    """What a button may ask; None means that the person closed the window."""

    def message(self, text: str) -> None:
        """Say something."""
        ...

    def confirm(self, question: str) -> bool:
        """Yes or no."""
        ...

    def ask(self, question: str, default: str = "") -> str | None:
        """A line of text."""
        ...

    def secret(self, question: str) -> str | None:
        """A line of text that is not shown."""
        ...

    def file(self, question: str, default: str = "") -> str | None:
        """A file that exists."""
        ...

    def folder(self, question: str, default: str = "") -> str | None:
        """A folder."""
        ...


@contextmanager
def _window() -> Iterator[Any]:
    """A hidden window in front of Excel that dialogs belong to."""
    import tkinter

    root = tkinter.Tk()
    root.withdraw()
    root.attributes("-topmost", True)
    try:
        yield root
    finally:
        root.destroy()


class Screen:
    """Dialogs of the system, by tkinter, which comes with Python."""

    def message(self, text: str) -> None:
        """A message."""
        from tkinter import messagebox

        with _window() as window:
            messagebox.showinfo(text_for("addin/title"), text, parent=window)

    def confirm(self, question: str) -> bool:
        """Yes or no."""
        from tkinter import messagebox

        with _window() as window:
            return messagebox.askyesno(text_for("addin/title"), question, parent=window)

    def ask(self, question: str, default: str = "") -> str | None:
        """A line of text."""
        from tkinter import simpledialog

        with _window() as window:
            return simpledialog.askstring(text_for("addin/title"), question, initialvalue=default, parent=window)

    def secret(self, question: str) -> str | None:
        """A line of text that is not shown."""
        from tkinter import simpledialog

        with _window() as window:
            return simpledialog.askstring(text_for("addin/title"), question, show="*", parent=window)

    def file(self, question: str, default: str = "") -> str | None:
        """A file that exists."""
        from tkinter import filedialog

        with _window() as window:
            return filedialog.askopenfilename(title=question, initialfile=default, parent=window) or None

    def folder(self, question: str, default: str = "") -> str | None:
        """A folder."""
        from tkinter import filedialog

        with _window() as window:
            return filedialog.askdirectory(title=question, initialdir=default or None, parent=window) or None


def on_screen() -> Dialogs:
    """The dialogs of this computer."""
    return Screen()

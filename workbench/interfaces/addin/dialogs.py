"""Questions to the person at Excel. A passphrase is typed unseen and goes to Python alone, never through VBA."""

from __future__ import annotations

from typing import Protocol


class Dialogs(Protocol):
    """What a button may ask; None means that the person closed the window."""

    def message(self, text: str) -> None:
        """Say something."""
        ...

    def confirm(self, question: str) -> bool:
        """Yes or no."""
        ...

    def choose(self, question: str, answers: list[str]) -> int | None:
        """One of several answers, by its place."""
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

"""One press of a button: the workbook it was pressed on, whom to ask, the time, and how far the work is."""

from __future__ import annotations

import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.app.output import text_for
from workbench.core.errors import WrongUse
from workbench.interfaces.addin import settings, unlock

if TYPE_CHECKING:
    from workbench.interfaces.addin.dialogs import Dialogs
    from workbench.interfaces.addin.progress import Progress
    from workbench.platform.access.session import Session


class Cancelled(Exception):
    """The person wants to stop."""


@dataclass
class ButtonCall:
    """What a button's function gets. ``book`` and ``sheet`` are xlwings objects; ``now`` is PRC time."""

    book: Any
    dialogs: Dialogs
    now: datetime
    progress: Progress

    @property
    def sheet(self) -> Any:
        """The sheet in front."""
        return self.book.sheets.active

    def ask(self, question: str, default: str = "") -> str:
        """A line of text. Raises Cancelled."""
        return _given(self.dialogs.ask(question, default))

    def secret(self, question: str) -> str:
        """A passphrase, typed unseen. Raises Cancelled."""
        return _given(self.dialogs.secret(question))

    def confirm(self, question: str) -> None:
        """Go on, or raise Cancelled."""
        if not self.dialogs.confirm(question):
            raise Cancelled

    def folder(self, question: str, key: str = "folder") -> Path:
        """A folder, by default one for what is written; the last one of its ``key`` is proposed. Raises Cancelled."""
        chosen = _given(self.dialogs.folder(question, settings.read().get(key, "")))
        settings.keep(**{key: chosen})
        return Path(chosen)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """The unlocked register; where it is locked the passphrase is asked for first."""
        if unlock.status() is None:
            from workbench.interfaces.addin.buttons_register import open_register

            open_register(self)
        with unlock.current(self.now) as session:
            yield session

    def file(self) -> Path:
        """The workbook's file as it is on the disk. Raises WrongUse where it was never saved."""
        path = Path(self.book.fullname)
        if not path.is_file():
            raise WrongUse("not_saved")
        return path

    def file_as_received(self) -> Path:
        """The workbook's file as it came, never saved anew: other bytes would be received than were sent.

        Where changes are unsaved the person is asked. Raises WrongUse as ``file``, Cancelled.
        """
        path = self.file()
        if not self.book.api.Saved:
            self.confirm(text_for("addin/unsaved", file=path.name))
        return path

    def show(self, path: Path) -> None:
        """Open a workbook that was made."""
        self.book.app.books.open(str(path))

    @staticmethod
    def show_page(path: Path) -> None:
        """Open a page that was made, in the browser."""
        webbrowser.open(path.resolve().as_uri())


def _given(answer: str | None) -> str:
    if answer is None or not answer.strip():
        raise Cancelled
    return answer

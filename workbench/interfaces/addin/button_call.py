"""One press of a button: the workbook it was pressed on, whom to ask, the time, and how far the work is."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.app import settings, unlock
from workbench.app.interface import buttons
from workbench.app.output import text_for
from workbench.core.errors import WrongUse
from workbench.core.file_names import unique_name
from workbench.interfaces.addin import patience
from workbench.interfaces.addin.computer import NAME

if TYPE_CHECKING:
    from workbench.interfaces.addin.dialogs import Dialogs
    from workbench.interfaces.addin.progress import Progress
    from workbench.platform.access.session import Session


T = TypeVar("T")


class Cancelled(Exception):
    """The person wants to stop."""


@dataclass
class ButtonCall:
    """What a button's function gets. ``book`` and ``sheet`` are xlwings objects; ``now`` is PRC time.

    ``deed``: what is done and stays done, in a sentence; whatever fails afterwards is told behind it.
    """

    book: Any
    dialogs: Dialogs
    now: datetime
    progress: Progress
    deed: str = ""

    @property
    def sheet(self) -> Any:
        """The sheet in front."""
        return self.book.sheets.active

    def in_the_cell(self) -> str:
        """The text in the one cell that is chosen, where it may be a name or a number."""
        chosen = self.book.app.selection
        value = chosen.value if chosen else None
        return value.strip() if isinstance(value, str) else ""

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
        """The workbook's file as it is on the disk. Raises WrongUse where it was never saved, or is on no disk of here."""
        from xlwings import XlwingsError

        try:
            path = Path(self.book.fullname)
        except XlwingsError:  # it stands in a cloud, and no folder of this computer is known for it
            raise WrongUse("not_saved/cloud") from None
        if not path.is_file():
            raise WrongUse("not_saved")
        return path

    def file_as_received(self) -> Path:
        """The workbook's file as it came, never saved anew: other bytes would be received than were sent.

        Where changes are unsaved the person chooses between the file without them and a copy with them, which is put into a
        folder and opened. Raises WrongUse as ``file``, Cancelled.
        """
        path = self.file()
        if self.book.api.Saved:
            return path
        ways = [text_for(f"addin/{way}") for way in ("as_received", "as_copy", "cancel")]
        chosen = self.dialogs.choose(text_for("addin/unsaved", file=path.name), ways)
        if chosen == 0:
            return path
        if chosen != 1:
            raise Cancelled
        folder = self.folder(text_for("addin/folder_of_copies"))
        taken = {each.name.casefold() for each in folder.iterdir()}
        copy = folder / unique_name(taken, path.stem, "含改动", ending=path.suffix)
        self.book.api.SaveCopyAs(str(copy))
        self.show(copy)
        return copy

    def offer_undo(self, button: str) -> str:
        """Make Ctrl+Z press the button that takes this work back, and the sentence that says so: Excel's own undo is empty now."""
        label = next(each.label for each in buttons() if each.id == button)
        self.book.app.api.OnUndo(label, f"'{NAME}'!DK_Functions.Undo_{button}")
        return text_for("addin/undo_offered", button=label)

    def in_excel(self, step: Callable[[], T]) -> T:
        """Do a step that may be done twice, waiting for an Excel that is busy; its window says so. Raises ExcelBusy."""
        return patience.patiently(step, waiting=lambda: self.progress.wait(text_for("addin/waiting_for_excel")))

    def show(self, path: Path) -> None:
        """Open a workbook that was made. Raises ExcelBusy."""
        self.in_excel(lambda: self.book.app.books.open(str(path)))

    def show_list(
        self, title: str, subtitle: str, heads: Sequence[tuple[str, float]], rows: Sequence[Sequence[Any]]
    ) -> Any:
        """A titled table in a new workbook (as ``sheets.write_list``); its sheet. Raises ExcelBusy."""
        from workbench.interfaces.addin import sheets  # what it works with takes long to load

        made = self.in_excel(self.book.app.books.add)

        def write() -> Any:
            sheets.write_list(made.sheets[0], title, subtitle, heads, rows)
            return made.sheets[0]

        return self.in_excel(write)

    @staticmethod
    def show_page(path: Path) -> None:
        """Open a page that was made, in the browser."""
        webbrowser.open(path.resolve().as_uri())


def _given(answer: str | None) -> str:
    if answer is None or not answer.strip():
        raise Cancelled
    return answer

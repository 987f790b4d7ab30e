"""Where Excel calls: a button's id comes in, its work is done, and whatever goes wrong is said in one sentence."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

from workbench.app import clock, settings, unlock
from workbench.app.faults import keep, keep_lines, notebook_frames, place_of
from workbench.app.interface import buttons
from workbench.app.options import common, take_common
from workbench.app.output import text_for
from workbench.core.errors import WorkbenchError
from workbench.interfaces.addin import background, excel_link
from workbench.interfaces.addin.button_call import ButtonCall, Cancelled
from workbench.interfaces.addin.dialogs import Dialogs
from workbench.interfaces.addin.excel_library import loaded
from workbench.interfaces.addin.patience import ExcelBusy, is_busy
from workbench.interfaces.addin.progress import Progress
from workbench.interfaces.addin.windows import Windows as on_screen
from workbench.platform.capability import resolve
from workbench.platform.interface import Button


def run(button: str, window: int, workbook: str) -> None:
    """Do a button's work on an open workbook. ``window``: Excel's window handle; ``workbook``: its name.

    Names come as values, never as code: a received file may be called anything.
    """
    loaded()
    if background.still_at_work() is None:  # it goes by what is set here
        take_common([])
        common.lang = settings.language() or common.lang
    unlock.watchers[:] = [excel_link.changed]
    item = _button(button)
    if not item.background:
        with on_screen() as windows:
            run_button(button, excel_link.workbook(window, workbook), windows)
        return
    still = background.begin(item.label, lambda: _beside(button, window, workbook), alone=not item.at_any_time)
    if still is not None:
        with on_screen() as windows:
            windows.message(text_for("addin/still_at_work", button=still))


def _beside(button: str, window: int, workbook: str) -> None:
    """A button's work while Excel goes on; what it changed Excel shows afterwards."""
    try:
        with excel_link.apartment(), on_screen() as windows:
            book = excel_link.workbook(window, workbook)
            run_button(button, book, windows, Progress(book.app, _button(button).label, windows=windows))
            del book
    except Exception as fault:  # noqa: BLE001 - Excel has had its answer; nobody else would hear of it
        with on_screen() as windows:
            _tell_fault(windows, button, fault)
    finally:
        excel_link.changed()


def _button(name: str) -> Button:
    return next(each for each in buttons() if each.id == name)


def run_button(button: str, book: Any, dialogs: Dialogs, progress: Progress | None = None) -> None:
    """A button's work on a given xlwings book; refusals and faults become messages, never errors in Excel.

    ``progress``: how its steps are shown; without one, in Excel's status bar.
    """
    item = _button(button)
    progress = progress or Progress(book.app, item.label)
    call = ButtonCall(book, dialogs, clock.now(), progress)
    try:
        resolve(item.run)(call)
    except Cancelled:
        dialogs.message(call.deed or text_for("addin/cancelled"))
    except WorkbenchError as error:
        log = keep_lines(error.code, notebook_frames(error.traceback)) if error.traceback else None
        _tell(dialogs, _after(call.deed, error.text(common.lang, "excel")), log)
    except Exception as fault:  # noqa: BLE001 - a person at Excel sees what and where, without values of the data
        if common.debug:
            traceback.print_exception(fault)
        _tell_fault(dialogs, button, fault, call.deed)
    finally:
        progress.done()


def _tell_fault(dialogs: Dialogs, button: str, fault: Exception, deed: str = "") -> None:
    """What went wrong, or that Excel was busy all the time; never as if a deed that was done had not been."""
    label = _button(button).label
    if isinstance(fault, ExcelBusy) or is_busy(fault):
        dialogs.message(
            text_for("addin/done_unshown", deed=deed) if deed else text_for("addin/excel_busy", button=label)
        )
        return
    kind, place = type(fault).__name__, place_of(fault)
    words = text_for("addin/then_failed", kind=kind, place=place) if deed else ""
    _tell(dialogs, _after(deed, words or text_for("addin/fault", button=label, kind=kind, place=place)), keep(fault))


def _after(deed: str, sentence: str) -> str:
    """What failed after a deed, behind what was done."""
    return text_for("addin/done_before", deed=deed, after=sentence) if deed else sentence


def _tell(dialogs: Dialogs, sentence: str, log: Path | None) -> None:
    """A sentence, and where more of it is written down."""
    dialogs.message("\n".join([sentence, *([text_for("log", log=log)] if log else [])]))

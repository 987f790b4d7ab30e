"""Where Excel calls: a button's id comes in, its work is done, and whatever goes wrong is said in one sentence."""

from __future__ import annotations

import traceback
from typing import Any

from workbench.app import clock
from workbench.app.faults import keep, keep_lines, notebook_frames, place_of
from workbench.app.interface import buttons
from workbench.app.options import common, take_common
from workbench.core.errors import WorkbenchError
from workbench.interfaces.addin.button_call import ButtonCall, Cancelled
from workbench.interfaces.addin.dialogs import Dialogs, on_screen
from workbench.interfaces.addin.progress import Progress
from workbench.platform.capability import resolve


def run(button: str, dialogs: Dialogs | None = None) -> None:
    """Do a button's work on the workbook Excel calls from (xlwings' caller)."""
    import xlwings

    take_common([])
    book = xlwings.Book.caller()
    run_button(button, book, dialogs or on_screen())


def run_button(button: str, book: Any, dialogs: Dialogs) -> None:
    """A button's work on a given xlwings book; refusals and faults become messages, never errors in Excel."""
    item = next(each for each in buttons() if each.id == button)
    progress = Progress(book.app, item.label)
    try:
        resolve(item.run)(ButtonCall(book, dialogs, clock.now(), progress))
    except Cancelled:
        dialogs.message("已取消，没有改动。")
    except WorkbenchError as error:
        log = keep_lines(error.code, notebook_frames(error.traceback)) if error.traceback else None
        dialogs.message(error.text("zh", "excel") + (f"\n记录见 {log}。" if log else ""))
    except Exception as fault:  # noqa: BLE001 - a person at Excel sees what and where, without values of the data
        log = keep(fault)
        if common.debug:
            traceback.print_exception(fault)
        text = f"“{item.label}”没有完成（{type(fault).__name__}，{place_of(fault)}）。请把这一行告知维护人员。"
        dialogs.message(text + (f"\n记录见 {log}。" if log else ""))
    finally:
        progress.done()

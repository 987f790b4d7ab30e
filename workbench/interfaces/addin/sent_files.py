"""Files that were sent or dropped (``send_to``): checked, marked copies made beside them and opened by whatever opens .xlsx.

Nothing of what was received is changed, no register is needed, and everything is said in a window: there is no console.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.app import clock, context, desktop_notice, settings
from workbench.app.checking import check_files
from workbench.app.faults import keep, place_of
from workbench.app.inbox import incoming
from workbench.app.options import common, take_common
from workbench.app.output import text_for
from workbench.core.errors import WorkbenchError
from workbench.core.file_names import file_name
from workbench.core.messages import SEMICOLON, joined
from workbench.interfaces.addin.button_call import ButtonCall, Cancelled
from workbench.interfaces.addin.buttons_intake import passwords_for
from workbench.interfaces.addin.progress import Progress
from workbench.interfaces.addin.windows import Windows
from workbench.platform.forms.passwords import Passwords
from workbench.platform.intake.outcome import ImportOutcome

MANY = 30  # files, beyond which a person is asked first: a whole drive is sent as easily as a file
OPENED = 5  # copies, beyond which their folder is opened instead
SHOWN = 8  # files a message names
PART = 20  # files between two looks at whether to stop
Opener = Callable[[Path], None]


def main(arguments: Sequence[str]) -> None:
    """Check what was sent; a fault is said and written down, as any outcome is said."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # pythonw has none, and who prints would fail
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
    take_common([])
    common.lang = settings.language() or common.lang
    try:
        with Windows(text_for("sent/title")) as windows:
            check_sent([Path(each) for each in arguments], windows, open_file, clock.now())
    except ImportError as fault:  # no windows in this Python
        keep(fault)
        desktop_notice.show(text_for("sent/title"), text_for("sent/no_windows"))


def open_file(path: Path) -> None:
    """Open a file or folder with what Windows opens it with."""
    start: Any = getattr(os, "startfile", None)
    if start is not None:
        start(path)


def check_sent(paths: Sequence[Path], windows: Any, opener: Opener, now: datetime) -> None:
    """Check files and folders, open the marked copies, and say what was found; never raises but where no window opens."""
    try:
        windows.message(_checked(paths, windows, opener, now))
    except Cancelled:
        windows.message(text_for("addin/cancelled"))
    except ImportError:
        raise
    except WorkbenchError as error:
        windows.message(error.text(common.lang, "excel"))
    except Exception as fault:  # noqa: BLE001 - nobody else would hear of it
        log = keep(fault)
        told = text_for("sent/fault", kind=type(fault).__name__, place=place_of(fault))
        windows.message("\n".join([told, *([text_for("log", log=log)] if log else [])]))


def _checked(paths: Sequence[Path], windows: Any, opener: Opener, now: datetime) -> str:
    if not paths:
        return text_for("sent/nothing")
    there = [path for path in paths if path.exists()]
    gone = [path.name for path in paths if path not in there]
    if not there:
        return _missing(gone)
    progress = Progress(None, text_for("sent/title"), windows=windows)
    call = ButtonCall(None, windows, now, progress)
    with incoming(there) as came:
        if not came.files:
            return text_for("sent/empty")
        if len(came.files) > MANY:
            call.confirm(text_for("sent/many", count=len(came.files)))
        opening = passwords_for(call, came.files)
        out = _folder_for(there[0], now)
        try:
            outcomes = _outcomes(came.files, out, progress, opening)
        except BaseException:  # half of the copies would look like all
            shutil.rmtree(out)
            raise
        came.name_archives(outcomes)
    made = sorted(path for path in out.rglob("*") if path.is_file())
    copies = [path for path in made if path.suffix.lower() != ".txt"]  # the others are slips
    if not made:
        out.rmdir()
    with suppress(OSError):  # nothing opens .xlsx here: the sentence says where they are
        for path in copies if len(copies) <= OPENED else [out]:
            opener(path)
    return "\n".join([_summary(outcomes, out if made else None), *([_missing(gone)] if gone else [])])


def _outcomes(files: Sequence[Path], out: Path, progress: Progress, opening: Passwords) -> list[ImportOutcome]:
    """What is said of each file; its marked copy goes into the folder. Raises Cancelled."""
    outcomes: list[ImportOutcome] = []
    for start in range(0, len(files), PART):
        progress.at(text_for("addin/reading"), start, len(files))
        part = files[start : start + PART]
        outcomes += check_files(part, context.policy(), annotate_to=_part(out, start), passwords=opening)
    return outcomes


def _part(out: Path, start: int) -> Path:
    """The first files' copies stand in the folder itself; names repeat among the others, so those get folders."""
    return out / file_name(start + 1, start + PART) if start else out


def _folder_for(first: Path, now: datetime) -> Path:
    """A new folder beside what was sent; in the user's own where nothing may be written there (a share, a stick)."""
    name = file_name("检查结果", now.strftime("%Y%m%d"), now.strftime("%H%M%S"))
    for parent in (first.absolute().parent, Path.home() / "Documents", Path.home()):
        try:
            (parent / name).mkdir(exist_ok=True)
        except OSError:
            continue
        return parent / name
    raise WorkbenchError("folder_not_written", out=first.parent)


def _missing(gone: Sequence[str]) -> str:
    return text_for("sent/missing", count=len(gone), names=gone[:SHOWN])


def _summary(outcomes: Sequence[ImportOutcome], out: Path | None) -> str:
    """How many are well, which are not, and which were not read and why."""
    refused = [each for each in outcomes if each.refused]
    wrong = [each for each in outcomes if each.findings and not each.refused]
    lines = [text_for("sent/summary", all=len(outcomes), well=len(outcomes) - len(wrong) - len(refused))]
    for each in wrong[:SHOWN]:
        lines.append(text_for("sent/wrong", file=each.file, count=len(each.findings)))
    for each in refused[:SHOWN]:
        why = joined([finding.original for finding in each.findings], SEMICOLON)
        lines.append(text_for("sent/refused", file=each.file, why=why))
    if (more := max(len(wrong) - SHOWN, 0) + max(len(refused) - SHOWN, 0)) > 0:
        lines.append(text_for("sent/more", count=more))
    return "\n".join([*lines, *([text_for("sent/where", folder=out)] if out else [])])


if __name__ == "__main__":
    main(sys.argv[1:])

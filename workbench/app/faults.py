"""What went wrong in the program or in a notebook: kept in a small log without values, shown in full with ``--debug``."""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

from workbench import __version__
from workbench.app import clock
from workbench.app.options import common
from workbench.app.output import print_lines, say_error, say_message
from workbench.core.errors import WorkbenchError
from workbench.core.state import state_folder

NAME = "workbench.log"
LARGEST = 256 * 1024  # bytes; one older file is kept beside it
FAULT = 3
FULL = {getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name)}


class _Log(RotatingFileHandler):
    """The log; a full disk is no second fault."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Leave the entry out."""


def place_of(fault: BaseException) -> str:
    """The innermost line of the program's own on the way to a fault, as ``file.py:12``."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if "workbench" in frame.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"


def report_fault(fault: BaseException) -> int:
    """Name a fault of the program by type and place, and where the log is; with ``--debug`` its traceback.

    Its values stay unprinted without ``--debug``: they may be personal. Returns the exit code.
    """
    frames = traceback.extract_tb(fault.__traceback__)
    innermost = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    say_error("fault", kind=type(fault).__name__, ours=place_of(fault), place=innermost)
    log = keep(fault)
    if common.debug:
        print_lines("".join(traceback.format_exception(fault)).rstrip("\n"), sys.stderr)
    elif log:
        say_error("see_log", log=log)
    return FAULT


def is_full_disk(fault: BaseException) -> bool:
    """Whether what went wrong is that a disk, or what one may use of it, is full; also where a library says it in its words."""
    cause: BaseException | None = fault
    for _ in range(10):
        if cause is None:
            return False
        if any(isinstance(one, OSError) and one.errno in FULL for one in (cause, *cause.args)):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def report_refusal(error: WorkbenchError) -> None:
    """Say what stands in the way; of a notebook that failed, where the log is or, with ``--debug``, its traceback."""
    say_message(error.message, sys.stderr)
    if error.traceback is None:
        return
    log = keep_lines(error.code, notebook_frames(error.traceback))
    if common.debug:
        print_lines(_plain("\n".join(error.traceback)), sys.stderr)
    elif log:
        say_error("see_log", log=log)


def keep(fault: BaseException) -> Path | None:
    """Log a fault: its type and the files and lines on the way to it, and those of what caused it; never a value."""
    lines: list[str] = []
    cause: BaseException | None = fault
    while cause is not None and len(lines) < 200:
        lines.append(type(cause).__name__)
        lines += [f"  {frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(cause.__traceback__)]
        cause = cause.__cause__ or cause.__context__
    return keep_lines(type(fault).__name__, lines)


def keep_lines(title: str, lines: Sequence[str]) -> Path | None:
    """Append a title with its lines to the log; returns the log, None where it cannot be written."""
    path = state_folder(os.environ) / NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = _Log(path, maxBytes=LARGEST, backupCount=1, encoding="utf-8")
    except OSError:
        return None
    text = "\n".join([f"{clock.now():%Y-%m-%d %H:%M:%S} {__version__} {title}", *lines])
    try:
        handler.emit(logging.LogRecord(NAME, logging.ERROR, "", 0, text, None, None))
    finally:
        handler.close()
    return path


def notebook_frames(traceback_parts: Sequence[str]) -> list[str]:
    """The files and lines of a notebook's traceback, as IPython writes it: one frame a part, its place first."""
    frames = []
    for part in traceback_parts:
        first = _plain(part).lstrip().partition("\n")[0]
        place, found, _ = first.partition(", in ")
        if first.startswith(("File ", "Cell In[")):
            frames.append("  " + (place if found else first.partition("(")[0]).removeprefix("File "))
    return frames


def _plain(text: str) -> str:
    """A text without the colours of a terminal."""
    pieces = text.split("\x1b[")
    return pieces[0] + "".join(piece.partition("m")[2] for piece in pieces[1:])

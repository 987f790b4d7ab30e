"""A workbook of this computer that is handed on by its path: a regular file of a known kind, and nothing else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from workbench.app.inbox import WORKBOOKS
from workbench.core.errors import WrongUse

AT_ONCE = 1024 * 1024  # bytes


def workbook(sent: str) -> Path:
    """The path, if it is a whole one and names a workbook. Raises WrongUse ``desk_local_kind``."""
    path = Path(sent)
    device = sent.replace("/", "\\").startswith(("\\\\?\\", "\\\\.\\"))
    if "\0" in sent or device or not path.is_absolute() or path.suffix.lower() not in WORKBOOKS:
        raise WrongUse("desk_local_kind")
    return path


def copied(path: Path, target: Path, most: int) -> None:
    """Copy what stands on the disk. ``most``: bytes. Raises WrongUse ``desk_local_kind`` for what is no regular file or too
    large, ``desk_local_gone`` where it cannot be read.
    """
    try:
        # not waiting for a writer, should it be a pipe
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError):
        raise WrongUse("desk_local_gone") from None
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_size > most:
        os.close(handle)
        raise WrongUse("desk_local_kind")
    with os.fdopen(handle, "rb") as source:
        target.touch(mode=0o600)
        with target.open("wb") as out:
            while part := source.read(AT_ONCE):
                if out.tell() + len(part) > most:
                    raise WrongUse("desk_local_kind")
                out.write(part)

"""Files that came in: which of the given paths they are, and when each was received."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workbench.app.clock import is_bare_date
from workbench.app.context import time_recorded
from workbench.app.output import say_error
from workbench.core.errors import WrongUse
from workbench.core.files import decoded

PASSED_OVER = frozenset({"inbox.csv", "thumbs.db", "desktop.ini"})  # the list of receipts, and what Windows leaves


def expand(paths: Sequence[Path], inbox: Path | None = None) -> list[Path]:
    """Files to take in: folders are read recursively; lock files, hidden files and the inbox list are left out.

    Raises WrongUse ``no_such_file``.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise WrongUse("no_such_file", path=path)
        inside = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        for item in inside:
            skipped = path.is_dir() and (item.name.startswith(("~$", ".")) or item.name.lower() in PASSED_OVER)
            if not skipped and not (inbox and item.resolve() == inbox.resolve()):
                found.setdefault(item.resolve(), item)
    if not found:
        say_error("empty_folder")
    return list(found.values())


@dataclass(frozen=True)
class ReceiptTime:
    """When a file came in; ``bare``: only the day is known."""

    at: datetime
    bare: bool = False

    @classmethod
    def of(cls, text: str | None) -> ReceiptTime:
        """As somebody wrote it, else now. Raises WrongUse ``bad_time``, ``ahead_of_clock``."""
        return cls(time_recorded(text), text is not None and is_bare_date(text))


def receipt_times(files: Sequence[Path], inbox: Path | None, default: ReceiptTime) -> dict[Path, ReceiptTime]:
    """When each file was received: from the inbox CSV (file, received_at), else ``default``, which is said.

    An inbox line names a file by its path (from the list's folder or the working folder) or its name.
    Raises WrongUse ``no_inbox``, ``bad_inbox``, ``bad_time``, ``ahead_of_clock``.
    """
    if inbox is None:
        return dict.fromkeys(files, default)
    listed: dict[str, ReceiptTime] = {}
    for line, row in enumerate(csv.DictReader(io.StringIO(_text(inbox))), start=2):
        name, written = (row.get("file") or "").strip(), row.get("received_at")
        if not name or written is None:
            raise WrongUse("bad_inbox/line", inbox=inbox.name, line=line)
        for key in {name, str((inbox.parent / name).resolve()), str(Path(name).resolve())}:
            listed[key.replace("\\", "/")] = ReceiptTime.of(written)
    found = {path: listed.get(path.resolve().as_posix(), listed.get(path.name)) for path in files}
    if unlisted := [path.name for path, receipt in found.items() if receipt is None]:
        say_error("unlisted_files", inbox=inbox.name, count=len(unlisted), first=unlisted[0], default=default.at)
    return {path: receipt or default for path, receipt in found.items()}


def _text(path: Path) -> str:
    """A list as text, in UTF-8 or the encoding Chinese Excel saves CSV in. Raises WrongUse."""
    try:
        text = decoded(path)
    except OSError:
        raise WrongUse("no_inbox", path=path) from None
    if text is not None:
        return text
    raise WrongUse("bad_inbox", path=path.name)

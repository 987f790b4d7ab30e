"""Files that came in: which of the given paths they are, what archives and mails hold, and when each was received."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from workbench.app.clock import as_iso, is_bare_date
from workbench.app.context import time_recorded
from workbench.app.output import say_error
from workbench.core.csv_lists import read_csv_list
from workbench.core.errors import FileRefused, WrongUse
from workbench.core.file_names import name_of, passed_over

# what is read as it is; in files of other names an archive or a mail is looked for
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".xlsb", ".ods", ".csv", ".txt", ".tsv"})
TAKEN_OUT = "workbench-in-"  # how the folders begin that hold what was taken out of archives and mails


def expand(paths: Sequence[Path], inbox: Path | None = None) -> list[Path]:
    """Files to take in: folders are read recursively; lock files, hidden files and the inbox list are left out.

    Raises WrongUse ``no_such_file``.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if not os.path.exists(path):  # a name no system takes is that of no file
            raise WrongUse("no_such_file", path=path)
        inside = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        for item in inside:
            skipped = path.is_dir() and passed_over(str(item.relative_to(path)))
            if not skipped and not (inbox and item.resolve() == inbox.resolve()):
                found.setdefault(item.resolve(), item)
    if not found:
        say_error("empty_folder")
    return list(found.values())


@dataclass(frozen=True)
class Incoming:
    """Files to take in. ``inside``: those that were taken out of an archive or a mail, and out of which; ``mailed_at``: mails
    and when they were received, as their last server says (China's time): an offer, nobody has confirmed it."""

    files: list[Path]
    inside: dict[Path, Path] = field(default_factory=dict)
    mailed_at: dict[Path, datetime] = field(default_factory=dict)

    def name_archives(self, outcomes: Iterable[Any]) -> None:
        """Have each outcome, in the order of the files, name the archive or mail its file came out of."""
        for path, outcome in zip(self.files, outcomes, strict=True):
            if path in self.inside:
                outcome.inside = name_of(self.inside[path])


@contextmanager
def incoming(paths: Sequence[Path], inbox: Path | None = None) -> Iterator[Incoming]:
    """The files of ``expand``, archives and mails taken apart into a folder that is gone after the block, and where this
    process is killed, when files come in again.

    One that holds nothing to take in, or must not be opened, stays itself: reading it says why. Raises WrongUse.
    """
    from workbench.core.held_folders import held_folder, sweep

    found, parent = expand(paths, inbox), Path(gettempdir())
    sweep(parent, TAKEN_OUT)
    if not any(path.suffix.lower() not in WORKBOOKS for path in found):
        yield Incoming(found)
        return
    from workbench.platform.forms.reading_process import reading_process

    came = Incoming([])
    with held_folder(parent, TAKEN_OUT) as folder, reading_process() as child:
        for number, path in enumerate(found):
            if path.suffix.lower() in WORKBOOKS:
                came.files.append(path)
                continue
            own = Path(folder, str(number))
            own.mkdir(mode=0o700)
            try:
                held = child.run(path, "workbench.platform.forms.enclosed:enclosed", folder=str(own))
            except FileRefused:
                held = {"files": [], "received_at": None}
            out = [Path(target) for _, target in held["files"]]
            came.files.extend(out or [path])
            came.inside.update(dict.fromkeys(out, path))
            if out and held["received_at"]:
                came.mailed_at[path] = datetime.fromisoformat(held["received_at"])
        yield came


@dataclass(frozen=True)
class ReceiptTime:
    """When a file came in; ``bare``: only the day is known."""

    at: datetime
    bare: bool = False

    @classmethod
    def of(cls, text: str | None) -> ReceiptTime:
        """As somebody wrote it, else now. Raises WrongUse ``bad_time``, ``ahead_of_clock``."""
        return cls(time_recorded(text), text is not None and is_bare_date(text))


def receipt_times(
    files: Sequence[Path], inbox: Path | None, default: ReceiptTime, inside: Mapping[Path, Path] | None = None
) -> dict[Path, ReceiptTime]:
    """When each file was received: from the inbox CSV (file, received_at), else ``default``, which is said.

    An inbox line names a file by its path (from the list's folder or the working folder) or its name; one that names an
    archive or a mail speaks of all that was ``inside``, where they have no line of their own. Two lines that give one of the
    files different times are refused, for the time decides who was first (D4).
    Raises WrongUse ``no_inbox``, ``bad_csv``, ``bad_inbox``, ``bad_time``, ``ahead_of_clock``.
    """
    if inbox is None:
        return dict.fromkeys(files, default)
    listed: dict[str, tuple[int, ReceiptTime]] = {}
    contradicted: dict[str, tuple[int, int]] = {}
    for line, row in _rows(inbox):
        name, written = (row.get("file") or "").strip(), row.get("received_at")
        if not name or written is None:
            raise WrongUse("bad_inbox/line", inbox=inbox.name, line=line)
        at = _received(written, inbox.name, line)
        for key in {name, str((inbox.parent / name).resolve()), str(Path(name).resolve())}:
            first, known = listed.setdefault(key.replace("\\", "/"), (line, at))
            if known != at:
                contradicted.setdefault(key.replace("\\", "/"), (first, line))

    def of(path: Path) -> ReceiptTime | None:
        key = next((key for key in (path.resolve().as_posix(), name_of(path)) if key in listed), "")
        if key in contradicted:
            first, second = contradicted[key]
            raise WrongUse("bad_inbox/two_times", inbox=inbox.name, file=name_of(path), first=first, second=second)
        return listed[key][1] if key else None

    found = {path: of(path) or ((held := (inside or {}).get(path)) and of(held)) for path in files}
    if unlisted := [name_of(path) for path, receipt in found.items() if receipt is None]:
        say_error("unlisted_files", inbox=inbox.name, count=len(unlisted), first=unlisted[0], default=default.at)
    return {path: receipt or default for path, receipt in found.items()}


def offer_mail_times(came: Incoming, times: Mapping[Path, ReceiptTime], default: ReceiptTime) -> None:
    """Say when mails were received, by their own words, where that is not the time taken: a person may use it (D4)."""
    for mail, at in came.mailed_at.items():
        held = [path for path, of in came.inside.items() if of == mail and times[path] == default]
        if held and at != default.at:
            say_error(
                "mail_received", file=name_of(mail), at=at, count=len(held), first=name_of(held[0]), taken=default.at
            )


def _received(written: str, inbox: str, line: int) -> ReceiptTime:
    """A time of the list, ISO or as Excel writes it. Raises WrongUse ``bad_inbox/time``, ``ahead_of_clock``."""
    try:
        return ReceiptTime.of(as_iso(written))
    except WrongUse as no:
        if no.code != "bad_time":
            raise
        raise WrongUse("bad_inbox/time", inbox=inbox, line=line, text=written) from None


def _rows(inbox: Path) -> Iterable[tuple[int, dict[str, str | None]]]:
    """The rows of the list with their lines. Raises WrongUse ``no_inbox``, ``bad_csv``."""
    try:
        return read_csv_list(inbox).rows
    except OSError:
        raise WrongUse("no_inbox", path=inbox) from None

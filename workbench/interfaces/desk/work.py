"""One piece of work at a time, in a thread of its own: how far it is, how it is cancelled, what it answered.

What was uploaded and what was written lies in folders of this user alone, gone when the answer is: a later one takes its place,
the register is locked, or the desk is closed.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.app import unlock
from workbench.app.faults import keep, keep_lines, notebook_frames, place_of
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.core.held_folders import held_folder
from workbench.interfaces.desk.deed import Answer, DeskCall, Listed

KEPT = 4  # answers that can still be taken away
MOST_FILES, MOST_BYTES = 500, 512 * 1024 * 1024  # of what was uploaded and not worked on yet


class Cancelled(Exception):
    """The person wants to stop."""


class Progress:
    """How far a deed is, for the page; nothing of it names a customer."""

    def __init__(self) -> None:
        self.what, self.done, self.total, self.final = "", 0, 0, False
        self._stop = threading.Event()

    def at(self, what: str, done: int = 0, total: int = 0) -> None:
        """Say how far it is. Raises Cancelled while nothing has been changed yet."""
        if not self.goes_on(what, done, total) and not self.final:
            raise Cancelled

    def say(self, what: str) -> None:
        """Name a stretch of work that cannot be stopped any more. Raises Cancelled where it was stopped before."""
        self.at(what)
        self.final = True

    def goes_on(self, what: str, done: int, total: int = 0) -> bool:
        """Say how far work is that may stop between two things, each of them whole; False where the person wants it to."""
        self.what, self.done, self.total = what, done, total
        return not self.stopping

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask it to stop."""
        self._stop.set()


class Job:
    """A deed that is being done, or was done."""

    def __init__(self, number: int, listed: Listed, given: Mapping[str, str], files: list[Path], folder: Path) -> None:
        self.number, self.listed, self.given, self.files, self.folder = number, listed, given, files, folder
        self.out = folder / "out"
        self.out.mkdir(mode=0o700)
        self.progress, self.state, self.error, self.answer = Progress(), "running", "", Answer()

    def run(self, now: datetime) -> None:
        """Do it; whatever goes wrong becomes a sentence."""
        call = DeskCall(now, self.given, self.files, self.out, self.progress)
        state, error = "done", ""
        try:
            self.answer = self.listed.deed.run(call)
        except Cancelled:
            state, error = "cancelled", text_for("desk/cancelled")
        except WorkbenchError as no:
            log = keep_lines(no.code, notebook_frames(no.traceback)) if no.traceback else None
            state, error = "refused", _after(call.deed, no.text(common.lang, "excel"))
            error += "\n" + text_for("log", log=log) if log else ""
        except Exception as fault:  # noqa: BLE001 - the thread ends here; a person sees what and where, without values of the data
            log, place = keep(fault), place_of(fault)
            said = text_for("desk/fault", deed=self.listed.label, kind=type(fault).__name__, place=place)
            if call.deed:
                said = _after(call.deed, text_for("desk/then_failed", kind=type(fault).__name__, place=place))
            state, error = "failed", said + ("\n" + text_for("log", log=log) if log else "")
        self.given = {}
        self.error, self.state = error, state

    def as_json(self) -> dict[str, Any]:
        """What the page shows of it."""
        progress = self.progress
        told: dict[str, Any] = {
            "job": self.number,
            "state": self.state,
            "what": progress.what,
            "done": progress.done,
            "total": progress.total,
            "final": progress.final,
            "stopping": progress.stopping,
            "error": self.error,
        }
        if self.state == "done":
            answer = self.answer
            told |= {"said": answer.said, "lines": answer.lines}
            told["cards"] = [card.as_json() for card in answer.cards]
            told["tables"] = [asdict(table) for table in answer.tables]
            told["files"] = [self._file(path) for path in answer.files]
        return told

    def _file(self, path: Path) -> dict[str, Any]:
        return {"name": path.name, "in": self._inside(path).parent.as_posix(), "bytes": path.stat().st_size}

    def _inside(self, path: Path) -> Path:
        return path.relative_to(self.out)

    def all_files(self) -> Path:
        """A ZIP of all files of the answer, in their folders."""
        target = self.folder / "all.zip"
        if not target.exists():
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                for path in self.answer.files:
                    archive.write(path, self._inside(path).as_posix())
        return target

    def forget(self) -> None:
        """Let the answer and its files go."""
        self.answer, self.state = Answer(), "gone"
        shutil.rmtree(self.folder, ignore_errors=True)


def _after(deed: str, sentence: str) -> str:
    """What failed after a deed, behind what was done."""
    return text_for("desk/done_before", deed=deed, after=sentence) if deed else sentence


def _too_much() -> WrongUse:
    return WrongUse("desk_too_much", files=MOST_FILES, size=MOST_BYTES // 1024 // 1024)


class Work:
    """The jobs of a desk, what was uploaded for the next one, and who unlocked the register."""

    def __init__(self) -> None:
        self._held = ExitStack()
        self._folder = self._held.enter_context(held_folder(Path(tempfile.gettempdir()), "workbench-desk-"))
        self._turn = threading.Lock()
        self._jobs: dict[int, Job] = {}
        self._uploads: dict[int, Path] = {}
        self._bytes = 0
        self._count = 0
        self._thread: threading.Thread | None = None
        self.user = unlock.status()
        self.offered: frozenset[str] | None = None  # the deeds of who unlocked it; None: not known
        unlock.watchers.append(self._register_changed)

    def _own_folder(self) -> tuple[int, Path]:
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir(mode=0o700)
        return self._count, folder

    def place_for(self, name: str) -> tuple[int, Path]:
        """A number and a place for a file that is being uploaded; ``name`` is one already (``core.file_names``).

        Raises WrongUse ``desk_too_much``.
        """
        with self._turn:
            if len(self._uploads) >= MOST_FILES or self._bytes >= MOST_BYTES:
                raise _too_much()
            number, folder = self._own_folder()
            return number, folder / name

    def uploaded(self, number: int, path: Path) -> None:
        """A file is there as a whole. Raises WrongUse ``desk_too_much`` where it is too much beside the others; it goes."""
        with self._turn:
            size = path.stat().st_size
            if len(self._uploads) >= MOST_FILES or self._bytes + size > MOST_BYTES:
                shutil.rmtree(path.parent, ignore_errors=True)
                raise _too_much()
            self._uploads[number] = path
            self._bytes += size

    def drop_uploads(self) -> None:
        """Let go what was uploaded and not worked on."""
        with self._turn:
            for path in self._uploads.values():
                shutil.rmtree(path.parent, ignore_errors=True)
            self._uploads.clear()
            self._bytes = 0

    def begin(self, listed: Listed, given: Mapping[str, str], files: list[int], now: datetime) -> Job:
        """Begin a deed with these uploads. Raises WrongUse ``desk_busy``, ``desk_missing``, ``desk_no_files``,
        ``desk_files_twice``, ``desk_gone``."""
        with self._turn:
            if busy := self._running():
                raise WrongUse("desk_busy", deed=busy.listed.label)
            if len(set(files)) < len(files):
                raise WrongUse("desk_files_twice")
            if any(number not in self._uploads for number in files):
                raise WrongUse("desk_gone")  # let go meanwhile: fewer than were chosen would look like all
            paths = [self._uploads[number] for number in files]
            listed.deed.check(given, len(paths))
            number, folder = self._own_folder()
            own = folder / "in"
            own.mkdir(mode=0o700)
            taken = []
            for place in files:
                path = self._uploads.pop(place)
                taken.append(Path(shutil.move(path.parent, own), path.name))
            self._bytes = sum(path.stat().st_size for path in self._uploads.values())
            job = self._jobs[number] = Job(number, listed, given, taken, folder)
            for old in list(self._jobs)[:-KEPT]:
                self._jobs.pop(old).forget()
            self._thread = threading.Thread(target=self._run, args=(job, now), name="desk")
            self._thread.start()
            return job

    def _run(self, job: Job, now: datetime) -> None:
        job.run(now)
        self._register_changed()  # it may have been locked while this was at work

    def _running(self) -> Job | None:
        return next((job for job in list(self._jobs.values()) if job.state == "running"), None)

    def running(self) -> str | None:
        """What is being done; None where nothing is."""
        busy = self._running()
        return busy.listed.label if busy else None

    def job(self, number: int) -> Job:
        """A job by its number. Raises WrongUse ``desk_gone``."""
        if number not in self._jobs:
            raise WrongUse("desk_gone")
        return self._jobs[number]

    def _register_changed(self) -> None:
        """What was told of the register goes when it is locked; a refusal tells nothing of it."""
        user = unlock.status()
        if self.user is not None and user is None:
            self.drop_uploads()
        self.user = user
        if user is None:
            self.offered = None
            for number, job in list(self._jobs.items()):
                if job.listed.deed.locked or job.state == "running":
                    continue  # of one that goes on its thread sees to it
                if job.state == "done":
                    self._jobs.pop(number).forget()
                else:
                    shutil.rmtree(job.folder, ignore_errors=True)  # why it was refused can still be read

    def close(self) -> None:
        """Stop what can be stopped, wait for the rest, lock the register and leave no file."""
        if busy := self._running():
            busy.progress.cancel()
        if self._thread is not None:
            self._thread.join()
        unlock.lock()
        unlock.watchers.remove(self._register_changed)
        self._jobs.clear()
        self._held.close()

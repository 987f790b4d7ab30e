"""Reads official workbooks: isolated parse, then the check, as forms whose rows know their cells."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pandas as pd

from workbench.core.errors import FileRefused
from workbench.core.findings import Finding
from workbench.core.messages import Message
from workbench.platform.forms.check import check
from workbench.platform.forms.child import from_grids
from workbench.platform.forms.guard import Marks, Refused
from workbench.platform.forms.passwords import NONE, Passwords
from workbench.platform.forms.spec import Template, templates

TIMEOUT = 120.0  # seconds for one file
BATCH = 200  # files checked together
DONE = -1  # the place of a reading process that has nothing left to read
AHEAD = 2  # files that a reading process knows of: it need not wait for us


@dataclass
class Form:
    """A read workbook.

    ``header``: key → value; ``header_cells``: key → address of the value. ``rows``: a column per template
    key, typed (text as object, integers Int64, money Int64 in fen, dates datetime64[us], months as
    YYYY-MM), plus ``row`` (Excel row), ``row_id`` and ``returned`` (bool: an error keeps it out).
    ``letters``: key → column letter, of the columns the sheet has. ``findings``: what the check says. ``book``: the key of
    the book whose sheet it is.
    """

    template: Template
    file: str
    path: Path
    sha256: str
    sheet: str
    header: dict[str, Any]
    header_cells: dict[str, str]
    rows: pd.DataFrame
    letters: dict[str, str]
    findings: list[Finding]
    book: str | None = None


@dataclass
class ReadBook:
    """A read workbook that is a book: each sheet that says something, as a form or why it is refused.

    ``untouched``: the sheets that are as they were handed out, which say nothing.
    """

    key: str
    file: str
    path: Path
    sha256: str
    sheets: list[Form | FileRefused]
    untouched: list[str]

    @property
    def forms(self) -> list[Form]:
        """The sheets that could be read."""
        return [sheet for sheet in self.sheets if isinstance(sheet, Form)]


class ReadingProcess:
    """One reading process, restarted when it dies or takes too long."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self._lock = threading.Condition()
        self._due: float | None = None
        self._stalled = self._closed = False
        self._start()
        threading.Thread(target=self._watch, daemon=True).start()

    def _start(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_")}
        root = str(Path(__file__).resolve().parents[3])
        clean |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # their buffers would count as memory used
        clean["PYTHONPATH"] = os.pathsep.join(filter(None, [root, clean.get("PYTHONPATH")]))
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "workbench.platform.forms.child"],  # never a module of the folder we stand in
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=clean,
        )
        with contextlib.suppress(OSError):  # a process that is already gone shows at the first read
            self._send(specs())

    def _send(self, value: Any) -> None:
        assert self.process.stdin is not None  # it was started with a pipe
        self.process.stdin.write(json.dumps(value).encode() + b"\n")
        self.process.stdin.flush()

    def read(self, path: Path) -> dict[str, Any] | str:
        """What the child reads in a file, or ``died`` / ``slow`` (it has been replaced)."""
        return self._ask(str(path.resolve()))

    def run(self, path: Path, work: str, **given: Any) -> dict[str, Any]:
        """What a function of ours (``module:function``) makes of a file's bytes over there. Raises FileRefused."""
        return _answer_of(path, self._ask({"path": str(path.resolve()), "name": work, "given": given}))

    def _ask(self, what: Any) -> dict[str, Any] | str:
        self.ask(what)
        return self.answer()

    def ask(self, what: Any) -> None:
        """Hand over what is to be done after what was handed over before."""
        with contextlib.suppress(
            OSError, ValueError
        ):  # a process that is gone, and its closed pipe, show when it is asked for its answer
            self._send(what)

    def answer(self) -> dict[str, Any] | str:
        """The next answer, or ``died`` / ``slow``: it has been replaced, and knows nothing of what else it was asked."""
        line = b"" if self._closed else self._line()
        if line is None or not line.endswith(b"\n"):
            self._replace()
            return "slow" if line is None else "died"
        answer: dict[str, Any] = json.loads(line)
        if "exhausted" in answer:
            self._replace()
            return "died"
        return answer

    def _replace(self) -> None:
        with self._lock:
            self._end()
            if not self._closed:
                self._start()

    def _line(self) -> bytes | None:
        """The next line, or None when the time is up."""
        assert self.process.stdout is not None  # it was started with a pipe
        with self._lock:
            self._due, self._stalled = time.monotonic() + self.timeout, False
        try:
            line = self.process.stdout.readline()
        except (OSError, ValueError):  # closed meanwhile
            line = b""
        with self._lock:
            self._due = None
            return None if self._stalled else line

    def _watch(self) -> None:
        """Kill the process when its time is up. A term never begins before the one that is waited for."""
        with self._lock:
            while not self._closed:
                left = self.timeout if self._due is None else self._due - time.monotonic()
                if left <= 0:
                    self._stalled, self._due = True, None
                    self.process.kill()
                else:
                    self._lock.wait(left)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._closed = True
            self._lock.notify()
        self._end()

    def _end(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):  # what a dead process did not take cannot be flushed
                if stream is not None:
                    stream.close()


def spec_of(template: Template) -> dict[str, Any]:
    """What the child has to know of a template.

    ``idle`` columns do not make a row a row; ``optional`` columns and header fields may be missing from a sheet.
    """
    return {
        "id": template.id,
        "title": template.title,
        "form_no": template.form_no,
        "version": template.version,
        "migrations": template.migrations,
        "header": [field.title for field in template.header],
        "columns": [column.title for column in template.columns],
        "keys": [column.key for column in template.columns],
        "idle": [column.key for column in template.columns if column.idle],
        "optional": [column.title for column in template.columns if not column.expected],
        "optional_header": [field.title for field in template.header if not field.expected],
    }


def specs() -> dict[str, dict[str, Any]]:
    """What the child has to know of all templates."""
    return {item.id: spec_of(item) for item in templates().values()}


def read(path: Path) -> list[Form]:
    """Read one workbook: its form, or those of a book that say something. Raises FileRefused, also for a book's sheet."""
    ((_, outcome),) = read_many([path])
    sheets = outcome.sheets if isinstance(outcome, ReadBook) else [outcome]
    forms = []
    for sheet in sheets:
        if isinstance(sheet, FileRefused):
            raise sheet
        forms.append(sheet)
    return forms


def parse_open_workbook(
    path: Path, grids: dict[str, list[list[Any]]], errors: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """What the sheets of a workbook that is open in Excel hold, as the reading process would say.

    ``grids``: each sheet's cells from A1 on; ``errors``: addresses of its error cells. Raises FileRefused.
    """
    marks = {name: Marks(errors=list(cells)) for name, cells in errors.items()}
    try:
        return {"sha256": "", **from_grids(grids, marks, specs())}
    except Refused as no:
        refused = {"refused": no.reason.plain(), "sheet": no.sheet, "cell": no.cell}
        raise _refusal(path, refused) from None


def parse_file(path: Path) -> dict[str, Any]:
    """What the reading process says of a file, before the check. Raises FileRefused."""
    with reading_process() as child:
        return _answer_of(path, child.read(path))


@contextlib.contextmanager
def reading_process(timeout: float | None = None) -> Iterator[ReadingProcess]:
    """A reading process for several things to be done; it ends with the block."""
    child = ReadingProcess(timeout or TIMEOUT)
    try:
        yield child
    finally:
        child.close()


def _answer_of(path: Path, answer: dict[str, Any] | str) -> dict[str, Any]:
    if isinstance(answer, str):
        raise _unread(path, answer)
    if "refused" in answer:
        raise _refusal(path, answer)
    return answer


def checked(path: Path, answer: dict[str, Any]) -> Form | ReadBook:
    """The form, or the book, from what was parsed. Raises FileRefused."""
    (outcome,) = _outcomes([path], [answer])
    if isinstance(outcome, FileRefused):
        raise outcome
    return outcome


def read_many(
    paths: Sequence[Path],
    *,
    workers: int = 1,
    timeout: float = TIMEOUT,
    progress: Callable[[], None] | None = None,
    passwords: Passwords = NONE,
) -> Iterator[tuple[Path, Form | ReadBook | FileRefused]]:
    """Read workbooks in the order given; what cannot be read comes as a FileRefused in its place."""
    if not paths:
        return
    children = [ReadingProcess(timeout) for _ in range(min(workers, len(paths)))]
    answered: SimpleQueue[tuple[int, Any]] = SimpleQueue()
    places = iter(range(len(paths)))

    def serve(child: ReadingProcess) -> None:
        ahead: deque[int] = deque()
        while True:
            for place in islice(places, AHEAD - len(ahead)):
                ahead.append(place)
                child.ask(passwords.question(paths[place]))
            if not ahead:
                return
            answer = child.answer()
            answered.put((ahead.popleft(), answer))
            if progress:
                progress()
            if isinstance(answer, str):  # what its successor has not heard of
                for place in ahead:
                    child.ask(passwords.question(paths[place]))

    answers: dict[int, dict[str, Any] | str] = {}
    pool = ThreadPoolExecutor(len(children))
    try:
        for child in children:
            pool.submit(serve, child).add_done_callback(lambda done: answered.put((DONE, done)))
        for start in range(0, len(paths), BATCH):  # reading goes on while a batch is checked
            part = paths[start : start + BATCH]
            wanted = range(start, start + len(part))
            while not all(place in answers for place in wanted):
                place, answer = answered.get()
                if place == DONE:
                    answer.result()  # raises what went wrong
                else:
                    answers[place] = answer
            yield from zip(part, _outcomes(part, [answers.pop(place) for place in wanted]), strict=True)
    finally:
        places = iter(())
        for child in children:
            child.close()
        pool.shutdown()


def _outcomes(paths: Sequence[Path], answers: Sequence[dict[str, Any] | str]) -> list[Form | ReadBook | FileRefused]:
    """Check what was read; the sheets of a book each for itself."""
    parts: list[tuple[Path, dict[str, Any] | str]] = []
    for path, answer in zip(paths, answers, strict=True):
        parts += [(path, part) for part in _said(answer)]
    forms = iter(_forms([path for path, _ in parts], [part for _, part in parts]))
    outcomes: list[Form | ReadBook | FileRefused] = []
    for path, answer in zip(paths, answers, strict=True):
        own = list(islice(forms, len(_said(answer))))
        if isinstance(answer, str) or "book" not in answer:
            outcomes += own
            continue
        untouched = [sheet["sheet"] for sheet in answer["sheets"] if "untouched" in sheet]
        for form in own:
            if isinstance(form, Form):
                form.book = answer["book"]
        outcomes.append(ReadBook(answer["book"], path.name, path, answer["sha256"], own, untouched))
    return outcomes


def _said(answer: dict[str, Any] | str) -> list[dict[str, Any] | str]:
    """What was read of a workbook, sheet by sheet where it is a book, without the sheets that were left as they were."""
    if isinstance(answer, str) or "book" not in answer:
        return [answer]
    return [{"sha256": answer["sha256"], **sheet} for sheet in answer["sheets"] if "untouched" not in sheet]


def _forms(paths: Sequence[Path], answers: list[dict[str, Any] | str]) -> list[Form | FileRefused]:
    """Check what was read, all files of one template together."""
    outcomes: dict[int, Form | FileRefused] = {}
    by_template: dict[str, dict[int, dict[str, Any]]] = {}
    for place, (path, answer) in enumerate(zip(paths, answers, strict=True)):
        if isinstance(answer, str):
            outcomes[place] = _unread(path, answer)
        elif "refused" in answer:
            outcomes[place] = _refusal(path, answer)
        else:
            by_template.setdefault(answer["template"], {})[place] = answer
    for name, read_ones in by_template.items():
        template = templates()[name]
        checked = check(template, [(paths[place].name, answer) for place, answer in read_ones.items()])
        for (place, answer), result in zip(read_ones.items(), checked, strict=True):
            outcomes[place] = (
                result
                if isinstance(result, FileRefused)
                else Form(
                    template,
                    paths[place].name,
                    paths[place],
                    answer["sha256"],
                    answer["sheet"],
                    result.header,
                    result.header_cells,
                    result.rows,
                    result.letters,
                    result.findings,
                )
            )
    return [outcomes[place] for place in range(len(paths))]


def _refusal(path: Path, refused: dict[str, Any]) -> FileRefused:
    reason = Message.from_plain(refused["refused"])
    return FileRefused("refused_file", file=path.name, sheet=refused["sheet"], cell=refused["cell"], reason=reason)


def _unread(path: Path, why: str) -> FileRefused:
    reason = Message("timeout" if why == "slow" else "crashed")
    return FileRefused("refused_file", file=path.name, reason=reason)

"""Reads official workbooks: isolated parse, then the check, as forms whose rows know their cells."""

from __future__ import annotations

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
from workbench.core.file_names import name_of
from workbench.core.findings import Finding
from workbench.platform.executors.workers import Workers
from workbench.platform.forms.check import check
from workbench.platform.forms.child import from_grids
from workbench.platform.forms.guard import Marks, Refused
from workbench.platform.forms.passwords import NONE, Passwords
from workbench.platform.forms.reading_process import (
    TIMEOUT,
    Reader,
    ReadingProcess,
    answer_of,
    reading_process,
    refusal,
    specs,
    unread,
)
from workbench.platform.forms.spec import Template, templates

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
        raise refusal(path, refused) from None


def parse_file(path: Path) -> dict[str, Any]:
    """What the reading process says of a file, before the check. Raises FileRefused."""
    with reading_process() as child:
        return answer_of(path, child.read(path))


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
    cluster: Workers | None = None,
) -> Iterator[tuple[Path, Form | ReadBook | FileRefused]]:
    """Read workbooks in the order given; what cannot be read comes as a FileRefused in its place.

    ``workers``: reading processes here; ``cluster``: who reads elsewhere instead.
    """
    if not paths:
        return
    children = _readers(min(cluster.count if cluster else workers, len(paths)), timeout, cluster)
    answered: SimpleQueue[tuple[int, Any]] = SimpleQueue()
    places = iter(range(len(paths)))

    def serve(child: Reader) -> None:
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


def _readers(count: int, timeout: float, cluster: Workers | None) -> Sequence[Reader]:
    if cluster is None:
        return [ReadingProcess(timeout) for _ in range(count)]
    from workbench.platform.forms.read_elsewhere import ReadingElsewhere

    return [ReadingElsewhere(cluster, timeout) for _ in range(count)]


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
        outcomes.append(ReadBook(answer["book"], name_of(path), path, answer["sha256"], own, untouched))
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
            outcomes[place] = unread(path, answer)
        elif "refused" in answer:
            outcomes[place] = refusal(path, answer)
        else:
            by_template.setdefault(answer["template"], {})[place] = answer
    for name, read_ones in by_template.items():
        template = templates()[name]
        checked = check(template, [(name_of(paths[place]), answer) for place, answer in read_ones.items()])
        for (place, answer), result in zip(read_ones.items(), checked, strict=True):
            outcomes[place] = (
                result
                if isinstance(result, FileRefused)
                else Form(
                    template,
                    name_of(paths[place]),
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

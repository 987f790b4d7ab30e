"""The sheets of a book in the reading process: which of them hold its forms, and which were left as they were handed out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from workbench.platform.forms.chosen import first_cell
from workbench.platform.forms.guard import Marks, Refused

BOOK, SHEET = "book", "sheet"  # the labels of a book's stamp
STAMP_LINE = re.compile(r"表号：(\S+)\s+版本：(\S+)")  # what stands at the head of every form
HEAD = 5  # rows in which it is looked for
Grids = dict[str, list[list[Any]]]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A line of a book's stamp: a sheet, its template with its version, and the digest of what was filled in (or "")."""

    sheet: str
    template: str
    version: str
    digest: str


def stamped(stamp: list[list[Any]] | None) -> tuple[str, list[Entry]] | None:
    """The key of a book and its sheets, as its stamp says; None where the stamp is none of a book."""
    rows = [[str(value) for value in (*row, "", "", "", "", "")[:5]] for row in stamp or ()]
    if not rows or rows[0][0] != BOOK:
        return None
    return rows[0][1], [Entry(*row[1:]) for row in rows if row[0] == SHEET]


def stamp_rows(key: str, entries: Iterable[Entry]) -> list[list[str]]:
    """The stamp of a book, as ``stamped`` reads it."""
    return [[BOOK, key], *([SHEET, each.sheet, each.template, each.version, each.digest] for each in entries)]


def form_of(grid: list[list[Any]], by_form: dict[str, str]) -> str | None:
    """The template a sheet's own head names (``by_form``: form number → id)."""
    for row in grid[:HEAD]:
        for value in row:
            if isinstance(value, str) and (match := STAMP_LINE.search(value)) and match[1] in by_form:
                return by_form[match[1]]
    return None


def answers(
    entries: list[Entry],
    grids: Grids,
    marks: dict[str, Marks],
    by_form: dict[str, str],
    read: Callable[[Entry, Grids], Answer],
    most: int,
) -> list[Answer]:
    """What the sheets of a book say, in the order of its stamp; a sheet that was taken out says nothing.

    A form's sheet is the one the stamp names, or one that was renamed and has the form's head; two of one form are for
    ``read`` to refuse. ``most``: sheets of no form that hold something are named, so many, by the first sheet.
    """
    named = {entry.sheet for entry in entries}
    others = {name: form_of(grid, by_form) for name, grid in grids.items() if name not in named}
    found: list[Answer] = []
    ours: set[str] = set()
    for entry in entries:
        own = {name: grids[name] for name in grids if name == entry.sheet or others.get(name) == entry.template}
        ours |= own.keys()
        if not own:
            continue
        try:
            answer = read(entry, own)
        except Refused as no:
            sheet = no.sheet if no.sheet in own else next(iter(own))
            found.append({"refused": no.reason.plain(), "sheet": sheet, "cell": no.cell, "template": entry.template})
            continue
        if entry.digest and digest(answer) == entry.digest:
            answer = {"untouched": True, "sheet": answer["sheet"], "template": entry.template}
        found.append(answer)
    foreign = [
        [name, first]
        for name, lines in grids.items()
        if name not in ours and not marks.get(name, Marks()).concealed and (first := first_cell(lines))
    ]
    for answer in found:
        if "rows" in answer:
            answer["others"] = foreign[:most]
            break
    return found


def digest(answer: Answer) -> str:
    """One hash over what a sheet's header and rows hold, in whatever order the rows stand; of what stands beside too."""
    rows = sorted(_text([_plain(value) for value in values]) for values in zip(*answer["columns"]))
    header = {title: _plain(value) for title, value in answer["header"].items()}
    more = [answer["beside"], answer["totals"], answer["signed"]]
    said = _text([answer["template"], header, rows, more])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    return int(value) if isinstance(value, float) and value.is_integer() else value

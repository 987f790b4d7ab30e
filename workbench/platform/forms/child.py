"""The reading process: guard and parse one workbook at a time, away from keys and register.

Started as ``python -m workbench.platform.forms.child``. Each line of standard input is a file's
path, also with passwords that may open it, or its bytes, or names further work on a file's bytes; each line of standard output is what was read, as JSON.
It holds no secrets, and its memory is limited, so the worst a hostile workbook can do is end this process.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import sys
from base64 import b64decode
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from workbench.core.messages import Message
from workbench.core.texts import without_invisible
from workbench.platform.forms import book_sheets
from workbench.platform.forms.addresses import letter, split
from workbench.platform.forms.chosen import first_cell, the_form
from workbench.platform.forms.guard import MAX_FILE, OLE, UNREAD, Marks, OtherFormat, Refused
from workbench.platform.forms.json_values import plain_value
from workbench.platform.forms.limits import limit_memory
from workbench.platform.forms.lines import blank, seen_head
from workbench.platform.forms.recognised import STAMP, recognised
from workbench.platform.forms.sheet import Book, Sheet
from workbench.platform.forms.table_rows import MOST_BESIDE, table, title_of

SEARCHED = 40  # rows in which the column headers are looked for
COLLECTED = 50  # files after which what was left behind is looked for all the same,
MANY = 200_000  # or objects: a workbook that was copied is full of cycles


def read_file(path: Path, specs: dict[str, dict[str, Any]], passwords: Sequence[str] = ()) -> dict[str, Any]:
    """What a workbook holds as plain values, or why it is refused. ``passwords``: what may open it."""

    return _answered(path, lambda raw: _read(raw, specs, passwords))


def read_bytes(raw: bytes, specs: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """``read_file`` of a file that came as its bytes, from another machine."""
    return _or_refused(raw, lambda raw: _read(raw, specs))


def _read(raw: bytes, specs: dict[str, dict[str, Any]], passwords: Sequence[str] = ()) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(raw).hexdigest(), **parsed(raw, specs, passwords)}


def work_on(path: Path, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a function of ours (``module:function``) makes of a file's bytes, or why the file is refused."""
    module, _, function = name.partition(":")
    return _answered(path, lambda raw: getattr(import_module(module), function)(raw, **given))


def _answered(path: Path, work: Callable[[bytes], dict[str, Any]]) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size  # no more room is asked for than the file takes
            raw = file.read(min(size, MAX_FILE) + 1)  # one more than the guard lets through
        return _or_refused(raw, work)
    except OSError:
        return {"refused": Message("unreadable").plain(), "sheet": None, "cell": None}


def _or_refused(raw: bytes, work: Callable[[bytes], dict[str, Any]]) -> dict[str, Any]:
    try:
        return work(raw)
    except Refused as no:
        return {"refused": no.reason.plain(), "sheet": no.sheet, "cell": no.cell}


def parsed(raw: bytes, specs: dict[str, dict[str, Any]], passwords: Sequence[str] = ()) -> dict[str, Any]:
    """What a workbook's bytes hold (``from_grids``). Raises Refused."""
    if raw.startswith(OLE):
        from workbench.platform.forms.unlocked import unlocked

        raw = unlocked(raw, passwords)
    try:
        book = Book(raw)
    except OtherFormat as other:  # its readers are loaded when the first such file comes
        from workbench.platform.forms.other_formats import values_of

        values = values_of(raw, other)
        return _of_format(from_grids(values.grids, values.marks, specs), other.kind)
    sheets = {
        sheet.name: Sheet(book, sheet.part, concealed=sheet.concealed)
        for sheet in book.sheets
        if sheet.part is not None and sheet.name not in UNREAD
    }
    grids = {name: sheet.read(SEARCHED) for name, sheet in sheets.items()}
    marks = {name: sheet.marks for name, sheet in sheets.items()}
    return from_grids(grids, marks, specs, lambda name: sheets[name].read())


def _of_format(answer: dict[str, Any], kind: str) -> dict[str, Any]:
    """The answer, or each of a book's, with the format it was read from."""
    if "book" in answer:
        return {**answer, "sheets": [_of_format(each, kind) for each in answer["sheets"]]}
    return {**answer, "format": kind}


def from_grids(
    grids: dict[str, list[list[Any]]],
    marks: dict[str, Marks],
    specs: dict[str, dict[str, Any]],
    whole: Callable[[str], list[list[Any]]] | None = None,
) -> dict[str, Any]:
    """What a workbook's sheets hold, given as rows of cells by sheet name; of a book ``book`` and ``sheets``. Raises Refused.

    ``whole``: gives all rows of a sheet where ``grids`` holds its first ones only.
    """
    if whole is None:
        grids = {name: [cleaned(row) for row in grid] for name, grid in grids.items()}
    book = book_sheets.stamped(grids.get(STAMP))
    if book is None:
        return _form(grids, marks, specs, whole)
    key, entries = book

    def one(entry: book_sheets.Entry, own: dict[str, list[list[Any]]]) -> dict[str, Any]:
        stamp = [["template", entry.template], ["version", entry.version]]
        return _form({STAMP: stamp, **own}, marks, specs, whole)

    by_form = {spec["form_no"]: spec["id"] for spec in specs.values()}
    sheets = {name: grid for name, grid in grids.items() if name != STAMP}
    found = book_sheets.answers(entries, sheets, marks, by_form, one, MOST_BESIDE)
    if not found:
        raise Refused("no_sheets_left", sheet=next(iter(sheets), None))
    return {"book": key, "sheets": found}


def _form(
    grids: dict[str, list[list[Any]]],
    marks: dict[str, Marks],
    specs: dict[str, dict[str, Any]],
    whole: Callable[[str], list[list[Any]]] | None,
) -> dict[str, Any]:
    """What the sheets of one form hold. Raises Refused."""
    spec, renamed = recognised(grids, specs)
    found = {name: at for name, grid in grids.items() if name != STAMP and (at := _header_row(grid, spec, renamed))}
    sheet = the_form(found, grids, marks, spec)
    top, grid, seen = found[sheet], whole(sheet) if whole else grids[sheet], marks.get(sheet, Marks())
    grid = seen_head(grid, top, seen.merged)
    if seen.far:
        raise Refused("far_cell", name=sheet, sheet=sheet, cell=seen.far)
    others = [
        [name, first]
        for name, lines in grids.items()
        if name not in (STAMP, sheet) and not marks.get(name, Marks()).concealed and (first := first_cell(lines))
    ]
    return {
        "template": spec["id"],
        "sheet": sheet,
        "from_1904": seen.from_1904,
        "others": others[:MOST_BESIDE],
        **_header(grid, top, spec, sheet, seen),
        **table(grid, top, spec, renamed, sheet, seen),
    }


def _header_row(grid: list[list[Any]], spec: dict[str, Any], renamed: dict[str, str]) -> int | None:
    """The row (from 0) that holds at least half of the template's column titles, the best one."""
    wanted = set(spec["columns"])
    for number, row in enumerate(grid[:SEARCHED]):
        if wanted <= {value for value in row if value.__class__ is str}:
            return number
    best, most = None, max(2, len(wanted) // 2)
    for number, row in enumerate(grid[:SEARCHED]):
        hits = len(wanted & {title_of(value, renamed) for value in row})
        if hits >= most:
            best, most = number, hits + 1
    return best


def _header(grid: list[list[Any]], top: int, spec: dict[str, Any], sheet: str, marks: Marks) -> dict[str, Any]:
    """Header fields: label → value in the next cell to the right, a merged label or value being one cell.

    ``hidden_head``: a cell of each hidden row that was read for them, or for the column titles. Raises Refused, also where
    a label that stands twice has two values: nobody can say which is meant.
    """
    merged = {}
    for area in marks.merged:
        if ":" in area:
            first, last = area.split(":")
            (from_row, left), (_, right) = split(first), split(last)
            merged[from_row - 1, left] = right
    header, cells, labels = {}, {}, {}
    for number, row in enumerate(grid[:top]):
        for column, value in enumerate(row):
            if not value or value.__class__ is not str:
                continue
            label = (title_of(value, {}) or "").rstrip(":：")
            if label not in spec["header"]:
                continue
            place = merged.get((number, column), column) + 1
            said, cell = plain_value(row[place]) if place < len(row) else None, f"{letter(place)}{number + 1}"
            if label not in header:
                header[label], cells[label], labels[label] = said, cell, f"{letter(column)}{number + 1}"
            elif said is not None and said != header[label]:
                both = [cells[label], cell]
                raise Refused("header_twice", label=label, cells=both, sheet=sheet, cell=cells[label])
    known = {*cells.values(), *labels.values()}
    for label in spec["header"]:
        if label not in cells and (label not in spec["optional_header"] or _typed_over(grid, known)):
            raise Refused("no_header_field", label=label, sheet=sheet, cell=f"A{top + 1}")
    read = {split(cell)[0]: cell for cell in [f"A{top + 1}", *reversed(cells.values())]}
    hidden = [read[number] for number in sorted(read) if number in marks.hidden]
    return {"header": header, "header_cells": cells, "hidden_head": hidden}


def _typed_over(grid: list[list[Any]], known: set[str]) -> bool:
    """Whether a line with header labels holds another text, which may have been a label."""
    lines = {split(cell)[0] for cell in known}
    return any(
        isinstance(value, str) and not blank(value) and f"{letter(column)}{line}" not in known
        for line in lines
        for column, value in enumerate(grid[line - 1])
    )


def cleaned(row: list[Any]) -> list[Any]:
    """A row of cells without characters that cannot be seen."""
    return [without_invisible(value) if value.__class__ is str else value for value in row]


def _answers() -> BinaryIO:
    """Where answers go; what a library prints goes where errors do, and is taken for none."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def main() -> None:
    """Serve what is asked on standard input until it closes. The first line holds the template specs."""
    limit_memory()
    gc.freeze()  # what a file leaves behind has no cycles; looking for them takes a third of the time
    gc.disable()
    lines, out = sys.stdin.buffer, _answers()
    specs = json.loads(lines.readline())
    for count, line in enumerate(lines, start=1):
        if count % COLLECTED == 0 or gc.get_count()[0] > MANY:
            gc.collect()
        try:
            asked = json.loads(line)
            if isinstance(asked, str):
                answer = read_file(Path(asked), specs)
            elif "read" in asked:
                answer = read_file(Path(asked["read"]), specs, asked["passwords"])
            elif "content" in asked:
                answer = read_bytes(b64decode(asked["content"]), specs)
            else:
                answer = work_on(Path(asked.pop("path")), **asked)
            encoded = json.dumps(answer, ensure_ascii=False).encode()
        except MemoryError:
            encoded = json.dumps({"exhausted": True}).encode()
        out.write(encoded + b"\n")
        out.flush()


if __name__ == "__main__":
    main()

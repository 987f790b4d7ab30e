"""What a person sees of an .xls sheet beside its values: hidden rows and columns, error values, from when days are counted.

The library that reads its values tells neither. Only the heads of the records are looked at (Excel 97 and later).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

import olefile

from workbench.platform.forms.addresses import letter
from workbench.platform.forms.guard import Marks
from workbench.platform.forms.plain_rows import FAR_COLUMN
from workbench.platform.forms.unlocked import OF_LIBRARIES

BOF, EOF, BOUND_SHEET, ROW, COLUMNS, BOOL_OR_ERROR, FORMULA = 0x0809, 0x000A, 0x0085, 0x0208, 0x007D, 0x0205, 0x0006
DIMENSIONS, DATE_MODE = 0x0200, 0x0022
_HIDDEN_ROW, _ERROR_RESULT = 0x20, 2


def marks_of(raw: bytes) -> dict[str, Marks] | None:
    """The marks of each sheet by its name; None for a file of another edition, or one that cannot be followed."""
    try:
        book = stream_of(raw)
        from_1904 = any(kind == DATE_MODE and book[at] for kind, at, _ in records(book, 0))
        return {title: _sheet(book, at, from_1904) for title, at in listed(book)}
    except OF_LIBRARIES:
        return None


def stream_of(raw: bytes) -> bytes:
    """The stream of a compound file that is the workbook. Raises one of OF_LIBRARIES where none can be followed to its end."""
    with olefile.OleFileIO(io.BytesIO(raw)) as ole:
        ole.loadminifat()
        if _circular(ole.fat) or _circular(ole.minifat):
            raise ValueError("a chain of sectors without an end")
        name = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
        if name is None:
            raise ValueError("no workbook in it")
        with ole.openstream(name) as stream:
            book: bytes = stream.read()
    return book


def _circular(table: Sequence[int]) -> bool:
    """Whether a table of sectors, each naming the next, leads from one of them back to it."""
    passed = bytearray(len(table))  # 1: on the way that is gone now, 2: on an earlier one
    for begin in range(len(table)):
        way, at = [], begin
        while at < len(table) and not passed[at]:
            passed[at] = 1
            way.append(at)
            at = table[at]
        if at < len(table) and passed[at] == 1:
            return True
        for each in way:
            passed[each] = 2
    return False


def records(book: bytes, at: int) -> list[tuple[int, int, int]]:
    """The records of one part of the stream as (kind, begin, length); what is nested in it (charts) is left out."""
    found: list[tuple[int, int, int]] = []
    depth = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        at += 4
        depth += (kind == BOF) - (kind == EOF)
        if depth <= 0:
            return found
        if depth == 1:
            found.append((kind, at, length))
        at += length
    raise ValueError("a part without its end")


def listed(book: bytes) -> list[tuple[str, int]]:
    """The sheets' names, and where their parts begin. Raises ValueError for an older edition."""
    found = []
    for kind, at, _ in records(book, 0):
        if kind == BOF and struct.unpack_from("<H", book, at)[0] != 0x0600:
            raise ValueError("an older edition")
        if kind == BOUND_SHEET:
            (begin,), count, wide = struct.unpack_from("<I", book, at), book[at + 6], book[at + 7] & 1
            name = book[at + 8 : at + 8 + count * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
            found.append((name, begin))
    return found


def _sheet(book: bytes, begin: int, from_1904: bool) -> Marks:
    marks = Marks(from_1904=from_1904)
    for kind, at, _ in records(book, begin):
        if kind == ROW:
            number, flags = struct.unpack_from("<H10xI", book, at)
            if flags & _HIDDEN_ROW:
                marks.hidden.add(number + 1)
        elif kind == COLUMNS:
            first, last, _, _, flags = struct.unpack_from("<5H", book, at)
            if flags & 1:
                marks.columns.update(range(first, min(last + 1, FAR_COLUMN)))
        elif kind == BOOL_OR_ERROR:
            row, column, _, _, error = struct.unpack_from("<3H2B", book, at)
            if error:
                marks.errors.append(f"{letter(column)}{row + 1}")
        elif kind == FORMULA:
            row, column, _, result, end = struct.unpack_from("<3HB5xH", book, at)
            if end == 0xFFFF and result == _ERROR_RESULT:
                marks.errors.append(f"{letter(column)}{row + 1}")
    return marks

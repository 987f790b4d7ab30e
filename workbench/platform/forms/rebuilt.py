"""A new workbook with the values of one that no library can change: another format, or a package it fails on."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from workbench.core.file_names import sheet_name
from workbench.platform.forms.addresses import split
from workbench.platform.forms.cells import failed, put
from workbench.platform.forms.child import cleaned
from workbench.platform.forms.guard import UNREAD, Marks, OtherFormat, Refused
from workbench.platform.forms.recognised import STAMP
from workbench.platform.forms.sheet import Book, Sheet
from workbench.platform.forms.table_rows import ROW_ID

MOST_CELLS = 500_000
MOST_AREAS, MOST_MERGED = 500, 1_000  # merged areas, and cells of one: beyond that the library takes too long
_DIGITS = re.compile(r"[-+\d.,() 　]+")
_STYLES: tuple[tuple[type, str], ...] = (
    (datetime, "yyyy-mm-dd hh:mm"),
    (date, "yyyy-mm-dd"),
    (time, "hh:mm:ss"),
    (timedelta, "[h]:mm:ss"),
)


def rebuilt(raw: bytes) -> tuple[Workbook, dict[str, str]]:
    """A workbook with the texts, numbers and days of the sheets that are read, hidden ones hidden; and the names that its
    sheets got there. Raises Refused.
    """
    workbook, names, taken = Workbook(), dict[str, str](), set[str]()
    workbook.remove(workbook.active)
    cells = 0
    for name, (grid, marks) in _contents(raw).items():
        cells += sum(map(len, grid))
        if cells > MOST_CELLS:
            raise Refused("too_much_to_mark")
        names[name] = sheet_name(name)
        while names[name].casefold() in taken:
            names[name] = sheet_name(f"{len(taken)}-{name}")
        taken.add(names[name].casefold())
        if marks.from_1904:  # its numbers stay as they are
            workbook.epoch = CALENDAR_MAC_1904
        page = workbook.create_sheet(names[name])
        if name == STAMP or marks.concealed:
            page.sheet_state = "hidden"
        _fill(page, grid)
        _mark(page, marks)
        for row in marks.hidden:
            page.row_dimensions[row].hidden = True
        for column in marks.columns:
            page.column_dimensions[get_column_letter(column + 1)].hidden = True
    if all(page.sheet_state != "visible" for page in workbook.worksheets):
        raise Refused("not_to_be_changed")
    return workbook, names


def _contents(raw: bytes) -> dict[str, tuple[list[list[Any]], Marks]]:
    try:
        book = Book(raw)
    except OtherFormat as other:
        from workbench.platform.forms.other_formats import values_of

        values = values_of(raw, other)
        return {
            name: ([cleaned(row) for row in grid], values.marks.get(name, Marks()))
            for name, grid in values.grids.items()
        }
    found = {}
    for entry in book.sheets:
        if entry.part is not None and entry.name not in UNREAD:
            sheet = Sheet(book, entry.part, concealed=entry.concealed)
            found[entry.name] = (sheet.read(), sheet.marks)
    return found


def _mark(page: Any, marks: Marks) -> None:
    """What was wrong with cells stays wrong: a copy that comes back is judged as the original was."""
    for address in (*marks.errors, *marks.uncached):
        failed(page[address])
    for address in marks.struck:
        page[address].font = Font(strike=True)
    for area in marks.merged if len(marks.merged) <= MOST_AREAS else ():
        (top, left), (bottom, right) = map(split, area.split(":"))
        if (bottom - top + 1) * (right - left + 1) <= MOST_MERGED:
            page.merge_cells(area)


def _fill(page: Any, grid: list[list[Any]]) -> None:
    widths: dict[int, int] = {}
    for number, row in enumerate(grid, start=1):
        for column, value in enumerate(row, start=1):
            if value == "" or value is None:
                continue
            cell = page.cell(number, column)
            put(cell, value)
            if isinstance(value, str):
                if _DIGITS.fullmatch(value):  # a phone or a code stays a text when it is typed again
                    cell.number_format = "@"
                if value == ROW_ID:
                    page.column_dimensions[cell.column_letter].hidden = True
                widths[column] = max(widths.get(column, 0), min(len(value.encode("gbk", "replace")), 40))
            else:
                if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
                    value = value.date()
                cell.number_format = next((style for kind, style in _STYLES if isinstance(value, kind)), "General")
                widths.setdefault(column, 12)
    for column, width in widths.items():
        page.column_dimensions[get_column_letter(column)].width = max(width + 2, 10)

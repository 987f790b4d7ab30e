"""Workbooks in other formats than .xlsx: their values, and what of them cannot be seen.

.xls (.et of WPS is the same), .xlsb and .ods are read by calamine, text tables by the standard library; all in the
reading process, after the guard.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from workbench.platform.forms.addresses import letter
from workbench.platform.forms.biff import marks_of
from workbench.platform.forms.delimited import SHEET, table_of
from workbench.platform.forms.extent import bounded_area
from workbench.platform.forms.guard import UNREAD, Marks, OtherFormat, Refused, bounded
from workbench.platform.forms.limits import bounded_memory
from workbench.platform.forms.plain_rows import FAR_COLUMN, FAR_ROW

PANIC = "PanicException"  # what a library in Rust stumbles with over a damaged file; it has no name to be imported by
MEMORY = 512 << 20  # bytes that a library may take for a workbook; beyond them the reading process ends


@dataclass
class Values:
    """A workbook as its values: each sheet's rows from 1 on, and what of its marks the format tells."""

    grids: dict[str, list[list[Any]]]
    marks: dict[str, Marks]


def values_of(raw: bytes, other: OtherFormat) -> Values:
    """What a workbook of another format holds. Raises Refused: the reason ``other`` has where it cannot be read."""
    if other.kind == "csv":
        return Values({SHEET: list(table_of(raw))}, {})
    if other.kind != "xls":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:  # the guard opened it before
            bounded(archive.infolist())
    bounded_area(raw, other)
    try:
        with bounded_memory(MEMORY), _Panics(other):
            return _read(raw, other)
    except PasswordError:
        raise Refused("password") from None
    except (CalamineError, ValueError, OverflowError, OSError):  # dates no calendar has, sums that do not fit, too
        raise Refused(other.key) from None


class _Panics:
    """A library's panic is the refusal of the file; what panics leave behind is gone with it."""

    def __init__(self, other: OtherFormat) -> None:
        self.other = other

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and kind.__name__ == PANIC:
            raise Refused(self.other.key) from None


def _read(raw: bytes, other: OtherFormat) -> Values:
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    told = (marks_of(raw) if other.kind == "xls" else None) or {}
    grids: dict[str, list[list[Any]]] = {}
    marks: dict[str, Marks] = {}
    for sheet in book.sheets_metadata:
        if sheet.typ is not SheetTypeEnum.WorkSheet or sheet.name in UNREAD:
            continue
        page, mark = book.get_sheet_by_name(sheet.name), told.get(sheet.name) or Marks()
        mark.concealed = sheet.visible is not SheetVisibleEnum.Visible
        mark.merged += [_area(*area) for area in (page.merged_cell_ranges or ())]
        grids[sheet.name], marks[sheet.name] = _grid(page, mark), mark
    if not grids:
        raise Refused(other.key)
    return Values(grids, marks)


def _grid(page: CalamineSheet, mark: Marks) -> list[list[Any]]:
    """A sheet's rows; what lies outside any form is marked by its first cell and left."""
    grid: list[list[Any]] = []
    left = page.start[1] if page.start else 0  # columns before the first value, which the library leaves out
    for number, values in enumerate(page.iter_rows(), start=1):
        while values and values[-1] == "":
            values.pop()
        row: list[Any] = [*[""] * left, *values] if values else []
        far = next((place for place, value in enumerate(row) if value != "" and _outside(place, number)), None)
        if far is not None:
            mark.far = mark.far or f"{letter(far)}{number}"
            row = row[: min(far, FAR_COLUMN)]
        grid.append(row)
    while grid and not grid[-1]:
        grid.pop()
    return grid


def _outside(column: int, row: int) -> bool:
    return column >= FAR_COLUMN or row >= FAR_ROW


def _area(first: tuple[int, int], last: tuple[int, int]) -> str:
    return f"{letter(first[1])}{first[0] + 1}:{letter(last[1])}{last[0] + 1}"

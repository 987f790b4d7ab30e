"""What the buttons do to sheets: read them whole, write lists, colour and annotate cells, and take it all back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from workbench.core.colours import INK, MUTED, WHITE, rgb
from workbench.core.errors import WrongUse
from workbench.core.texts import in_xml
from workbench.interfaces.addin.patience import patiently
from workbench.interfaces.addin.pywin32 import ExcelRefuses
from workbench.platform.forms.addresses import letter
from workbench.platform.forms.cells import LONGEST
from workbench.platform.forms.guard import UNREAD
from workbench.platform.forms.read import parse_open_workbook

ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
MOST_CELLS = 2_000_000
HEAD, HEAD_TEXT, GREY = rgb(INK), rgb(WHITE), rgb(MUTED)
PLAIN = frozenset({bool, int, datetime, date, type(None)})  # a float can be missing
TEXT = "@"  # the format of cells that take everything as it stands
FIRST = 5  # row of a list's first line; its titles stand above
ALLOWED = (
    "AllowFormattingCells",
    "AllowFormattingColumns",
    "AllowFormattingRows",
    "AllowInsertingColumns",
    "AllowInsertingRows",
    "AllowInsertingHyperlinks",
    "AllowDeletingColumns",
    "AllowDeletingRows",
    "AllowSorting",
    "AllowFiltering",
    "AllowUsingPivotTables",
)


def looked_at(book: Any, own: Sequence[str]) -> dict[str, Any]:
    """An open workbook as the reading process would see its file, without the lists the buttons themselves add (``own``).

    Raises FileRefused.
    """
    grids, errors = {}, {}
    for sheet in book.sheets:
        if sheet.name not in UNREAD and sheet.name not in own:
            grids[sheet.name] = grid = cells(sheet)
            errors[sheet.name] = [
                f"{letter(place)}{number}"
                for number, row in enumerate(grid, start=1)
                for place, value in enumerate(row)
                if value.__class__ is str and value in ERRORS
            ]
    return parse_open_workbook(Path(book.name), grids, errors)


def cells(sheet: Any) -> list[list[Any]]:
    """All cells of a sheet from A1 to its last used one, error values as their text, empty ones as ''."""
    corner = sheet.used_range.last_cell
    if corner.row * corner.column > MOST_CELLS:
        return []
    area = sheet.range((1, 1), (corner.row, corner.column))
    return area.options(ndim=2, empty="", err_to_str=True).value


@contextmanager
def unprotected(sheet: Any) -> Iterator[bool]:
    """The sheet without its protection, which stands again afterwards as it was; False where that cannot be done.

    The official templates are protected without a password, so that colours and comments need this.
    """
    api = sheet.api
    kept = {name: getattr(api.Protection, name) for name in ALLOWED} if (was := bool(api.ProtectContents)) else {}
    if was:
        drawings, scenarios = bool(api.ProtectDrawingObjects), bool(api.ProtectScenarios)
        try:
            api.Unprotect("")
        except ExcelRefuses:  # there is a password
            yield False
            return
    try:
        yield not api.ProtectContents
    finally:
        if was:
            patiently(lambda: api.Protect(DrawingObjects=drawings, Contents=True, Scenarios=scenarios, **kept))


def fresh(book: Any, name: str, after: Any) -> Any:
    """An empty sheet of this name; one that stands already is emptied. Raises WrongUse where no sheet may be added."""
    if name in [sheet.name for sheet in book.sheets]:
        sheet = book.sheets[name]
        sheet.clear()
        return sheet
    if book.api.ProtectStructure:
        raise WrongUse("structure_protected", sheet=name)
    return book.sheets.add(name, after=after)


def put(range_: Any, value: Any) -> None:
    """Give a cell, or all cells of a range, a value; a text goes into text cells, in which Excel makes nothing else of it.

    Elsewhere what begins with = + - @ would be a formula, and 1-2 a day. Lists of rows go into cells that are text
    cells already where they hold texts (``write_list``).
    """
    if isinstance(value, str) and range_.number_format != TEXT:
        range_.number_format = TEXT
    range_.value = [[_fit(each) for each in row] for row in value] if isinstance(value, list) else _fit(value)


def note(cell: Any, text: str) -> None:
    """Give a cell a comment, in a box that shows all of it."""
    cell.add_note(in_xml(text)).api.Shape.TextFrame.AutoSize = True


def _fit(value: Any) -> Any:
    """A value as a cell holds it: a text without what no workbook can hold, and no longer than a cell takes.

    Values of tables are plain ones for Excel, missing ones empty: xlwings does not know those libraries (``excel_library``).
    """
    if isinstance(value, str):
        return in_xml(value)[:LONGEST]
    if value.__class__ in PLAIN:
        return value
    from pandas import Timestamp, isna

    if isna(value):
        return None
    if isinstance(value, Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value


def write_list(
    sheet: Any, title: str, subtitle: str, heads: Sequence[tuple[str, float]], rows: Sequence[Sequence[Any]]
) -> None:
    """A titled table; ``heads`` are titles and widths. Texts are texts: nothing in them becomes a formula."""
    put(sheet.range("A1"), title)
    put(sheet.range("A2"), subtitle)
    sheet.range("A1").font.bold, sheet.range("A1").font.size = True, 14
    sheet.range("A2").font.color = GREY
    top = sheet.range((FIRST - 1, 1), (FIRST - 1, len(heads)))
    top.number_format = TEXT
    put(top, [[head for head, _ in heads]])
    top.color, top.font.color, top.font.bold = HEAD, HEAD_TEXT, True
    for place, (_, width) in enumerate(heads, start=1):
        sheet.range((1, place)).column_width = width
    if rows:
        for place in range(len(heads)):
            if any(isinstance(row[place], str) for row in rows):
                sheet.range((FIRST, place + 1), (FIRST + len(rows) - 1, place + 1)).number_format = TEXT
        put(sheet.range((FIRST, 1), (FIRST + len(rows) - 1, len(heads))), [list(row) for row in rows])


def link(cell: Any, sheet: str, address: str) -> None:
    """Turn a cell of a list into a link to a cell of the data sheet."""
    quoted = sheet.replace("'", "''")
    cell.add_hyperlink(f"#'{quoted}'!{address}", address)


def open_from(cell: Any, page: Path) -> None:
    """Turn a cell of a list into a link that opens a page, with the text it has."""
    cell.add_hyperlink(page.as_uri(), cell.value)


def list_rows(sheet: Any, width: int) -> list[list[Any]]:
    """The lines of a list that was written, ``width`` columns."""
    return [row[:width] + [""] * (width - len(row)) for row in cells(sheet)[FIRST - 1 :] if any(row)]


def colour_word(range_: Any) -> str:
    """A cell's colour as a word that a list can keep; '' where it has none."""
    colour = range_.color
    return "" if colour is None else "#{:02X}{:02X}{:02X}".format(*map(int, colour))


def colour_of(word: str) -> tuple[int, int, int] | None:
    """The colour of ``colour_word``."""
    return (int(word[1:3], 16), int(word[3:5], 16), int(word[5:7], 16)) if word else None


def shown(value: Any) -> str:
    """A value as a list shows it."""
    return value.strftime("%Y-%m-%d") if isinstance(value, datetime) else str(value)

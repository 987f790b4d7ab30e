"""Changes to a received workbook: done by openpyxl in the reading process, on what the guard let through.

Both give the bytes of the changed workbook in base64; what was received stays as it is. They run by name
(``read.ReadingProcess.run``), with plain values only.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils.exceptions import (
    CellCoordinatesException,
    IllegalCharacterError,
    InvalidFileException,
    SheetTitleException,
)

from workbench.core.colours import ACCENT, INK, LINE, MUTED, WHITE, bare
from workbench.platform.forms.addresses import split, whole_area
from workbench.platform.forms.cells import annotated, failed, kept_within, linked, put
from workbench.platform.forms.guard import OtherFormat, Refused
from workbench.platform.forms.package import Package
from workbench.platform.forms.rebuilt import rebuilt
from workbench.platform.forms.sheet import Book, Sheet
from workbench.platform.forms.unlocked import OF_LIBRARIES, opened

MOST_XML, MOST_ELEMENTS, MOST_CELLS, DEEPEST = 64 << 20, 400_000, 500_000, 100  # bytes; two elements a cell; areas
HEAVY = 10  # a style, a merged area, a row of a pivot's cache is as much work as so many other elements; some have thousands
MOST_MADE = 64 << 20  # bytes of a changed workbook
FAULTS = (  # the file was read, it is only not to be changed
    *OF_LIBRARIES,
    SyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    CellCoordinatesException,
    IllegalCharacterError,
    InvalidFileException,
    SheetTitleException,
)
_OF_ITS_PACKAGE = frozenset({"not_to_be_changed", "doctype", "too_much_to_mark"})  # its values can be read for all that
AUTHOR = "大客户信息工作台"
FONT = "Microsoft YaHei"
_EDGE = Side(style="thin", color=bare(LINE))
BOX = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_QUOTED = re.compile(r'"[^"]*"')
# in a rule of a cell: other workbooks, other programs (DDE), and functions that ask others or call them
_REACHES_OUT = re.compile(
    r"[\[|]|\b(?:CALL|EXEC|HYPERLINK|IMAGE|REGISTER(?:\.ID)?|RTD|SQL\.REQUEST|WEBSERVICE)\s*\(", re.I
)
_AREA = re.compile(r"([A-Z]+[0-9]+):([A-Z]+[0-9]+)")


def loaded(raw: bytes, *, data_only: bool = False) -> Any:
    """A workbook to be changed or looked through. Raises Refused for what the guard refuses, and what is too much."""
    Package(raw)
    links = _bounded(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl on parts it does not keep; the copy is for reading
            workbook = load_workbook(
                io.BytesIO(raw), keep_links=False, data_only=data_only
            )  # links to other files are none of a report's
    except FAULTS:
        raise Refused("not_to_be_changed") from None
    if links:
        _without_targets(workbook, raw)
    return workbook


def _without_targets(workbook: Any, raw: bytes) -> None:
    """Empty again the cells that hold nothing but a link: openpyxl writes its target into them. Raises Refused."""
    book = Book(raw)
    parts = {entry.name: entry.part for entry in book.sheets if entry.part is not None}
    for page in workbook.worksheets:
        targets = [
            cell
            for cell in page._cells.values()
            if (link := cell.hyperlink) is not None and cell.value in (link.target, link.location)
        ]
        if not targets or page.title not in parts:
            continue
        grid = Sheet(book, parts[page.title]).read()
        for cell in targets:
            row = grid[cell.row - 1] if cell.row <= len(grid) else []
            if cell.column > len(row) or row[cell.column - 1] == "":
                put(cell, None)


def _at_rest(workbook: Any, raw: bytes) -> None:
    """Leave nothing in a copy that calculates, or leads out of it: a formula becomes what it shows, or an error value where
    it has no result; links to other files and names go, and rules of cells that ask others. No blank of ours holds any of
    these. Raises Refused.
    """
    workbook.defined_names.clear()
    formulas: dict[str, list[Any]] = {}
    for page in workbook.worksheets:
        page.defined_names.clear()
        page.data_validations.dataValidation = [
            rule for rule in page.data_validations.dataValidation if not _reach_out(rule.formula1, rule.formula2)
        ]
        looks = page.conditional_formatting._cf_rules
        for area, rules in list(looks.items()):
            rules[:] = [rule for rule in rules if not _reach_out(*rule.formula)]
            if not rules:
                del looks[area]
        cells = [*page._cells.values()]
        for cell in cells:
            kept_within(cell)
        if calculated := [cell for cell in cells if cell.data_type == "f"]:
            formulas[page.title] = calculated
    if not formulas:
        return
    book = Book(raw)
    for entry in book.sheets:
        if entry.name not in formulas or entry.part is None:
            continue
        sheet = Sheet(book, entry.part)
        grid = sheet.read()
        unknown = {*sheet.marks.errors, *sheet.marks.uncached}
        for cell in formulas.pop(entry.name):
            if cell.coordinate in unknown:
                failed(cell)
                continue
            row = grid[cell.row - 1] if cell.row <= len(grid) else []
            shown = row[cell.column - 1] if cell.column <= len(row) else ""
            put(cell, None if shown == "" else shown)
    if formulas:
        raise Refused("not_to_be_changed")


def _reach_out(*formulas: str | None) -> bool:
    """Whether one of a rule's formulas leads out of the workbook."""
    return any(_REACHES_OUT.search(_QUOTED.sub("", formula)) for formula in formulas if formula)


def _bounded(raw: bytes) -> bool:
    """Refuse what openpyxl would take minutes and gigabytes for; whether it has links. Raises Refused ``too_much_to_mark``."""
    size, count = 0, _Count()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if any("\\" in part.filename for part in archive.infolist()):
            raise Refused("not_to_be_changed")
        for part in archive.infolist():
            if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                size += part.file_size
                if size > MOST_XML:
                    raise Refused("too_much_to_mark")
                xml = archive.read(part)
                if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
                    raise Refused("doctype")
                count.part(xml)
    return count.links


class _Count:
    """Elements, their depth, and the cells of areas of which openpyxl makes every cell."""

    def __init__(self) -> None:
        self.elements = self.cells = self.depth = 0
        self.weight, self.links = 1, False

    def part(self, xml: bytes) -> None:
        """Look through one part. Raises Refused."""
        parser, self.depth = expat.ParserCreate(), 0
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        try:
            parser.Parse(xml, True)
        except (expat.ExpatError, LookupError, ValueError):  # the latter: an encoding nobody knows, or expat does not
            raise Refused("not_to_be_changed") from None  # it may be a drawing: nobody reads it

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.depth:
            self.weight = HEAVY if name.rpartition(":")[2] in ("styleSheet", "pivotCacheRecords") else 1
        kind = name.rpartition(":")[2]
        self.links = self.links or kind == "hyperlink"
        self.elements += HEAVY if kind == "mergeCell" else self.weight
        self.depth += 1
        if kind in ("mergeCell", "hyperlink") and (area := _AREA.fullmatch(whole_area(attributes.get("ref", "")))):
            (top, left), (bottom, right) = split(area[1]), split(area[2])
            self.cells += (abs(bottom - top) + 1) * (abs(right - left) + 1)
        if self.elements > MOST_ELEMENTS or self.cells > MOST_CELLS or self.depth > DEEPEST:
            raise Refused("too_much_to_mark")

    def _end(self, name: str) -> None:
        self.depth -= 1


def _changed(
    raw: bytes,
    sha256: str,
    sheets: Sequence[str],
    change: Callable[[Any, Mapping[str, str], bool], None],
    passwords: Sequence[str] = (),
) -> dict[str, Any]:
    """The bytes of the workbook after ``change(workbook, names, rebuilt)``; ``names``: what each sheet is called in it.
    ``password``: which of ``passwords`` it was under, if any; the bytes are under none.

    What the library cannot load, change or save is changed as a new workbook with the same values (``rebuilt``).
    """
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise Refused("changed_meanwhile")
    raw, password = opened(raw, passwords)
    try:
        workbook = loaded(raw)
        _at_rest(workbook, raw)
        if not set(sheets) <= set(workbook.sheetnames):
            raise Refused("not_to_be_changed")
        change(workbook, {name: name for name in sheets}, False)
        return {**_made(workbook), "password": password}
    except FAULTS:
        pass
    except Refused as no:
        if not isinstance(no, OtherFormat) and no.key not in _OF_ITS_PACKAGE:
            raise
    workbook, names = rebuilt(raw)
    if not set(sheets) <= names.keys():
        raise Refused("not_to_be_changed")
    change(workbook, names, True)
    return {**_made(workbook), "password": password}


def _made(workbook: Any) -> dict[str, str]:
    out = io.BytesIO()
    try:
        workbook.save(out)
    except FAULTS:
        raise Refused("not_to_be_changed") from None
    if out.tell() > MOST_MADE:
        raise Refused("too_much_to_mark")
    return {"workbook": base64.b64encode(out.getvalue()).decode()}


def fixed(raw: bytes, sha256: str, fill: str, cells: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Give cells new values and a colour. ``cells``: sheet, address and value; a time is ``{"t": ISO}``."""

    def change(workbook: Any, names: Mapping[str, str], _: bool) -> None:
        for sheet, address, given in cells:
            value = datetime.fromisoformat(given["t"]) if isinstance(given, dict) else given
            cell = _first(workbook[names[sheet]], address)
            if not isinstance(value, str) and cell.number_format == "@":
                cell.number_format = "yyyy-mm-dd" if isinstance(value, datetime) else "General"
            put(cell, value)
            cell.fill = PatternFill("solid", fgColor=fill)

    return _changed(raw, sha256, _names(cells), change)


def marked(
    raw: bytes,
    sha256: str,
    sheets: Sequence[str],
    marks: Sequence[Sequence[Any]],
    listing: dict[str, Any],
    passwords: Sequence[str] = (),
) -> dict[str, Any]:
    """Colour and comment cells, and add a sheet that lists the findings.

    ``sheets``: those with forms; ``marks``: sheet, address, colour, comment, number of its findings; ``listing``: name, title, summary, what to add to it where
    the copy holds the values alone (``rebuilt``), heads, widths, and rows of values with their colour.
    """

    def change(workbook: Any, names: Mapping[str, str], rebuilt: bool) -> None:
        for sheet in sheets:
            workbook[names[sheet]].protection.sheet = False
        fills = {fill: PatternFill("solid", fgColor=fill) for _, _, fill, _, _ in marks}
        for sheet, address, fill, text, count in marks:
            page = workbook[names[sheet]]
            cell = _first(page, address)
            cell.fill = fills[fill]
            annotated(cell, text, AUTHOR, height=40 + 36 * count, width=320)
        _list(workbook, names, listing, listing["rebuilt"] if rebuilt else "")

    return _changed(raw, sha256, [*sheets, *_names(marks)], change, passwords)


def _names(cells: Sequence[Sequence[Any]]) -> list[str]:
    """The sheets that cells, given with them, stand in."""
    return list(dict.fromkeys(cell[0] for cell in cells))


def _first(page: Any, address: str) -> Any:
    """A cell; of a merged area its first one, which alone can hold something."""
    cell = page[address]
    if cell.__class__.__name__ != "MergedCell":
        return cell
    area = next(area for area in page.merged_cells.ranges if address in area)
    return page.cell(area.min_row, area.min_col)


def _list(workbook: Any, names: Mapping[str, str], listing: dict[str, Any], further: str) -> None:
    """The list of findings as the second sheet, each with a link to its cell."""
    sheet = workbook.create_sheet(listing["name"], 1)
    font = {"name": FONT, "size": 10}
    put(sheet["A1"], listing["title"])
    sheet["A1"].font = Font(**{**font, "size": 14}, bold=True, color=bare(INK))
    put(sheet["A2"], listing["summary"] + further)
    sheet["A2"].font = Font(**font, color=bare(MUTED))
    for number, head in enumerate(listing["heads"], start=1):
        cell = sheet.cell(4, number)
        put(cell, head)
        cell.font = Font(**font, bold=True, color=bare(WHITE))
        cell.fill = PatternFill("solid", fgColor=bare(INK))
        cell.border = BOX
    looks: dict[tuple[str, int], Any] = {}  # a style costs much to make and little to copy
    for number, (fill, values) in enumerate(listing["rows"], start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(4 + number, column)
            put(cell, value)
            linking = column == 4 and bool(value) and values[2] in names
            look = (fill if column == 2 else "", column + 10 * linking)
            if look not in looks:
                cell.font = Font(**font, color=bare(ACCENT), underline="single") if linking else Font(**font)
                cell.border = BOX
                cell.alignment = Alignment(wrap_text=column == len(values), vertical="top")
                if column == 2:
                    cell.fill = PatternFill("solid", fgColor=fill)
                looks[look] = copy(cell._style)
            quoted = cell.quotePrefix
            cell._style = copy(looks[look])
            cell.quotePrefix = quoted
            if linking:
                linked(cell, names[values[2]], value)
    for letter, width in zip("ABCDEFG", listing["widths"], strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A5"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "4:4"

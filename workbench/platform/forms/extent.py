"""How far the values of other formats' sheets reach, told before their library is given the file.

The library makes every cell between the first value and the last: one stray cell, or a head that promises them, takes
gigabytes. Only positions are looked at here; what cannot be followed is left to the library, whose memory is bounded.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from workbench.platform.forms.addresses import letter
from workbench.platform.forms.biff import DIMENSIONS, FORMULA, listed, records, stream_of
from workbench.platform.forms.guard import UNREAD, OtherFormat, Refused
from workbench.platform.forms.markup import CHUNK
from workbench.platform.forms.package import links_of
from workbench.platform.forms.unlocked import OF_LIBRARIES

MOST_CELLS = 2_000_000  # between the first value and the last of one sheet; some 70 bytes each
_FARTHEST = 1 << 30
_CELLS = frozenset({FORMULA, 0x0203, 0x0204, 0x0205, 0x00D6, 0x00FD, 0x027E, 0x0206, 0x0406})
_SEVERAL = 0x00BD  # numbers in one record
_ROW, _VALUES, _SHEET = 0, range(2, 12), 156  # records of .xlsb: a row's head, cells with a value, a sheet's name
_SHORT = range(13, 19)  # cells that stand behind the one before without saying where, as some programs write them
_FAULTS = (*OF_LIBRARIES, zipfile.BadZipFile)


class _Extent:
    """The area of the values met so far in a sheet; rows and columns from 0."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.top = self.left = _FARTHEST
        self.bottom = self.right = -1

    def add(self, row: int, first: int, last: int, rows: int = 1) -> None:
        """A row's values, the same in so many rows. Raises Refused ``far_cell``, which names the farthest."""
        self.top, self.left = min(self.top, row), min(self.left, first)
        self.bottom, self.right = max(self.bottom, row + rows - 1), max(self.right, last)
        if (self.bottom - self.top + 1) * (self.right - self.left + 1) > MOST_CELLS:
            cell = f"{letter(min(self.right, _FARTHEST))}{self.bottom + 1}"
            raise Refused("far_cell", name=self.name, sheet=self.name, cell=cell)


def bounded_area(raw: bytes, other: OtherFormat) -> None:
    """Refuse a workbook of another format whose values reach too far, or with cells its library does not know.

    Raises Refused.
    """
    if other.kind == "xls":
        _xls(raw, other)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            (_ods if other.kind == "ods" else _xlsb)(archive)
    except _FAULTS:
        return


def _xls(raw: bytes, other: OtherFormat) -> None:
    try:
        book = stream_of(raw)
    except _FAULTS:
        raise Refused(other.key) from None
    try:
        for name, at in listed(book):
            found = _Extent(name)
            for kind, begin, length in records(book, at):
                if kind == DIMENSIONS:
                    layout = "<IIHH" if length >= 14 else "<4H"
                    top, end, left, right = struct.unpack_from(layout, book, begin)
                    if end > top and right > left:  # as much is set aside, whatever comes
                        promised = _Extent(name)
                        promised.add(top, left, right - 1, end - top)
                elif kind in _CELLS or kind == _SEVERAL:
                    row, first = struct.unpack_from("<HH", book, begin)
                    last = struct.unpack_from("<H", book, begin + length - 2)[0] if kind == _SEVERAL else first
                    found.add(row, first, max(first, last))
    except _FAULTS:
        return


def _xlsb(archive: zipfile.ZipFile) -> None:
    parts = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in archive.infolist()}
    book = "xl/workbook.bin"
    links = links_of("xl", archive.read(parts["xl/_rels/workbook.bin.rels"]))
    for kind, at, held in _binary(archive.read(parts[book])):
        if kind != _SHEET:
            continue
        number, behind = _wide(held, at + 8)
        name, _ = _wide(held, behind)
        _, part = links.get(number, ("", ""))
        if part not in parts or name in UNREAD:
            continue
        found, row = _Extent(name), 0
        for kind, at, held in _binary(archive.read(parts[part])):
            if kind == _ROW:
                (row,) = struct.unpack_from("<I", held, at)
            elif kind in _VALUES:
                (column,) = struct.unpack_from("<I", held, at)
                found.add(row, column, column)
            elif kind in _SHORT:
                raise Refused("binary_workbook")


def _binary(held: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The records of a part of .xlsb as (kind, begin, the part)."""
    at = 0
    while at < len(held):
        kind = held[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (held[at] & 0x7F) << 7
            at += 1
        length = 0
        for place in range(4):
            byte = held[at]
            at += 1
            length |= (byte & 0x7F) << 7 * place
            if not byte & 0x80:
                break
        yield kind, at, held
        at += length


def _wide(held: bytes, at: int) -> tuple[str, int]:
    """A text of .xlsb, and where it ends."""
    (count,) = struct.unpack_from("<I", held, at)
    end = at + 4 + 2 * count
    return held[at + 4 : end].decode("utf-16-le", "replace"), end


def _ods(archive: zipfile.ZipFile) -> None:
    parser, tables = expat.ParserCreate(), _Tables()
    parser.StartElementHandler, parser.EndElementHandler = tables.begin, tables.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = tables.text, tables.declared
    try:
        with archive.open("content.xml") as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
    except (expat.ExpatError, LookupError, ValueError):  # the latter: an encoding nobody knows, or expat does not
        return


class _Tables:
    """Follows the tables of an .ods: cells and rows that stand for many of their kind."""

    def __init__(self) -> None:
        self.extent = _Extent("")
        self.row = self.column = self.rows = self.columns = 0
        self.first: int | None = None
        self.last = 0
        self.in_cell = self.valued = False

    def begin(self, name: str, attributes: dict[str, Any]) -> None:
        """An element begins."""
        name = name.rpartition(":")[2]
        if name == "table":
            self.extent, self.row = _Extent(attributes.get("table:name", "")), 0
        elif name == "table-row":
            self.rows, self.column, self.first = _times(attributes, "rows"), 0, None
        elif name in ("table-cell", "covered-table-cell"):
            self.columns, self.in_cell = _times(attributes, "columns"), True
            self.valued = any(key.endswith(":value-type") for key in attributes)

    def text(self, text: str) -> None:
        """Text within a cell is its value."""
        self.valued = self.valued or (self.in_cell and not text.isspace())

    def declared(self, *_: object) -> None:
        """No program writes a declaration of types there; with one it could grow without end."""
        raise Refused("open_document")

    def end(self, name: str) -> None:
        """An element ends. Raises Refused."""
        name = name.rpartition(":")[2]
        if name in ("table-cell", "covered-table-cell"):
            if self.valued:
                self.first = self.column if self.first is None else self.first
                self.last = self.column + self.columns - 1
            self.column, self.in_cell = self.column + self.columns, False
        elif name == "table-row":
            if self.first is not None and self.extent.name not in UNREAD:
                self.extent.add(self.row, self.first, self.last, self.rows)
            self.row += self.rows


def _times(attributes: dict[str, Any], what: str) -> int:
    text = attributes.get(f"table:number-{what}-repeated", "1")
    return max(1, min(int(text), _FARTHEST)) if text.isascii() and text.isdigit() and len(text) < 20 else 1

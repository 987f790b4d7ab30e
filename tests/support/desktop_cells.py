"""The cells of the Excel without Excel: ranges, fonts and notes on openpyxl's sheets, refused where they are protected."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from xlwings import base_classes as base

from workbench.interfaces.addin.pywin32 import ExcelRefuses

if TYPE_CHECKING:
    from tests.support.desktop import Sheet

CODES = {-2146826281: "#DIV/0!", -2146826246: "#N/A", -2146826259: "#NAME?", -2146826273: "#VALUE!"}
BY_WORD = {word: code for code, word in CODES.items()}


class Protected(ExcelRefuses):
    """What Excel raises when a locked cell or a format of a protected sheet is changed."""


class Range(base.Range):
    max_cells_per_read = max_cells_per_write = None

    def __init__(self, sheet: Sheet, top, left, bottom, right) -> None:
        self.sheet, self.r1, self.c1, self.r2, self.c2 = sheet, top, left, bottom, right

    row, column = property(lambda self: self.r1), property(lambda self: self.c1)
    shape = property(lambda self: (self.r2 - self.r1 + 1, self.c2 - self.c1 + 1))
    coords = property(lambda self: (self.sheet.name, self.r1, self.c1, *self.shape))
    first = property(lambda self: self.sheet.sheet.cell(self.r1, self.c1))
    api = property(lambda self: self)

    def __len__(self):
        return self.shape[0] * self.shape[1]

    def __call__(self, row, column=None):
        if column is None:
            row, column = divmod(row - 1, self.shape[1])
            row, column = row + 1, column + 1
        top, left = self.r1 + row - 1, self.c1 + column - 1
        return Range(self.sheet, top, left, top, left)

    def _cells(self):
        rows = self.sheet.sheet.iter_rows(self.r1, self.r2, self.c1, self.c2)
        return [list(row) for row in rows]

    def _changing(self, cell=None):
        if self.sheet.sheet.protection.sheet and (cell is None or cell.protection.locked):
            raise Protected(f"{self.sheet.name} {cell and cell.coordinate}")

    @property
    def raw_value(self):
        def read(cell):
            if cell.__class__.__name__ == "MergedCell":
                return None
            value = BY_WORD.get(cell.value, cell.value) if isinstance(cell.value, str) else cell.value
            return float(value) if isinstance(value, int) and value not in CODES else value

        return [[read(cell) for cell in row] for row in self._cells()]

    @raw_value.setter
    def raw_value(self, value):
        rows = value if isinstance(value, list | tuple) else [[value] * self.shape[1] for _ in range(self.shape[0])]
        for cells, values in zip(self._cells(), rows, strict=True):
            for cell, one in zip(cells, values, strict=True):
                self._changing(cell)
                cell.value = None if one == "" else one
                if isinstance(one, str) and cell.number_format == "@":
                    cell.data_type = "s"  # a text cell takes = as a text

    @property
    def color(self):
        fill = self.first.fill
        if fill.fill_type != "solid":
            return None
        rgb = fill.fgColor.rgb[-6:]
        return tuple(int(rgb[place : place + 2], 16) for place in (0, 2, 4))

    @color.setter
    def color(self, value):
        self._changing()
        rgb = value and "{:02X}{:02X}{:02X}".format(*value)
        for row in self._cells():
            for cell in row:
                cell.fill = PatternFill("solid", fgColor=rgb) if rgb else PatternFill()

    @property
    def number_format(self):
        return self.first.number_format

    @number_format.setter
    def number_format(self, value):
        self._changing()
        for row in self._cells():
            for cell in row:
                cell.number_format = value

    @property
    def column_width(self):
        return self.sheet.sheet.column_dimensions[get_column_letter(self.c1)].width

    @column_width.setter
    def column_width(self, value):
        self.sheet.sheet.column_dimensions[get_column_letter(self.c1)].width = value
        self.sheet.sheet.column_dimensions[get_column_letter(self.c1)].hidden = value == 0

    @property
    def font(self):
        return FontOf(self)

    @property
    def note(self):
        return Note(self) if self.first.comment else None

    def add_note(self, text):
        self._changing()
        self.first.comment = Comment(text, "")
        return Note(self)

    def add_hyperlink(self, address, text_to_display=None, screen_tip=None):
        self.first.value = text_to_display
        where = {"location": address[1:]} if address.startswith("#") else {"target": address}
        self.first.hyperlink = Hyperlink(ref=self.first.coordinate, **where)

    def get_address(self, row_absolute, col_absolute, external):
        return self.first.coordinate

    address = property(lambda self: self.first.coordinate)

    def select(self):
        self.sheet.book.app.chosen = self


class FontOf(base.Font):
    """A range's font."""

    def __init__(self, range_: Range) -> None:
        object.__setattr__(self, "range", range_)

    def __setattr__(self, name, value):
        self.range._changing()
        for row in self.range._cells():
            for cell in row:
                old = cell.font
                settings = {"name": old.name, "size": old.size, "bold": old.bold, "color": old.color}
                settings[name] = "{:02X}{:02X}{:02X}".format(*value) if name == "color" else value
                cell.font = Font(**settings)


class Note(base.Note):
    def __init__(self, range_: Range) -> None:
        self.range = range_
        self.shape = SimpleNamespace(TextFrame=SimpleNamespace(AutoSize=False))

    api = property(lambda self: SimpleNamespace(Shape=self.shape))

    @property
    def text(self):
        return self.range.first.comment.text

    @text.setter
    def text(self, value):
        self.range.first.comment = Comment(value, "")

    def delete(self):
        self.range._changing()
        self.range.first.comment = None

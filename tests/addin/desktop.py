"""An Excel for xlwings without Excel: an engine whose workbooks are openpyxl's, protection and all, and saved as files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import xlwings as xw
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.hyperlink import Hyperlink
from xlwings import base_classes as base

CODES = {-2146826281: "#DIV/0!", -2146826246: "#N/A", -2146826259: "#NAME?", -2146826273: "#VALUE!"}
BY_WORD = {word: code for code, word in CODES.items()}
FLAGS = {
    "AllowFormattingCells": "formatCells", "AllowFormattingColumns": "formatColumns", "AllowFormattingRows": "formatRows",
    "AllowInsertingColumns": "insertColumns", "AllowInsertingRows": "insertRows",
    "AllowInsertingHyperlinks": "insertHyperlinks", "AllowDeletingColumns": "deleteColumns",
    "AllowDeletingRows": "deleteRows", "AllowSorting": "sort", "AllowFiltering": "autoFilter",
    "AllowUsingPivotTables": "pivotTables",
}  # fmt: skip


class Protected(Exception):
    """What Excel raises when a locked cell or a format of a protected sheet is changed."""


class Engine:
    """What xlwings asks of an engine; values go in and out as those of Excel on Windows do."""

    name, type = "openpyxl", "desktop"

    def __init__(self) -> None:
        self.app = App(self)
        self.apps = Apps(self.app)

    @staticmethod
    def prepare_xl_data_element(value: Any, date_format: Any) -> Any:
        return "" if value is None else value

    @staticmethod
    def clean_value_data(data, datetime_builder, empty_as, number_builder, err_to_str):
        def clean(value):
            if value in ("", None):
                return empty_as
            if isinstance(value, datetime):
                return datetime_builder(
                    month=value.month, day=value.day, year=value.year, hour=value.hour, minute=value.minute,
                    second=value.second, microsecond=0, tzinfo=None,
                )  # fmt: skip
            if isinstance(value, int) and not isinstance(value, bool) and value in CODES:
                return CODES[value] if err_to_str else None
            return number_builder(value) if number_builder is not None and isinstance(value, float) else value

        return [[clean(value) for value in row] for row in data]


class Apps(base.Apps):
    def __init__(self, app: App) -> None:
        self.app = app

    def keys(self):
        return [self.app.pid]

    def __iter__(self):
        return iter([self.app])

    def __len__(self):
        return 1

    def __getitem__(self, pid):
        return self.app


class App(base.App):
    def __init__(self, engine: Engine) -> None:
        self.engine, self.said, self.chosen = engine, [], None
        self._books = Books(self)

    books = property(lambda self: self._books)
    selection = property(lambda self: self.chosen)
    pid = 1
    display_alerts = False

    def activate(self, steal_focus=False):
        pass

    @property
    def status_bar(self):
        return self.said[-1] if self.said else False

    @status_bar.setter
    def status_bar(self, value):
        self.said.append(value)


class Books(base.Books):
    def __init__(self, app: App) -> None:
        self.app, self.all = app, []

    active = property(lambda self: self.all[-1])

    def __call__(self, key):
        return self.all[key - 1] if isinstance(key, int) else {book.name: book for book in self.all}[key]

    def __len__(self):
        return len(self.all)

    def __iter__(self):
        return iter(self.all)

    def add(self):
        self.all.append(Book(self.app, Workbook(), f"工作簿{len(self.all) + 1}"))
        return self.all[-1]

    def open(self, fullname, *_, **__):
        self.all.append(Book(self.app, load_workbook(fullname), str(fullname)))
        return self.all[-1]


class Book(base.Book):
    def __init__(self, app: App, book: Workbook, fullname: str) -> None:
        self._app, self.book, self.path = app, book, fullname

    app = property(lambda self: self._app)
    name = property(lambda self: Path(self.path).name)
    fullname = property(lambda self: self.path)
    sheets = property(lambda self: Sheets(self))

    def save(self, path=None, password=None):
        self.path = str(path or self.path)
        self.book.save(self.path)

    def activate(self):
        pass


class Sheets(base.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book

    active = property(lambda self: Sheet(self.book, self.book.book.active))

    def __call__(self, key):
        if isinstance(key, int):
            return Sheet(self.book, self.book.book.worksheets[key - 1])
        return Sheet(self.book, self.book.book[key])

    def __len__(self):
        return len(self.book.book.worksheets)

    def __iter__(self):
        return (Sheet(self.book, sheet) for sheet in self.book.book.worksheets)

    def add(self, before=None, after=None, name=None):
        place = None if after is None else self.book.book.index(after.sheet) + 1
        made = Sheet(self.book, self.book.book.create_sheet(name, place))
        made.activate()
        return made


class Sheet(base.Sheet):
    def __init__(self, book: Book, sheet) -> None:
        self._book, self.sheet = book, sheet

    book = property(lambda self: self._book)
    index = property(lambda self: self._book.book.index(self.sheet) + 1)
    cells = property(lambda self: self.range((1, 1), (self.sheet.max_row, self.sheet.max_column)))
    used_range = cells

    @property
    def name(self):
        return self.sheet.title

    @name.setter
    def name(self, value):
        self.sheet.title = value

    def range(self, first, last=None):
        if isinstance(first, str):
            left, top, right, bottom = range_boundaries(first.replace("$", ""))
            return Range(self, top, left, bottom, right)
        if isinstance(first, Range):
            return Range(self, first.r1, first.c1, (last or first).r2, (last or first).c2)
        return Range(self, *first, *(last or first))

    def activate(self):
        self._book.book.active = self._book.book.index(self.sheet)

    def clear(self):
        self.sheet.delete_rows(1, self.sheet.max_row)

    def delete(self):
        self._book.book.remove(self.sheet)

    @property
    def api(self):
        """The few members of Excel's own object that protection needs."""
        guard = self.sheet.protection

        def protect(DrawingObjects=False, Contents=True, Scenarios=False, **flags):
            guard.sheet, guard.objects, guard.scenarios = Contents, DrawingObjects, Scenarios
            for name, value in flags.items():
                setattr(guard, FLAGS[name], not value)  # the file says what is locked

        def unprotect(password=""):
            if guard.password:
                raise Protected
            guard.sheet = False

        return Live(
            ProtectContents=lambda: guard.sheet, ProtectDrawingObjects=lambda: guard.objects,
            ProtectScenarios=lambda: guard.scenarios, Protect=lambda: protect, Unprotect=lambda: unprotect,
            Protection=lambda: SimpleNamespace(**{name: not getattr(guard, flag) for name, flag in FLAGS.items()}),
        )  # fmt: skip


class Live:
    """An object whose members are looked up anew each time."""

    def __init__(self, **members) -> None:
        self._members = members

    def __getattr__(self, name):
        return self._members[name]()


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
        self.first.hyperlink = Hyperlink(ref=self.first.coordinate, location=address.removeprefix("#"))

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

    @property
    def text(self):
        return self.range.first.comment.text

    @text.setter
    def text(self, value):
        self.range.first.comment = Comment(value, "")

    def delete(self):
        self.range._changing()
        self.range.first.comment = None


def excel() -> xw.App:
    """A new Excel."""
    engine = Engine()
    if "openpyxl" not in xw.engines.engines_by_name:
        xw.engines.add(xw.main.Engine(impl=engine))
    xw.engines.engines_by_name["openpyxl"].impl = engine
    xw.engines.active = xw.engines.engines_by_name["openpyxl"]
    return xw.App(impl=engine.app)


class Person:
    """The person at Excel: answers in order, and remembers what was asked and told."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.told, self.asked = list(answers), [], []

    def _answer(self, question: str) -> Any:
        self.asked.append(question)
        assert self.answers, f"nobody expected: {question}"
        return self.answers.pop(0)

    def tell(self, text: str) -> None:
        self.told.append(text)

    def confirm(self, question: str) -> bool:
        return self._answer(question)

    def ask(self, question: str, default: str = "") -> str | None:
        answer = self._answer(question)
        return default if answer == "" else answer

    def secret(self, question: str) -> str | None:
        return self._answer(question)

    def file(self, question: str, default: str = "") -> str | None:
        return self._answer(question)

    def folder(self, question: str, default: str = "") -> str | None:
        return self._answer(question)

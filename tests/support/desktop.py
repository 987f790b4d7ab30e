"""An Excel for xlwings without Excel: an engine whose workbooks are openpyxl's, protection and all, and saved as files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import xlwings as xw
from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries
from xlwings import base_classes as base

from tests.support.desktop_cells import CODES, Protected, Range

FLAGS = {
    "AllowFormattingCells": "formatCells",
    "AllowFormattingColumns": "formatColumns",
    "AllowFormattingRows": "formatRows",
    "AllowInsertingColumns": "insertColumns",
    "AllowInsertingRows": "insertRows",
    "AllowInsertingHyperlinks": "insertHyperlinks",
    "AllowDeletingColumns": "deleteColumns",
    "AllowDeletingRows": "deleteRows",
    "AllowSorting": "sort",
    "AllowFiltering": "autoFilter",
    "AllowUsingPivotTables": "pivotTables",
}


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
                    month=value.month,
                    day=value.day,
                    year=value.year,
                    hour=value.hour,
                    minute=value.minute,
                    second=value.second,
                    microsecond=0,
                    tzinfo=None,
                )
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
        self.engine, self.said, self.chosen, self.undo = engine, [], None, []
        self._books = Books(self)

    books = property(lambda self: self._books)
    selection = property(lambda self: self.chosen)
    pid = 1
    display_alerts = False
    screen_updating = True
    api = property(lambda self: SimpleNamespace(OnUndo=lambda text, macro: self.undo.append((text, macro))))

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
        self.com = SimpleNamespace(
            Saved=True, ProtectStructure=False, ReadOnly=False, SaveCopyAs=lambda path: book.save(path)
        )

    api = property(lambda self: self.com)
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
            ProtectContents=lambda: guard.sheet,
            ProtectDrawingObjects=lambda: guard.objects,
            ProtectScenarios=lambda: guard.scenarios,
            Protect=lambda: protect,
            Unprotect=lambda: unprotect,
            Protection=lambda: SimpleNamespace(**{name: not getattr(guard, flag) for name, flag in FLAGS.items()}),
        )


class Live:
    """An object whose members are looked up anew each time."""

    def __init__(self, **members) -> None:
        self._members = members

    def __getattr__(self, name):
        return self._members[name]()


def excel() -> xw.App:
    """A new Excel."""
    engine = Engine()
    if "openpyxl" not in xw.engines.engines_by_name:
        xw.engines.add(xw.main.Engine(impl=engine))
    xw.engines.engines_by_name["openpyxl"].impl = engine
    xw.engines.active = xw.engines.engines_by_name["openpyxl"]
    return xw.App(impl=engine.app)

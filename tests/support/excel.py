"""Excel as xlwings meets it on Windows, without Windows: pywin32 stood in for, everything of xlwings real.

``xlwings._xlwindows`` (cleaning of values, ranges, the engine), ``xlwings.udfs`` (decorators, wrapper generator,
``call_udf``) and ``xlwings.com_server`` (``CallUDF``, which VBA calls) are imported as they are; only what COM itself would hand over is imitated: a range's
``Value`` as pywin32 gives it, with floats, aware times, error numbers and None.
"""

from __future__ import annotations

import ctypes
import sys
from datetime import UTC, date, datetime
from functools import lru_cache
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

from workbench.interfaces.addin import functions
from workbench.interfaces.addin.cell_functions import declare
from workbench.interfaces.addin.pywin32 import stand_ins, xlwings_udfs
from workbench.interfaces.addin.wrappers import MODULE

RANGE_IID = "{00020846-0000-0000-C000-000000000046}"
MISSING = -2147352572  # what VBA hands over for an argument that was left out
ERROR_NUMBERS = {"#DIV/0!": -2146826281, "#N/A": -2146826246, "#VALUE!": -2146826273, "#REF!": -2146826265}
FURTHER = (
    "win32api",
    "win32con",
    "win32event",
    "win32gui",
    "win32process",
    "win32timezone",
    "win32com.server",
    "win32com.server.dispatcher",
    "win32com.server.policy",
    "win32com.server.util",
)


class Time(datetime):
    """A time as pywin32 gives it: always with a zone."""


class CellError:
    """An error value in a cell."""

    def __init__(self, text: str) -> None:
        self.number = ERROR_NUMBERS[text]


def from_cell(value: Any) -> Any:
    """A cell's value as COM hands it over."""
    if isinstance(value, CellError):
        return value.number
    if isinstance(value, date):
        clock = (value.hour, value.minute, value.second) if isinstance(value, datetime) else (0, 0, 0)
        return Time(value.year, value.month, value.day, *clock, tzinfo=UTC)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Sheets(list):
    """The sheets of a workbook as COM hands them over."""

    Count = property(len)

    def __call__(self, number: int) -> Any:
        return self[number - 1]


class Workbook:
    """The workbook a formula stands in."""

    def __init__(self, path: str = "工作簿1", *sheets: str) -> None:
        self.FullName = self.Name = path
        self.Path = ""
        self.Application = SimpleNamespace(Hwnd=1)
        self.Worksheets = Sheets(SimpleNamespace(Name=name, Parent=self) for name in sheets or ("Sheet1",))


class Cells:
    """A range: rows of values, a column (list of scalars) or one cell."""

    def __init__(self, values: Any) -> None:
        rows = values if isinstance(values, list) else [values]
        rows = [row if isinstance(row, list) else [row] for row in rows]
        self._values = tuple(tuple(from_cell(value) for value in row) for row in rows)
        self.Rows, self.Columns = SimpleNamespace(Count=len(rows)), SimpleNamespace(Count=len(rows[0]))
        self.Row = self.Column = 1
        self.Worksheet = SimpleNamespace(Parent=SimpleNamespace(Application=SimpleNamespace(Hwnd=1)))
        info = SimpleNamespace(GetTypeAttr=lambda: SimpleNamespace(iid=RANGE_IID), GetDocumentation=lambda _: ["Range"])
        self.GetTypeInfo = lambda: info
        self._oleobj_ = SimpleNamespace(GetTypeInfo=lambda: info)

    @property
    def Value(self) -> Any:  # noqa: N802 - its name in Excel
        """One value of a single cell, else rows as tuples."""
        return self._values if len(self._values) * len(self._values[0]) > 1 else self._values[0][0]


def server() -> Any:
    """The object whose methods VBA calls."""
    udfs()
    return sys.modules["xlwings.com_server"].XLPython()


@lru_cache(maxsize=1)
def udfs() -> ModuleType:
    """xlwings' functions module with the Windows engine behind it and our functions declared."""
    absent = object()
    before = {name: getattr(ctypes, name, absent) for name in ("windll", "oledll", "PyDLL")}
    for name in before:
        setattr(ctypes, name, MagicMock())
    try:
        with stand_ins(*FURTHER):
            sys.modules["pywintypes"].TimeType = Time
            sys.modules["pywintypes"].IID = str
            sys.modules["pythoncom"].__file__ = ""
            sys.modules["pythoncom"].IID_IDispatch, sys.modules["pythoncom"].TypeIIDs = (
                "IDispatch",
                {"IDispatch": Cells},
            )
            sys.modules["win32com.client"].Dispatch = lambda obj, **_: obj
            sys.modules["win32process"].GetWindowThreadProcessId = lambda window: (0, window)
            zone = SimpleNamespace(utc=lambda: UTC)
            sys.modules["win32timezone"].TimeZoneInfo = zone
            import xlwings
            import xlwings._xlwindows as windows
            import xlwings.com_server
    finally:
        for name, value in before.items():
            delattr(ctypes, name) if value is absent else setattr(ctypes, name, value)
    xlwings._xlwindows = windows
    if "excel" not in [engine.name for engine in xlwings.engines]:
        xlwings.engines.add(xlwings.Engine(impl=windows.engine))
    found = xlwings_udfs()
    found.Dispatch = lambda obj, **_: obj  # it may have been loaded before, to generate wrappers
    for function in functions.FUNCTIONS:
        declare(function, found.xlfunc, found.xlarg, found.xlret)
    found.udf_modules[MODULE] = {"filename": "", "filetime": None, "module": functions}
    return found


def call(name: str, *arguments: Any, book: Workbook | None = None) -> Any:
    """A formula in a workbook: ``Cells`` are references, anything else a constant; a result as VBA gets it, dates as datetimes.

    One value for a single cell, a list of values for one row, else a list of rows. Arguments that are left out
    are handed over as VBA does.
    """
    function = next(each for each in functions.FUNCTIONS if each.name == name)
    given = [value if isinstance(value, Cells) else from_cell(value) for value in arguments]
    given += [MISSING] * (len(function.arguments) - len(given))
    result = server().CallUDF(MODULE, name, tuple(given), book or Workbook(), Cells(None))
    rows = result if isinstance(result, list) else [result]
    for row in rows:
        for value in row if isinstance(row, list) else [row]:
            assert value.__class__ in (str, float, bool, datetime), f"{name} gives Excel a {value.__class__}"
            assert not isinstance(value, str) or len(value) <= 255
            assert not isinstance(value, datetime) or value.tzinfo is UTC
    if isinstance(result, list):
        return [[_plain(value) for value in row] if isinstance(row, list) else _plain(row) for row in result]
    return _plain(result)


def column(name: str, *arguments: Any) -> list[Any]:
    """A formula whose result is one column, as a list."""
    return [value for (value,) in call(name, *arguments)]


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value

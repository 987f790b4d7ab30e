"""From cells to values and back: ranges element by element, refusals as short texts, never a traceback."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache, wraps
from math import isnan
from typing import TYPE_CHECKING, Any

from workbench.app import clock, unlock
from workbench.app.context import POLICY_FILES, policy_in_use
from workbench.app.faults import keep, place_of
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.interfaces.addin.cell_errors import CELL_ERRORS, UNDEFINED, clipped, text_of
from workbench.interfaces.addin.cell_functions import Argument, CellFunction, signature
from workbench.interfaces.addin.excel_library import loaded, xlwings
from workbench.interfaces.addin.received import is_received
from workbench.platform.forms.values import ERROR_VALUES, clean_column

if TYPE_CHECKING:
    from workbench.platform.regulation.edition import Policy

Rows = list[list[Any]]
MOST_ROWS = 200_000
FLAGS = {"是": True, "否": False, "true": True, "false": False, "1": True, "0": False}


class BadArgument(WrongUse):
    """An argument that cannot be used; its text is that of ``CELL_ERRORS``."""

    def text(self, lang: str = "zh", place: str = "excel") -> str:
        """What it means and what to do."""
        return CELL_ERRORS[self.code].when


def refuse(code: str) -> BadArgument:
    """A refusal by its key in ``CELL_ERRORS``."""
    return BadArgument(code)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.date().isoformat() if isinstance(value, datetime) else str(value).strip()


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse("not_a_number")
    return float(value)


def _whole(value: Any) -> int:
    number = _number(value)
    if number < 0 or not number.is_integer():
        raise refuse("not_whole")
    return int(number)


def _day(value: Any) -> date:
    """A date cell, a day number, or a date as text (as ``forms.values`` reads them)."""
    if isinstance(value, bool):
        raise refuse("not_a_date")
    (found,), _ = clean_column("date", None, None, [value])
    if found is None:
        raise refuse("not_a_date")
    return found.date()


def _quarter(value: Any) -> str:
    from workbench.core.periods import parse_quarter

    return parse_quarter(_text(value))


def _period(value: Any) -> str:
    """2026, 2026Q1 or 2026-03; a date cell stands for its month."""
    from workbench.core.periods import month_of_day, parse_month, parse_quarter

    if isinstance(value, datetime):
        return month_of_day(value)
    text = _text(value).removesuffix("年")
    if len(text) == 4 and text.isdecimal() and text > "1900":
        return text
    for parse in (parse_quarter, parse_month):
        try:
            return parse(text)
        except WrongUse:
            continue
    raise refuse("bad_period")


def _flag(value: Any) -> bool:
    found = FLAGS.get(_text(value).casefold())
    if found is None:
        raise refuse("not_a_flag")
    return found


def _kind(value: Any) -> str:
    from workbench.capabilities.organization.kinds import UnitKind

    if _text(value) not in (UnitKind.DEALER, UnitKind.DEPARTMENT):
        raise refuse("not_a_kind")
    return _text(value)


READERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "number": _number,
    "whole": _whole,
    "day": _day,
    "quarter": _quarter,
    "period": _period,
    "flag": _flag,
    "kind": _kind,
}


def shown(value: Any) -> Any:
    """A result as a cell takes it: numbers as Excel's only kind of number, undefined as —, texts cut to length."""
    if value is None:
        return UNDEFINED
    if isinstance(value, str):
        return clipped(value)
    if isinstance(value, bool | datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if not isinstance(value, int | float | Fraction):
        return clipped(str(value))
    number = float(value)
    return "" if isnan(number) else number  # xlwings would hand it over as it is


def is_error(value: Any) -> bool:
    """Whether a cell held an error value."""
    return value.__class__ is str and value in ERROR_VALUES


def read(argument: Argument, value: Any) -> Any:
    """One cell as the argument's kind says; None where an optional one is empty. Raises WrongUse."""
    if is_error(value):
        raise refuse("error_cell")
    if value is None or (value.__class__ is str and not value.strip()):
        if argument.optional:
            return None
        raise refuse("missing_value")
    return READERS[argument.kind](value)


@lru_cache(maxsize=4)
def _policy(**named: str | None) -> Policy:
    return policy_in_use({name: value for name, value in named.items() if value})


def policy() -> Policy:
    """The regulation in use without a register (``policy_in_use``), read once. Raises WrongUse."""
    return _policy(**{name: os.environ.get(name) for name in POLICY_FILES})


def ruled_on(day: date | None) -> date:
    """The day whose rules hold: the one given, else the first of the newest edition."""
    return day or policy().leading.editions[-1].since


def excel(title: str, help: str, example: str, *arguments: Argument, needs: str | None = None) -> Callable:
    """A function for cells, asked element by element: ranges of equal rows go in, as many results come out.

    Where the first argument is an empty cell so is the result. With ``needs`` the function gets a ``Lookup``
    of the unlocked register as its first parameter. An argument of kind ``table`` makes it a function of
    whole ranges: it gets rows and gives back rows.
    """

    def make(body: Callable[..., Any]) -> CellFunction:
        work = _whole_ranges if any(each.kind == "table" for each in arguments) else _each

        def answered(*given: Any) -> Any:
            given = (*given, *(None for _ in arguments[len(given) :]))
            ranges = [rows if isinstance(rows, list) else [[rows]] for rows in given]
            result = answer(lambda: _with_register(needs, body, lambda ready: work(ready, arguments, ranges)))
            return result if isinstance(result, list) else [[result]]

        call: Any = wraps(body)(answered)
        call.__signature__, call.__annotations__ = signature(arguments), {}
        return CellFunction(body.__name__, title, help, example, arguments, needs, call)

    return make


def _with_register(needs: str | None, body: Callable, work: Callable[[Callable], Any]) -> Any:
    if needs is None:
        return work(body)
    if is_received(xlwings.Book.caller()):
        raise refuse("received")
    with unlock.lookup(clock.now(), needs) as register:
        return work(lambda *values: body(register, *values))


def answer(work: Callable[[], Any]) -> Any:
    """The result of a call, or the text that says why there is none; where a fault of ours ends on the way to Excel."""
    loaded()
    try:
        return work()
    except WorkbenchError as error:
        return text_of(error)
    except Exception as fault:  # noqa: BLE001 - a cell shows what and where, without values of the data
        keep(fault)
        return CELL_ERRORS["fault"].shown.format(place=f"{type(fault).__name__} {place_of(fault)}")


def _whole_ranges(body: Callable, arguments: tuple[Argument, ...], ranges: list[Rows]) -> Any:
    values = []
    for argument, rows in zip(arguments, ranges, strict=True):
        _bounded(rows)
        values.append(rows if argument.kind == "table" else read(argument, _single(rows)))
    with _uncollected():
        return [[shown(value) for value in row] for row in body(*values)]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Many thousand cells make many objects, none of them in circles: looking for circles meanwhile costs a third more."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _each(body: Callable, arguments: tuple[Argument, ...], ranges: list[Rows]) -> Any:
    """``body`` on each element; single cells go with every element of the others."""
    shape = _shape(arguments, ranges)
    known: dict[tuple, Any] = {}

    def one(place: tuple[int, int]) -> Any:
        cells = tuple(rows[0][0] if len(rows) * len(rows[0]) == 1 else rows[place[0]][place[1]] for rows in ranges)
        if cells[0] is None or cells[0] == "":
            return ""
        key = tuple((cell.__class__, cell) for cell in cells)
        if key not in known:
            known[key] = _single_answer(body, arguments, cells)
        return known[key]

    result = [[one((row, column)) for column in range(shape[1])] for row in range(shape[0])]
    return result


def _single_answer(body: Callable, arguments: tuple[Argument, ...], cells: tuple) -> Any:
    try:
        return shown(body(*(read(argument, cell) for argument, cell in zip(arguments, cells, strict=True))))
    except WorkbenchError as error:
        return text_of(error)


def _shape(arguments: tuple[Argument, ...], ranges: list[Rows]) -> tuple[int, int]:
    shapes = set()
    for argument, rows in zip(arguments, ranges, strict=True):
        _bounded(rows)
        if argument.whole:
            _single(rows)
        shapes.add((len(rows), len(rows[0])))
    shapes.discard((1, 1))
    if len(shapes) > 1:
        raise refuse("bad_shape")
    return shapes.pop() if shapes else (1, 1)


def _bounded(rows: Rows) -> None:
    if len(rows) > MOST_ROWS:
        raise refuse("too_many_rows")


def _single(rows: Rows) -> Any:
    if len(rows) != 1 or len(rows[0]) != 1:
        raise refuse("not_a_value")
    return rows[0][0]

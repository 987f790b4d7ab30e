"""A scenario of a target breakdown as a small CSV list: weights, least, most and fixed numbers (4.2.1).

Columns 对象, 权重, 下限, 上限, 固定值. 对象 is a department's code (B001), a month of all departments together (3月), one month of one
department (B001/3月), or 合计 for the year's total. Any column may be left out or empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from workbench.capabilities.targets.breakdown import Bound
from workbench.core.csv_lists import read_csv_list
from workbench.core.errors import WrongUse
from workbench.core.messages import Bilingual, Message, joined

WHAT, WEIGHT, LEAST, MOST, FIXED = "对象", "权重", "下限", "上限", "固定值"
TOTAL = "合计"
SPACE = Bilingual(" ", " ")
_MONTH = re.compile(r"^(\d{1,2})月?$")


@dataclass
class ScenarioInput:
    """What one list says; weights are empty where it says none."""

    total: int | None = None
    department_weights: dict[str, Fraction] = field(default_factory=dict)
    month_weights: dict[int, Fraction] = field(default_factory=dict)
    departments: dict[str, Bound] = field(default_factory=dict)
    months: dict[int, Bound] = field(default_factory=dict)
    cells: dict[tuple[str, int], Bound] = field(default_factory=dict)

    def sentences(self) -> list[Message]:
        """Its bounds as texts."""
        months = {month: Message.of("plan/month", month=month) for month in range(1, 13)}
        found: list[tuple[Any, Bound]] = [
            *self.departments.items(),
            *((months[month], bound) for month, bound in self.months.items()),
            *((joined((code, months[month]), SPACE), bound) for (code, month), bound in self.cells.items()),
        ]
        return [Message.of("plan/bound", what=what, limits=_limits(bound)) for what, bound in found]


def _limits(bound: Bound) -> Any:
    if bound.low == bound.high:
        return Message.of("plan/bound_fixed", low=bound.low)
    low = [Message.of("plan/bound_least", low=bound.low)] if bound.low else []
    return joined(low + ([Message.of("plan/bound_most", high=bound.high)] if bound.high is not None else []))


def read_scenario(path: Path) -> ScenarioInput:
    """The list in a CSV file (UTF-8, or as Chinese Excel saves it). Raises WrongUse naming file and line."""
    try:
        listed = read_csv_list(path)
    except OSError:
        raise WrongUse("bad_list", path=path) from None
    if WHAT not in listed.columns:
        raise WrongUse("bad_list/column", path=path.name, what=WHAT, weight=WEIGHT, least=LEAST, most=MOST, fixed=FIXED)
    given = ScenarioInput()
    for line, row in listed.rows:
        if what := (row.get(WHAT) or "").strip():
            _read_row(given, what, row, Message("line_of_file", {"file": path.name, "line": line}))
    return given


def _read_row(given: ScenarioInput, what: str, row: dict[str, str | None], where: Message) -> None:
    weight, bound = _number(row, WEIGHT, where), _bound(row, where)
    code, slash, month_text = what.partition("/")
    if what == TOTAL:
        given.total = bound.low if bound and bound.low == bound.high else None
        if given.total is None or weight is not None:
            raise WrongUse("bad_list/total", where=where, total=TOTAL, fixed=FIXED)
    elif slash:
        if weight is not None:
            raise WrongUse("bad_list/cell_weight", where=where)
        if bound:
            given.cells[code.strip(), _month(month_text, where)] = bound
    elif _MONTH.match(what):
        month = _month(what, where)
        if weight is not None:
            given.month_weights[month] = weight
        if bound:
            given.months[month] = bound
    else:
        if weight is not None:
            given.department_weights[what] = weight
        if bound:
            given.departments[what] = bound


def _month(text: str, where: Message) -> int:
    match = _MONTH.match(text.strip())
    if not match or not 1 <= int(match[1]) <= 12:
        raise WrongUse("bad_list/month", where=where, text=text)
    return int(match[1])


def _number(row: dict[str, str | None], column: str, where: Message) -> Fraction | None:
    text = (row.get(column) or "").strip()
    if not text:
        return None
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        value = Fraction(-1)
    if value < 0:
        raise WrongUse("bad_list/number", where=where, column=column)
    return value


def _bound(row: dict[str, str | None], where: Message) -> Bound | None:
    numbers = {column: _number(row, column, where) for column in (LEAST, MOST, FIXED)}
    for column, value in numbers.items():
        if value is not None and value.denominator != 1:
            raise WrongUse("bad_list/whole", where=where, column=column)
    low, high, fixed = (None if value is None else int(value) for value in numbers.values())
    if fixed is not None:
        if low is not None or high is not None:
            raise WrongUse("bad_list/fixed", where=where, fixed=FIXED, least=LEAST, most=MOST)
        return Bound(fixed, fixed)
    if low is not None and high is not None and low > high:
        raise WrongUse("bad_list/order", where=where, least=LEAST, most=MOST)
    return None if low is None and high is None else Bound(low or 0, high)

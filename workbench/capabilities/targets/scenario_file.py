"""A scenario of a target breakdown as a small CSV list: weights, least, most and fixed numbers (4.2.1).

Columns 对象, 权重, 下限, 上限, 固定值. 对象 is a department's code (B001), a month of all departments together (3月), one month of one
department (B001/3月), or 合计 for the year's total. Any column may be left out or empty.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from workbench.capabilities.targets.breakdown import Bound
from workbench.core.errors import WrongUse
from workbench.core.files import decoded

WHAT, WEIGHT, LEAST, MOST, FIXED = "对象", "权重", "下限", "上限", "固定值"
TOTAL = "合计"
_MONTH = re.compile(r"^(\d{1,2})月?$")


@dataclass
class Given:
    """What one list says; weights are empty where it says none."""

    total: int | None = None
    department_weights: dict[str, Fraction] = field(default_factory=dict)
    month_weights: dict[int, Fraction] = field(default_factory=dict)
    departments: dict[str, Bound] = field(default_factory=dict)
    months: dict[int, Bound] = field(default_factory=dict)
    cells: dict[tuple[str, int], Bound] = field(default_factory=dict)

    def words(self) -> list[str]:
        """Its bounds as sentences."""
        found = {**self.departments, **{f"{month}月": bound for month, bound in self.months.items()},
                 **{f"{code} {month}月": bound for (code, month), bound in self.cells.items()}}  # fmt: skip
        return [f"{what}：{_limits(bound)}" for what, bound in found.items()]


def _limits(bound: Bound) -> str:
    if bound.low == bound.high:
        return f"固定 {bound.low}"
    low, high = (f"不少于 {bound.low}" if bound.low else ""), (f"不多于 {bound.high}" if bound.high is not None else "")
    return "，".join(filter(None, (low, high)))


def read_wishes(path: Path) -> Given:
    """The list in a CSV file (UTF-8, or as Chinese Excel saves it). Raises WrongUse naming file and line."""
    try:
        text = decoded(path)
    except OSError:
        text = None
    if text is None:
        raise WrongUse(
            "bad_list",
            f"方案文件 {path} 无法读取。请核对路径，并存为 CSV。",
            f"The list {path} cannot be read; save it as CSV.",
        )
    rows = csv.DictReader(io.StringIO(text))
    if WHAT not in (rows.fieldnames or ()):
        raise WrongUse("bad_list", f"{path.name} 第 1 行没有“{WHAT}”列。列为：{WHAT}、{WEIGHT}、{LEAST}、{MOST}、{FIXED}。",
                       f"{path.name}, line 1: there is no column {WHAT}.")  # fmt: skip
    given = Given()
    for line, row in enumerate(rows, start=2):
        if what := (row.get(WHAT) or "").strip():
            _take(given, what, row, f"{path.name} 第 {line} 行")
    return given


def _take(given: Given, what: str, row: dict[str, str], where: str) -> None:
    weight, bound = _number(row, WEIGHT, where), _bound(row, where)
    code, slash, month_text = what.partition("/")
    if what == TOTAL:
        given.total = bound.low if bound and bound.low == bound.high else None
        if given.total is None or weight is not None:
            raise _bad(where, f"“{TOTAL}”只能填“{FIXED}”。", f"{TOTAL} takes a fixed number only.")
    elif slash:
        if weight is not None:
            raise _bad(where, "单个部门的月份只能填约束，不能填权重。", "a department's month takes bounds, no weight.")
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


def _month(text: str, where: str) -> int:
    match = _MONTH.match(text.strip())
    if not match or not 1 <= int(match[1]) <= 12:
        raise _bad(where, f"“{text}”不是月份，请写成 3月。", f"{text!r} is not a month.")
    return int(match[1])


def _number(row: dict[str, str], column: str, where: str) -> Fraction | None:
    text = (row.get(column) or "").strip()
    if not text:
        return None
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        value = Fraction(-1)
    if value < 0:
        raise _bad(where, f"“{column}”应为不小于 0 的数。", f"{column} must be a number of at least 0.")
    return value


def _bound(row: dict[str, str], where: str) -> Bound | None:
    numbers = {column: _number(row, column, where) for column in (LEAST, MOST, FIXED)}
    for column, value in numbers.items():
        if value is not None and value.denominator != 1:
            raise _bad(where, f"“{column}”应为整数。", f"{column} must be a whole number.")
    low, high, fixed = (None if value is None else int(value) for value in numbers.values())
    if fixed is not None:
        if low is not None or high is not None:
            raise _bad(where, f"填了“{FIXED}”就不要再填“{LEAST}”“{MOST}”。", "give either a fixed number or bounds.")
        return Bound(fixed, fixed)
    if low is not None and high is not None and low > high:
        raise _bad(where, f"“{LEAST}”大于“{MOST}”。", "the least is above the most.")
    return None if low is None and high is None else Bound(low or 0, high)


def _bad(where: str, zh: str, en: str) -> WrongUse:
    return WrongUse("bad_list", f"{where}：{zh}", f"{where}: {en}")

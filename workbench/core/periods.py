"""Months (``2026-03``) and quarters (``2026Q1``) as text, and their first and last days."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, datetime, time

import numpy as np
import pandas as pd

from workbench.core.errors import WrongUse

_MONTH = re.compile(r"^\s*(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*月?\s*$")
_QUARTER = re.compile(r"^\s*(\d{4})\s*(?:-|/|年)?\s*(?:[Qq]([1-4])|第?([1-4一二三四])季度?)\s*$")
LAST = 2200  # no year after it is meant
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4}


def parse_month(text: str) -> str:
    """The month ``YYYY-MM`` meant by ``text`` (2026-03, 2026/3, 2026年3月, 202603); raises WrongUse."""
    match = _MONTH.match(str(text))
    if not match or not 1 <= int(match[2]) <= 12 or not 1900 <= int(match[1]) < LAST:
        raise WrongUse("bad_month", text=text)
    return f"{int(match[1]):04d}-{int(match[2]):02d}"


def parse_quarter(text: str) -> str:
    """The quarter ``YYYYQn`` meant by ``text`` (2026Q1, 2026-Q1, 2026年1季度); raises WrongUse."""
    match = _QUARTER.match(str(text))
    if not match or not 1900 <= int(match[1]) < LAST:
        raise WrongUse("bad_quarter", text=text)
    number = match[2] or match[3]
    return f"{match[1]}Q{_CHINESE.get(number) or int(number)}"


def month_of_day(day: date) -> str:
    """The month of one date or time."""
    return f"{day.year:04d}-{day.month:02d}"


def quarter_of_day(day: date) -> str:
    """The quarter of one date or time."""
    return f"{day.year:04d}Q{(day.month + 2) // 3}"


def month_of(times: pd.Series) -> pd.Series:
    """Month of each time as text, None where there is no time."""
    return _labels(times, lambda months: np.datetime_as_string(months, unit="M"))


def _labels(times: pd.Series, name: Callable[[np.ndarray], np.ndarray]) -> pd.Series:
    months = times.to_numpy().astype("datetime64[M]").astype("int64")
    distinct, codes = np.unique(months, return_inverse=True)
    words = np.empty(len(distinct), dtype=object)
    known = distinct != np.iinfo("int64").min  # NaT
    words[known] = [str(word) for word in name(distinct[known].astype("datetime64[M]"))]
    return pd.Series(words[codes] if len(distinct) else np.empty(0, dtype=object), index=times.index, dtype=object)


def quarter_of_month(month: str) -> str:
    """``2026-03`` → ``2026Q1``."""
    return f"{month[:4]}Q{(int(month[5:7]) + 2) // 3}"


def months_of(quarter: str) -> list[str]:
    """The three months of a quarter, in order."""
    year, number = quarter.split("Q")
    return [f"{year}-{month:02d}" for month in range(3 * int(number) - 2, 3 * int(number) + 1)]


def next_month(month: str) -> str:
    """The month after ``month``."""
    year, number = int(month[:4]), int(month[5:7])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def previous_month(month: str) -> str:
    """The month before ``month``."""
    year, number = int(month[:4]), int(month[5:7])
    return f"{year - (number == 1):04d}-{(number - 2) % 12 + 1:02d}"


def previous_quarter(quarter: str) -> str:
    """The quarter before ``quarter``."""
    return quarter_of_month(previous_month(months_of(quarter)[0]))


def next_quarter(quarter: str) -> str:
    """The quarter after ``quarter``."""
    year, number = int(quarter[:4]), int(quarter[5])
    return f"{year + number // 4:04d}Q{number % 4 + 1}"


def month_bounds(month: str) -> tuple[date, date]:
    """First and last day of a month."""
    year, number = int(month[:4]), int(month[5:7])
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def quarter_bounds(quarter: str) -> tuple[date, date]:
    """First and last day of a quarter."""
    months = months_of(quarter)
    return month_bounds(months[0])[0], month_bounds(months[2])[1]


def months_between(first: str, last: str) -> list[str]:
    """All months from ``first`` through ``last``; empty when ``last`` is earlier."""
    months, month = [], first
    while month <= last:
        months.append(month)
        month = next_month(month)
    return months


def quarters_between(first: str, last: str) -> list[str]:
    """All quarters from ``first`` through ``last``; empty when ``last`` is earlier."""
    quarters, quarter = [], first
    while quarter <= last:
        quarters.append(quarter)
        quarter = next_quarter(quarter)
    return quarters


def end_of_day(day: date) -> datetime:
    """The last moment of a day: deadlines run through it (D15, D16)."""
    return datetime.combine(day, time(23, 59, 59, 999999))

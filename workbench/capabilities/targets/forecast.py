"""The year's counted leads, foreseen from the run rate, with a range (4.2.2). Ours: the regulation asks for none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from workbench.core.periods import month_bounds, month_of_day, months_between

METHOD = (
    "全年预测 = 累计有效 ÷ 已过 {gone} 天 × 全年 {days} 天，四舍五入。"
    "预测区间：余下 {rest} 天分别按今年已结束各月中日均有效最低、最高的一个月推算，下限舍去、上限进位；"
    "已结束的月份不足两个时不给区间（“—”）。处理中的信息未计入。"
)


@dataclass(frozen=True)
class Forecast:
    """Leads of a whole year; ``low`` and ``high`` are None where fewer than two months are over."""

    counted: int
    expected: int
    low: int | None
    high: int | None


def year_days(year: int, until: date) -> tuple[int, int]:
    """Days of the year gone by the end of ``until`` (1 … all) and days of the whole year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = (last - first).days + 1
    return min(days, max(1, (until - first).days + 1)), days


def forecast(counted: Mapping[str, int], year: int, until: date) -> Forecast:
    """The year's leads from those counted by month (``2026-03`` → leads) through the day ``until``.

    Expected: the run rate per day gone, over all days of the year, rounded half up. Range: the
    days that are left at the rate per day of the weakest and of the strongest month that is
    over, rounded outward, and never excluding the expected number. All arithmetic is exact.
    """
    gone, days = year_days(year, until)
    until = min(until, date(year, 12, 31))
    total = sum(counted.get(month, 0) for month in months_between(f"{year}-01", month_of_day(until)))
    expected = (Fraction(total * days, gone) + Fraction(1, 2)).__floor__()
    over = months_over(f"{year}-01", until)
    if len(over) < 2:
        return Forecast(total, expected, None, None)
    rates = [Fraction(counted.get(month, 0), month_bounds(month)[1].day) for month in over]
    low, high = (total + rate * (days - gone) for rate in (min(rates), max(rates)))
    return Forecast(total, expected, min(expected, low.__floor__()), max(expected, high.__ceil__()))


def method(year: int, until: date) -> str:
    """The method in words, with its days."""
    gone, days = year_days(year, until)
    return METHOD.format(gone=gone, days=days, rest=days - gone)


def months_over(first: str, until: date) -> list[str]:
    """The months from ``first`` that are over at the end of ``until``."""
    return [month for month in months_between(first, month_of_day(until)) if month_bounds(month)[1] <= until]

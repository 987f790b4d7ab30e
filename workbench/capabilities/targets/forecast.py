"""The year's counted leads, foreseen from the run rate, with a range (4.2.2). Ours: the regulation asks for none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from workbench.core.messages import Message
from workbench.core.periods import month_bounds, month_of_day, months_between

if TYPE_CHECKING:
    import pandas as pd


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


def forecast(counted: Mapping[str, int], year: int, until: date, rounded: int | None = None) -> Forecast:
    """The year's leads from those counted by month (``2026-03`` → leads) through the day ``until``.

    Expected: the run rate per day gone, over all days of the year, rounded half up, or what it was ``rounded`` to. Range: the
    days that are left at the rate per day of the weakest and of the strongest month that is
    over, rounded outward, and never excluding the expected number. All arithmetic is exact.
    """
    gone, days = year_days(year, until)
    until = min(until, date(year, 12, 31))
    total = sum(counted.get(month, 0) for month in months_between(f"{year}-01", month_of_day(until)))
    expected = (Fraction(total * days, gone) + Fraction(1, 2)).__floor__() if rounded is None else rounded
    over = months_over(f"{year}-01", until)
    if len(over) < 2:
        return Forecast(total, expected, None, None)
    rates = [Fraction(counted.get(month, 0), month_bounds(month)[1].day) for month in over]
    low, high = (total + rate * (days - gone) for rate in (min(rates), max(rates)))
    return Forecast(total, expected, min(expected, low.__floor__()), max(expected, high.__ceil__()))


def forecasts(counted: Mapping[str, Mapping[str, int]], year: int, until: date) -> tuple[dict[str, Forecast], Forecast]:
    """Each unit's year and that of all together, from the leads counted by unit and month, as ``forecast``.

    The whole is rounded half up; the units' parts are rounded so that they add up to it: down, and up those with the
    largest remainders (equal ones in the order of the units).
    """
    months: dict[str, int] = {}
    for own in counted.values():
        for month, number in own.items():
            months[month] = months.get(month, 0) + number
    together = forecast(months, year, until)
    alone = {unit: forecast(own, year, until) for unit, own in counted.items()}
    gone, days = year_days(year, until)
    parts = {unit: divmod(each.counted * days, gone) for unit, each in alone.items()}
    up = together.expected - sum(whole for whole, _ in parts.values())
    first = sorted(parts, key=lambda unit: -parts[unit][1])[:up]
    found = {unit: forecast(counted[unit], year, until, whole + (unit in first)) for unit, (whole, _) in parts.items()}
    return found, together


def foreseen(table: pd.DataFrame, year: int, until: date) -> tuple[dict[str, Forecast], Forecast]:
    """The year of each department and of all together, from their completion by month (``completion``)."""
    counted = {
        str(unit): dict(zip(own["month"], own["valid"].map(int), strict=True)) for unit, own in table.groupby("unit")
    }
    return forecasts(counted, year, until)


def method(year: int, until: date) -> Message:
    """The method in words, with its days."""
    gone, days = year_days(year, until)
    return Message.of("forecast/method", gone=gone, days=days, rest=days - gone)


def months_over(first: str, until: date) -> list[str]:
    """The months from ``first`` that are over at the end of ``until``."""
    return [month for month in months_between(first, month_of_day(until)) if month_bounds(month)[1] <= until]

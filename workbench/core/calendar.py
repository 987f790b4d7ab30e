"""Working days of the PRC: published holidays and make-up working days, provisional beyond them.

The published years come with ``chinesecalendar``; a calendar file (CSV with columns
``date,kind``, kind 休 or 班) adds a later year before that package does. Beyond the last
published year only weekends and the holidays with a fixed date are known: such days
are provisional and nothing stops working.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from chinese_calendar.constants import holidays, workdays

from workbench.core.errors import WrongUse

FIRST, LAST = np.datetime64("2004-01-01"), np.datetime64("2099-12-31")
# 元旦, 劳动节 (two days since 2025), 国庆节 (three days): the holidays that no lunar calendar moves
FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """All working days, sorted (``datetime64[D]``), and the last day that is officially known."""

    days: np.ndarray
    published_until: np.datetime64


def build(extension: Iterable[tuple[date, str]] = ()) -> WorkingCalendar:
    """The calendar; ``extension`` holds (date, 休 or 班) of later published years."""
    every = np.arange(FIRST, LAST + 1, dtype="datetime64[D]")
    working = np.is_busday(every)
    years = every.astype("datetime64[Y]").astype(int) + 1970
    added = list(extension)
    published = {day.year for day in holidays}
    last_year = max(published | {day.year for day, _ in added})
    day_of_year = pd.DatetimeIndex(every)
    fixed = np.zeros(len(every), dtype=bool)
    for month, day in FIXED:
        fixed |= (day_of_year.month == month) & (day_of_year.day == day)
    working &= ~(fixed & (years > last_year))

    def mark(days: Iterable[date], value: bool) -> None:
        marked = np.array(list(days), dtype="datetime64[D]")
        working[(marked - FIRST).astype(int)] = value

    mark(holidays, False)
    mark(workdays, True)
    mark((day for day, kind in added if kind == "休"), False)
    mark((day for day, kind in added if kind == "班"), True)
    return WorkingCalendar(every[working], np.datetime64(f"{last_year}-12-31"))


@lru_cache(maxsize=1)
def standard() -> WorkingCalendar:
    """The calendar of the published years that come with the program."""
    return build()


def read_extension(path: Path) -> list[tuple[date, str]]:
    """The (date, 休/班) pairs of a calendar file; raises WrongUse when it is not one, or leaves a year out (D15)."""
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
        pairs = [(date.fromisoformat(day.strip()), kind.strip()) for day, kind in zip(table["date"], table["kind"])]
    except (KeyError, ValueError, AttributeError, UnicodeDecodeError) as error:
        raise WrongUse("bad_calendar/columns", path=path.name) from error
    if bad := [day for day, kind in pairs if kind not in ("休", "班")]:
        raise WrongUse("bad_calendar", path=path.name, bad=bad[0])
    first = min(holidays).year
    years = {day.year for day in (*holidays, *(day for day, _ in pairs))}
    if gap := sorted({*range(min(years), max(years) + 1)} - years | {year for year in years if year < first}):
        raise WrongUse("calendar_gap", path=path.name, year=gap[0])
    return pairs


def is_working_day(day: date, calendar: WorkingCalendar | None = None) -> bool:
    """Whether ``day`` is a working day."""
    days = (calendar or standard()).days
    place = int(np.searchsorted(days, np.datetime64(day, "D")))
    return place < len(days) and days[place] == np.datetime64(day, "D")


def first_working_day(since: date, calendar: WorkingCalendar | None = None) -> date:
    """The first working day from a day on. Raises WrongUse outside 2004–2099."""
    within(since)
    days = (calendar or standard()).days
    place = int(np.searchsorted(days, np.datetime64(since, "D")))
    if place == len(days):
        raise _outside()
    found: date = days[place].astype(object)
    return found


def within(day: date) -> None:
    """Refuse a day the calendar knows nothing of. Raises WrongUse ``no_calendar``."""
    if not FIRST <= np.datetime64(day, "D") <= LAST:
        raise _outside()


def _outside() -> WrongUse:
    return WrongUse("no_calendar")


def working_days_between(first: date, last: date, calendar: WorkingCalendar | None = None) -> int:
    """Working days after ``first`` through ``last``; negative where ``last`` is earlier. Raises WrongUse outside 2004–2099."""
    within(first)
    within(last)
    ends = np.array([first, last], dtype="datetime64[D]")
    before, after = np.searchsorted((calendar or standard()).days, ends, side="right")
    return int(after - before)


def add_working_days(
    dates: pd.Series, count: int | np.ndarray, calendar: WorkingCalendar | None = None
) -> tuple[pd.Series, pd.Series]:
    """The ``count``-th working day after each date, and whether it is provisional.

    ``dates`` may hold times; the count begins with the day after. Missing dates stay
    missing. Raises WrongUse for dates outside 2004–2099.
    """
    calendar = calendar or standard()
    days = dates.to_numpy().astype("datetime64[D]")
    known = ~np.isnat(days)
    if known.any() and (days[known].min() < FIRST or days[known].max() > LAST - 60):
        raise _outside()
    places = np.searchsorted(calendar.days, np.where(known, days, FIRST), side="right") + np.asarray(count) - 1
    due = np.where(known, calendar.days[np.clip(places, 0, len(calendar.days) - 1)], np.datetime64("NaT"))
    due = due.astype("datetime64[D]")
    provisional = known & (due > calendar.published_until)
    return (
        pd.Series(due.astype("datetime64[us]"), index=dates.index),
        pd.Series(provisional, index=dates.index, dtype=bool),
    )

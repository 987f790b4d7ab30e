"""Working days, counted day by day (D15)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar

FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}  # no lunar calendar moves these (D15)


def published(day: date) -> bool:
    """Whether the State Council's calendar of that year is known."""
    try:
        chinese_calendar.is_workday(date(day.year, 1, 1))
    except NotImplementedError:
        return False
    return True


@cache  # the package looks through its whole calendar for every day it is asked about
def is_working_day(day: date) -> bool:
    """By the official calendar; beyond it by weekends and fixed-date holidays (D15)."""
    if published(day):
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS


def after_working_days(start: date, days: int) -> date:
    """The last of ``days`` working days counted from the day after ``start`` (D15)."""
    day = start
    while days:
        day += timedelta(days=1)
        if is_working_day(day):
            days -= 1
    return day

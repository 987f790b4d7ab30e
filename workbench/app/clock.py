"""The clock: the only place of the program that asks what time it is."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from workbench.core.errors import WrongUse

PRC = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The actual clock, in PRC time to the second."""
    return datetime.now(PRC).replace(tzinfo=None, microsecond=0)


def local() -> datetime:
    """What the computer itself shows, with its time zone, to the second."""
    return datetime.now().astimezone().replace(microsecond=0)


def is_bare_date(text: str) -> bool:
    """Whether a person wrote a day and no time of day."""
    try:
        date.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def parse_time(text: str, *, end_of_day: bool = False) -> datetime:
    """A time a person wrote, ISO 8601; with an offset it is brought to PRC time.

    A bare date means its first moment, with ``end_of_day`` its last. Kept to the microsecond (D4).
    Raises WrongUse ``bad_time``.
    """
    try:
        value = datetime.fromisoformat(text.strip())
        if value.tzinfo is not None:
            value = value.astimezone(PRC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise WrongUse("bad_time", text=text) from None
    if end_of_day and is_bare_date(text):
        value = datetime.combine(value.date(), time(23, 59, 59))
    return value


_AS_EXCEL = re.compile(
    r"(\d{4})(?:[/.\-]|年)(\d{1,2})(?:[/.\-]|月)(\d{1,2})日?"
    r"(?:\s*(上午|下午)?\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(AM|PM)?)?",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"\d{5}(?:\.\d{1,12})?")
_EPOCH = datetime(1899, 12, 30)  # day 0 of Excel's numbers for days


def as_iso(text: str) -> str:
    """A time as Chinese Excel writes it into a CSV (2026/3/5 9:30, 2026年3月5日, 下午 2:05, the number of a day) as ISO 8601.

    The year comes first; what has another order, or is no such time, is given back as it is. A number of a day is kept to
    the second, as Excel shows it; a whole one is a bare date.
    """
    clean = text.strip()
    if _SERIAL.fullmatch(clean):
        seconds = (Fraction(clean) * 86400 + Fraction(1, 2)).__floor__()
        value = _EPOCH + timedelta(seconds=seconds)
        return value.isoformat() if "." in clean else value.date().isoformat()
    found = _AS_EXCEL.fullmatch(clean)
    if found is None:
        return text
    year, month, day, half, hour, minute, second, am_pm = found.groups()
    try:
        on = date(int(year), int(month), int(day))
        if hour is None:
            return on.isoformat()
        late = (am_pm or "").upper() == "PM" or half == "下午"
        of_half = late or am_pm or half
        if of_half and not 1 <= int(hour) <= 12:
            return text if not (half == "下午" and 13 <= int(hour) <= 23) else _at(on, int(hour), minute, second)
        return _at(on, int(hour) % 12 + 12 * late if of_half else int(hour), minute, second)
    except ValueError:
        return text


def _at(on: date, hour: int, minute: str, second: str | None) -> str:
    return datetime.combine(on, time(hour, int(minute), int(second or 0))).isoformat()

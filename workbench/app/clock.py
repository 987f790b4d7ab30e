"""The clock: the only place of the program that asks what time it is."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from workbench.core.errors import WrongUse

PRC = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The actual clock, in PRC time to the second."""
    return datetime.now(PRC).replace(tzinfo=None, microsecond=0)


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

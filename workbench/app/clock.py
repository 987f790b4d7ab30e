"""The clock: the only place of the program that asks what time it is."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from workbench.core.errors import WrongUse

PRC = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The actual clock, in PRC time to the second."""
    return datetime.now(PRC).replace(tzinfo=None, microsecond=0)


def parse_time(text: str, *, end_of_day: bool = False) -> datetime:
    """A time a person wrote, ISO 8601; with an offset it is brought to PRC time.

    A bare date means its first moment, with ``end_of_day`` its last. Raises WrongUse ``bad_time``.
    """
    try:
        value = datetime.fromisoformat(text.strip())
        if value.tzinfo is not None:
            value = value.astimezone(PRC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise WrongUse("bad_time", text=text) from None
    if end_of_day and len(text.strip()) <= 10:
        value = datetime.combine(value.date(), time(23, 59, 59))
    return value.replace(microsecond=0)

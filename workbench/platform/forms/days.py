"""Days and months as people in Chinese offices type them: read where one meaning is possible, and only there."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta, timezone

from workbench.core.patterns import Pattern

_HERE = timezone(timedelta(hours=8))  # times are kept as they are in China
_DIGITS = dict(zip("〇○零一二三四五六七八九", (0, 0, 0, *range(1, 10)), strict=True))
_NUMERAL = "[〇○零一二三四五六七八九十廿卅]"
_MARK = r"\s*[-/.、·\\]\s*"  # between the parts, after unification
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−﹣", "-") | {"．": ".", "。": ".", "•": "·", "‧": "·"})
_BEHIND = r"\s*(?:[(]?\s*(?:星期|周|礼拜)[一二三四五六日天]\s*[)]?)?"
_CLOCK = (
    r"(?:[T\s]*(?:上午|下午|早上|中午|晚上)?\s*(?:\d{1,2}\s*[:时点]\s*(?:\d{1,2}分?)?(?:\s*:\s*\d{2}(?:\.\d+)?)?秒?)?)"
)
_WORDED = Pattern(rf"\s*(\d{{4}}|\d{{2}})\s*年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*[日号]?{_BEHIND}{_CLOCK}{_BEHIND}\s*")
_MARKED = Pattern(rf"\s*(\d{{1,4}}){_MARK}(\d{{1,2}}){_MARK}(\d{{1,4}})\s*[日号.]?{_BEHIND}{_CLOCK}{_BEHIND}\s*")
_MIXED = Pattern(
    rf"\s*(\d{{4}})\s*[年./-]\s*(\d{{1,2}})\s*[月./-]\s*(\d{{1,2}})\s*[日号.]?{_BEHIND}{_CLOCK}{_BEHIND}\s*"
)
_SOLID = Pattern(r"\s*(\d{4})(\d{2})(\d{2})\s*")
_YEARLESS = Pattern(rf"\s*\d{{1,2}}(?:\s*月\s*\d{{1,2}}\s*[日号]?|{_MARK}\d{{1,2}}){_BEHIND}\s*")
_MONTH = Pattern(r"\s*(\d{4}|\d{2})(?:\s*年\s*(\d{1,2})\s*月?(?:份|\s*)|\s*[-/.]\s*(\d{1,2})\s*月?(?:份|\s*))")
_SOLID_MONTH = Pattern(r"\s*((?:19|20)\d{2})(\d{2})\s*")
_YEARS, _RIVALS = (
    range(13, 50),
    range(20, 32),
)  # two digits that are no month; those that are a year or a day of these years


def in_china(moment: datetime) -> datetime:
    """A time with an offset of its own as the clock shows it in China; one without is such a time. Raises OverflowError."""
    return moment if moment.tzinfo is None else moment.astimezone(_HERE).replace(tzinfo=None)


def day_of_iso(text: str) -> datetime:
    """The time that a cell of Excel's kind of ISO dates holds: what is shown there, also with a Z behind it, which
    programs write for no zone at all; a stated offset is brought to China's. Raises ValueError.
    """
    try:
        return in_china(datetime.fromisoformat(text.removesuffix("Z")))
    except OverflowError:  # no day of the calendar there
        raise ValueError(text) from None


def day_of_text(text: str) -> datetime | None:
    """The day a text means however it is styled (2026年3月5日, 2026.3.5, 26/3/5, 20260305, 二〇二六年三月五日); None where it
    means none, or could mean two.

    A year of two digits is one before 年, and at the beginning where it can be no month and no day of a foreign style.
    """
    plain = _arabic(text)
    for style in (_WORDED, _MIXED):
        if match := style.fullmatch(plain):
            return _valid(_year(match[1]), int(match[2]), int(match[3]))
    if match := _SOLID.fullmatch(plain):
        return _valid(int(match[1]), int(match[2]), int(match[3]))
    if match := _MARKED.fullmatch(plain):
        return _marked(*match.groups()[:3])
    return None


def why_no_day(text: str) -> str:
    """The key of what to say of a text that means no day."""
    plain = _arabic(text)
    if _YEARLESS.fullmatch(plain):
        return "not_a_date/year"
    if (match := _MARKED.fullmatch(plain)) and len(match[1]) < 4:
        return "not_a_date/order"
    if _MONTH.fullmatch(plain) or _SOLID_MONTH.fullmatch(plain):
        return "not_a_date/month"
    return "not_a_date"


def month_of_text(text: str) -> str | None:
    """The month (YYYY-MM) a text means: 2026-03, 2026年3月, 26年3月份, 202603, 二〇二六年三月."""
    plain = _arabic(text)
    match = _MONTH.fullmatch(plain) or _SOLID_MONTH.fullmatch(plain)
    if not match:
        return None
    year, month = match[1], next(part for part in match.groups()[1:] if part)
    if len(year) == 2 and "年" not in plain:
        return None
    return f"{_year(year):04d}-{int(month):02d}" if 1 <= int(month) <= 12 else None


def _arabic(text: str) -> str:
    """A text with digits for numerals, one kind of dash, and half width."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return re.sub(rf"{_NUMERAL}{{4}}(?=\s*年)|{_NUMERAL}+(?=\s*[年月日号])", lambda match: _number(match[0]), plain)


def _number(numeral: str) -> str:
    """A numeral in digits: 二〇二六, 十二, 二十五, 廿五; as it is where it is no number."""
    if "十" not in numeral and "廿" not in numeral and "卅" not in numeral:
        return "".join(str(_DIGITS[sign]) for sign in numeral)
    tens = {"廿": 2, "卅": 3}
    match = re.fullmatch(r"(?:([一二三])?十|([廿卅])十?)([一二三四五六七八九])?", numeral)
    if not match:
        return numeral
    return str((tens[match[2]] if match[2] else _DIGITS[match[1] or "一"]) * 10 + _DIGITS[match[3] or "零"])


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _marked(first: str, second: str, third: str) -> datetime | None:
    """Three numbers: by the year where it can be told, else None."""
    if len(first) == 4 and len(third) <= 2:
        return _valid(int(first), int(second), int(third))
    if len(first) == 2 and len(third) <= 2 and int(first) in _YEARS:
        if int(third) in _RIVALS and int(first) in _RIVALS and first != third:
            return None  # 31/12/24: a foreign program's day first
        return _valid(_year(first), int(second), int(third))
    if len(third) == 4 and len(first) <= 2:  # 15/3/2026, 3/15/2026; 3/5/2026 may be either
        one, other = int(first), int(second)
        if one == other or one > 12:
            return _valid(int(third), other, one)
        if other > 12:
            return _valid(int(third), one, other)
    return None


def _valid(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day)
    except ValueError:
        return None

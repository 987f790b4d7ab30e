"""Cell values to typed values, column by column; what cannot be read is a problem with a place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from workbench.core.messages import Message
from workbench.core.patterns import Pattern
from workbench.platform.forms.days import day_of_text, month_of_text, why_no_day

ERROR, WARNING = "error", "warning"
_AS_IT_IS = Pattern(
    r"^\s*\d{4}(?:[-/]\d{1,2}[-/]\d{1,2}(?:[T\s]+\d{1,2}:\d{2}(?::\d{2})?)?|\s*[-/.年]\s*\d{1,2}\s*月?|\d{2})\s*$"
)
_THOUSANDS = r"\d{1,3}(?:,\d{3})+"
_COUNT = Pattern(rf"^\s*({_THOUSANDS}|\d{{1,6}})\s*[台辆部]?\s*$")
_RANGE = Pattern(r"^\D{0,4}\d{1,6}\s*[台辆部]?\s*(?:[-~—–～至到、或/]|--)\s*\d{1,6}\s*[台辆部]?\D{0,4}$")
_AMOUNT = Pattern(rf"^\s*((?:{_THOUSANDS}|\d{{1,9}})(?:\.\d{{1,4}})?)\s*元?\s*$")
DITTO = frozenset(
    {
        "同上",
        "同前",
        "如上",
        "同上行",
        "上同",
        "同上一行",
        "同上格",
        "〃",
        "″",
        "々",
        '"',
        "''",
        "”",
        "示例",
        "样例",
        "例",
    }
)
_OF_DITTO = frozenset("".join(DITTO))  # 例 is among them
_EXAMPLE = Pattern(r"(?:示例|样例|例如|例)\s*[:：]")
_MOBILE = range(13_000_000_000, 20_000_000_000)  # eleven digits: no zero of theirs can be lost
_EPOCH, _TO_1904 = datetime(1899, 12, 30), 1462  # and the days until the other one that workbooks count from
ERROR_VALUES = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"})
MOST_DIGITS = 10**15  # Excel keeps fifteen digits of a number; further ones are lost for good
EIGHT_DIGITS = range(20_000_101, 20_991_232)  # 20260305, typed as a number
SERIALS = range(30_000, 80_000)  # day numbers of 1982 … 2118


@dataclass(frozen=True)
class Problem:
    """What is wrong with one value; ``severity`` says whether it can be taken as it is.

    ``wording``: its sentence, where it is not that of ``localized``.
    """

    code: str
    wording: str | None
    severity: str = ERROR
    localized: Message | None = None

    @classmethod
    def of(cls, key: str, severity: str = ERROR, **values: Any) -> Problem:
        """A problem whose text stands in a catalogue, which is read when the text is asked for."""
        localized = Message(key, values)
        return cls(localized.code, None, severity, localized)

    @cached_property
    def message(self) -> str:
        """Its sentence in Chinese."""
        if self.wording is not None or self.localized is None:
            return self.wording or ""
        return self.localized.text()


NOT_A_DATE = Problem.of("not_a_date")
MOST_CARS, MOST_YUAN = 10**6, 10**12  # beyond these it is a slip, or a phone in the wrong column
TOO_LARGE, DITTO_MARK = Problem.of("number_too_large"), Problem.of("ditto")
DIGITS_LOST, TRUTH_VALUE = Problem.of("digits_lost"), Problem.of("truth_value")
ASKED_BACK = frozenset({DIGITS_LOST.code, TRUTH_VALUE.code})  # nobody can tell what was meant, in whatever column


_ANY_TEXT = frozenset({"person", "phone"})
_AS_TEXTS = _ANY_TEXT | {"text", "province", "city"}
# in texts with a sign before and behind each: what may stand for what is above it, or be an example (``says_nothing``)
_MAY_SAY_NOTHING = re.compile(rf"例|\0[\s（）()。.…{''.join(sorted(_OF_DITTO))}]*(?=\0)")
Clean = Callable[[Any], tuple[Any, Problem | None]]


def since_1904(values: list[Any]) -> list[Any]:
    """A column of days in which numbers without a format count from 1904, counted as other workbooks do."""
    return [
        value + _TO_1904 if value.__class__ is float and int(value + _TO_1904) in SERIALS else value for value in values
    ]


def clean_column(
    kind: str, choices: Sequence[str] | None, least: int | None, values: list[Any]
) -> tuple[list[Any], dict[int, Problem]]:
    """Typed values of one column and the problems by position. Missing values are None."""
    if values.count(None) == len(values):
        return values, {}
    types = {*map(type, values)} - {type(None)}
    keys: Sequence[Any] = values
    if len(types) > 1 or dict in types:  # equal values of two types are two values
        keys = [value["t"] if value.__class__ is dict else (value.__class__, value) for value in values]
    elif kind in _AS_TEXTS and (same := _as_they_are(kind, values, types == {str})):
        return same, {}
    read = _READERS[kind](choices, least)
    found: dict[Any, tuple[Any, Problem | None]] = {}
    for key, value in dict(zip(keys, values)).items():
        if value is None:
            found[key] = None, None
        else:
            found[key] = read(datetime.fromisoformat(value["t"]) if value.__class__ is dict else value)
    typed = {key: value for key, (value, _) in found.items()}
    wrong = {key: problem for key, (_, problem) in found.items() if problem is not None}
    problems = {place: wrong[key] for place, key in enumerate(keys) if key in wrong} if wrong else {}
    return [typed[key] for key in keys], problems


def _as_they_are(kind: str, values: list[Any], texts: bool) -> list[Any] | None:
    """A column of texts, or of whole numbers, that surely are what they say, as their readers give it; None for any other."""
    distinct = [value for value in dict.fromkeys(values) if value is not None]
    if texts:
        if [*map(str.strip, distinct)] != distinct or "" in distinct:
            return None
        return values if kind in _ANY_TEXT or not _MAY_SAY_NOTHING.search("\0".join(["", *distinct, ""])) else None
    if kind == "phone" or not all(value.__class__ is float and value.is_integer() for value in distinct):
        return None
    if max(distinct) >= MOST_DIGITS or min(distinct) <= -MOST_DIGITS:
        return None
    return [None if value is None else str(int(value)) for value in values]


def _number_text(value: float) -> str:
    """A number as Excel shows it: 15 significant digits."""
    return str(int(value)) if float(value).is_integer() else f"{value:.15g}"


def _no_text(value: bool | int | float) -> Problem | None:
    """Why a value that is no text cannot be taken for one."""
    if isinstance(value, bool):
        return TRUTH_VALUE
    return DIGITS_LOST if abs(value) >= MOST_DIGITS else None


def _text(choices: Sequence[str] | None, least: int | None) -> Clean:
    def read(value: Any) -> tuple[Any, Problem | None]:
        if isinstance(value, str):
            return value.strip() or None, None
        if isinstance(value, datetime):
            return value.date().isoformat(), None
        if problem := _no_text(value):
            return None, problem
        return _number_text(value), None

    return read


def says_nothing(text: str) -> bool:
    """Whether a text stands for what is above it, or is an example left in."""
    if _OF_DITTO.isdisjoint(text):  # nearly always
        return False
    return re.sub(r"[\s（）()。.…]", "", text) in DITTO or _EXAMPLE.match(text.strip()) is not None


def _named(choices: Sequence[str] | None, least: int | None) -> Clean:
    """A text that stands for something of its own: not for what stands above it, and no example."""
    as_text = _text(choices, least)

    def read(value: Any) -> tuple[Any, Problem | None]:
        if value.__class__ is str and says_nothing(value):
            return value.strip(), DITTO_MARK
        return as_text(value)

    return read


def _code(choices: Sequence[str] | None, least: int | None) -> Clean:
    def read(value: Any) -> tuple[Any, Problem | None]:
        if isinstance(value, str):
            return re.sub(r"\s+", "", unicodedata.normalize("NFKC", value)) or None, None
        if isinstance(value, datetime):
            return None, Problem.of("date_as_code")
        if problem := _no_text(value):
            return None, problem
        return _number_text(value), Problem.of("number_as_code", WARNING)

    return read


def _phone(choices: Sequence[str] | None, least: int | None) -> Clean:
    def read(value: Any) -> tuple[Any, Problem | None]:
        if isinstance(value, str):
            return value.strip() or None, None
        if not isinstance(value, (bool, datetime)) and float(value).is_integer() and int(value) in _MOBILE:
            return _number_text(value), Problem.of("phone_as_number/taken", WARNING)
        return None, Problem.of("phone_as_number")

    return read


def _choice(choices: Sequence[str] | None, least: int | None) -> Clean:
    allowed = {re.sub(r"\s+", "", item): item for item in choices or ()}

    def read(value: Any) -> tuple[Any, Problem | None]:
        if isinstance(value, bool):
            return None, TRUTH_VALUE
        text = _number_text(value) if isinstance(value, (int, float)) else str(value).strip()
        found = allowed.get(re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
        if found is not None:
            return found, None
        if says_nothing(text):
            return text, DITTO_MARK
        return text, Problem.of("not_in_list", choices=choices or ())

    return read


def _integer(choices: Sequence[str] | None, least: int | None) -> Clean:
    def read(value: Any) -> tuple[Any, Problem | None]:
        if isinstance(value, (bool, datetime)):
            return None, Problem.of("not_a_number")
        if isinstance(value, str):
            text = unicodedata.normalize("NFKC", value)
            if match := _COUNT.match(text):
                number, problem = read(int(match[1].replace(",", "")))
                return number, problem or Problem.of("text_in_number/taken", WARNING, number=str(number))
            if says_nothing(text):
                return None, DITTO_MARK
            if _RANGE.match(text):
                return None, Problem.of("text_in_number/range")
            # a longer run of digits may be a phone that slipped into the column: not repeated
            digits = re.findall(r"(?<!\d)-?\d{1,6}(?!\d)", text)
            if len(digits) == 1 and len(re.findall(r"\d+", text)) == 1:
                return None, Problem.of("text_in_number/guess", digits=digits[0])
            return None, Problem.of("text_in_number")
        if abs(value) >= MOST_CARS:
            return None, TOO_LARGE
        value = float(_number_text(value))  # a formula's binary dust is none of the number
        if not value.is_integer():
            return None, Problem.of("not_whole")
        if least is not None and value < least:
            return None, Problem.of("below_least", least=least)
        return int(value), None

    return read


def _year(choices: Sequence[str] | None, least: int | None) -> Clean:
    whole = _integer(None, 2000)

    def read(value: Any) -> tuple[Any, Problem | None]:
        match = re.fullmatch(r"\s*(\d{4})\s*年?\s*", value) if isinstance(value, str) else None
        return whole(float(match[1]) if match else value)

    return read


def _number(choices: Sequence[str] | None, least: int | None) -> Clean:
    def read(value: Any) -> tuple[Any, Problem | None]:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return (None, TOO_LARGE) if abs(value) > MOST_YUAN else (_number_text(value), None)
        if isinstance(value, str) and (match := _AMOUNT.match(unicodedata.normalize("NFKC", value))):
            number = _number_text(float(match[1].replace(",", "")))
            return number, Problem.of("text_in_number/taken", WARNING, number=number)
        return str(value), Problem.of("text_in_number/number")

    return read


def _money(choices: Sequence[str] | None, least: int | None) -> Clean:
    def read(value: Any) -> tuple[Any, Problem | None]:
        if isinstance(value, str) and (match := _AMOUNT.match(unicodedata.normalize("NFKC", value))):
            fen, problem = read(float(match[1].replace(",", "")))
            return fen, problem or Problem.of("text_in_number/taken", WARNING, number=match[1])
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None, Problem.of("text_in_number/money")
        if abs(value) > MOST_YUAN:
            return None, TOO_LARGE
        fen = Decimal(_number_text(value)) * 100
        if fen != fen.to_integral_value():
            return None, Problem.of("below_fen")
        return int(fen), None

    return read


def _date(choices: Sequence[str] | None, least: int | None) -> Clean:
    def read(value: Any) -> tuple[Any, Problem | None]:
        if isinstance(value, datetime):
            return value.replace(hour=0, minute=0, second=0), None
        if isinstance(value, str):
            return _date_text(value)
        if not isinstance(value, bool) and int(value) in SERIALS:
            return _EPOCH + timedelta(days=int(value)), Problem.of("serial_date", WARNING)
        if not isinstance(value, bool) and float(value).is_integer() and int(value) in EIGHT_DIGITS:
            return _date_text(str(int(value)))
        return None, NOT_A_DATE

    return read


def _date_text(value: str) -> tuple[Any, Problem | None]:
    moment = day_of_text(value)
    if moment is None:
        return None, DITTO_MARK if says_nothing(value) else Problem.of(why_no_day(value))
    return moment, Problem.of("date_as_text", WARNING)


def _time(choices: Sequence[str] | None, least: int | None) -> Clean:
    def read(value: Any) -> tuple[Any, Problem | None]:
        return (value, None) if isinstance(value, datetime) else (None, Problem.of("not_a_date/time", WARNING))

    return read


def _when(choices: Sequence[str] | None, least: int | None) -> Clean:
    """A date or month as text; anything else is kept as it was written."""

    def read(value: Any) -> tuple[Any, Problem | None]:
        if isinstance(value, datetime):
            return value.date().isoformat(), None
        if not isinstance(value, str):
            return _number_text(value), Problem.of("not_a_date/kept", WARNING)
        text = unicodedata.normalize("NFKC", value).strip()
        if _AS_IT_IS.match(text):
            return text, None
        if moment := day_of_text(text):
            return moment.date().isoformat(), Problem.of("date_as_text/advice", WARNING, moment=moment)
        return value.strip(), Problem.of("not_a_date/kept", WARNING)

    return read


def _month(choices: Sequence[str] | None, least: int | None) -> Clean:
    def read(value: Any) -> tuple[Any, Problem | None]:
        if isinstance(value, datetime):
            return f"{value:%Y-%m}", None
        if isinstance(value, float) and not value.is_integer():  # 2026.1 may have been typed as 2026.10
            return None, Problem.of("not_a_month/fraction")
        month = month_of_text(value if isinstance(value, str) else _number_text(value))
        return (month, None) if month else (None, Problem.of("not_a_month"))

    return read


_READERS: dict[str, Callable[[Sequence[str] | None, int | None], Clean]] = {
    "text": _named,
    "person": _text,
    "province": _named,
    "city": _named,
    "code": _code,
    "phone": _phone,
    "choice": _choice,
    "integer": _integer,
    "year": _year,
    "number": _number,
    "money": _money,
    "date": _date,
    "time": _time,
    "when": _when,
    "month": _month,
}

"""The plain values a report's view is made of; shared by its workbook and its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core.rates import percent

if TYPE_CHECKING:
    from workbench.platform.reporting.registry import Source

UNDEFINED = "—"  # a rate without a denominator (D17)
TWICE = "规章有两处第7.3.2条：7.3.2a 指有效信息未注明到期日期，7.3.2b 指未按时通报。"


@dataclass(frozen=True)
class Stamp:
    """What a report rests on: printed on the cover and in every footer. ``on``: the day whose edition applies.

    ``mark`` stands on every sheet and page of what is not official.
    """

    title: str
    period: str
    on: date
    as_of: datetime
    edition: str
    head: str
    mark: str = ""

    def line(self) -> str:
        """One line of small print: edition, moment, register."""
        return f"制度版本 {self.edition}　数据截至 {self.as_of:%Y-%m-%d %H:%M:%S}　登记册 {self.head[:16]}"


@dataclass(frozen=True)
class Before:
    """What a figure was in the last period; ``word``: what that period is called (上月, 上季度)."""

    word: str
    value: Any


@dataclass(frozen=True)
class Figure:
    """A key figure: ``style`` as in ``Column``; ``note`` is the small print under it, ``before`` the last period's figure."""

    label: str
    value: Any
    style: str = "int"
    note: str = ""
    before: Before | None = None

    def shown(self) -> str:
        """Its value as a page shows it."""
        return text_of(self.value, self.style)

    def beside(self) -> str:
        """The last period's figure and the difference, as they stand beside it; "" without one."""
        if self.before is None:
            return ""
        difference = self.difference()
        return f"{self.before.word} {text_of(self.before.value, self.style)}{f'（{difference}）' if difference else ''}"

    def difference(self) -> str:
        """By how much it differs from the last period's, in words; "" where one of them is not defined."""
        if self.before is None:
            return ""
        now, then = plain(self.value), plain(self.before.value)
        if now is None or then is None or isinstance(now, str):
            return ""
        if now == then:
            return "持平"
        if self.style == "rate":
            alike = text_of(now, "rate") == text_of(then, "rate")  # then they are less than a tenth apart
            tenths = 0 if alike else (abs(Fraction(now) - Fraction(then)) * 1000 + Fraction(1, 2)).__floor__()
            points = f"{tenths // 10:,}.{tenths % 10}" if tenths else "不到 0.1"
            return f"{'升' if now > then else '降'} {points} 个百分点"
        return f"{more_or_less(now, then)} {text_of(abs(now - then), self.style)}"


def more_or_less(now: int, then: int) -> str:
    """The word for the difference of two unequal numbers; of two that are not above zero (penalties) by their size."""
    if now <= 0 and then <= 0:
        return "多" if now < then else "少"
    return "增" if now > then else "减"


def compared(figures: Sequence[Figure], word: str, earlier: Sequence[Figure | None]) -> tuple[Figure, ...]:
    """Key figures, each with that of the same place in the last period, called ``word``; None: one that is not compared."""
    return tuple(
        now if then is None else replace(now, before=Before(word, then.value))
        for now, then in zip(figures, earlier, strict=True)
    )


@dataclass(frozen=True)
class Column:
    """A column of a table: frame column, Chinese title, width in characters, and how values look.

    ``style``: text, center, int, rate (Fraction or None), yuan, date, time. ``total``:
    ``sum``, or ``(a, b, …)`` for the rate of a summed column over the sum of the others, or a word or number for
    the total row.
    """

    key: str
    title: str
    width: float = 10
    style: str = "text"
    total: str | int | tuple[str, ...] | None = None


def stamp(source: Source, title: str, period: str, on: date) -> Stamp:
    """The stamp of a report whose numbers follow the edition in force on a day."""
    edition = source.policy.edition_on(on)
    return Stamp(title, period, on, source.as_of, edition, source.head, mark(source.simulated))


def mark(simulated: bool, *words: str) -> str:
    """What stands on every page of what is not official: that the register is a simulation, and further words."""
    return "·".join([*(["模拟"] if simulated else []), *words])


def plain(value: Any) -> Any:
    """A cell value without pandas' missing markers: None where there is nothing."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value) or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value


def text_of(value: Any, style: str) -> str:
    """A value as a page shows it."""
    value = plain(value)
    if value is None:
        return UNDEFINED if style in ("rate", "rank") else ""
    if isinstance(value, str):
        return value
    match style:
        case "rate":
            return percent(Fraction(value))
        case "int":
            return f"{value:,}"
        case "yuan":
            return f"{value:,}"
        case "delta":
            return f"{value:+,}" if value else "0"
        case "date":
            return f"{value:%Y-%m-%d}"
        case "time":
            return f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def ratio(part: Any, whole: Any) -> Fraction | None:
    """An exact rate, None where the denominator is zero (D17)."""
    return Fraction(int(part), int(whole)) if int(whole) else None


def not_counted(count: int | str, clause: str, why: str) -> str:
    """The explicit line for what a report leaves out; also when it is nothing. A withheld count is a word."""
    return f"未计入：{count} 条，第{clause}条（{why}）"

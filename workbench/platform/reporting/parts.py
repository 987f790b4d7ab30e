"""The plain values a report's view is made of; shared by its workbook and its page."""

from __future__ import annotations

from dataclasses import dataclass
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
class Figure:
    """A key figure: ``style`` as in ``Column``; ``note`` is the small print under it."""

    label: str
    value: Any
    style: str = "int"
    note: str = ""


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

"""How the workbook of a settlement lists a clause's lines and computes each amount a second time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workbench.capabilities.settlement.inputs import CellSource, Inputs, Source
from workbench.platform.register.facts import shown_file

NOTHING = "—"
SAME, DIFFERENT = "相符", "不符"  # of an amount and the one computed again
DEALER_SHEET, DEPARTMENT_SHEET, PENALTY_SHEET = "经销商奖励", "部门奖励", "处罚"
Values = Sequence[Any]


@dataclass(frozen=True)
class Recipe:
    """``sheet`` lists the clause's lines beside the sheet of all lines; ``row`` gives the cells of one of them.

    ``formula`` is the amount over the cells of a row (``{quantity}``, ``{part}``, ``{whole}``, ``{place}``, ``{due}``,
    ``{done}``, ``{limit}``) and the cells of ``parameters``, by number (``{0}`` …); ``value`` is the same in Python. Products with
    a rate are rounded to nine places before they are compared, because a sheet has no exact fractions.
    ``ranked``: whether a line's place among those of its party matters (D24).
    ``by_receipt``: parameters as of the day in the row's ``received``, where there is one (D43).
    ``columns``: its columns on the sheet of the departments, filled by ``department``.
    """

    sheet: str
    parameters: tuple[str, ...]
    formula: str
    value: Callable[[Mapping[str, Any], Values], Any]
    row: Callable[[Any, date], dict[str, Any]]
    ranked: bool = False
    by_receipt: tuple[str, ...] = ()
    columns: tuple[Any, ...] = ()
    department: Callable[[Sequence[Any], Any], dict[str, Any]] | None = None


def dates(recipe: Recipe, row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The parameters of a recipe, each with the day whose value a row takes."""
    received = row.get("received")
    on = row["on"]
    return [(name, received if received and name in recipe.by_receipt else on) for name in recipe.parameters]


def where(place: Source | CellSource | None) -> str:
    """A source in words: file and row or cell."""
    if place is None or not place.file:
        return NOTHING
    file = str(shown_file(place.file))
    if isinstance(place, CellSource):
        return f"{file} {place.cell}" if place.cell else file
    return f"{file} 第{place.row}行" if place.row else file


def source_of(inputs: Inputs | None) -> Source | None:
    """The deciding row of a line, where its record names one."""
    return getattr(inputs, "source", None)


def day(moment: date | datetime) -> date:
    """The day of a time."""
    return moment.date() if isinstance(moment, datetime) else moment


OVERDUE = "IF(INT({done})>INT({due}),-{0},0)"
EACH = "-{0}*{part}"


def overdue(row: Mapping[str, Any], p: Values) -> int:
    """``OVERDUE`` in Python: the penalty where a duty was done after its last day."""
    return -p[0] if day(row["done"]) > day(row["due"]) else 0


def each(row: Mapping[str, Any], p: Values) -> int:
    """``EACH`` in Python: the penalty as often as there was cause."""
    return -p[0] * row["part"]

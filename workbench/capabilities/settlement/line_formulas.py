"""Each settlement line as a row a person can check: inputs, formula over parameter cells, and source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from workbench.capabilities.settlement.quarter import Difference, Line
from workbench.capabilities.settlement.recipe import Recipe, dates, source_of, where
from workbench.core.periods import quarter_bounds
from workbench.platform.regulation.clause import clause
from workbench.platform.regulation.edition import Policy

ADJUSTMENT = "adjustment"
REPEALED = "已废止"
LINES = [
    "no",
    "clause",
    "party",
    "name",
    "ref",
    "adjusts",
    "quantity",
    "part",
    "whole",
    "place",
    "limit",
    "due",
    "done",
    "amount",
    "basis",
    "source",
    "recipe",
    "on",
    "received",
]


def _difference(seen: Difference, last: date) -> dict[str, Any]:
    """D5: what the closed quarter would be today, less what was settled for it."""
    known = seen.now or seen.then
    basis = f"调整 {seen.quarter}：现应 {seen.recomputed} 元，已核算 {seen.settled} 元"
    basis += f"；申诉 {known.appeal} 裁定" if known and known.appeal else ""
    return {
        "part": seen.recomputed,
        "whole": seen.settled,
        "on": quarter_bounds(seen.quarter)[1],
        "basis": basis,
        "source": where(source_of(known)),
        "quantity": getattr(known, "quantity", None),
    }


ADJUSTED = Recipe("", (), "{part}-{whole}", lambda row, p: row["part"] - row["whole"], _difference)


def recipe(name: str) -> Recipe:
    """The recipe of a row of ``table``: that of its clause, or of adjustments."""
    return ADJUSTED if name == ADJUSTMENT else clause(name).recipe


def table(lines: Sequence[Line], names: Mapping[str, str], quarter: str) -> pd.DataFrame:
    """One row per line, in order. Columns of ``LINES``: ``part`` and ``whole`` are picked up and sought
    (projects), counted and target (completion), recomputed and settled (adjustments), or the number of
    times; ``limit`` the yuan a cap allows; ``due`` and ``done`` the dates a duty is judged by; ``recipe`` and ``on`` say how and with the
    parameters of which day the amount is computed again."""
    last = quarter_bounds(quarter)[1]
    places = _places(lines)
    rows = []
    for number, line in enumerate(lines):
        how = ADJUSTMENT if line.adjusts else line.clause
        own = {
            "no": number + 1,
            "clause": line.clause,
            "party": line.party,
            "name": names.get(line.party, ""),
            "ref": line.ref,
            "adjusts": line.adjusts,
            "amount": line.amount,
            "place": places.get(number),
            "recipe": how,
        }
        rows.append({**own, **recipe(how).row(line.inputs, last)})
    return pd.DataFrame(rows, columns=LINES, dtype=object)


def recompute(row: Mapping[str, Any], policy: Policy) -> int:
    """The row's amount computed again from its inputs and the parameters in force, as its formula does."""
    own = recipe(row["recipe"])
    return int(own.value(row, [policy.value(name, on) for name, on in dates(own, row)]))


def _places(lines: Sequence[Line]) -> dict[int, int]:
    """D24: a project's place among those of its party, in order of receipt, where the clause has a cap."""
    own = [(n, line) for n, line in enumerate(lines) if not line.adjusts and clause(line.clause).recipe.ranked]
    own.sort(key=lambda item: (item[1].inputs.received_at, -item[1].amount, item[1].ref))
    seen: dict[tuple[str, str], int] = {}
    places = {}
    for number, line in own:
        key = line.clause, line.party
        places[number] = seen[key] = seen.get(key, 0) + 1
    return places


def as_number(value: Any) -> Any:
    """A parameter as its cell holds it: rates as numbers, lists as words, 已废止 where repealed."""
    if value is None:
        return REPEALED
    if isinstance(value, list):
        return "、".join(map(str, value))
    return value if isinstance(value, int | str | Fraction) else str(value)

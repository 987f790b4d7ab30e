"""Each settlement line as a row a person can check: inputs, formula over parameter cells, and source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pandas as pd

from workbench.capabilities.settlement.lines import Line
from workbench.core.periods import quarter_bounds
from workbench.platform.regulation.edition import Policy

ADJUSTMENT = "adjustment"
REPEALED = "已废止"
NOTHING = "—"
Values = Sequence[Any]


@dataclass(frozen=True)
class Recipe:
    """How a clause turns inputs into yuan: its parameters, the Excel formula, the same in Python.

    The formula names input columns (``{quantity}`` …) and parameters by number
    (``{0}`` …). Products with a rate are rounded to nine places before they are
    compared, because a sheet has no exact fractions.
    """

    parameters: tuple[str, ...]
    formula: str
    value: Callable[[Mapping[str, Any], Values], Any]


def _day(moment: Any) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _earns(row: Mapping[str, Any], p: Values) -> bool:
    return row["quantity"] >= p[0] and row["part"] >= row["whole"] * p[1]


def _completion(row: Mapping[str, Any], p: Values) -> int:
    over = row["part"] - row["whole"] * p[0]
    amount = int(over // (row["whole"] * p[1])) * p[2] if over > 0 else 0
    return amount if p[3] is None else min(p[3], amount)


def _department(row: Mapping[str, Any], p: Values) -> int:
    if not _earns(row, p):
        return 0
    return p[2] if p[3] is None else max(0, min(p[2], p[3] - (row["place"] - 1) * p[2]))


def _late(row: Mapping[str, Any], p: Values) -> int:
    return -p[0] if _day(row["done"]) > _day(row["due"]) else 0


def _each(row: Mapping[str, Any], p: Values) -> int:
    return -p[0] * row["part"]


_PROJECT = "AND({quantity}>={0},{part}>=ROUND({whole}*{1},9))"
_OVERDUE = "IF(INT({done})>INT({due}),-{0},0)"
RECIPES: dict[str, Recipe] = {
    "7.1.1": Recipe(
        ("dealer_minimum_quantity", "dealer_conversion_rate", "dealer_project_reward"),
        f"IF({_PROJECT},{{2}},0)", lambda row, p: p[2] if _earns(row, p) else 0,
    ),
    "7.2.1": Recipe(
        ("completion_threshold", "completion_step", "completion_step_reward", "completion_reward_cap"),
        "IF({part}>ROUND({whole}*{0},9),"
        "MIN({3},INT(ROUND(({part}-{whole}*{0})/({whole}*{1}),9))*{2}),0)", _completion,
    ),
    "7.2.2": Recipe(
        ("department_minimum_quantity", "department_conversion_rate", "department_project_reward", "department_reward_cap"),
        f"IF({_PROJECT},IF(ISNUMBER({{3}}),MAX(0,MIN({{2}},{{3}}-({{place}}-1)*{{2}})),{{2}}),0)", _department,
    ),
    "7.3.1": Recipe(("late_verification_penalty",), _OVERDUE, _late),
    "7.3.2a": Recipe(("missing_expiry_penalty",), "-{0}*{part}", _each),
    "7.3.2b": Recipe(("missed_publication_penalty",), _OVERDUE, _late),
    "7.3.3": Recipe(("late_register_penalty",), _OVERDUE, _late),
    "7.3.4": Recipe(("leak_penalty",), "-{0}*{part}", _each),
    ADJUSTMENT: Recipe((), "{part}-{whole}", lambda row, p: row["part"] - row["whole"]),
}  # fmt: skip
LINES = [
    "no", "clause", "party", "name", "ref", "adjusts", "quantity", "part", "whole", "place", "due", "done", "amount",
    "basis", "source", "recipe", "on",
]  # fmt: skip


def table(lines: Sequence[Line], names: Mapping[str, str], quarter: str) -> pd.DataFrame:
    """One row per line, in order. Columns of ``LINES``: ``part`` and ``whole`` are picked up and sought
    (projects), counted and target (completion), recomputed and settled (adjustments), or the number of
    times; ``due`` and ``done`` the dates a duty is judged by; ``recipe`` and ``on`` say how and with the
    parameters of which day the amount is computed again."""
    last = quarter_bounds(quarter)[1]
    places = _places(lines)
    rows = []
    for number, line in enumerate(lines):
        facts = _adjustment(line) if line.adjusts else _inputs(line, last)
        rows.append({
            "no": number + 1, "clause": line.clause, "party": line.party, "name": names.get(line.party, ""),
            "ref": line.ref, "adjusts": line.adjusts, "amount": line.amount, "place": places.get(number),
            "recipe": ADJUSTMENT if line.adjusts else line.clause, **facts,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=LINES, dtype=object)


def parameter(policy: Policy, name: str, on: date) -> Any:
    """A parameter as the recipes use it: a number, None where repealed."""
    return policy.value(name, on)


def recompute(row: Mapping[str, Any], policy: Policy) -> int:
    """The row's amount computed again from its inputs and the parameters in force, as its formula does."""
    recipe = RECIPES[row["recipe"]]
    return int(recipe.value(row, [parameter(policy, name, row["on"]) for name in recipe.parameters]))


def _places(lines: Sequence[Line]) -> dict[int, int]:
    """7.2.2 (D24): a project's place among its department's, in order of receipt."""
    own = [(n, line) for n, line in enumerate(lines) if line.clause == "7.2.2" and not line.adjusts]
    own.sort(key=lambda item: (item[1].inputs["received_at"], -item[1].amount, item[1].ref))
    seen: dict[str, int] = {}
    places = {}
    for number, line in own:
        places[number] = seen[line.party] = seen.get(line.party, 0) + 1
    return places


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _where(place: Mapping[str, Any] | None) -> str:
    """A source as words: file and row or cell."""
    if not place or not place.get("file"):
        return NOTHING
    if place.get("cell"):
        return f"{place['file']} {place['cell']}"
    return f"{place['file']} 第{place['row']}行" if place.get("row") else place["file"]


def _inputs(line: Line, last: date) -> dict[str, Any]:
    """What the formula and the reader need of a line that is no adjustment."""
    seen = line.inputs
    if line.clause in ("7.1.1", "7.2.2"):
        return _project(seen, last)
    if line.clause == "7.2.1":
        return _months(seen, last)
    if line.clause == "7.3.2a":
        answered = _moment(seen["answered_at"])
        basis = f"{answered:%Y-%m-%d} 反馈有效，未注明到期日期"
        return {"part": 1, "done": answered, "on": answered.date(), "basis": basis, "source": _where(seen["source"])}
    if line.clause == "7.3.4":
        on = date.fromisoformat(seen["happened_on"])
        basis = f"{on} 泄露，记诚信黑点 {seen['mark']} 个，累计 {seen['marks']} 个"
        return {"part": seen["mark"], "done": on, "on": on, "basis": basis, "source": _where(seen["source"])}
    return _duty(line.clause, seen)


def _project(seen: Mapping[str, Any], last: date) -> dict[str, Any]:
    picked = "；".join(f"{c['month']} {c['contract']} 提车{c['picked_up']}" for c in seen["contracts"])
    basis = f"{seen['project']}，接收 {seen['received_at'][:10]}，转化率 {seen['conversion']}；{picked}"
    basis += "；已达上限" if seen.get("capped") else ""
    places = [
        f"信息：{_where(seen['source'])}",
        *dict.fromkeys(f"合同：{_where(c['source'])}" for c in seen["contracts"]),
    ]
    return {
        "quantity": seen["quantity"], "part": seen["rate_picked_up"], "whole": seen["rate_quantity"], "on": last,
        "basis": basis, "source": "\n".join(places),
    }  # fmt: skip


def _months(seen: Mapping[str, Any], last: date) -> dict[str, Any]:
    parts = [
        f"{m['month'][5:]}月 {m['valid']}/{NOTHING if m['target'] is None else m['target']}" for m in seen["months"]
    ]
    basis = f"有效/目标：{'，'.join(parts)}；超出 {seen['steps']} 档；计入信息 {len(seen['leads'])} 条，见“计入信息”"
    places = dict.fromkeys(f"{m['month'][5:]}月目标：{_where(m['source'])}" for m in seen["months"])
    return {"part": seen["valid"], "whole": seen["target"], "on": last, "basis": basis, "source": "\n".join(places)}


def _duty(clause: str, seen: Mapping[str, Any]) -> dict[str, Any]:
    """7.3.1, 7.3.2b, 7.3.3: a last day, and when it was done or, still open, the moment of the settlement."""
    word, key = {
        "7.3.1": ("反馈", "answered_at"),
        "7.3.2b": ("通报", "published_at"),
        "7.3.3": ("返回", "returned_at"),
    }[clause]
    due, done = date.fromisoformat(seen["due_on"]), _moment(seen[key])
    basis = f"应不晚于 {due} {word}，" + (f"{done:%Y-%m-%d} {word}" if done else f"截至 {seen['as_of'][:10]} 未{word}")
    if seen.get("leads"):
        basis += f"；同批 {len(seen['leads'])} 条：{'、'.join(seen['leads'])}"
    if seen.get("provisional"):
        basis += "；期限按暂定日历计算（口径 D15）"
    moment = done or _moment(seen["as_of"])
    return {"due": due, "done": moment, "on": due, "basis": basis, "source": _where(seen.get("source"))}


def _adjustment(line: Line) -> dict[str, Any]:
    """D5: what the closed quarter would be today, less what was settled for it."""
    seen = line.inputs
    known = seen.get("now") or seen.get("then") or {}
    basis = f"调整 {line.adjusts}：现应 {seen['recomputed']} 元，已核算 {seen['settled']} 元"
    basis += f"；申诉 {known['appeal']} 裁定" if known.get("appeal") else ""
    return {
        "part": seen["recomputed"], "whole": seen["settled"], "on": quarter_bounds(line.adjusts)[1], "basis": basis,
        "source": _where(known.get("source")), "quantity": known.get("quantity"),
    }  # fmt: skip


def as_number(value: Any) -> Any:
    """A parameter as its cell holds it: rates as numbers, lists as words, 已废止 where repealed."""
    if value is None:
        return REPEALED
    if isinstance(value, list):
        return "、".join(map(str, value))
    return value if isinstance(value, int | str | Fraction) else str(value)

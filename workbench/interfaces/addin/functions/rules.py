"""The regulation in a cell: clauses, parameters, readings as of a day. No register needed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from workbench.interfaces.addin.cell_functions import Argument
from workbench.interfaces.addin.cells import excel, policy, refuse, ruled_on

AS_OF = Argument("as_of", "日期", "按哪一天的规定；不填则按最新一版", kind="day", optional=True)


@excel(
    "条款内容",
    "条款的标题、各参数在某日的取值和制度版本",
    '=DK_CLAUSE("7.1.1")',
    Argument("clause", "条款", "如 5.4、7.1.1、7.3.2a"),
    AS_OF,
)
def DK_CLAUSE(clause: str, on: date | None) -> str:
    """A clause's title with the numbers in force."""
    from workbench.platform.regulation.clause import clauses

    own = next((each for each in clauses() if each.code == clause), None)
    if own is None:
        raise refuse("unknown_clause")
    known = policy()
    numbers = [
        f"{known.parameters[name].title} {value_text(known.value(name, ruled_on(on)), known.parameters[name].unit)}"
        for name in own.parameters
        if known.parameters[name].decides
    ]
    return f"第{own.number}条 {own.title}{'：' if numbers else ''}{'；'.join(numbers)}（{known.regulation(own.regulation).edition_on(ruled_on(on))}）"


@excel(
    "制度参数",
    "一个参数在某日的取值；比率为小数（40% 为 0.4），已废止的为 —",
    '=DK_PARAM("标的量下限", A2)',
    Argument("parameter", "参数", "中文名称或英文名，见 rulebook.md"),
    AS_OF,
)
def DK_PARAM(name: str, on: date | None) -> Any:
    """The value of a parameter."""
    known = policy()
    found = next((each for each in known.parameters.values() if name in (each.name, each.title)), None)
    if found is None:
        raise refuse("unknown_parameter")
    value = known.value(found.name, ruled_on(on))
    return "、".join(map(str, value)) if isinstance(value, list) else value


@excel(
    "解释口径",
    "对制度未尽事项采用的解释（D1 至 D45）在某日的措辞",
    '=DK_READING("D15")',
    Argument("reading", "口径编号", "如 D15"),
    AS_OF,
)
def DK_READING(number: str, on: date | None) -> str:
    """How an open question is read."""
    found = policy().readings.get(number[:1].upper() + number[1:].lower())
    if found is None:
        raise refuse("unknown_reading")
    return f"{found.question}{found.text_on(ruled_on(on))}"


@excel("制度版本", "某日有效的制度版本", "=DK_EDITION(A2)", Argument("as_of", "日期", "按哪一天", kind="day"))
def DK_EDITION(on: date) -> str:
    """The edition in force on a day."""
    return policy().edition_on(on)


def value_text(value: Any, unit: str) -> str:
    """A parameter's value with its unit."""
    from workbench.platform.regulation.regulation import RATE_UNITS

    if value is None:
        return "已废止"
    if isinstance(value, Fraction):
        return f"{float(value * 100):g}{unit if unit in RATE_UNITS else ''}"
    text = "、".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{text} {unit}" if isinstance(value, int) else text

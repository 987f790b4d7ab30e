"""Targets, completion, conversion, rewards and penalties of a unit, and what is missing to the next reward."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from workbench.interfaces.addin.cell_functions import Argument
from workbench.interfaces.addin.cells import excel, policy, refuse, ruled_on

if TYPE_CHECKING:
    from workbench.capabilities.settlement.lookup import Lookup

UNIT = Argument("unit", "单位代码", "单位名录中的代码，一个或一列")
PERIOD = Argument("period", "期间", "2026、2026Q1 或 2026-03", kind="period")
QUARTER = Argument("quarter", "季度", "如 2026Q1", kind="quarter")
TRIAL = Argument("trial", "试算", "TRUE：季度未结束时给出截至目前的试算", kind="flag", optional=True)
CLAUSE = Argument("clause", "条款", "只看某一条，如 7.1.1；不填为全部", optional=True)
KIND = Argument("kind", "提报单位类型", "经销商（默认）或部门", kind="kind", optional=True)
AS_OF = Argument("as_of", "日期", "按哪一天的规定；不填则按最新一版", kind="day", optional=True)


@excel(
    "目标信息量",
    "单位在月、季度或全年的目标（含调整）；未下达的为 —",
    '=DK_TARGET("B001", "2026Q1")',
    UNIT,
    PERIOD,
    needs="report",
)
def DK_TARGET(register: Lookup, unit: str, period: str) -> int | None:
    """The target of a unit."""
    return register.target(unit, period)


@excel(
    "有效信息量", "单位在期间内计入的有效信息（第5.3条）", '=DK_VALID("B001", "2026-01")', UNIT, PERIOD, needs="report"
)
def DK_VALID(register: Lookup, unit: str, period: str) -> int:
    """The leads of a unit that count."""
    return register.valid(unit, period)


@excel(
    "完成率",
    "有效信息除以目标（第4.2.2条），小数；季度按第7.2.1条的口径，目标为零或未下达的为 —（D17）",
    '=DK_COMPLETION("B001", "2026Q1")',
    UNIT,
    PERIOD,
    needs="report",
)
def DK_COMPLETION(register: Lookup, unit: str, period: str) -> Fraction | None:
    """The completion rate of a unit."""
    return register.completion(unit, period)


@excel(
    "转化率",
    "期间内提车量除以期内在期项目的标的量（第6.5条），小数；可填单位代码或信息编号，没有项目的为 —",
    '=DK_CONVERSION("D001", "2026Q1")',
    Argument("ref", "单位或信息", "单位代码，或一条信息的编号"),
    PERIOD,
    needs="report",
)
def DK_CONVERSION(register: Lookup, ref: str, period: str) -> Fraction | None:
    """The conversion rate of a unit's projects or of one."""
    return register.conversion(ref, period)


@excel(
    "奖励金额",
    "单位在季度内的奖励（元），与奖惩核算一致，含以前季度的调整",
    '=DK_REWARD("D001", "2026Q1", "7.1.1")',
    UNIT,
    QUARTER,
    CLAUSE,
    TRIAL,
    needs="settle",
)
def DK_REWARD(register: Lookup, unit: str, quarter: str, clause: str | None, trial: bool | None) -> int:
    """The rewards of a unit in a quarter."""
    from workbench.platform.regulation.clause import reward_codes

    return register.amount(unit, quarter, _clauses(clause, reward_codes()), trial=bool(trial))


@excel(
    "处罚金额",
    "责任人或科室在季度内的处罚（元，负数），与奖惩核算一致，含以前季度的调整",
    '=DK_PENALTY("S001", "2026Q1")',
    Argument("party", "责任人或科室", "姓名，或科室代码（其责任人合计）"),
    QUARTER,
    CLAUSE,
    TRIAL,
    needs="settle",
)
def DK_PENALTY(register: Lookup, party: str, quarter: str, clause: str | None, trial: bool | None) -> int:
    """The penalties of a person or section in a quarter."""
    from workbench.platform.regulation.clause import penalty_codes

    return register.amount(party, quarter, _clauses(clause, penalty_codes()), trial=bool(trial))


@excel(
    "距下一奖励还差",
    "部门还差几条有效信息、项目还差几台提车，例如“再提车 3 台即达 40%”；经销商显示最接近的项目",
    '=DK_MISSING("B001", "2026Q1")',
    Argument("ref", "单位或信息", "单位代码，或一条信息的编号"),
    QUARTER,
    needs="settle",
)
def DK_MISSING(register: Lookup, ref: str, quarter: str) -> str:
    """What is missing to the next reward."""
    from workbench.capabilities.settlement.outlook import missing

    return missing(register, ref, quarter)


@excel(
    "还差几台提车",
    "按给定的标的量和季度提车量推算（第7.1.1、7.2.2条），不需要登记册",
    "=DK_MISSING_PICKUPS(B2:B50, C2:C50)",
    Argument("quantity", "标的量", "台", kind="whole"),
    Argument("picked_up", "季度提车量", "台", kind="whole"),
    KIND,
    AS_OF,
)
def DK_MISSING_PICKUPS(quantity: int, picked_up: int, kind: str | None, on: date | None) -> str:
    """Pick-ups missing to a project's reward, from numbers."""
    from workbench.capabilities.organization.kinds import UnitKind
    from workbench.capabilities.settlement.outlook import pick_ups_sentence

    return pick_ups_sentence(quantity, picked_up, kind or UnitKind.DEALER, ruled_on(on), policy())


@excel(
    "还差几条信息",
    "按给定的有效信息和目标推算（第7.2.1条），不需要登记册",
    "=DK_MISSING_LEADS(B2:B50, C2:C50)",
    Argument("valid", "有效信息", "季度有效信息数", kind="whole"),
    Argument("target", "目标", "季度目标", kind="whole"),
    AS_OF,
)
def DK_MISSING_LEADS(valid: int, target: int, on: date | None) -> str:
    """Valid leads missing to the next step of the completion reward, from numbers."""
    from workbench.capabilities.settlement.outlook import leads_sentence

    return leads_sentence(valid, target, ruled_on(on), policy())


@excel(
    "完成率奖励",
    "按给定的有效信息和目标计算（第7.2.1条，元），不需要登记册",
    "=DK_COMPLETION_REWARD(B2:B50, C2:C50)",
    Argument("valid", "有效信息", "季度有效信息数", kind="whole"),
    Argument("target", "目标", "季度目标", kind="whole"),
    AS_OF,
)
def DK_COMPLETION_REWARD(valid: int, target: int, on: date | None) -> int:
    """7.2.1 from numbers: the reward in yuan."""
    from workbench.capabilities.targets.completion import completion_reward, rate

    return completion_reward(rate(valid, target), ruled_on(on), policy())[1]


def _clauses(clause: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    if clause is not None and clause not in known:
        raise refuse("unknown_clause")
    return (clause,) if clause else known

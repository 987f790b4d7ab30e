"""What a unit or a project still lacks to its next reward in a quarter, in a sentence (clauses 7.1.1, 7.2.1, 7.2.2)."""

from __future__ import annotations

from datetime import date

from workbench.capabilities.leads.projects import ProjectTerms
from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.settlement.lookup import Lookup
from workbench.capabilities.settlement.reward_progress import (
    COMPLETION_CLAUSE,
    OFFSET,
    PROJECT_CLAUSES,
    NextReward,
    Progress,
    next_completion,
    next_pick_ups,
    takes_no_leads,
)
from workbench.capabilities.targets.completion import CompletionTerms
from workbench.core.errors import WrongUse
from workbench.core.periods import months_of, next_quarter, quarter_bounds, quarter_of_day
from workbench.core.rates import short_percent
from workbench.platform.regulation.edition import Policy

NOT_COUNTED = "尚未立项或不计入，不参加项目奖励"


def missing(lookup: Lookup, ref: str, quarter: str) -> str:
    """The sentence for a lead number (pick-ups), a department (valid leads) or a dealer (its nearest project).

    Raises WrongUse ``unknown_ref``, ``not_begun``.
    """
    lookup.started(quarter)
    if lookup.knows_lead(ref):
        return of_project(lookup, ref, quarter)
    if not lookup.knows_unit(ref):
        raise WrongUse("unknown_ref", ref=ref)
    kind = lookup.kind(ref)
    if kind == UnitKind.DEPARTMENT:
        return of_department(lookup, ref, quarter)
    if kind == UnitKind.DEALER:
        return of_dealer(lookup, ref, quarter)
    return "科室不参加奖励"


def of_department(lookup: Lookup, unit: str, quarter: str) -> str:
    """7.2.1: valid leads that are missing to the next ten points."""
    row, on = lookup.quarter(quarter).get(unit), quarter_bounds(quarter)[1]
    if row is None or row["rate"] is None:
        return "目标为零或未下达，完成率无定义，不计奖（D17）"
    if row["short"] and lookup.policy.reading("month_shortfall", on) != OFFSET:
        return f"{'、'.join(row['short'])} 未达当月目标，按现行口径（D6）取决于各月，不能按季度合计推算"
    if takes_no_leads(lookup.snapshot.facts.units, unit, months_of(quarter), row["targets"]):
        return "部门已停用，不再有新的信息计入（D36）"
    return leads_sentence(row["counted"], row["target_sum"], on, lookup.policy)


def leads_sentence(counted: int, target: int, on: date, policy: Policy) -> str:
    """7.2.1 for a number of valid leads and a target."""
    if target <= 0:
        return "目标为零，完成率无定义，不计奖（D17）"
    step = next_completion(counted, target, CompletionTerms.in_force(on, policy))
    if step is None:
        return f"已达完成率奖励上限（第{COMPLETION_CLAUSE}条）"
    return f"再有 {step.missing} 条有效信息即达 {short_percent(step.reached, 1)}，{_paid(step)}"


def of_project(lookup: Lookup, number: str, quarter: str) -> str:
    """7.1.1, 7.2.2: pick-ups that a project lacks in a quarter."""
    on, unit = quarter_bounds(quarter)[1], lookup.item(number, "提报单位")
    kind = lookup.kind(unit)
    if kind not in PROJECT_CLAUSES:
        return NOT_COUNTED
    row = lookup.progress(quarter).project(number)
    if row is None:
        return NOT_COUNTED
    if row["progress"] == Progress.SMALL:
        return _too_small(row["quantity"], kind, row["minimum"])
    if earlier := _earned_before(lookup, number, quarter, on):
        return f"已在 {earlier} 获得项目奖励，不再重复（D8）"
    if own := lookup.project_rewards(quarter).get(number):
        line = own[0]
        capped = "" if line.amount else "，但本季度部门项目奖励已满上限（D24）"
        return f"已达标，奖励 {line.amount} 元（第{line.clause}条）{capped}"
    if row["progress"] == Progress.EXPIRED:
        return "到期前没有签订合同，信息已到期，不再得奖（D32）"
    if row["progress"] == Progress.UNTIMELY:
        return "合同签订于收到信息之前或到期之后，其提车不得奖（D32、D33）"
    if row["needed"] is None and row["progress"] == Progress.SHORT:
        return "现行口径（D7）按提报单位合计计算转化率，不能按单个项目推算"
    return _pick_ups(row["whole"], row["part"], row["short"], kind, ProjectTerms.in_force(kind, on, lookup.policy))


def pick_ups_sentence(quantity: int, picked_up: int, kind: str, on: date, policy: Policy) -> str:
    """7.1.1 (经销商), 7.2.2 (部门) for a quantity sought and the pick-ups of a quarter."""
    terms = ProjectTerms.in_force(kind, on, policy)
    if quantity < terms.minimum:
        return _too_small(quantity, kind, terms.minimum)
    return _pick_ups(quantity, picked_up, 0, kind, terms)


def _pick_ups(sought: int, picked_up: int, least: int | None, kind: str, terms: ProjectTerms) -> str:
    """The pick-ups missing of vehicles sought, ``least`` at any rate."""
    step = next_pick_ups(sought, picked_up, kind, terms)
    if step is None:
        return f"该项奖励未在执行（第{PROJECT_CLAUSES[kind]}条）"
    missing = max(step.missing, least or 0)
    if missing == 0:
        return f"已达 {short_percent(step.reached, 1)}，{_paid(step)}"
    return f"再提车 {missing} 台即达 {short_percent(step.reached, 1)}，{_paid(step)}"


def _too_small(quantity: int, kind: str, minimum: int) -> str:
    """Why a project below the vehicles of a single report takes no part."""
    return f"标的量 {quantity} 台，不足 {minimum} 台，不参加项目奖励（第{PROJECT_CLAUSES[kind]}条）"


def of_dealer(lookup: Lookup, unit: str, quarter: str) -> str:
    """7.1.1: the dealer's project that lacks the fewest pick-ups."""
    on, table = quarter_bounds(quarter)[1], lookup.progress(quarter).projects
    open_ = table[(table["party"] == unit) & (table["progress"] == Progress.SHORT) & table["short"].notna()]
    near = [
        (short, number)
        for short, number in zip(open_["short"], open_["number"], strict=True)
        if lookup.knows_lead(number) and not _earned_before(lookup, number, quarter, on)
    ]
    best = min(near, default=None)
    if best is None:
        return f"没有尚待达标的项目（第{PROJECT_CLAUSES[UnitKind.DEALER]}条）"
    return f"最接近的项目 {best[1]}：{of_project(lookup, best[1], quarter)}"


def _paid(step: NextReward) -> str:
    return f"奖励 {step.amount} 元（第{step.clause}条）"


def _earned_before(lookup: Lookup, number: str, quarter: str, on: date) -> str | None:
    """The earlier quarter in which a project was rewarded, where that rules it out now (D8)."""
    if lookup.policy.reading("repeat_project_reward", on):
        return None
    each = quarter_of_day(lookup.item(number, "接收时间"))
    while each < quarter:
        if any(line.amount > 0 for line in lookup.project_rewards(each).get(number, ())):
            return each
        each = next_quarter(each)
    return None

"""The whole regulation on one screen: each clause, its function, its parameters in ``dkhw080004.yaml``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from workbench.capabilities.contracts import conversion
from workbench.capabilities.leads import lifecycle, projects, verification
from workbench.capabilities.leads import precedence as order
from workbench.capabilities.leads import screening as leads
from workbench.capabilities.publication import publications as publication
from workbench.capabilities.settlement import lines, settlement
from workbench.capabilities.targets import completion as targets
from workbench.core.plain import plain
from workbench.platform.regulation.edition import Policy


@dataclass(frozen=True)
class Rule:
    """A clause, its Chinese title, the function that decides it, and the parameters it reads."""

    clause: str
    title: str
    function: Callable
    parameters: tuple[str, ...] = ()


RULES: tuple[Rule, ...] = (
    Rule("2", "收集范围：出租限县级及以下", leads.outside_taxi_scope, ("taxi_category", "taxi_level_limit")),
    Rule("4.2.1", "目标分解与调整", targets.check_breakdown),
    Rule("4.2.2", "部门完成率", targets.completion),
    Rule("4.3.3", "季度核算汇总报批", settlement.settle),
    Rule("4.4", "内部考核兑现（综合管理部）", settlement.paid_by),
    Rule("4.5", "经销商考核兑现（财务计划部）", settlement.paid_by),
    Rule("5.1", "相同信息先报者计", order.place),
    Rule("5.2", "统一模板，第三方联系人和联系方式不可缺少", leads.missing_contact, ("required_contact",)),
    Rule("5.3", "有效信息计入提报当月，不带入下月", lifecycle.derive),
    Rule("5.4", "标的量下限", leads.below_minimum, ("minimum_quantity",)),
    Rule("5.5", "经销商信息须早于项目申报表", projects.too_late_for, ("application_lead_days",)),
    Rule("5.6", "部门不提报地市级及以上出租信息", leads.taxi_verdict, ("taxi_category", "taxi_level_limit")),
    Rule("6.1", "每月定期通报", publication.due_dates, ("publication_days", "small_count")),
    Rule("6.2", "首次提报转相关业务开发科室", verification.sections_for),
    Rule("6.3", "业务科室甄别期限", verification.due_dates, ("verification_days",)),
    Rule("6.4", "有效信息立项，编制开发计划", projects.project_numbers, ("expiring_days",)),
    Rule("6.5", "合同登记反馈，计算转化率", conversion.table, ("register_return_day",)),
    Rule("7.1.1", "经销商项目奖励", lines.project_lines,
         ("dealer_minimum_quantity", "dealer_conversion_rate", "dealer_project_reward")),
    Rule("7.2.1", "部门季度完成率奖励", targets.completion_reward,
         ("completion_threshold", "completion_step", "completion_step_reward", "completion_reward_cap")),
    Rule("7.2.2", "部门项目奖励", lines.project_lines,
         ("department_minimum_quantity", "department_conversion_rate", "department_project_reward",
          "department_reward_cap")),
    Rule("7.2.3", "部门奖励分配", settlement.check_allocation),
    Rule("7.3.1", "未按时甄别", lines.late_lines, ("late_verification_penalty",)),
    Rule("7.3.2a", "有效信息未注明到期日期", lines.missing_expiry_lines, ("missing_expiry_penalty",)),
    Rule("7.3.2b", "未按时通报", lines.publication_lines, ("missed_publication_penalty",)),
    Rule("7.3.3", "合同登记未按时反馈", lines.register_lines, ("late_register_penalty",)),
    Rule("7.3.4", "内部人员泄露信息", lines.leak_lines, ("leak_penalty", "dismissal_marks")),
)  # fmt: skip


def rule(clause: str) -> Rule:
    """The rule of a clause; KeyError when the regulation has none."""
    return {each.clause: each for each in RULES}[clause]


def describe(policy: Policy, on: date | None = None) -> list[dict[str, object]]:
    """Every parameter and reading in clause order as JSON-able rows: clause, title, name, value, unit, since, source.

    All dated values are listed, or only the ones in force on ``on``. Readings have their
    id as ``source`` and their question as ``title``.
    """
    rows: list[dict[str, object]] = []
    titles = {each.clause: each.title for each in RULES}
    for parameter in policy.parameters.values():
        for dated in parameter.values:
            if on is None or policy.value(parameter.name, on) is dated.value:
                rows.append({
                    "clause": parameter.clause, "title": f"{titles[parameter.clause]}：{parameter.title}",
                    "name": parameter.name, "value": plain(dated.value), "unit": parameter.unit,
                    "since": dated.since.isoformat(), "source": parameter.source,
                })  # fmt: skip
    for reading in policy.readings.values():
        rows.append({
            "clause": reading.clause, "title": reading.question, "name": reading.key or reading.id,
            "value": reading.text_on(on), "unit": "口径", "since": policy.editions[0].since.isoformat(),
            "source": reading.id,
        })  # fmt: skip
    return rows

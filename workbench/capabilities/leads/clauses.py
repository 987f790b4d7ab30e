"""The clauses about reporting, screening, precedence, verification and projects (2, 5, 6), and what decides each."""

from __future__ import annotations

from workbench.capabilities.leads import lifecycle, precedence, projects, screening, verification
from workbench.platform.regulation.clause import Clause

REGULATION = "DKHW080004"
TAXI = ("taxi_category", "taxi_level_limit")
CLAUSES = (
    Clause(
        "2",
        REGULATION,
        "收集范围：出租限县级及以下",
        screening.outside_taxi_scope,
        TAXI,
        exclusion="客户类别不在可提报范围",
    ),
    Clause("5.1", REGULATION, "相同信息先报者计", precedence.place, exclusion="与先报信息相同"),
    Clause(
        "5.2",
        REGULATION,
        "统一模板，第三方联系人和联系方式不可缺少",
        screening.missing_contact,
        ("required_contact", "doubtful_report_days"),
    ),
    Clause("5.3", REGULATION, "有效信息计入提报当月，不带入下月", lifecycle.derive),
    Clause(
        "5.4",
        REGULATION,
        "标的量下限",
        screening.below_minimum,
        ("minimum_quantity", "doubtful_quantity"),
        exclusion="标的量不足",
    ),
    Clause(
        "5.5",
        REGULATION,
        "经销商信息须早于项目申报表",
        projects.too_late_for,
        ("application_lead_days",),
        exclusion="提报距申报不足规定天数，有效但不计入",
    ),
    Clause(
        "5.6",
        REGULATION,
        "部门不提报地市级及以上出租信息",
        screening.taxi_verdict,
        TAXI,
        exclusion="出租信息超出可提报的行政级别",
    ),
    Clause("6.2", REGULATION, "首次提报转相关业务开发科室", verification.sections_for),
    Clause(
        "6.3",
        REGULATION,
        "业务科室甄别期限",
        verification.due_dates,
        ("verification_days", "doubtful_expiry_days"),
        exclusion="业务科室甄别为无效",
    ),
    Clause("6.4", REGULATION, "有效信息立项，编制开发计划", projects.project_numbers, ("expiring_days",)),
)

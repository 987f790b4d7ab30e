"""The clauses on customers: who is a key account and what he is due, whose files say what, what is reported each week."""

from __future__ import annotations

from workbench.capabilities.customers.assessment import assessed
from workbench.capabilities.customers.completeness import part_states
from workbench.capabilities.customers.grading import ground_of
from workbench.capabilities.customers.key_accounts import graded_on
from workbench.capabilities.customers.profiles import provider, purpose_missing
from workbench.capabilities.customers.service import due_day
from workbench.capabilities.customers.service_duties import service_duties
from workbench.capabilities.customers.sharing import answer_by
from workbench.capabilities.customers.weeks import meeting
from workbench.platform.regulation.clause import Clause

KEY_ACCOUNTS, FILES = "大客户管理制度", "客户信息及档案管理制度"
WEEKLY, METHODS = "大客户信息收集管理办法（每周上报）", "大客户管理的方法和策略"
_GRADES = ("a", "b", "c")

CLAUSES = (
    Clause(
        "二",
        KEY_ACCOUNTS,
        "大客户定义",
        ground_of,
        ("key_account_share", "own_sales", "grading_months", "naming_months"),
        ("K1", "K2", "K3"),
    ),
    Clause(
        "三.1",
        KEY_ACCOUNTS,
        "大客户档案",
        part_states,
        ("basic_fields", "trading_fields", "financial_fields", "profile_days"),
    ),
    Clause("三.2", KEY_ACCOUNTS, "大客户分级", graded_on, ("grade_a_share", "grade_b_share"), ("K4",)),
    Clause(
        "三.3",
        KEY_ACCOUNTS,
        "大客户关系维护",
        service_duties,
        tuple(f"{name}_days_{grade}" for name in ("visit", "needs", "activity") for grade in _GRADES),
    ),
    Clause("三.4", KEY_ACCOUNTS, "大客户信息共享", answer_by, ("share_days",)),
    Clause(
        "三.5",
        KEY_ACCOUNTS,
        "客户经理考核",
        assessed,
        ("weight_weekly", "weight_duties", "weight_complaints", "weight_profiles"),
    ),
    Clause(
        "四",
        FILES,
        "各部门提供的客户信息",
        provider,
        ("basic_provider", "trading_provider", "financial_provider"),
    ),
    Clause("九", FILES, "保密范围和期限", purpose_missing, ("contact_keep_months",)),
    Clause("四", WEEKLY, "每周一晨会上报", meeting, ("weekly_meeting_hour",), ("W1", "W2")),
    Clause("1.2", METHODS, "投诉转为改进", due_day, ("complaint_days",)),
)

"""What people do with customers: look at their files, say who is who, name key accounts, excuse and assess managers."""

from __future__ import annotations

from workbench.platform.access.actions import Action, Kind, Section

ACTIONS = (
    Action(
        "customers",
        "查看客户档案",
        ("clerk", "verifier", "support", "approver", "auditor", "custodian"),
        Kind.VIEW,
        section=Section.VIEW,
    ),
    Action(
        "link_customers",
        "关联客户名称",
        ("clerk",),
        Kind.BUSINESS,
        ("kind", "linked"),
        writes=("customer_link",),
    ),
    Action(
        "prepare_customer_forms",
        "预填客户表格",
        ("clerk",),
        Kind.BUSINESS,
        ("manager", "department"),
    ),
    Action(
        "name_key_account",
        "认定大客户",
        ("approver",),
        Kind.BUSINESS,
        ("ground", "until"),
        writes=("customer_naming",),
    ),
    Action(
        "excuse_manager",
        "登记客户经理休假",
        ("clerk",),
        Kind.BUSINESS,
        ("name", "first", "last"),
        writes=("manager_leave",),
    ),
    Action(
        "share_news",
        "把客户信息转给部门",
        ("clerk",),
        Kind.BUSINESS,
        ("unit",),
        writes=("shared_news",),
    ),
    Action(
        "assess_manager",
        "决定客户经理考核",
        ("approver",),
        Kind.BUSINESS,
        ("quarter", "name"),
        writes=("manager_assessment",),
    ),
)

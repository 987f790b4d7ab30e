"""Who watches, and who brings inspections in (客户信息综合管理制度 四3, 五)."""

from __future__ import annotations

from workbench.platform.access.actions import Action, Kind, Recorded, Section

ACTIONS = (
    Action("watch", "查看使用情况和检查整改", ("auditor", "custodian"), Kind.VIEW, section=Section.CUSTODY),
    Action(
        "watch_answer",
        "说明异常使用情况",
        ("auditor", "custodian"),
        section=Section.CUSTODY,
        records=(
            Recorded("observation_seen", "说明异常使用", Kind.CUSTODY, ("number",), writes=("observation_seen",)),
        ),
    ),
    Action(
        "prepare_custody_book",
        "预填信息管理员工作簿",
        ("custodian",),
        Kind.BUSINESS,
        ("month",),
    ),
    Action(
        "inspection_report",
        "生成客户信息管理检查报告",
        ("auditor", "custodian"),
        section=Section.REPORT,
        records=(),
    ),
    Action(
        "inspect",
        "导入检查整改表",
        ("auditor", "custodian"),
        section=Section.IMPORT,
        records=(),
    ),
)

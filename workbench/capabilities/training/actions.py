"""Who looks at trainings and agreements, brings them in, and opens access in an emergency (客户信息管理制度 三2)."""

from __future__ import annotations

from workbench.platform.access.actions import Action, Kind, Recorded, Section

ACTIONS = (
    Action("training", "查看培训和保密协议", ("approver", "auditor", "custodian"), Kind.VIEW, section=Section.CUSTODY),
    Action("train", "导入培训与保密协议登记表", ("custodian",), section=Section.IMPORT, records=()),
    Action(
        "open_access",
        "紧急开通查看权限",
        ("custodian",),
        section=Section.CUSTODY,
        records=(
            Recorded("access_opened", "紧急开通", Kind.CUSTODY, ("account", "until"), writes=("access_opening",)),
        ),
    ),
)

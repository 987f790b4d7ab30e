"""What people do with the archive: they look."""

from __future__ import annotations

from workbench.platform.access.actions import Action, Kind, Section

ACTIONS = (
    Action(
        "archive",
        "查看档案目录和借阅",
        ("clerk", "verifier", "support", "approver", "auditor", "custodian"),
        Kind.VIEW,
        section=Section.VIEW,
    ),
)

"""What people do with the archive: they look, and keep and open originals as personal data."""

from __future__ import annotations

from workbench.platform.access.actions import Action, Kind, Recorded, Section

ACTIONS = (
    Action(
        "archive",
        "查看档案目录和借阅",
        ("clerk", "verifier", "support", "approver", "auditor", "custodian"),
        Kind.VIEW,
        section=Section.VIEW,
    ),
    Action(
        "archive_add",
        "存入档案原件",
        ("clerk", "custodian"),
        section=Section.PERSONAL,
        records=(
            Recorded(
                "archive_add", "存入档案原件", Kind.BUSINESS, ("number",), writes=("stored_file", "archive_original")
            ),
        ),
        key="field",
    ),
    Action(
        "archive_get",
        "取出档案原件",
        ("clerk", "verifier"),
        section=Section.PERSONAL,
        records=(Recorded("archive_get", "取出档案原件", Kind.CUSTODY, ("number", "reason")),),
        key="field",
    ),
)

"""The commands of statements."""

from __future__ import annotations

from workbench.platform.interface import Command

COMMANDS = (
    Command(
        "statement",
        run="workbench.interfaces.cli.statements:statement",
        zh="提报对账单：一个提报单位自己的信息、待办、项目和本季奖惩，附预填的申诉表；可写成带标记和口令的副本、发邮件。",
        en=(
            "A reporter's own statement: its leads, what it has to do, its projects and the quarter's rewards and "
            "penalties, with a pre-filled appeal form; as a marked copy under a password, and by mail."
        ),
        weight=125,
    ),
)

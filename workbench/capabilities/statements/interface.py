"""The commands of statements."""

from __future__ import annotations

from workbench.platform.interface import Button, Command

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
BUTTONS = (
    Button(
        id="statement",
        group="ask",
        label="对账单",
        tip="一个提报单位本季的对账单：信息、待办、项目和奖惩，附申诉表；写到文件夹并打开。",
        icon="AccountingFormat",
        run="workbench.interfaces.addin.buttons_questions:statement",
        desk="workbench.interfaces.desk.deeds_papers:STATEMENT",
        command="workbench statement",
        weight=28,
        en="Makes a reporter's statement of a quarter: leads, duties, projects, rewards and penalties, with a form for appeals.",
        background=True,
    ),
)

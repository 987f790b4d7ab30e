"""The commands, buttons and functions of duties."""

from __future__ import annotations

from workbench.platform.interface import Button, Command

COMMANDS = (
    Command(
        "due",
        run="workbench.interfaces.cli.due:due",
        zh="列出到期、逾期、将到期的事项：通报、月报、季报、转交、复核、反馈、合同登记、报批、备份。",
        en=(
            "List what is due, overdue or coming: publications, monthly and quarterly reports, dispatch, "
            "reviews, feedback, contract registers, approvals, backups."
        ),
        weight=160,
    ),
    Command(
        "remind",
        run="workbench.interfaces.cli.due:remind",
        zh="生成到期提醒（工作簿和网页）：明日应反馈、逾期、将到期的信息，未返回的合同登记；可发邮件。",
        en=(
            "Make the reminders (workbook and page): feedback due tomorrow or overdue, leads about to "
            "expire, contract registers not returned; by mail as well."
        ),
        weight=170,
    ),
)
BUTTONS = (
    Button(
        id="due_today",
        group="ask",
        label="今日待办",
        tip="列出本人到期、逾期和将到期的事项，以及怎么办。",
        icon="FileWorkflowTasks",
        run="workbench.interfaces.addin.buttons_questions:due_today",
        desk="workbench.interfaces.desk.deeds_questions:DUE",
        command="workbench due",
        large=True,
        weight=22,
        en="Lists what is due, overdue or coming for this person, and what to do.",
        background=True,
    ),
)

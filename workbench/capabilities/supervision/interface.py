"""The commands of watching and inspections."""

from __future__ import annotations

from workbench.platform.interface import Button, Command

COMMANDS = (
    Command(
        "watch",
        zh="客户信息的使用情况：一天内大量查看、非工作时间查看、越权查看、多次口令错误；每项有编号，由他人说明。",
        en=(
            "The use of customer information: many reveals in a day, outside working hours, refused ones, many wrong "
            "passphrases; each has a number and is answered by another person."
        ),
        weight=320,
    ),
    Command(
        "watch list",
        run="workbench.interfaces.cli.supervision:observations",
        zh="列出一个月的异常使用情况及其说明。",
        en="List a month's unusual uses, and what was said about them.",
    ),
    Command(
        "watch answer",
        run="workbench.interfaces.cli.supervision:answer",
        zh="说明一项异常使用情况已看过、原因何在；不能说明本人的。",
        en="Say that an unusual use was looked at, and why it is right or not; nobody answers his own.",
    ),
    Command(
        "inspections",
        zh="客户信息管理检查（客户信息管理检查整改表，用 import 导入）：发现的问题及其整改。",
        en="Inspections of how customer information is kept (a form taken in with import): what was found, what was put right.",
        weight=330,
    ),
    Command(
        "inspections list",
        run="workbench.interfaces.cli.supervision:findings",
        zh="列出检查发现的问题：责任人、整改期限、结果；未整改的在前。",
        en="List what inspections found: who puts it right, by when, the outcome; open ones first.",
    ),
    Command(
        "inspections prepare",
        run="workbench.interfaces.cli.supervision:prepare",
        zh="写出一个月的检查整改表：未说明的异常使用、备份和试恢复的缺漏、未完成的整改，已预先填好。",
        en="Write a month's inspection form, filled with unanswered unusual uses, missing backups and open corrections.",
    ),
)
BUTTONS = (
    Button(
        id="inspection",
        group="reports",
        label="信息管理检查",
        tip="生成客户信息管理检查报告（信息管理员、审计）。",
        icon="AccessibilityChecker",
        run="workbench.interfaces.addin.buttons_reports:inspection",
        command="workbench report 客户信息管理检查报告",
        weight=175,
        en="Makes the monthly report on how customer information is kept and used (custodian, auditor).",
        background=True,
    ),
)

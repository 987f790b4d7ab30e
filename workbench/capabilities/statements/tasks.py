"""Statements are made by the month and by the quarter (4.3.1)."""

from __future__ import annotations

from workbench.platform.workflow.task import Task

TASKS = tuple(
    Task(
        key=f"{kind}_statements",
        title=title,
        clause="4.3",
        action="settle",
        instruction="workbench statement --all --period {period}",
        when=when,
        due=f"workbench.capabilities.statements.due_dates:{kind}",
        runner="workbench.capabilities.statements.making:run",
        by_itself=True,
        from_register=True,
        unfinished="workbench.capabilities.statements.making:is_unfinished",
        order=order,
    )
    for kind, title, when, order in (
        (
            "monthly",
            "提报对账单（月）",
            "the day after the month's contract register is due, for the last such month",
            88,
        ),
        (
            "quarterly",
            "提报对账单（季）",
            "the day after the quarter's last contract register is due, and again when the quarter was approved",
            95,
        ),
    )
)

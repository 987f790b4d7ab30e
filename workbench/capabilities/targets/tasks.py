"""The monthly report on targets and their completion (4.2.2)."""

from __future__ import annotations

from workbench.platform.workflow.task import MAKE_REPORT, Task

TASKS = (
    Task(
        key="targets",
        title="月度目标分解与完成情况",
        clause="4.2.2",
        action="report",
        instruction="workbench report 月度目标分解与完成情况 --period {period}",
        when="the day after the month",
        due="workbench.capabilities.targets.due_dates:reports",
        report="targets",
        runner=MAKE_REPORT,
        by_itself=True,
        order=70,
    ),
)

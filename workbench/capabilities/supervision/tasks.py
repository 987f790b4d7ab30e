"""What was found in an inspection is due to be put right on its day (客户信息综合管理制度 五)."""

from __future__ import annotations

from workbench.platform.workflow.task import MAKE_REPORT, Task

TASKS = (
    Task(
        key="correction",
        title="检查问题整改",
        clause="五",
        action="inspect",
        instruction="整改 {period} 后，在客户信息管理检查整改表中填写整改结果并导入",
        when="on the day an inspection set for it",
        due="workbench.capabilities.supervision.inspections:due_corrections",
        order=400,
    ),
    Task(
        key="inspection_report",
        title="客户信息管理检查报告",
        clause="五",
        action="inspection_report",
        instruction="workbench report 客户信息管理检查报告 --period {period}",
        when="the day after the month, from the month on in which the first inspection came in",
        due="workbench.capabilities.supervision.inspections:due_reports",
        report="inspection",
        runner=MAKE_REPORT,
        by_itself=True,
        order=405,
    ),
)

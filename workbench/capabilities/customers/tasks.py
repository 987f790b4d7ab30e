"""Weekly sheets, and the reports on customers."""

from __future__ import annotations

from workbench.platform.workflow.task import MAKE_REPORT, Task

TASKS = (
    Task(
        key="weekly_sheets",
        title="客户经理每周信息上报",
        clause="四",
        action="import",
        instruction="请客户经理上报 {period} 起一周的信息，收到后 workbench import；缺报的见 workbench weekly status",
        when="at the morning meeting of the first working day from Monday on",
        due="workbench.capabilities.customers.due_dates:sheets",
        order=82,
    ),
    Task(
        key="weekly_digest",
        title="每周信息汇总",
        clause="四",
        action="report",
        instruction="workbench report 每周信息汇总 --period {period}",
        when="on the day of the meeting",
        due="workbench.capabilities.customers.due_dates:digests",
        report="weekly",
        runner=MAKE_REPORT,
        by_itself=True,
        order=83,
    ),
    Task(
        key="shared_news",
        title="部门反馈客户信息",
        clause="三.4",
        action="import",
        instruction="请 {period} 在转去的服务记录表中填写部门反馈，收到后 workbench import；未反馈的见 workbench weekly shared",
        when="working days after the news was passed on",
        due="workbench.capabilities.customers.sharing:due_answers",
        order=84,
    ),
    Task(
        key="grading",
        title="大客户分级报告",
        clause="三.2",
        action="report",
        instruction="workbench report 大客户分级报告 --period {period}",
        when="the day after the quarter",
        due="workbench.capabilities.customers.due_dates:gradings",
        report="grading",
        runner=MAKE_REPORT,
        by_itself=True,
        order=87,
    ),
)

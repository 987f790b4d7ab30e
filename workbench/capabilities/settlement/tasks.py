"""From the report on a quarter to the payment of its rewards and the rulings on appeals (4.3.3, 4.4, 7)."""

from __future__ import annotations

from workbench.platform.workflow.task import MAKE_REPORT, Task

TASKS = (
    Task(
        key="settlement_report",
        title="季度奖惩核算报告",
        clause="4.3.3",
        action="report",
        instruction="workbench report 季度奖惩核算报告 --period {period}",
        when="the day after the quarter's last contract register is due",
        due="workbench.capabilities.settlement.due_dates:reports",
        report="settlement",
        runner=MAKE_REPORT,
        by_itself=True,
        order=90,
    ),
    Task(
        key="settlement",
        title="季度奖惩核算报批",
        clause="4.3.3",
        action="submit",
        instruction="workbench settlement submit {period}",
        when="the day after the quarter's last contract register is due",
        due="workbench.capabilities.settlement.due_dates:submissions",
        order=100,
    ),
    Task(
        key="approval",
        title="季度奖惩核算批准",
        clause="4.3.3",
        action="approve",
        instruction="workbench settlement approve {period}，或 return 退回",
        when="from the day of the submission",
        due="workbench.capabilities.settlement.due_dates:approvals",
        from_register=True,
        order=110,
    ),
    Task(
        key="payment",
        title="奖惩兑现登记",
        clause="4.4",
        action="pay",
        instruction="workbench settlement pay {period}",
        when="from the day of the approval",
        due="workbench.capabilities.settlement.due_dates:payments",
        from_register=True,
        order=120,
    ),
    Task(
        key="ruling",
        title="奖惩申诉裁定",
        clause="7",
        action="rule",
        instruction="workbench appeals rule {period}",
        when="on the last day of its term (reading D29)",
        due="workbench.capabilities.settlement.due_dates:rulings",
        from_register=True,
        order=130,
    ),
)

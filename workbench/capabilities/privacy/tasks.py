"""What is done about leaks, and customers whose information is due to be destroyed (顾客信息管理制度 五, 六)."""

from __future__ import annotations

from workbench.platform.workflow.task import Task

TASKS = (
    Task(
        key="incident_steps",
        title="泄露事件的处置",
        clause="六",
        action="incident_step",
        instruction="workbench incidents list 查看，处置后 workbench incidents step {period} 登记",
        when="by the hours of the regulation after the leak was found",
        due="workbench.capabilities.privacy.incidents:due_steps",
        from_register=True,
        order=410,
    ),
    Task(
        key="retention",
        title="保存期满的客户信息",
        clause="五",
        action="retention_propose",
        instruction="workbench retention due 列出后，用 workbench retention propose 提出销毁",
        when="from the day the first customer's maximum term is over",
        due="workbench.capabilities.privacy.due_dates:disposals",
        from_register=True,
        order=420,
    ),
)

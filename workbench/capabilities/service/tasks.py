"""The next step of a flow of service, and its reviews, fall due (银行大客户管理流程 一、五)."""

from __future__ import annotations

from workbench.platform.workflow.task import Task

TASKS = (
    Task(
        key="service_step",
        title="大客户服务流程的下一步",
        clause="一",
        action="import",
        instruction="客户 {period}：办理下一步后填写大客户服务流程表并导入；步骤见 workbench service list",
        when="after the interval since the step before",
        due="workbench.capabilities.service.due_dates:steps",
        order=85,
    ),
    Task(
        key="service_review",
        title="大客户服务的定期回顾",
        clause="五",
        action="import",
        instruction="客户 {period}：监测效果并回顾后填写大客户服务流程表并导入；见 workbench service list",
        when="on the day the last review set, else after the interval of the grade",
        due="workbench.capabilities.service.due_dates:reviews",
        order=86,
    ),
)

"""Customers whose information is due to be destroyed (顾客信息管理制度 五)."""

from __future__ import annotations

from workbench.platform.workflow.task import Task

TASKS = (
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

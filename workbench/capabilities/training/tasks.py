"""Trainings and agreements end on their day (客户信息管理制度 三2, 三3)."""

from __future__ import annotations

from workbench.platform.workflow.task import Task

TASKS = (
    Task(
        key="training",
        title="培训和保密协议到期",
        clause="三2",
        action="train",
        instruction="安排 {period} 的培训或签署，登记在培训与保密协议登记表（T16）中并导入",
        when="named 30 days before the last day, due from 7 days before it",
        due="workbench.capabilities.training.standing:due",
        from_register=True,
        order=415,
    ),
)

"""What single leads wait for (5.1, 6.2, 6.3, 6.4)."""

from __future__ import annotations

from workbench.capabilities.organization.kinds import SectionFunction
from workbench.platform.workflow.task import Task

TASKS = (
    Task(
        key="dispatch",
        title="首次提报信息转交科室",
        clause="6.2",
        action="dispatch",
        instruction="workbench dispatch",
        when="as soon as there are leads that were not handed on",
        due="workbench.capabilities.leads.due_dates:received",
        reminded=SectionFunction.STRATEGY,
        order=20,
    ),
    Task(
        key="review",
        title="疑似重复等待复核",
        clause="5.1",
        action="review",
        instruction="workbench review",
        when="as soon as there are suspected duplicates",
        due="workbench.capabilities.leads.due_dates:held",
        reminded=SectionFunction.STRATEGY,
        order=30,
    ),
    Task(
        key="changes",
        title="信息变更申请等待决定",
        clause="5.1",
        action="decide_change",
        instruction="workbench changes decide {period}",
        when="from the day it was asked for",
        due="workbench.capabilities.leads.due_dates:changes_asked",
        from_register=True,
        reminded=SectionFunction.STRATEGY,
        order=35,
    ),
    Task(
        key="withdraw_import",
        title="撤回导入的文件等待另一人确认",
        clause="5.2",
        action="withdraw_import",
        instruction="workbench withdraw-import {period}",
        when="from the day it was asked for",
        due="workbench.platform.workflow.procedure:waiting",
        from_register=True,
        reminded=SectionFunction.STRATEGY,
        order=36,
    ),
    Task(
        key="feedback",
        title="科室甄别反馈",
        clause="6.3",
        action="import_feedback",
        instruction="请科室 {period} 反馈，收到后 workbench import",
        when="two working days after the dispatch (clause 6.3); named from the day before",
        due="workbench.capabilities.leads.due_dates:feedback",
        order=40,
    ),
    Task(
        key="expiring",
        title="有效信息将到期而未签约",
        clause="6.4",
        action="list",
        instruction="请项目责任人在 {period} 前跟进",
        when="from 30 days before a lead expires (`expiring_days`)",
        due="workbench.capabilities.leads.due_dates:expiring",
        order=50,
    ),
)

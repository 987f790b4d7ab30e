"""The publication of the fixed dates (6.1)."""

from __future__ import annotations

from workbench.capabilities.organization.kinds import SectionFunction
from workbench.platform.workflow.task import Task

TASKS = (
    Task(
        key="publication",
        title="信息提报情况通报",
        clause="6.1",
        action="publish",
        instruction="workbench publish {period}",
        when="on its day (clause 6.1, reading D14)",
        due="workbench.capabilities.publication.due_dates:publications",
        report="publication",
        runner="workbench.capabilities.publication.publishing:run",
        by_itself=True,
        run_again=31,  # days within which a publication's missing workbook is made again
        reminded=SectionFunction.STRATEGY,
        order=10,
    ),
)

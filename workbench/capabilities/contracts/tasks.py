"""The contract register of a month and the report of its conversion (6.5)."""

from __future__ import annotations

from workbench.capabilities.organization.kinds import SectionFunction
from workbench.platform.workflow.task import MAKE_REPORT, Task

TASKS = (
    Task(
        key="register",
        title="合同登记汇总表",
        clause="6.5",
        action="import_contracts",
        instruction="请销售支持科返回 {period} 的表，收到后 workbench import",
        when="on the 2nd of the next month (clause 6.5, reading D16)",
        due="workbench.capabilities.contracts.due_dates:registers",
        reminded=SectionFunction.SUPPORT,
        order=60,
    ),
    Task(
        key="prepared_register",
        title="预填合同登记汇总表",
        clause="6.5",
        action="prepare_register",
        instruction="workbench prepare-register {period}",
        when="on the first day of the next month, until the month's register is returned",
        due="workbench.capabilities.contracts.due_dates:prepared_registers",
        runner="workbench.capabilities.contracts.prepared_register:run",
        by_itself=True,
        from_register=True,
        reminded=SectionFunction.SUPPORT,
        order=55,
    ),
    Task(
        key="conversion",
        title="信息转化率月报",
        clause="6.5",
        action="report",
        instruction="workbench report 信息转化率月报 --period {period}",
        when="the day after the contract register is due",
        due="workbench.capabilities.contracts.due_dates:conversion_reports",
        report="conversion",
        runner=MAKE_REPORT,
        by_itself=True,
        order=80,
    ),
)

"""The contract register and the conversion rate (6.5)."""

from __future__ import annotations

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="contracts",
    title="合同登记与转化率",
    regulations=("DKHW080004",),
    depends=("organization", "leads"),
    actions="workbench.capabilities.contracts.actions:ACTIONS",
    commands="workbench.capabilities.contracts.interface:COMMANDS",
    buttons="workbench.capabilities.contracts.interface:BUTTONS",
    functions="workbench.capabilities.contracts.interface:FUNCTIONS",
    reports="workbench.capabilities.contracts.reports:REPORTS",
    intakes="workbench.capabilities.contracts.intakes:INTAKES",
    clauses="workbench.capabilities.contracts.clauses:CLAUSES",
    tasks="workbench.capabilities.contracts.tasks:TASKS",
    tables="workbench.capabilities.contracts.tables:TABLES",
)

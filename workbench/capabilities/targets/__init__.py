"""Targets of the departments and their completion (4.2, 5.3, 7.2.1)."""

from __future__ import annotations

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="targets",
    title="目标分解与完成",
    regulations=("DKHW080004",),
    depends=("organization", "leads"),
    commands="workbench.capabilities.targets.interface:COMMANDS",
    buttons="workbench.capabilities.targets.interface:BUTTONS",
    functions="workbench.capabilities.targets.interface:FUNCTIONS",
    actions="workbench.capabilities.targets.actions:ACTIONS",
    reports="workbench.capabilities.targets.reports:REPORTS",
    intakes="workbench.capabilities.targets.intakes:INTAKES",
    clauses="workbench.capabilities.targets.clauses:CLAUSES",
    tasks="workbench.capabilities.targets.tasks:TASKS",
    cases="workbench.capabilities.targets.cases:CASES",
    tables="workbench.capabilities.targets.tables:TABLES",
)

"""Rewards and penalties of a quarter: from lines to approval, payment and appeals (clause 7)."""

from __future__ import annotations

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="settlement",
    title="奖惩核算",
    regulations=("DKHW080004",),
    depends=("organization", "leads", "contracts", "publication", "targets"),
    actions="workbench.capabilities.settlement.actions:ACTIONS",
    commands="workbench.capabilities.settlement.interface:COMMANDS",
    buttons="workbench.capabilities.settlement.interface:BUTTONS",
    functions="workbench.capabilities.settlement.interface:FUNCTIONS",
    reports="workbench.capabilities.settlement.reports:REPORTS",
    intakes="workbench.capabilities.settlement.intakes:INTAKES",
    clauses="workbench.capabilities.settlement.clauses:CLAUSES",
    tasks="workbench.capabilities.settlement.tasks:TASKS",
    cases="workbench.capabilities.settlement.cases:CASES",
    tables="workbench.capabilities.settlement.tables:TABLES",
)

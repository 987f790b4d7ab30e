"""Leads: reports, screening, precedence, dispatch, verification, projects (5, 6)."""

from __future__ import annotations

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="leads",
    title="信息提报、甄别与立项",
    regulations=("DKHW080004",),
    depends=("organization",),
    actions="workbench.capabilities.leads.actions:ACTIONS",
    commands="workbench.capabilities.leads.interface:COMMANDS",
    buttons="workbench.capabilities.leads.interface:BUTTONS",
    functions="workbench.capabilities.leads.interface:FUNCTIONS",
    reports="workbench.capabilities.leads.reports:REPORTS",
    intakes="workbench.capabilities.leads.intakes:INTAKES",
    clauses="workbench.capabilities.leads.clauses:CLAUSES",
    tasks="workbench.capabilities.leads.tasks:TASKS",
    cases="workbench.capabilities.leads.cases:CASES",
    tables="workbench.capabilities.leads.tables:TABLES",
)

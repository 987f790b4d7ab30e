"""The publication of the 10th, 20th and 30th (6.1)."""

from __future__ import annotations

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="publication",
    title="信息通报",
    regulations=("DKHW080004",),
    depends=("organization", "leads"),
    actions="workbench.capabilities.publication.actions:ACTIONS",
    commands="workbench.capabilities.publication.interface:COMMANDS",
    buttons="workbench.capabilities.publication.interface:BUTTONS",
    reports="workbench.capabilities.publication.reports:REPORTS",
    clauses="workbench.capabilities.publication.clauses:CLAUSES",
    tasks="workbench.capabilities.publication.tasks:TASKS",
    tables="workbench.capabilities.publication.tables:TABLES",
)

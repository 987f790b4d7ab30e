"""What a reporter is told of its own leads, rewards and penalties (4.3.1)."""

from __future__ import annotations

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="statements",
    title="提报对账单",
    regulations=("DKHW080004",),
    depends=("organization", "leads", "contracts", "publication", "targets", "settlement"),
    commands="workbench.capabilities.statements.interface:COMMANDS",
    buttons="workbench.capabilities.statements.interface:BUTTONS",
    tasks="workbench.capabilities.statements.tasks:TASKS",
)

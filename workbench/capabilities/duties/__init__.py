"""Reminders: what is due, section by section."""

from __future__ import annotations

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="duties",
    title="到期事项与提醒",
    regulations=("DKHW080004",),
    depends=("organization", "leads", "contracts", "publication", "targets", "settlement"),
    commands="workbench.capabilities.duties.interface:COMMANDS",
    buttons="workbench.capabilities.duties.interface:BUTTONS",
    reports="workbench.capabilities.duties.reports:REPORTS",
)

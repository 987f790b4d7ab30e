"""Units and who answers for them (T6)."""

from __future__ import annotations

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="organization",
    title="单位与人员",
    regulations=("DKHW080004",),
    intakes="workbench.capabilities.organization.intakes:INTAKES",
    tables="workbench.capabilities.organization.tables:TABLES",
)

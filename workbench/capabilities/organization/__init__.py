"""Units and who answers for them (T6, T21)."""

from __future__ import annotations

from pathlib import Path

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="organization",
    title="单位与人员",
    regulations=("DKHW080004",),
    regulation_files=(Path(__file__).parents[1] / "regulations" / "dkhw080004.yaml",),
    commands="workbench.capabilities.organization.interface:COMMANDS",
    intakes="workbench.capabilities.organization.intakes:INTAKES",
    tables="workbench.capabilities.organization.tables:TABLES",
)

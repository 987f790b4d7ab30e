"""How the templates of this capability come into the register."""

from __future__ import annotations

from workbench.capabilities.organization import units
from workbench.platform.intake.record_intake import RecordIntake

INTAKES = (RecordIntake(template="organization", accept=units.accept, tables=("unit",)),)

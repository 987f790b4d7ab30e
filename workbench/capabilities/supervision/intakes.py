"""How the template of inspections comes into the register."""

from __future__ import annotations

from workbench.capabilities.supervision import inspections
from workbench.platform.intake.record_intake import RecordIntake

INTAKES = (
    RecordIntake(
        template="inspection",
        columns=inspections.KEPT,
        key=("number",),
        action="inspect",
        accept=inspections.accept,
        tables=("inspection_finding",),
    ),
)

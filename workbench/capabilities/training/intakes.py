"""How T16 comes into the register."""

from __future__ import annotations

from workbench.capabilities.training import records
from workbench.platform.intake.record_intake import RecordIntake

INTAKES = (
    RecordIntake(
        template="training_record",
        columns=records.COLUMNS,
        key=("kind", "name", "unit", "partner", "held_on"),
        after=("people",),
        waits_for=frozenset({"unknown_unit"}),
        another_brings=frozenset({"own_training"}),
        action="train",
        accept=records.accept,
        tables=("training_record",),
    ),
)

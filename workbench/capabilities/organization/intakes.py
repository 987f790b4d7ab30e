"""How the templates of this capability come into the register."""

from __future__ import annotations

from workbench.capabilities.organization import people, units
from workbench.capabilities.organization.directory import UNIT_COLUMNS
from workbench.platform.intake.record_intake import RecordIntake

INTAKES = (
    RecordIntake(
        template="organization",
        columns=(*UNIT_COLUMNS, "successor", "effective_on"),
        key=("code",),
        earliest_counts=True,
        accept=units.accept,
        check=units.as_findings,
        tables=("unit", "succession"),
    ),
    RecordIntake(
        template="people",
        columns=("name", "unit", "post", "starts_on", "ends_on"),
        key=("name", "unit", "starts_on"),
        after=("organization",),
        earliest_counts=True,
        waits_for=frozenset({"unknown_unit"}),
        accept=people.accept,
        tables=("person",),
    ),
)

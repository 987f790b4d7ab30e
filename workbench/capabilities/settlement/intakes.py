"""How the templates of this capability come into the register."""

from __future__ import annotations

from workbench.capabilities.settlement import allocations, appeals
from workbench.platform.intake.record_intake import RecordIntake

INTAKES = (
    RecordIntake(
        template="bonus_allocation",
        earliest_counts=True,
        columns=("unit", "name", "person", "amount"),
        key=allocations.ALLOCATION_KEY,
        check_file=allocations.check_file,
        sequence_key=allocations.sequence_key,
        accept=allocations.accept,
        tables=("allocation",),
    ),
    RecordIntake(
        template="reward_appeal",
        earliest_counts=True,
        columns=("quarter", "clause", "party", "ref", "kind", "claimed", "grounds"),
        key=tuple(appeals.KEY),
        after=("customer_disclosure",),
        accept=appeals.accept,
        tables=("appeal", "appeal_grounds"),
    ),
)

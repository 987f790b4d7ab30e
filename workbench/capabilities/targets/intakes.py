"""How the templates of this capability come into the register."""

from __future__ import annotations

from workbench.capabilities.targets import target_breakdowns
from workbench.capabilities.targets.completion import MONTH_COLUMNS
from workbench.platform.intake.record_intake import RecordIntake

INTAKES = (
    RecordIntake(
        template="target_breakdown",
        action="adjust_targets",
        columns=("code", "name", "person", "year_target", *MONTH_COLUMNS),
        key=("year", "code"),
        after=("organization",),
        earliest_counts=True,
        waits_for=target_breakdowns.WAITS_FOR,
        another_brings=frozenset({"past_month"}),
        check_file=target_breakdowns.check_file,
        sequence_key=target_breakdowns.sequence_key,
        accept=target_breakdowns.accept,
        tables=("target",),
    ),
)

"""An adjustment of targets is imported by another than its approver (4.2)."""

from __future__ import annotations

from workbench.platform.workflow.case import Case, FourEyes

TARGET_ADJUSTMENT = Case(
    name="target_adjustment",
    title="目标调整",
    request="import",
    form="target_breakdown",
    decided_by="import",
    four_eyes=(
        FourEyes(
            "the approver named on the form",
            "own_approval",
            "workbench.capabilities.targets.target_breakdowns:named_approver",
            unless="adjust_targets",
        ),
    ),
    decisions=(("target", "unit"),),
    effect="The new targets count from their receipt on; those of a closed month never change.",
    due="Before the month is closed.",
)
CASES = (TARGET_ADJUSTMENT,)

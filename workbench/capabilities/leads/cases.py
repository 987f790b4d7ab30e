"""A decision on a suspected duplicate is overridden by another than who took it (5.1, D2)."""

from __future__ import annotations

from workbench.platform.workflow.case import Case, FourEyes

OVERRIDE = Case(
    name="override",
    title="推翻复核结论",
    request="review",
    decided_by="override",
    four_eyes=(FourEyes("who took the decision", "own_decision"),),
    effect="The new decision stands in place of the earlier one, which stays in the trail; the leads are derived anew.",
    due="At any time.",
    decisions=(("review", "lead"),),
)
CASES = (OVERRIDE,)

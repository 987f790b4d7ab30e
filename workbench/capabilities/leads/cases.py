"""A decision on a suspected duplicate is overridden, and a change of a lead decided on, by another person (5.1, D2, D35)."""

from __future__ import annotations

from workbench.platform.workflow.case import Case, FourEyes
from workbench.platform.workflow.procedure import ASKED, DECISIONS

OVERRIDE = Case(
    name="override",
    title="推翻复核结论",
    request="review",
    decided_by="override",
    four_eyes=(FourEyes("who took the decision", "own_decision", "workbench.capabilities.leads.reviews:who_decided"),),
    effect="The new decision stands in place of the earlier one, which stays in the trail; the leads are derived anew.",
    due="At any time.",
    decisions=(("review", "lead"),),
)
LEAD_CHANGE = Case(
    name="lead_change",
    title="信息变更",
    request="import",
    form="lead_change",
    decided_by="decide_change",
    four_eyes=(
        FourEyes("who brought the request in", "own_change", "workbench.capabilities.leads.change_decisions:who_asked"),
    ),
    effect="Agreed: the change counts from the moment of the decision, with its reason; declined: everything stays.",
    due="No fixed term; named as due from the day it was asked for.",
    decisions=(("change_decision", "number"),),
    task="changes",
)
WITHDRAW_IMPORT = Case(
    name="withdraw_import",
    title="撤回导入的文件",
    request="withdraw_import",
    decided_by="withdraw_import",
    four_eyes=(ASKED,),
    effect="What came in with the file counts no more from then on; everything stays in the trail, and an earlier moment "
    "shows it as it was.",
    due="No fixed term; named as due from the day it was asked for.",
    decisions=DECISIONS,
    task="withdraw_import",
    carry_out="workbench.capabilities.leads.withdrawn_imports:carry_out",
)
CASES = (OVERRIDE, LEAD_CHANGE, WITHDRAW_IMPORT)

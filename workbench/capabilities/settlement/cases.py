"""A quarter is approved by another than who submitted it; appeals are ruled on by a third (4.3.3, D28, D29)."""

from __future__ import annotations

from workbench.platform.workflow.case import Case, FourEyes

SETTLEMENT = Case(
    name="settlement",
    title="季度奖惩核算",
    request="submit",
    decided_by="approve",
    four_eyes=(
        FourEyes("the submitter", "own_submission", "workbench.capabilities.settlement.approval:who_submitted"),
    ),
    effect="Approved: its lines, readings and numbers stay for good and its months are closed. Returned: it can be "
    "submitted again.",
    due="No fixed term; named as due from the day it was submitted.",
    decisions=(("approval", "submission"), ("send_back", "submission")),
    task="approval",
)
APPEAL = Case(
    name="appeal",
    title="奖惩申诉",
    request="import",
    form="reward_appeal",
    decided_by="rule",
    four_eyes=(
        FourEyes(
            "the submitter of the quarter",
            "own_settlement",
            "workbench.capabilities.settlement.appeals:who_submitted",
        ),
        FourEyes("who imported the appeal", "own_appeal", "workbench.capabilities.settlement.appeals:who_imported"),
    ),
    effect="Upheld, also in part: the difference comes with the next open quarter and stands for good.",
    due="10 working days after it was received (reading D29, `ruling_days`).",
    decisions=(("ruling", "appeal"),),
    task="ruling",
)
CASES = (SETTLEMENT, APPEAL)

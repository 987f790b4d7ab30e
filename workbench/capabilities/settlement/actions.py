"""From the draft of a quarter to its payment and its appeals (4.3.3, 4.4, 4.5, 7)."""

from __future__ import annotations

from workbench.platform.access.actions import Action, Kind, Recorded, Section

ACTIONS = (
    Action(
        "settle",
        "试算奖惩",
        ("clerk", "analyst", "approver", "payer", "auditor"),
        Kind.VIEW,
        section=Section.VIEW,
    ),
    Action("close", "关账", ("clerk",), Kind.DATED, ("month",), writes=("closure",)),
    Action(
        "submit",
        "提交核算报批",
        ("clerk",),
        records=(Recorded("submit", "核算报批", Kind.DATED, ("quarter", "as_of"), writes=("submission",)),),
    ),
    Action(
        "approve",
        "批准核算",
        ("approver",),
        records=(
            # what persons were paid or fined is kept, and not shown to every reader of the trail
            Recorded(
                "approve",
                "批准核算",
                Kind.DATED,
                ("quarter",),
                withheld=("totals",),
                writes=("submission", "approval", "settlement", "settlement_terms", "settlement_line", "closure"),
            ),
            Recorded("send_back", "退回核算", Kind.DATED, ("reason", "quarter"), writes=("send_back",)),
        ),
    ),
    Action("pay", "登记兑现", ("payer",), Kind.DATED, ("quarter", "payer"), writes=("payment",)),
    Action("rule", "裁定申诉", ("approver",), Kind.DATED, ("number",), writes=("ruling",)),
)

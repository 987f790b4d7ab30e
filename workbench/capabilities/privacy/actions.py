"""Disclosures of customer information: seen, decided, handed over (顾客信息管理制度, section 7)."""

from __future__ import annotations

from workbench.platform.access.actions import Action, Kind, Recorded, Section

ACTIONS = (
    Action(
        "disclosures",
        "查看披露申请",
        ("clerk", "approver", "auditor", "custodian"),
        Kind.VIEW,
        section=Section.PERSONAL,
    ),
    Action(
        "disclose_approve",
        "审批披露申请",
        ("approver",),
        section=Section.PERSONAL,
        records=(
            Recorded(
                "disclosure_decide", "审批披露", Kind.BUSINESS, ("number", "verdict"), writes=("disclosure_decision",)
            ),
        ),
    ),
    Action(
        "disclose",
        "交付披露的客户信息",
        ("clerk",),
        key="field",
        section=Section.PERSONAL,
        records=(
            Recorded("disclosure_hand_over", "交付披露", Kind.BUSINESS, ("number",), writes=("disclosure_handover",)),
        ),
    ),
)

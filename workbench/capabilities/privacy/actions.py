"""Consents and disclosures of customer information: seen, recorded, decided, handed over (顾客信息管理制度 四, 七)."""

from __future__ import annotations

from workbench.platform.access.actions import Action, Kind, Recorded, Section

ACTIONS = (
    Action(
        "consents",
        "查看客户同意",
        ("clerk", "approver", "auditor", "custodian"),
        Kind.VIEW,
        section=Section.PERSONAL,
    ),
    Action(
        "consent_record",
        "登记客户同意及其撤回",
        ("clerk", "custodian"),
        key="field",
        section=Section.PERSONAL,
        records=(
            Recorded("consent_record", "登记客户同意", Kind.BUSINESS, ("number", "basis"), writes=("consent",)),
            Recorded("consent_withdraw", "撤回客户同意", Kind.BUSINESS, ("number", "scope"), writes=("consent",)),
        ),
    ),
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

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
        "consent_file",
        "应本人要求提供其信息",
        ("clerk",),
        Kind.BUSINESS,
        ("number",),
        key="field",
        section=Section.PERSONAL,
    ),
    Action(
        "incident_notices",
        "起草泄露告知书",
        ("clerk",),
        Kind.BUSINESS,
        ("number",),
        key="names",
        section=Section.CUSTODY,
    ),
    Action(
        "incidents",
        "查看泄露事件",
        ("clerk", "approver", "auditor", "custodian"),
        Kind.VIEW,
        section=Section.CUSTODY,
    ),
    Action(
        "incident_step",
        "登记泄露事件的处置",
        ("clerk", "custodian"),
        Kind.BUSINESS,
        ("number", "step"),
        section=Section.CUSTODY,
        writes=("incident_step",),
    ),
    Action(
        "retention",
        "查看保存期限和销毁",
        ("clerk", "approver", "auditor", "custodian"),
        Kind.VIEW,
        key="names",
        section=Section.CUSTODY,
    ),
    Action(
        "retention_propose",
        "提出销毁客户信息",
        ("clerk", "custodian"),
        Kind.BUSINESS,
        ("number",),
        key="names",
        section=Section.CUSTODY,
        writes=("disposal",),
    ),
    Action(
        "retention_decide",
        "批准销毁客户信息",
        ("custodian",),
        Kind.BUSINESS,
        ("number", "verdict"),
        section=Section.CUSTODY,
        writes=("disposal_decision",),
    ),
    Action(
        "retention_dispose",
        "销毁客户信息",
        ("custodian",),
        key="house",
        section=Section.CUSTODY,
        records=(
            Recorded("retention_dispose", "销毁客户信息", Kind.BUSINESS, ("number",), writes=("disposal_done",)),
            Recorded("retention_certify", "出具销毁证明", Kind.CUSTODY, ("number",)),
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

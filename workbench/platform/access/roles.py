"""Who may do what: one table of roles and actions, enforced by ``Session.require`` (least privilege, S2, S7).

While a register has a single user, that user may do everything: one person cannot be
kept apart from himself. With the second user the table holds for everybody.
"""

from __future__ import annotations

from workbench.platform.register.slots import HOUSE, PERSONAL

ACTIONS = {
    "list": "查看信息清单",
    "settle": "试算奖惩",
    "report": "生成报告",
    "import": "导入各种模板",
    "import_feedback": "导入甄别反馈表",
    "import_contracts": "导入合同登记汇总表",
    "review": "复核疑似重复",
    "override": "推翻复核结论",
    "dispatch": "转交",
    "publish": "通报",
    "close": "关账",
    "submit": "提交核算报批",
    "approve": "批准核算",
    "pay": "登记兑现",
    "rule": "裁定申诉",
    "reveal": "查看完整个人信息",
    "disclosures": "查看披露申请",
    "disclose_approve": "审批披露申请",
    "disclose": "交付披露的客户信息",
    "backup": "备份",
    "restore": "恢复",
    "confirm_restore": "确认恢复",
    "users": "管理用户和密钥",
    "audit": "查看和核验审计记录",
    "deliver": "分发报告",
    "trace": "追查报告副本",
}
LOOKING = frozenset({"list", "settle", "report"})
CLERK = LOOKING | {
    "import",
    "review",
    "dispatch",
    "publish",
    "close",
    "submit",
    "reveal",
    "disclosures",
    "disclose",
    "deliver",
    "backup",
    "confirm_restore",
}
APPROVER = LOOKING | {
    "approve",
    "override",
    "rule",
    "disclosures",
    "disclose_approve",
    "confirm_restore",
    "deliver",
    "trace",
}
ROLES: dict[str, tuple[str, frozenset[str]]] = {
    "clerk": ("市场策略", CLERK),
    "verifier": ("业务开发", frozenset({"list", "import_feedback", "reveal"})),
    "support": ("销售支持", frozenset({"list", "import_contracts"})),
    "analyst": ("分析", LOOKING),
    "approver": ("审批", APPROVER),
    "payer": ("兑现", LOOKING | {"pay"}),
    "auditor": ("审计", LOOKING | {"audit", "confirm_restore", "disclosures", "trace"}),
    "custodian": (
        "信息管理员",
        frozenset({"users", "backup", "restore", "confirm_restore", "audit", "disclosures", "trace"}),
    ),
    "recovery": ("恢复", frozenset({"users"})),  # the sealed slot of a lost passphrase
}
# roles whose slot holds the keys of personal fields; the custodian and the recovery slot hand them on
CLEARED = frozenset({"clerk", "verifier", "custodian", "recovery"})
DEIDENTIFIED = frozenset({"analyst"})  # roles that see 客户0001 in place of a customer's name
GOVERNING = frozenset({"custodian", "recovery"})  # roles that let others in
# who may bring in a template that is not the clerk's alone
IMPORTS = {"verification_feedback": "import_feedback", "contract_register": "import_contracts"}


def allowed(role: str, action: str) -> bool:
    """Whether a role may do something. Raises KeyError for an unknown role or action."""
    if action not in ACTIONS:
        raise KeyError(action)
    return action in ROLES[role][1]


def title(role: str) -> str:
    """A role's Chinese name; of one this program does not know, its own word."""
    return ROLES[role][0] if role in ROLES else role


def holds(role: str) -> frozenset[str]:
    """What a role's slot holds beside the keys everybody needs."""
    return frozenset(
        name for name, roles in ((PERSONAL, CLEARED), (HOUSE, GOVERNING)) if role in roles
    )  # fmt: skip


def may_import(role: str, template: str) -> bool:
    """Whether a role may bring in a template."""
    return allowed(role, "import") or (template in IMPORTS and allowed(role, IMPORTS[template]))

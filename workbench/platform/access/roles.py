"""The roles of a register: what each is called, which keys its slot holds (least privilege, S2, S7).

What a role may do stands with each action (``actions.Action``).
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.messages import Bilingual, named
from workbench.platform.register.key_slots import HOUSE, PERSONAL, WITH_NAMES


@dataclass(frozen=True)
class Role:
    """A role: its stored name and its Chinese title.

    ``cleared``: its slot holds the keys of personal fields. ``governing``: it lets others in and out, and hands those
    keys on. ``deidentified``: it sees 客户0001 in place of a customer's name, and its slot holds no names key.
    """

    name: str
    title: str
    cleared: bool = False
    governing: bool = False

    @property
    def deidentified(self) -> bool:
        """Whether it sees 客户0001 in place of a customer's name, as its slot holds no names key."""
        return not self.cleared and self.name not in WITH_NAMES


ROLES = {
    role.name: role
    for role in (
        Role("clerk", "市场策略", cleared=True),
        Role("verifier", "业务开发", cleared=True),
        Role("support", "销售支持"),
        Role("analyst", "分析"),
        Role("approver", "审批"),
        Role("payer", "兑现"),
        Role("auditor", "审计"),
        Role("custodian", "信息管理员", cleared=True, governing=True),
        Role("recovery", "恢复", cleared=True, governing=True),  # the sealed slot of a lost passphrase
    )
}
CLEARED = frozenset(role.name for role in ROLES.values() if role.cleared)
GOVERNING = frozenset(role.name for role in ROLES.values() if role.governing)
DEIDENTIFIED = frozenset(role.name for role in ROLES.values() if role.deidentified)


def title(role: str) -> str:
    """A role's Chinese title; of one this program does not know, its own name."""
    return title_words(role).zh


def title_words(role: str) -> Bilingual:
    """What a role is called in both languages; one this program does not know, by its own name."""
    return named(ROLES[role].title if role in ROLES else role, role)


def holds(role: str) -> frozenset[str]:
    """What a role's slot holds beside the keys everybody needs."""
    return frozenset(name for name, roles in ((PERSONAL, CLEARED), (HOUSE, GOVERNING)) if role in roles)

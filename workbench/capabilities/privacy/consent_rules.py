"""What a consent covers (顾客信息管理制度 四1)."""

from __future__ import annotations

from datetime import date

from workbench.capabilities.leads.consents import Scope
from workbench.platform.regulation.edition import Policy

CONSENTED = "是"


def covered(word: str | None, on: date, policy: Policy) -> list[Scope]:
    """四: what the customer lets us do who says so in T1 (客户同意) on a day; nothing where he does not say 是."""
    if word != CONSENTED:
        return []
    scopes = policy.value("lead_consent_scope", on) or []
    return [scope for scope in Scope if scope in scopes]

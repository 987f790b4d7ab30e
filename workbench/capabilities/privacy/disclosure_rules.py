"""When customer information may be disclosed, and on what terms (顾客信息管理制度 七)."""

from __future__ import annotations

from datetime import date

from workbench.platform.regulation.edition import Policy

REGULATION = "顾客信息管理制度"
CLAUSE = f"{REGULATION}·七"
NO_GROUND, NO_CONSENT = "no_ground", "no_consent"


def refusal(ground: str, consented: bool, on: date, policy: Policy) -> str | None:
    """七: why a disclosure on a ground (客户同意, 法律规定) is not allowed on a day; None where it is.

    ``no_ground``: the ground is none of those that are accepted; ``no_consent``: it takes a consent on record.
    """
    if ground not in (policy.value("disclosure_grounds", on) or []):
        return NO_GROUND
    return NO_CONSENT if ground in (policy.value("consent_grounds", on) or []) and not consented else None


def terms(on: date, policy: Policy) -> list[str]:
    """七: what a recipient is bound to, as the note of a disclosure says it on a day."""
    return policy.value("disclosure_terms", on) or []

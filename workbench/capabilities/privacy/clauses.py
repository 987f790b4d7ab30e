"""The clauses about consents to, and disclosures of, customer information (顾客信息管理制度 四, 七)."""

from __future__ import annotations

from workbench.capabilities.privacy.consent_rules import covered
from workbench.capabilities.privacy.disclosure_rules import REGULATION, refusal
from workbench.platform.regulation.clause import Clause

DISCLOSED = ("disclosure_grounds", "consent_grounds", "disclosure_terms")
CLAUSES = (
    Clause("四", REGULATION, "顾客信息的收集和同意", covered, ("lead_consent_scope",)),
    Clause("七", REGULATION, "顾客信息的披露", refusal, DISCLOSED),
)

"""The clause about disclosing customer information (顾客信息管理制度 七)."""

from __future__ import annotations

from workbench.capabilities.privacy.disclosure_rules import CLAUSE, REGULATION, refusal
from workbench.platform.regulation.clause import Clause

PARAMETERS = ("disclosure_grounds", "consent_grounds", "disclosure_terms")
CLAUSES = (Clause(CLAUSE.removeprefix(f"{REGULATION}·"), REGULATION, "顾客信息的披露", refusal, PARAMETERS),)

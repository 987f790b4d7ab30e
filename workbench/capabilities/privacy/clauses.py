"""The clauses about consents to, the retention and the disclosure of, customer information (顾客信息管理制度 四 to 七)."""

from __future__ import annotations

from workbench.capabilities.privacy.consent_rules import covered
from workbench.capabilities.privacy.disclosure_rules import REGULATION, refusal
from workbench.capabilities.privacy.incident_rules import until
from workbench.capabilities.privacy.retention_rules import kept_between
from workbench.platform.regulation.clause import Clause

CLOCKS = ("incident_contain_hours", "incident_report_hours", "incident_tell_hours")
KEPT = ("prospect_keep_min", "prospect_keep_max", "customer_keep_min", "customer_keep_max")
DISCLOSED = ("disclosure_grounds", "consent_grounds", "disclosure_terms")
CLAUSES = (
    Clause("四", REGULATION, "顾客信息的收集和同意", covered, ("lead_consent_scope",)),
    Clause("五", REGULATION, "顾客信息的保存期限和销毁", kept_between, KEPT),
    Clause("六", REGULATION, "顾客信息的使用和泄露的处置", until, CLOCKS),
    Clause("七", REGULATION, "顾客信息的披露", refusal, DISCLOSED),
)

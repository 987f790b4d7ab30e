"""The clauses on the flow of service: its steps in order, and the review that comes back."""

from __future__ import annotations

from workbench.capabilities.customers.service_flow import lacking_before, next_step
from workbench.platform.regulation.clause import Clause

REGULATION = "银行大客户管理流程"
CLAUSES = (
    Clause(
        "一",
        REGULATION,
        "服务步骤和顺序",
        lacking_before,
        ("flow_steps_a", "flow_steps_other", "flow_step_days"),
        ("F1", "F2"),
    ),
    Clause("五", REGULATION, "定期回顾与服务调整", next_step, ("review_days_a", "review_days_other")),
)

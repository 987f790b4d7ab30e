"""The clauses about training of staff and agreements with partners (客户信息管理制度 三2, 三3)."""

from __future__ import annotations

from workbench.capabilities.training.rules import OF_PARTNERS, OF_STAFF, REGULATION, bound, last_day
from workbench.platform.regulation.clause import Clause

CLAUSES = (
    Clause(
        OF_STAFF.removeprefix(f"{REGULATION}·"),
        REGULATION,
        "接触客户信息的员工的培训和保密",
        last_day,
        ("access_needs", "access_condition", "training_months", "first_training_days", "warning_days", "opening_days"),
    ),
    Clause(OF_PARTNERS.removeprefix(f"{REGULATION}·"), REGULATION, "合作方的保密协议", bound, ("partner_condition",)),
)

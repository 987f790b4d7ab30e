"""The clauses about carrying the settlement out: approval (4.3.3), payment (4.4, 4.5), allocation (7.2.3)."""

from __future__ import annotations

from workbench.capabilities.settlement.allocation_rules import check_allocation
from workbench.capabilities.settlement.payment import to_carry_out
from workbench.capabilities.settlement.settlement import settle
from workbench.platform.regulation.clause import Clause

REGULATION = "DKHW080004"
PROCEDURE = (
    Clause("4.3.3", REGULATION, "季度核算汇总报批", settle),
    Clause("4.4", REGULATION, "内部考核兑现（综合管理部）", to_carry_out),
    Clause("4.5", REGULATION, "经销商考核兑现（财务计划部）", to_carry_out),
    Clause("7.2.3", REGULATION, "部门奖励分配", check_allocation),
)

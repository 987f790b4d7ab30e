"""The clauses about risks that are warned of, and inspections whose findings are put right (客户信息综合管理制度 四3, 五)."""

from __future__ import annotations

from workbench.capabilities.supervision.inspections import still_open
from workbench.capabilities.supervision.watching import observed
from workbench.platform.regulation.clause import Clause

REGULATION = "客户信息综合管理制度"
WATCHED = ("reveals_a_day", "working_hours_begin", "working_hours_end", "misses_a_day", "reveal_reasons")
CLAUSES = (
    Clause("四3", REGULATION, "客户信息使用的风险预警", observed, WATCHED),
    Clause("五", REGULATION, "客户信息管理的监督与检查", still_open, ("correction_days",)),
)

"""The clause about the contract register and the conversion rate (6.5)."""

from __future__ import annotations

from workbench.capabilities.contracts import conversion
from workbench.platform.regulation.clause import Clause

CLAUSES = (
    Clause(
        "6.5",
        "DKHW080004",
        "合同登记反馈，计算转化率",
        conversion.table,
        ("register_return_day", "doubtful_contract_multiple"),
    ),
)

"""What the register keeps of targets."""

from __future__ import annotations

from workbench.capabilities.targets.versions import in_order_of_receipt
from workbench.platform.register.facts import INT, TEXT, TIME, FactTable

TABLES = (
    # every version. kind 分解 / 调整
    FactTable(
        name="target",
        word="目标",
        facts="targets",
        columns={
            "unit": TEXT,
            "month": TEXT,
            "amount": INT,
            "kind": TEXT,
            "at": TIME,
            "file": TEXT,
            "cell": TEXT,
        },
        known_at="at",
        template="target_breakdown",
        complete=in_order_of_receipt,
    ),
)

"""The clauses about targets and their completion (4.2)."""

from __future__ import annotations

from workbench.capabilities.targets import completion
from workbench.platform.regulation.clause import Clause

CLAUSES = (
    Clause("4.2.1", "DKHW080004", "目标分解与调整", completion.check_breakdown),
    Clause("4.2.2", "DKHW080004", "部门完成率", completion.completion),
)

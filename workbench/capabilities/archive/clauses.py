"""The clauses on the archive."""

from __future__ import annotations

from workbench.capabilities.archive.rules import due_back, lacking
from workbench.platform.regulation.clause import Clause

REGULATION = "客户信息及档案管理制度"
CLAUSES = (
    Clause("六", REGULATION, "客户档案的建立", lacking, ("kept_when_signed", "kept_when_delivered")),
    Clause("七", REGULATION, "档案的保管和借阅", due_back, ("loan_days",)),
)

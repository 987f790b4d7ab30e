"""The clause about who is a key account (大客户管理制度 二)."""

from __future__ import annotations

from workbench.capabilities.customers.grading import grades
from workbench.platform.regulation.clause import Clause

CLAUSES = (Clause("二", "大客户管理制度", "大客户定义", grades, ("key_account_share",)),)

"""Who carries settled amounts out (4.4, 4.5)."""

from __future__ import annotations

FINANCE, ADMINISTRATION = "财务计划部", "综合管理部"
PAYERS = (FINANCE, ADMINISTRATION)

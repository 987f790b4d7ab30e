"""Who carries settled amounts out (4.4, 4.5)."""

from __future__ import annotations

from enum import StrEnum


class Payer(StrEnum):
    """A department that pays or collects."""

    FINANCE = "财务计划部"
    ADMINISTRATION = "综合管理部"


PAYERS = FINANCE, ADMINISTRATION = tuple(Payer)

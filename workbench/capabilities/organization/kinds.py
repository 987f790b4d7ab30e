"""The words of T6: kinds of units, what a section does, whether a unit is in use."""

from __future__ import annotations

import re
from enum import StrEnum

BETWEEN = re.compile(r"[、，,;；/／|｜\s]+")  # how people separate the words of a list


class UnitKind(StrEnum):
    """What a unit is."""

    DEALER = "经销商"
    DEPARTMENT = "部门"
    SECTION = "科室"


class SectionFunction(StrEnum):
    """What a section does."""

    STRATEGY = "市场策略"
    DEVELOPMENT = "业务开发"
    SUPPORT = "销售支持"


class UnitState(StrEnum):
    """Whether a unit is in use."""

    IN_USE = "在用"
    INACTIVE = "停用"


def listed_categories(text: str | None) -> list[str]:
    """The categories a section handles, as they are listed in one cell."""
    return [word for word in BETWEEN.split(text or "") if word]

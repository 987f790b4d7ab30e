"""Test drives in a cell."""

from __future__ import annotations

from workbench.capabilities.settlement.lookup import Lookup
from workbench.interfaces.addin.cell_functions import Argument
from workbench.interfaces.addin.cells import excel


@excel(
    "试驾次数", "单位已登记的试驾次数", '=DK_TEST_DRIVES("D001")', Argument("unit", "单位代码", "如 D001"), needs="list"
)
def DK_TEST_DRIVES(register: Lookup, unit: str) -> int:
    """How many test drives a unit has registered."""
    return int(register.snapshot.facts.test_drives["unit"].eq(unit).sum())

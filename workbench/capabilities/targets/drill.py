"""The table of the monthly targets report whose counts lead to leads."""

from __future__ import annotations

from workbench.capabilities.leads.drill import leads_behind
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.capabilities.targets.completion import by_month, flags
from workbench.capabilities.targets.targets_report import MONTH, View
from workbench.core.periods import month_bounds
from workbench.platform.reporting.drill import Drill, Records, Row

NUMBERS = frozenset({"total", "pending", "valid", "ytd_valid"})


def tables(snapshot: Snapshot, period: str, view: View) -> tuple[Drill, ...]:
    """The month by department; what is counted since January leads to the leads since January."""
    marked = by_month(flags(snapshot.states), snapshot.states, snapshot.facts.units)
    last = month_bounds(period)[1]

    def find(row: Row, column: str) -> Records:
        first = f"{period[:4]}-01" if column.startswith("ytd_") else period
        own = marked[(marked["reporter"] == row["unit"]) & marked["month"].between(first, period)]
        return leads_behind(snapshot, own[own[column.removeprefix("ytd_")]], last)

    return (Drill("本月各部门", view.month, MONTH, NUMBERS, find),)

"""试驾月报: test drives of a month by unit, and how many were registered too late."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tests.trial_regulation.clauses import late
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.core.periods import month_bounds
from workbench.platform.reporting.cover import cover
from workbench.platform.reporting.drill import Drill, Records, Row
from workbench.platform.reporting.parts import Column, Figure, Stamp, stamp
from workbench.platform.reporting.sheets import ReportWorkbook

COLUMNS = (
    Column("unit", "单位代码", 12, "center", total="合计"),
    Column("drives", "试驾（次）", 12, "int", "sum"),
    Column("late", "逾期登记（次）", 14, "int", "sum"),
)
DRIVE = (Column("number", "试驾编号", 14), Column("driven_on", "试驾日期", 12, "date"))


@dataclass(frozen=True)
class View:
    """The month's test drives by unit."""

    stamp: Stamp
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    table: pd.DataFrame


def view(snapshot: Snapshot, period: str) -> View:
    """Test drives made in a month."""
    own, overdue = _drives(snapshot, period)
    counted = own.assign(late=own["number"].isin(overdue["number"])).groupby("unit")
    table = counted.agg(drives=("number", "size"), late=("late", "sum")).reset_index()
    figures = (Figure("试驾", len(own)), Figure("逾期登记", int(table["late"].sum())))
    last = month_bounds(period)[1]
    return View(stamp(snapshot, "试驾月报", period, last), figures, (), table)


def write(view: View, path: Path) -> None:
    """One sheet."""
    with ReportWorkbook(path, view.stamp) as workbook:
        sheet, row = cover(workbook, "试驾", view.figures)
        workbook.table(sheet, row, COLUMNS, view.table, empty="没有试驾。")


def tables(snapshot: Snapshot, period: str, view: View) -> tuple[Drill, ...]:
    """Counts lead to the test drives."""
    own, overdue = _drives(snapshot, period)

    def find(row: Row, column: str) -> Records:
        found = overdue if column == "late" else own
        return Records(found[found["unit"] == row["unit"]], DRIVE, "number")

    return (Drill("按单位", view.table, COLUMNS, frozenset({"drives", "late"}), find),)


def _drives(snapshot: Snapshot, period: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The month's test drives, and those registered too late."""
    facts = snapshot.facts
    own = facts.test_drives[facts.test_drives["driven_on"].dt.strftime("%Y-%m").eq(period)]
    return own, late(own, facts.struck_test_drives, snapshot.policy)

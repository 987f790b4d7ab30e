"""Leads of a month by category."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from workbench.capabilities.leads.drill import leads_behind
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.core.periods import month_bounds
from workbench.platform.reporting.cover import cover
from workbench.platform.reporting.drill import Drill, Records, Row
from workbench.platform.reporting.parts import Column, Figure, Stamp, stamp
from workbench.platform.reporting.sheets import ReportWorkbook

COLUMNS = (Column("category", "客户类别", 30, total="合计"), Column("leads", "信息（条）", 12, "int", "sum"))


@dataclass(frozen=True)
class View:
    """The month's leads by category."""

    stamp: Stamp
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    table: pd.DataFrame


def view(snapshot: Snapshot, period: str) -> View:
    """Leads received in a month."""
    last = month_bounds(period)[1]
    found = _leads(snapshot, period)
    table = found.groupby("category").size().rename("leads").reset_index()
    figures = (Figure("信息", len(found)),)
    return View(stamp(snapshot, "试行报告", period, last), figures, ("只供试行。",), table)


def write(view: View, path: Path) -> None:
    """One sheet."""
    with ReportWorkbook(path, view.stamp) as workbook:
        sheet, row = cover(workbook, "试行", view.figures)
        workbook.table(sheet, row, COLUMNS, view.table, empty="没有信息。")


def tables(snapshot: Snapshot, period: str, view: View) -> tuple[Drill, ...]:
    """Counts lead to the leads."""
    found = _leads(snapshot, period)
    last = month_bounds(period)[1]

    def find(row: Row, column: str) -> Records:
        return leads_behind(snapshot, found[found["category"] == row["category"]], last)

    return (Drill("按类别", view.table, COLUMNS, frozenset({"leads"}), find),)


def _leads(snapshot: Snapshot, period: str) -> pd.DataFrame:
    return snapshot.states[snapshot.states["received_at"].dt.strftime("%Y-%m") == period]

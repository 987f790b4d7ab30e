"""The short workbook of 季度奖惩核算报告 for the approver: at most eight pages to read and to sign; the whole one is its annex.

Its numbers are those of the view; the whole workbook computes each of them again by formulas.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.settlement.recipe import DIFFERENT, SAME
from workbench.capabilities.settlement.settlement_sheets import (
    CLAUSES,
    MARKS,
    PARTIES,
    by_leader,
    leader_columns,
)
from workbench.platform.reporting.cover import COLUMNS, cover, sign_off
from workbench.platform.reporting.parts import TWICE, Column, Figure, ratio
from workbench.platform.reporting.sheets import ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.settlement.settlement_report import View

FINES = (
    Column("party", "责任人", 14, "center", total="合计"),
    Column("clause", "条款", 12, "center"),
    Column("what", "事项", 36),
    Column("count", "笔数", 10, "int", "sum"),
    Column("penalty", "处罚(元)", 14, "yuan", "sum"),
    Column("adjusted", "以前季度\n调整(元)", 14, "yuan", "sum"),
)
# sheet → how many pages it may take at most; the longest ones are set smaller
PAGES = {"封面": 1, "汇总": 1, "对象合计": 2, "按分管领导": 1, "处罚": 2, "诚信黑点": 1}


def write_short(view: View, path: Path) -> None:
    """Cover with the sign-off, then summary, parties, deputy GMs, penalties and marks, in the pages of ``PAGES``."""
    with ReportWorkbook(path, view.stamp) as workbook:
        check = Figure("复算核对", SAME if view.agrees else DIFFERENT, "text", f"{len(view.lines)} 笔逐笔复算，见附件")
        front, row = cover(workbook, "封面", [*view.figures, check], view.briefing)
        notes = (*view.notes, "附件：同名的季度奖惩核算报告工作簿，逐笔列明金额、依据、来源和复算公式。")
        sign_off(workbook, front, workbook.notes(front, row, notes, COLUMNS))
        leaders = by_leader(view.departments)
        rates = [ratio(part, whole) if whole else None for part, whole in zip(leaders["valid"], leaders["target"])]
        leaders["rate"] = pd.Series(rates, index=leaders.index, dtype=object)
        for name, heading, columns, frame, empty in (
            ("汇总", "奖惩汇总", CLAUSES[:-2], view.clauses, ""),
            ("对象合计", "按奖惩对象合计", PARTIES, view.parties, "本季度没有奖惩对象。"),
            ("按分管领导", "按分管领导（第4.2.2、7.2.3条）", leader_columns(), leaders, "没有部门。"),
            (
                "处罚",
                "处罚（第7.3条，由综合管理部收缴；按责任人和条款，逐笔见附件）",
                FINES,
                _fines(view.penalties),
                "本季度没有处罚。",
            ),
            ("诚信黑点", "诚信黑点（第7.3.4条）", MARKS, view.marks, "截至本季度末没有诚信黑点。"),
        ):
            _sheet(workbook, name, heading, columns, frame, empty)
        front.activate()


def _fines(penalties: pd.DataFrame) -> pd.DataFrame:
    """The penalties of each person by clause; line by line they stand in the annex."""
    table = penalties.assign(count=1).groupby(["party", "clause", "what"], sort=True)[["count", "penalty", "adjusted"]]
    return table.sum().astype("int64").reset_index()


def _sheet(
    workbook: ReportWorkbook, name: str, heading: str, columns: tuple[Column, ...], frame: pd.DataFrame, empty: str
) -> None:
    """One table, with the colours and remarks it has in the whole workbook."""
    sheet = workbook.sheet(name, [column.width for column in columns], heading)
    area = workbook.table(sheet, 3, columns, frame, empty=empty, filtered=False)
    if "rate" in area.columns:
        workbook.rate_colours(sheet, area, "rate")
    if name == "汇总":
        workbook.notes(sheet, area.last + 3, [TWICE], len(columns))
    sheet.fit_to_pages(1, PAGES[name])

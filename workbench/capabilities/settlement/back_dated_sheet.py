"""The short table 补登时间 of a submitted quarter's report: what rests on times behind the clock, as it was submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.capabilities.settlement.back_dated import CODE, ahead
from workbench.platform.reporting.parts import Column

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot
    from workbench.platform.reporting.page import Html
    from workbench.platform.reporting.sheets import ReportWorkbook

SHEET = "补登时间"
WHAT = {
    "lead": "信息接收",
    "answer": "甄别反馈",
    "register": "合同登记返回",
    "publication": "通报",
    "prolonged": "延长到期日期",
    "handed_over": "转交其他科室",
    "appeal": "申诉",
}
COLUMNS = (
    Column("what", "事项", 14, "center"),
    Column("ref", "编号", 18, "center"),
    Column("party", "受益对象", 14, "center"),
    Column("clauses", "条款", 12, "center"),
    Column("at", "记录的时间", 18, "time"),
    Column("recorded_at", "实际登记时间", 18, "time"),
    Column("ahead", "提前", 10, "center"),
    Column("by", "登记人", 14, "center"),
)


def frame(snapshot: Snapshot, quarter: str) -> pd.DataFrame:
    """The items of the quarter's newest submission; columns ``COLUMNS``, empty where it was not submitted, and in a
    simulation, whose times are compared with no clock.
    """
    items = [] if snapshot.simulated else snapshot.submitted.get(quarter, {}).get(CODE, {}).get("items", [])
    rows = [_row(item) for item in items]
    return pd.DataFrame(rows, columns=[column.key for column in COLUMNS], dtype=object)


def _row(item: dict[str, Any]) -> dict[str, Any]:
    times = {name: pd.Timestamp(item[name]) for name in ("at", "recorded_at")}
    words = {"what": WHAT[item["what"]], "clauses": "、".join(item["clauses"]), "ahead": ahead(item).zh}
    return {**item, **words, **times}


def notes(snapshot: Snapshot, quarter: str) -> list[str]:
    """The remark on the cover, where there is something to say."""
    kept = None if snapshot.simulated else snapshot.submitted.get(quarter, {}).get(CODE)
    return [f"有 {kept['count']} 处以早于实际登记的时间计算金额，见“{SHEET}”，请批准人核对。"] if kept else []


def write(workbook: ReportWorkbook, table: pd.DataFrame) -> None:
    """The sheet, where there is something to say."""
    if len(table):
        widths = [column.width for column in COLUMNS]
        sheet = workbook.sheet(SHEET, widths, "补登时间：以早于实际登记的时间计算金额的事项（报批时）")
        workbook.table(sheet, 3, COLUMNS, table, empty="")


def on_page(table: pd.DataFrame) -> Html | None:
    """The same table on the page; nothing where there is nothing to say."""
    from workbench.platform.reporting import page

    return page.table(table, COLUMNS) if len(table) else None

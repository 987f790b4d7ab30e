"""信息转化率月报: contracts and pick-ups against quantity sought, by reporter, category and region (6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.contracts.conversion import table
from workbench.capabilities.contracts.conversion_briefing import LAST, briefing
from workbench.capabilities.leads import holdings
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.capabilities.leads.contract_lines import due_on
from workbench.capabilities.leads.duties import last_day
from workbench.capabilities.leads.projects import ProjectTerms
from workbench.capabilities.leads.standing import has_begun
from workbench.capabilities.leads.status import PENDING
from workbench.capabilities.organization.directory import names_on
from workbench.capabilities.organization.kinds import UnitKind
from workbench.core.periods import end_of_day, month_bounds, months_between, months_of, previous_month, quarter_of_month
from workbench.platform.reporting.briefing import Briefing
from workbench.platform.reporting.charts import TALL, chart, place
from workbench.platform.reporting.cover import cover, sign_off
from workbench.platform.reporting.parts import Column, Figure, Stamp, compared, not_counted, ratio, stamp
from workbench.platform.reporting.sheets import ReportWorkbook, rate_format

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TITLE = "信息转化率月报"
SUMS = [
    "projects",
    "quantity",
    "contracted",
    "contract_quantity",
    "alive_quantity",
    "picked_up",
    "quarter_quantity",
    "quarter_picked_up",
    "picked_up_to_date",
]
MEASURES = (
    Column("projects", "项目数", 8, "int", "sum"),
    Column("quantity", "标的量\n(台)", 9, "int", "sum"),
    Column("contracted", "已签约\n项目", 8, "int", "sum"),
    Column("contract_quantity", "合同量\n(台)", 9, "int", "sum"),
    Column("contract_rate", "签约率\n(合同量/标的量)", 13, "rate", ("contract_quantity", "quantity")),
    Column("alive_quantity", "本月在期\n标的(台)", 10, "int", "sum"),
    Column("picked_up", "本月\n提车(台)", 9, "int", "sum"),
    Column("rate", "本月\n转化率", 9, "rate", ("picked_up", "alive_quantity")),
    Column("quarter_quantity", "本季在期\n标的(台)", 10, "int", "sum"),
    Column("quarter_picked_up", "本季\n提车(台)", 9, "int", "sum"),
    Column("quarter_rate", "本季\n转化率", 9, "rate", ("quarter_picked_up", "quarter_quantity")),
    Column("picked_up_to_date", "累计\n提车(台)", 9, "int", "sum"),
    Column("rate_to_date", "累计\n转化率", 9, "rate", ("picked_up_to_date", "quantity")),
)
CATEGORIES, COHORTS, QUARTERS = "按客户类别", "按接收月份", "按接收季度"
HEADS = {
    "按提报单位": (
        ("reporter", "reporter_kind"),
        (
            Column("reporter", "单位代码", 10, "center", total="合计"),
            Column("name", "单位名称", 32),
            Column("reporter_kind", "类型", 8, "center"),
        ),
    ),
    CATEGORIES: (("category",), (Column("category", "客户类别", 30, total="合计"),)),
    "按地区": (
        ("province", "city"),
        (Column("province", "省份", 16, total="合计"), Column("city", "城市", 18)),
    ),
    "按省份": (("province",), (Column("province", "省份", 22, total="合计"),)),
    COHORTS: (("received_month",), (Column("received_month", "接收月份", 12, "center", total="合计"),)),
    QUARTERS: (("received_quarter",), (Column("received_quarter", "接收季度", 12, "center", total="合计"),)),
}


@dataclass(frozen=True)
class View:
    """One month. ``tables``: sheet name → frame with the columns of ``columns(sheet name)``; ``reached``: the rate from which a
    project is rewarded (7.1.1), None where none is."""

    stamp: Stamp
    briefing: Briefing
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    tables: dict[str, pd.DataFrame]
    trend: pd.DataFrame
    reached: Fraction | None


TREND = (
    Column("month", "月份", 10, "center", total="合计"),
    Column("signed", "合同登记量(台)", 14, "int", "sum"),
    Column("picked_up", "提车量(台)", 12, "int", "sum"),
)


def columns(name: str) -> tuple[Column, ...]:
    """The columns of one of the view's tables."""
    return (*HEADS[name][1], *MEASURES)


def view(snapshot: Snapshot, period: str) -> View:
    """Conversion in a month (``2026-03``), its quarter to date and since the start (6.5).

    Conversion = vehicles picked up / quantity sought: in the month and the quarter over the projects alive in them, since
    the start over all projects whose lead was received by the month's end, also by the month of its receipt. A rate over
    nothing is None (shown as —).
    """
    quarter = _so_far(period)
    names = names_on(snapshot.facts.units, month_bounds(period)[1])
    tables = {}
    for name, (by, _) in HEADS.items():
        frame = _joined(snapshot, period, quarter, list(by))
        if "reporter" in by:
            frame["name"] = frame["reporter"].map(names).fillna("（未在单位名录中）")
        order = (list(by), True) if name in (COHORTS, QUARTERS) else (["quantity", *by], [False, *[True] * len(by)])
        frame = frame.sort_values(order[0], ascending=order[1], ignore_index=True)
        tables[name] = frame[[column.key for column in columns(name)]]
    figures, earlier, before = _figures(tables[CATEGORIES]), None, previous_month(period)
    if has_begun(snapshot, before):
        earlier = _joined(snapshot, before, _so_far(before), ["category"])
        figures = compared(figures, LAST, _figures(earlier))
    last = month_bounds(period)[1]
    return View(
        stamp(snapshot, TITLE, f"{period[:4]}年{period[5:]}月", last),
        briefing(snapshot, period, figures, tables[CATEGORIES], earlier),
        figures,
        _notes(snapshot, period),
        tables,
        _trend(snapshot, period),
        ProjectTerms.in_force(UnitKind.DEALER, last, snapshot.policy).rate,
    )


def _so_far(period: str) -> list[str]:
    """The months of a month's quarter through it."""
    return [month for month in months_of(quarter_of_month(period)) if month <= period]


def _figures(table: pd.DataFrame) -> tuple[Figure, ...]:
    """The key figures of a month, summed over its projects (any grouping of them)."""
    sums = {name: int(table[name].sum()) for name in SUMS}
    return (
        Figure(
            "本月转化率",
            ratio(sums["picked_up"], sums["alive_quantity"]),
            "rate",
            f"提车 {sums['picked_up']} / 在期标的 {sums['alive_quantity']} 台",
        ),
        Figure(
            "本季转化率",
            ratio(sums["quarter_picked_up"], sums["quarter_quantity"]),
            "rate",
            f"提车 {sums['quarter_picked_up']} / 在期标的 {sums['quarter_quantity']} 台",
        ),
        Figure(
            "签约率",
            ratio(sums["contract_quantity"], sums["quantity"]),
            "rate",
            f"合同 {sums['contract_quantity']} / 标的 {sums['quantity']} 台",
        ),
        Figure("项目", sums["projects"], "int", f"其中已签约 {sums['contracted']} 个"),
    )


def _joined(snapshot: Snapshot, period: str, quarter: list[str], by: list[str]) -> pd.DataFrame:
    lines = counting_lines(snapshot.facts, snapshot.policy)
    states = holdings.on(snapshot.states, month_bounds(period)[1])
    month, whole = (table(states, lines, months, by) for months in ([period], quarter))
    frame = month.assign(
        quarter_quantity=whole["alive_quantity"], quarter_picked_up=whole["picked_up"], quarter_rate=whole["rate"]
    )
    for name, part in (("contract_rate", "contract_quantity"), ("rate_to_date", "picked_up_to_date")):
        rates = list(map(ratio, frame[part], frame["quantity"]))
        frame[name] = pd.Series(rates, index=frame.index, dtype=object)
    return frame


def _trend(snapshot: Snapshot, period: str) -> pd.DataFrame:
    """Vehicles under contracts first registered in, and picked up in, each month of the year so far, of projects."""
    lines = counting_lines(snapshot.facts, snapshot.policy)
    lines = lines[lines["lead"].isin(snapshot.states.index[snapshot.states["project"].notna()])]
    first = lines.sort_values("month", kind="stable").drop_duplicates(["contract", "lead"])
    months = months_between(f"{period[:4]}-01", period)
    sums = {
        "signed": first.groupby("month")["quantity"].sum(),
        "picked_up": lines.groupby("month")["picked_up"].sum(),
    }
    return pd.DataFrame(sums).reindex(months).fillna(0).astype("int64").rename_axis("month").reset_index()


def _notes(snapshot: Snapshot, period: str) -> tuple[str, ...]:
    last = month_bounds(period)[1]
    states = snapshot.states[snapshot.states["received_at"] <= end_of_day(last)]
    without = int((states["valid"] & states["project"].isna()).sum())
    waiting = int(states["status"].isin(PENDING).sum())
    lines = counting_lines(snapshot.facts, snapshot.policy)
    strays = lines[(lines["month"] == period) & ~lines["lead"].isin(states.index[states["project"].notna()])]
    others = lines[lines["month"] > period]
    projects = states[states["project"].notna()]
    coming = int((snapshot.states["project"].notna() & (snapshot.states["received_at"] > end_of_day(last))).sum())
    due = due_on(period, snapshot.policy)
    came = snapshot.facts.returns[snapshot.facts.returns["month"] == period]["at"]
    if came.empty:
        returned = f"{period} 的《合同登记汇总表》截至 {snapshot.as_of:%Y-%m-%d %H:%M} 尚未返回{f'（应于 {due} 前）' if due else ''}，提车数据不完整（第6.5条）。"
    else:
        late = "，逾期（第7.3.3条）" if due and came.min() > end_of_day(last_day(due, snapshot.policy)) else ""
        returned = f"{period} 的《合同登记汇总表》已于 {came.min():%Y-%m-%d %H:%M} 返回{late}（第6.5条）。"
    empty = [] if (lines["month"] == period).any() else ["本月没有合同登记行，本月提车为零。"]
    return (
        returned,
        *empty,
        not_counted(without, "6.4", "有效但未注明到期日期，尚未立项"),
        f"未计入：本月合同登记 {len(strays)} 行，其信息没有立项（第6.4条）",
        not_counted(waiting, "6.3", "尚未确认有效"),
        f"未计入：{coming} 个项目的信息在本月末以后接收；{len(others)} 行合同登记属于本月以后的月份（第6.5条）",
        f"已计入：因第5.5条不计奖励的项目 {int(projects['excluded'].notna().sum())} 个，"
        f"已到期未签约的项目 {int((projects['status'] == '已到期').sum())} 个，仍在累计转化率的分母之内。",
        "本月、本季转化率 = 期内提车量 ÷ 期内在期项目的标的量；期初以前已到期或已提完的项目不在期内。",
        "签约率、累计转化率的分母为截至本月末接收并已立项的全部信息；“按接收月份”“按接收季度”列出各月、各季度接收的项目至今的结果。标的量为零时显示“—”。",
        "同月、同合同、同信息、同车型的登记行，一份文件内相加，重复报送的以后到的文件为准（口径 D25）；退车冲减原提车的月份，已解除的合同以已提车辆为限（口径 D37）。",
    )


def write(view: View, path: Path) -> None:
    """The workbook: cover with charts, one sheet per grouping, the months of the year."""
    with ReportWorkbook(path, view.stamp) as workbook:
        front, row = cover(workbook, "封面", view.figures, view.briefing)
        sign_off(workbook, front, workbook.notes(front, row + TALL, view.notes, 12))
        areas = {}
        for name, frame in view.tables.items():
            heads = columns(name)
            sheet = workbook.sheet(name, [column.width for column in heads], f"{name}统计的转化率")
            areas[name] = workbook.table(sheet, 3, heads, frame, empty="截至本月没有已立项的信息。")
            workbook.bars(sheet, areas[name], "quantity")
            if view.reached:  # green from the rate that is rewarded, red below a quarter of it
                for key in ("contract_rate", "rate_to_date"):
                    workbook.rate_colours(sheet, areas[name], key, float(view.reached), float(view.reached / 4))
        sheet = workbook.sheet("本年走势", [column.width for column in TREND], "本年各月合同登记与提车")
        trend = workbook.table(sheet, 3, TREND, view.trend, empty="本年没有合同。", filtered=False)
        place(
            sheet,
            3,
            4,
            chart(
                workbook,
                "column",
                "各月合同登记量与提车量（台）",
                trend,
                "month",
                [("signed", "合同登记量"), ("picked_up", "提车量")],
            ),
            620,
            340,
        )
        if len(view.tables[CATEGORIES]):
            place(
                front,
                row,
                0,
                chart(
                    workbook,
                    "bar",
                    "累计转化率（按客户类别）",
                    areas[CATEGORIES],
                    "category",
                    [("rate_to_date", "累计转化率")],
                    number=rate_format(view.tables[CATEGORIES]["rate_to_date"]),
                ),
                496,
                290,
            )
            most = min(len(view.tables["按省份"]), 8) - 1
            place(
                front,
                row,
                6,
                chart(
                    workbook,
                    "column",
                    "标的量、合同量、累计提车（按省份，台）",
                    areas["按省份"],
                    "province",
                    [("quantity", "标的量"), ("contract_quantity", "合同量"), ("picked_up_to_date", "提车量")],
                    rows=(0, most),
                    labels=False,
                ),
                496,
                290,
            )

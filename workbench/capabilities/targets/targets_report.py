"""月度目标分解与完成情况: targets and counted leads of the departments, month by month (4.2, 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.leads.standing import has_begun
from workbench.capabilities.leads.status import PENDING, Status
from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.organization.people import leaders_on
from workbench.capabilities.targets.completion import completion
from workbench.capabilities.targets.forecast import Forecast, foreseen, method
from workbench.capabilities.targets.targets_briefing import LAST, briefing
from workbench.core.periods import month_bounds, month_of, months_between, previous_month
from workbench.platform.reporting.briefing import Briefing
from workbench.platform.reporting.charts import TALL, chart, place
from workbench.platform.reporting.cover import cover, sign_off
from workbench.platform.reporting.parts import Column, Figure, Stamp, compared, not_counted, ratio, stamp
from workbench.platform.reporting.sheets import Area, ReportWorkbook, rate_format

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TITLE = "月度目标分解与完成情况"
RATE_ROW = "完成率"
MONTH = (
    Column("rank", "名次", 6, "rank", total="合计"),
    Column("unit", "部门代码", 9, "center"),
    Column("name", "部门名称", 17),
    Column("leader", "分管领导", 9, "center"),
    Column("original", "原目标", 8, "int", "sum"),
    Column("target", "调整后\n目标", 8, "int", "sum"),
    Column("total", "提报\n总数", 8, "int", "sum"),
    Column("valid", "计入\n有效", 8, "int", "sum"),
    Column("pending", "处理中", 8, "int", "sum"),
    Column("rate", "完成率", 9, "rate", ("valid", "target")),
    Column("gap", "差额\n(目标−有效)", 10, "gap", "sum"),
    Column("ytd_target", "累计\n目标", 9, "int", "sum"),
    Column("ytd_valid", "累计\n有效", 9, "int", "sum"),
    Column("ytd_rate", "累计\n完成率", 9, "rate", ("ytd_valid", "ytd_target")),
    Column("year_target", "全年\n目标", 9, "int", "sum"),
    Column("forecast", "全年\n预测", 9, "int", "sum"),
    Column("low", "预测\n下限", 8, "int"),
    Column("high", "预测\n上限", 8, "int"),
    Column("forecast_rate", "预测\n完成率", 9, "rate", ("forecast", "year_target")),
)
RANKING = (
    Column("rank", "名次", 8, "rank"),
    Column("name", "部门名称", 26),
    Column("rate", "本月完成率", 12, "rate"),
    Column("ytd_rate", "累计完成率", 12, "rate"),
    Column("valid", "本月有效", 11, "int"),
    Column("target", "本月目标", 11, "int"),
)
YEAR = (
    Column("month", "月份", 10, "center", total="合计"),
    Column("target", "目标", 9, "int", "sum"),
    Column("valid", "有效", 9, "int", "sum"),
    Column("rate", "完成率", 10, "rate", ("valid", "target")),
)


@dataclass(frozen=True)
class View:
    """One month. ``month``: a row per department (``MONTH``); ``matrix``: department × Jan–Dec, three measures;
    ``year``: all departments together by month."""

    stamp: Stamp
    period: str
    briefing: Briefing
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    month: pd.DataFrame
    matrix: pd.DataFrame
    year: pd.DataFrame


def view(snapshot: Snapshot, period: str) -> View:
    """Targets and completion of a month (``2026-03``), with the year around it; names and leaders are those of its end.

    A month's excess stays in its month (5.3). Forecast and its range: ``forecast.forecasts``.
    """
    until = min(snapshot.as_of.date(), month_bounds(period)[1])
    whole, month, figures = _computed(snapshot, period)
    before, earlier = previous_month(period), None
    if has_begun(snapshot, before):
        _, earlier, then = _computed(snapshot, before)
        figures = compared(figures, LAST, then)
    months = months_between(f"{period[:4]}-01", f"{period[:4]}-12")
    return View(
        stamp(snapshot, TITLE, f"{period[:4]}年{period[5:]}月", month_bounds(period)[1]),
        period,
        briefing(snapshot, period, figures, month, earlier),
        figures,
        _notes(snapshot, period, month, until),
        month[[column.key for column in MONTH]],
        _matrix(whole, months, period),
        _year(whole, months, period),
    )


def _computed(snapshot: Snapshot, period: str) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Figure, ...]]:
    """The whole year by department and month, the month with its forecast, best first, and the key figures."""
    year = period[:4]
    months = months_between(f"{year}-01", f"{year}-12")
    facts, last = snapshot.facts, month_bounds(period)[1]
    whole = completion(snapshot.states, facts.targets, facts.units, months, last)
    leaders = leaders_on(facts.units, facts.people, last)
    whole["leader"] = whole["unit"].map(lambda unit: "、".join(leaders.get(unit, [])) or None)
    whole["name"] = whole["name"].fillna(whole["unit"])
    month = whole[whole["month"] == period].reset_index(drop=True)
    month["year_target"] = month["unit"].map(whole.groupby("unit")["target"].sum()).astype("int64")
    found, together = foreseen(whole[whole["month"] <= period], int(year), min(snapshot.as_of.date(), last))
    month["forecast"] = month["unit"].map({unit: each.expected for unit, each in found.items()}).astype("int64")
    for name in ("low", "high"):
        month[name] = month["unit"].map({unit: getattr(each, name) for unit, each in found.items()}).astype("Int64")
    month["forecast_rate"] = _rates(month["forecast"], month["year_target"])
    month["rank"] = _ranks(month["rate"])
    month = month.sort_values(
        ["rank", "unit"], key=lambda c: c.fillna(999) if c.name == "rank" else c, ignore_index=True
    )
    return whole, month, _figures(month, together)


def _figures(month: pd.DataFrame, together: Forecast) -> tuple[Figure, ...]:
    sums = month[["target", "valid", "ytd_target", "ytd_valid", "year_target"]].sum()
    reached = sum(1 for rate in month["rate"] if rate is not None and rate >= 1)
    return (
        Figure(
            "本月完成率", ratio(sums["valid"], sums["target"]), "rate", f"有效 {sums['valid']} / 目标 {sums['target']}"
        ),
        Figure(
            "累计完成率",
            ratio(sums["ytd_valid"], sums["ytd_target"]),
            "rate",
            f"有效 {sums['ytd_valid']} / 目标 {sums['ytd_target']}",
        ),
        Figure("本月达标部门", reached, "int", f"共 {len(month)} 个部门"),
        Figure(
            "全年预测完成率",
            ratio(together.expected, sums["year_target"]),
            "rate",
            f"预测 {together.expected}{_spread(together)} / 目标 {sums['year_target']}",
        ),
    )


def _spread(found: Forecast) -> str:
    return "" if found.low is None else f"（{found.low}–{found.high}）"


def _rates(part: pd.Series, whole: pd.Series) -> pd.Series:
    return pd.Series([ratio(p, w) for p, w in zip(part, whole, strict=True)], index=part.index, dtype=object)


def _ranks(rates: pd.Series) -> pd.Series:
    """Place by rate, equal rates share one; None where the rate is undefined (D17)."""
    known = sorted((rate for rate in rates if rate is not None), reverse=True)
    places = [None if rate is None else known.index(rate) + 1 for rate in rates]
    return pd.Series(places, index=rates.index, dtype="Int64")


def _notes(snapshot: Snapshot, period: str, month: pd.DataFrame, until: date) -> tuple[str, ...]:
    states = snapshot.states
    own = states[states["reporter_kind"] == UnitKind.DEPARTMENT]
    received = own[month_of(own["received_at"]) == period]
    dealers = states[(states["reporter_kind"] != UnitKind.DEPARTMENT) & (month_of(states["received_at"]) == period)]
    without = month[month["target"] == 0]
    adjusted = month[month["target"] != month["original"]]
    lines = [
        not_counted(int(received["excluded"].notna().sum()), "5.5", "有效但提报距项目申报不足规定天数"),
        not_counted(int((received["status"] == Status.DUPLICATE).sum()), "5.1", "与先报信息重复"),
        not_counted(int(received["status"].isin(PENDING).sum()), "5.3", "尚未确认有效，确认后计入提报当月"),
        f"未计入：{int((received['status'] == '无效').sum())} 条，无效（第2、5.4、5.6、6.3条，按条款的分布见通报）",
        f"未列入：经销商提报的 {len(dealers)} 条，目标只分解到部门（第4.2条）。",
        f"本月 {len(without)} 个部门目标为零或未下达，完成率显示为“—”（口径 D17）"
        + (f"：{'、'.join(without['name'])}。" if len(without) else "。"),
        f"本月 {len(adjusted)} 个部门的目标经过调整"
        + (f"：{'、'.join(adjusted['name'])}。" if len(adjusted) else "。"),
        f"{method(int(period[:4]), until)}月度超额不带入下月（第5.3条）。",
    ]
    if gone := int((received["status"] == Status.WITHDRAWN).sum()):
        lines.insert(4, not_counted(gone, "5.1", "已撤回（口径 D35、D36）"))
    if received.empty:
        lines.insert(0, "本月没有收到部门提报的信息。")
    elif not received["counts_in"].notna().any():
        lines.insert(0, "本月部门提报的信息没有一条计入。")
    if snapshot.as_of.date() <= month_bounds(period)[1]:
        lines.insert(0, f"本月尚未结束，以下为截至 {snapshot.as_of:%Y-%m-%d %H:%M} 的情况。")
    return tuple(lines)


def _matrix(whole: pd.DataFrame, months: list[str], period: str) -> pd.DataFrame:
    """Three rows per department (目标, 有效, 完成率) over Jan–Dec and the year; months to come have targets only."""
    rows = []
    for (unit, name), part in whole.groupby(["unit", "name"], sort=True):
        by = part.set_index("month")
        targets, valid = by["target"].reindex(months), by["valid"].reindex(months)
        so_far = {month: value for month, value in valid.items() if month <= period}
        rates = {month: value for month, value in by["rate"].items() if month <= period}
        year = sum(so_far.values())
        rows.append({"unit": unit, "name": name, "what": "目标", **targets, "year": int(targets.sum())})
        rows.append({"unit": unit, "name": name, "what": "有效", **so_far, "year": year})
        rows.append({"unit": unit, "name": name, "what": RATE_ROW, **rates, "year": ratio(year, targets.sum())})
    return pd.DataFrame(rows, columns=["unit", "name", "what", *months, "year"], dtype=object)


def _year(whole: pd.DataFrame, months: list[str], period: str) -> pd.DataFrame:
    """Targets and counted leads of all departments by month; months to come have targets only."""
    sums = whole.groupby("month")[["target", "valid"]].sum().reindex(months, fill_value=0).astype("Int64").reset_index()
    rates = _rates(sums["valid"], sums["target"])
    gone = sums["month"] <= period
    return sums.assign(valid=sums["valid"].where(gone), rate=rates.where(gone, ""))


def write(view: View, path: Path) -> None:
    """The workbook: cover with charts, the month by department, ranking, Jan–Dec matrix, the year."""
    with ReportWorkbook(path, view.stamp) as workbook:
        front, row = cover(workbook, "封面", view.figures, view.briefing)
        end = workbook.notes(front, row + TALL, view.notes, 12)
        sign_off(workbook, front, end)
        sheet = workbook.sheet("部门完成情况", [column.width for column in MONTH], "各部门本月目标与完成情况")
        month = workbook.table(sheet, 3, MONTH, view.month, empty="没有部门，也没有目标。")
        for key in ("rate", "ytd_rate", "forecast_rate"):
            workbook.rate_colours(sheet, month, key)
        workbook.bars(sheet, month, "valid")
        ranking = _ranking(workbook, view)
        _write_matrix(workbook, view)
        sheet = workbook.sheet("全年走势", [column.width for column in YEAR], "全年各月目标与有效信息")
        year = workbook.table(sheet, 3, YEAR, view.year, empty="没有目标。", filtered=False)
        workbook.rate_colours(sheet, year, "rate")
        if len(view.month):
            place(
                front,
                row,
                0,
                chart(
                    workbook, "column", "本月各部门：目标与有效", month, "name", [("target", "目标"), ("valid", "有效")]
                ),
                496,
                290,
            )
            place(front, row, 6, _trend(workbook, year, view), 496, 290)
            place(
                workbook.file.get_worksheet_by_name("名次"),
                3,
                7,
                chart(
                    workbook,
                    "bar",
                    "本月完成率名次",
                    ranking,
                    "name",
                    [("rate", "完成率")],
                    number=rate_format(view.month["rate"]),
                ),
                480,
                80 + 30 * len(ranking),
            )
        place(sheet, 3, 5, _trend(workbook, year, view), 620, 360)


def _trend(workbook: ReportWorkbook, year: Area, view: View):
    """Targets of all months, counted leads of those begun."""
    return chart(
        workbook,
        "line",
        "全年走势：目标与有效",
        year,
        "month",
        [("target", "目标"), ("valid", "有效")],
        labels=False,
        lengths={"valid": int(view.year["valid"].notna().sum())},
    )


def _ranking(workbook: ReportWorkbook, view: View) -> Area:
    widths = [column.width for column in RANKING]
    sheet = workbook.sheet("名次", [*widths, 2, *[10] * 6], "各部门完成率名次")
    area = workbook.table(sheet, 3, RANKING, view.month, empty="没有部门，也没有目标。", filtered=False)
    workbook.rate_colours(sheet, area, "rate")
    workbook.rate_colours(sheet, area, "ytd_rate")
    return area


def _write_matrix(workbook: ReportWorkbook, view: View) -> None:
    period = view.period
    months = list(view.matrix.columns[3:-1])
    heads = [Column("unit", "部门代码", 9), Column("name", "部门名称", 17), Column("what", "项目", 8, "center")]
    heads += [Column(month, f"{int(month[5:])}月", 7.5, "int") for month in months] + [Column("year", "全年", 9, "int")]
    sheet = workbook.sheet("月度矩阵", [column.width for column in heads], "各部门 1–12 月目标、有效与完成率")
    area = workbook.table(sheet, 3, heads, view.matrix, empty="没有部门，也没有目标。")
    sheet.freeze_panes(4, 3)
    for offset, row in enumerate(view.matrix.itertuples(index=False)):
        if row[2] == RATE_ROW:
            for column, value in enumerate(row[3:], 3):
                coming = heads[column].key > period and heads[column].key != "year"
                workbook.put(sheet, area.first + offset, column, "" if coming else value, "rate", "cell", "soft")
    for key in [*months, "year"]:
        workbook.rate_rows(sheet, area, key, "what", RATE_ROW)

"""开发计划: the projects under way, who has them, when they expire and what comes next (6.4). Customers, no contacts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.leads.development import IN_DELIVERY, STEPS, TO_APPLY, TO_DELIVER, TO_SIGN, plan
from workbench.capabilities.leads.development_briefing import LAST, NO_OWNER, briefing
from workbench.capabilities.leads.standing import has_begun
from workbench.capabilities.leads.status import PENDING, Status
from workbench.capabilities.organization.directory import names_on
from workbench.core.errors import WrongUse
from workbench.core.periods import end_of_day, month_of_day
from workbench.platform.reporting.briefing import Briefing
from workbench.platform.reporting.charts import TALL, chart, place
from workbench.platform.reporting.cover import cover, sign_off
from workbench.platform.reporting.parts import Column, Figure, Stamp, compared, not_counted, stamp
from workbench.platform.reporting.sheets import Area, ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TITLE = "开发计划"
SOON = "即将到期"
NOBODY = "（未转交科室）"
PLAN = (
    Column("project", "项目编号", 14, "center", total="合计"),
    Column("customer", "客户名称", 28),
    Column("category", "客户类别", 23),
    Column("place", "地区", 15),
    Column("reporter_name", "提报单位", 29),
    Column("section_name", "业务科室", 12, "center"),
    Column("person", "责任人", 9, "center"),
    Column("quantity", "标的量\n(台)", 7, "int", "sum"),
    Column("contract_quantity", "合同量\n(台)", 7, "int", "sum"),
    Column("picked_up", "已提车\n(台)", 7, "int", "sum"),
    Column("left", "未提车量\n(台)", 7, "int", "sum"),
    Column("expires_on", "到期日期", 11, "date"),
    Column("days_left", "剩余\n天数", 7, "int"),
    Column("status", "状态", 8, "center"),
    Column("todo", "下一步", 35),
    Column("remark", "提示", 25),
)
# the list as it prints on A4 in letters that can be read: the next step in a word, what it asks for in ``STEPS_SAID``
ON_PAPER = {"customer": 24, "category": 12, "place": 13, "reporter_name": 28, "person": 7, "days_left": 5, "status": 7}
STEP, HINT = Column("step", "下一步", 7, "center"), Column("hint", "提示", 15)
PRINTED = tuple(
    {"todo": STEP, "remark": HINT}.get(column.key, replace(column, width=ON_PAPER.get(column.key, column.width)))
    for column in PLAN
)
STEPS_SAID = (
    f"下一步：{TO_APPLY}，经销商填报《大客户项目申报表》；{TO_SIGN}，跟进洽谈，到期前签订合同；"
    f"{TO_DELIVER}、{IN_DELIVERY}，已签约，见未提车量。提示中的日期为该日起申报方可计入（第5.5条）。"
)
MEASURES = (
    Column("projects", "在办\n项目", 9, "int", "sum"),
    *(Column(step, step, 9, "int", "sum") for step in STEPS),
    Column("soon", SOON, 9, "int", "sum"),
    Column("quantity", "标的量\n(台)", 9, "int", "sum"),
    Column("contract_quantity", "合同量\n(台)", 9, "int", "sum"),
    Column("picked_up", "已提车\n(台)", 9, "int", "sum"),
    Column("left", "未提车量\n(台)", 9, "int", "sum"),
)
SECTIONS = (Column("section_name", "业务科室", 22, total="合计"), Column("people", "责任人", 26), *MEASURES)
PEOPLE = (Column("person", "责任人", 22, total="合计"), *MEASURES)
CATEGORIES = (Column("category", "客户类别", 30, total="合计"), *MEASURES)


@dataclass(frozen=True)
class View:
    """The plan on a day. ``plan``: live projects by section, those without a contract first, by expiry (``PLAN``); ``soon``: those about to expire."""

    stamp: Stamp
    briefing: Briefing
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    plan: pd.DataFrame
    soon: pd.DataFrame
    sections: pd.DataFrame
    categories: pd.DataFrame
    people: pd.DataFrame


def view(snapshot: Snapshot, period: str) -> View:
    """The plan at the end of a day (``2026-03-31``), or at the snapshot's moment where that is earlier in the day.

    Raises WrongUse for a day after the snapshot's moment.
    """
    day = date.fromisoformat(period)
    if day > snapshot.as_of.date():
        raise WrongUse("day_to_come", day=day, as_of=snapshot.as_of)
    before = date(day.year, day.month, 1) - timedelta(days=1)
    last = _at_end_of(snapshot, before) if has_begun(snapshot, month_of_day(before)) else None
    snapshot = _at_end_of(snapshot, day)
    within, table = _table(snapshot, day)
    figures, earlier = _figures(table, within), None
    if last is not None:
        _, earlier = _table(last, before)
        figures = compared(figures, LAST, _figures(earlier, within))
    return View(
        stamp(snapshot, TITLE, f"{day:%Y年%m月%d日}", day),
        briefing(snapshot, day, figures, table, earlier),
        figures,
        _notes(snapshot, table, day, within),
        table,
        table[table["soon"]].sort_values(["expires_on", "project"], ignore_index=True),
        _by(table, "section_name", people=True),
        _by(table, "category"),
        _by(table, "person"),
    )


def _table(snapshot: Snapshot, day: date) -> tuple[int | None, pd.DataFrame]:
    """The days within which an expiry is soon, and the projects under way on a day in the order of the plan."""
    names, within = names_on(snapshot.facts.units, day), snapshot.policy.value("expiring_days", day)
    table = plan(snapshot.states, snapshot.facts.units, day, snapshot.policy)
    table = table.assign(
        place=table["province"] + table["city"],
        reporter_name=table["reporter"].map(names).fillna(table["reporter"]),
        section_name=table["section"].map(names).fillna(table["section"]).fillna(NOBODY),
        person=table["person"].fillna(NO_OWNER),
        remark=_remarks(table),
    )
    signed = table["left"].notna().rename("signed")
    table = table.assign(signed=signed)
    return within, table.sort_values(["section_name", "signed", "expires_on", "project"], ignore_index=True)


def _at_end_of(snapshot: Snapshot, day: date) -> Snapshot:
    """The snapshot as it was at the end of a day (its own moment where that comes first)."""
    moment = min(snapshot.as_of, end_of_day(day).replace(microsecond=0))
    if moment == snapshot.as_of:
        return snapshot
    return snapshot.as_known_at(moment)


def _remarks(table: pd.DataFrame) -> list[str]:
    return [
        "；".join(word for word, said in ((SOON, soon), ("不计奖励（5.5）", pd.notna(excluded))) if said)
        for soon, excluded in zip(table["soon"], table["excluded"], strict=True)
    ]


def _figures(table: pd.DataFrame, within: int | None) -> tuple[Figure, ...]:
    counts = table["step"].value_counts()
    open_, signed = table[table["step"].isin([TO_APPLY, TO_SIGN])], table[table["step"].isin([TO_DELIVER, IN_DELIVERY])]
    return (
        Figure("在办项目", len(table), note=f"标的量 {int(table['quantity'].sum())} 台"),
        Figure(TO_APPLY, int(counts.get(TO_APPLY, 0)), note="经销商尚未申报"),
        Figure(TO_SIGN, int(counts.get(TO_SIGN, 0)), note=f"未签约项目标的量 {int(open_['quantity'].sum())} 台"),
        Figure(
            SOON,
            int(table["soon"].sum()),
            note=f"未签约，{within} 天以内到期" if within is not None else "未设提示天数",
        ),
        Figure(
            "已签约待提车", int(counts.get(TO_DELIVER, 0)), note=f"合同量 {int(signed['contract_quantity'].sum())} 台"
        ),
        Figure(IN_DELIVERY, int(counts.get(IN_DELIVERY, 0)), note=f"已提车 {int(signed['picked_up'].sum())} 台"),
        Figure("未提车量（台）", int(signed["left"].sum()), note="已签约未提"),
        Figure(
            "责任人",
            int(table.loc[table["person"] != NO_OWNER, "person"].nunique()),
            note=f"未登记责任人的项目 {int((table['person'] == NO_OWNER).sum())} 个",
        ),
    )


def _notes(snapshot: Snapshot, table: pd.DataFrame, day: date, within: int | None) -> tuple[str, ...]:
    states = snapshot.states
    count = states[states["project"].notna()]["status"].value_counts()
    ended = states[
        (states["status"] == Status.EXPIRED) & (states["expires_on"] >= pd.Timestamp(day - timedelta(within or 0)))
    ]
    lines = [
        not_counted(
            int((states["valid"] & states["project"].isna()).sum()), "7.3.2a", "有效但未注明到期日期，补填后立项"
        ),
        not_counted(int(states["status"].isin(PENDING).sum()), "6.3", "处理中，尚未确认有效"),
        not_counted(
            int(count.get(Status.EXPIRED, 0)),
            "6.4",
            f"到期前未签约，已到期；其中最近 {within or 0} 天到期 {len(ended)} 条",
        ),
        not_counted(int(count.get(Status.COMPLETED, 0)), "6.4", "已全部提车，已完成"),
        f"其中因第5.5条不计奖励的项目 {int(table['excluded'].notna().sum())} 个，仍列入计划，在“提示”中注明。",
        f"即将到期：未签约且 {within} 天以内到期（提示天数为本软件设定，不是规章的规定）；签约以后不再到期，不列剩余天数。"
        if within is not None
        else "没有设定即将到期的提示天数，不提示。",
        "责任人为反馈表的项目责任人，未填的为科室责任人（口径 D23）；未提车量 = 合同量 − 已提车。本表不含联系人和联系方式。",
    ]
    if table.empty:
        lines.insert(0, "截至该日没有在办的项目。")
    return tuple(lines)


def _by(table: pd.DataFrame, key: str, people: bool = False) -> pd.DataFrame:
    """Projects, steps and vehicles added up by a column; with ``people`` the responsible persons."""
    columns = [column.key for column in MEASURES]
    wide = table.assign(
        projects=1,
        left=table["left"].fillna(0).astype("int64"),
        soon=table["soon"].astype("int64"),
        **{step: (table["step"] == step).astype("int64") for step in STEPS},
    )
    sums = wide.groupby(key)[columns].sum().astype("int64").reset_index()
    if people:
        who = table[table["person"] != NO_OWNER].groupby(key)["person"].agg(lambda names: "、".join(sorted(set(names))))
        sums.insert(1, "people", sums[key].map(who).fillna(NO_OWNER).astype(object))
    return sums.sort_values(["projects", key], ascending=[False, True], ignore_index=True)


def write(view: View, path: Path) -> None:
    """The workbook: cover with charts, the plan, what expires soon, by section, by category."""
    with ReportWorkbook(path, view.stamp) as workbook:
        front, row = cover(workbook, "封面", view.figures, view.briefing)
        sign_off(workbook, front, workbook.notes(front, row + TALL, (*view.notes, STEPS_SAID), 12))
        _projects(
            workbook,
            "开发计划",
            "在办项目（按业务科室；未签约的按到期日期在前）",
            view.plan,
            "截至该日没有在办的项目。",
        )
        _projects(workbook, SOON, "即将到期、尚未签约的项目", view.soon, "没有即将到期的项目。")
        sections = _sums(workbook, "按科室", SECTIONS, view.sections)
        _sums(workbook, "按责任人", PEOPLE, view.people)
        categories = _sums(workbook, "按客户类别", CATEGORIES, view.categories)
        if len(view.plan):
            steps = [(step, step) for step in STEPS]
            for column, area, key, words in (
                (0, sections, "section_name", "各科室在办项目的下一步"),
                (6, categories, "category", "各客户类别在办项目的下一步"),
            ):
                made = chart(
                    workbook,
                    "bar",
                    words,
                    area,
                    key,
                    steps,
                    subtype="stacked",
                    number="0;;",
                    rows=(0, min(len(area), 10) - 1),
                )
                place(front, row, column, made, 496, 290)


def _projects(workbook: ReportWorkbook, name: str, heading: str, frame: pd.DataFrame, empty: str) -> None:
    hints = [
        "；".join(filter(None, (remark, f"{first} 起申报" if first else None)))
        for remark, first in zip(frame["remark"], frame["apply_from"], strict=True)
    ]
    printed = frame.assign(hint=pd.Series(hints, index=frame.index, dtype=object))
    sheet = workbook.sheet(name, [column.width for column in PRINTED], heading)
    area = workbook.table(sheet, 3, PRINTED, printed, empty=empty)
    workbook.flag_rows(sheet, area, "hint", SOON)
    workbook.bars(sheet, area, "left")


def _sums(workbook: ReportWorkbook, name: str, heads: tuple[Column, ...], frame: pd.DataFrame) -> Area:
    sheet = workbook.sheet(name, [column.width for column in heads], f"{name}汇总")
    area = workbook.table(sheet, 3, heads, frame, empty="截至该日没有在办的项目。")
    workbook.bars(sheet, area, "projects")
    return area

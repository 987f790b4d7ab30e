"""每周信息汇总: what account managers reported of a week, who was late or missing, churn, rivals (每周上报 四)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.customers.customers import Customers
from workbench.capabilities.customers.kinds import InformationClass, ItemKind, ServiceState
from workbench.capabilities.customers.service import records
from workbench.capabilities.customers.weekly_reports import monday_of
from workbench.capabilities.customers.weeks import WEEK, SheetState, WeekDuty, duties, meeting
from workbench.capabilities.organization.directory import names_on
from workbench.core.errors import WrongUse
from workbench.platform.reporting.briefing import Briefing, changes, listed
from workbench.platform.reporting.charts import TALL, chart, place
from workbench.platform.reporting.cover import cover, sign_off
from workbench.platform.reporting.parts import Column, Figure, Stamp, compared, more_or_less, stamp
from workbench.platform.reporting.sheets import ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TITLE = "每周信息汇总"
CLASSES = tuple(InformationClass)
BREACH, LAST = "涉嫌违规", "上周"
NAMED = 4  # persons named in a sentence
MANAGERS = (
    Column("unit_name", "单位", 24, total="合计"),
    Column("manager", "客户经理", 12, "center"),
    Column("state", "上报", 9, "center"),
    Column("received_at", "送达时间", 18, "time"),
    *(Column(each.name, each.value, 13, "int", "sum") for each in CLASSES),
    Column("churn", "离网倾向", 10, "int", "sum"),
    Column("complaints", "投诉", 8, "int", "sum"),
)
CHARTED = [(each.name, each.value) for each in CLASSES]  # frame column and title of each class
MATTERS = (
    Column("number", "记录编号", 13, "center"),
    Column("happened_on", "日期", 12, "date"),
    Column("information_class", "信息类别", 18),
    Column("kind", "类型", 10, "center"),
    Column("manager", "客户经理", 11, "center"),
    Column("shown", "客户名称", 26),
    Column("content", "内容", 48),
    Column("rival", "竞争对手", 14),
    Column("flag", "提示", 18),
)
OPEN = (
    Column("number", "记录编号", 13, "center"),
    Column("happened_on", "日期", 12, "date"),
    Column("kind", "类型", 10, "center"),
    Column("shown", "客户名称", 26),
    Column("content", "内容", 40),
    Column("action", "改进措施", 30),
    Column("owner", "责任人", 10, "center"),
    Column("due_on", "完成期限", 12, "date"),
    Column("flag", "提示", 18),
)


@dataclass(frozen=True)
class View:
    """A week. Frames ``managers`` (MANAGERS), ``matters``, ``churn``, ``rivals`` (MATTERS), ``open`` (OPEN)."""

    stamp: Stamp
    briefing: Briefing
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    managers: pd.DataFrame
    matters: pd.DataFrame
    churn: pd.DataFrame
    rivals: pd.DataFrame
    open: pd.DataFrame


def week_of(period: str) -> date:
    """The Monday of the week that is reported of at the meeting of a day's week."""
    return monday_of(date.fromisoformat(period)) - WEEK


def view(snapshot: Snapshot, period: str) -> View:
    """The week before a day's week (``2026-03-09``: 2 to 8 March), as known at the snapshot's moment.

    Raises WrongUse ``day_to_come`` for a day after the snapshot's moment.
    """
    day, week = date.fromisoformat(period), week_of(period)
    if day > snapshot.as_of.date():
        raise WrongUse("day_to_come", day=day, as_of=snapshot.as_of)
    policy = snapshot.policy
    own, matters, waiting = _week(snapshot, week)
    matters, waiting = (table.assign(shown=_shown(snapshot, table), flag=_flags(table)) for table in (matters, waiting))
    managers = _managers(snapshot, own, matters, week)
    figures = _figures(own, matters, waiting)
    then = snapshot.as_known_at(snapshot.as_of - WEEK)
    last_own, last_matters, last_waiting = _week(then, week - WEEK)
    known_before = bool(last_own) or len(last_matters) > 0
    if known_before:
        figures = compared(figures, LAST, _figures(last_own, last_matters, last_waiting))
    last = week + WEEK - timedelta(days=1)
    return View(
        stamp(snapshot, TITLE, f"{week:%Y-%m-%d} 至 {last:%Y-%m-%d}", day),
        _briefing(snapshot, figures, own, matters, last_matters if known_before else None, waiting),
        figures,
        _notes(own, week, meeting(week, policy)),
        managers,
        matters.sort_values(["information_class", "number"], ignore_index=True),
        matters[matters["churn"]].reset_index(drop=True),
        matters[matters["kind"].eq(ItemKind.COMPETITION) | matters["breach"]].reset_index(drop=True),
        waiting.sort_values(["due_on", "number"], ignore_index=True),
    )


def _week(snapshot: Snapshot, week: date) -> tuple[list[WeekDuty], pd.DataFrame, pd.DataFrame]:
    """Who had to report of a week, what was reported of it, and everything still open at the snapshot's moment."""
    facts, policy = snapshot.facts, snapshot.policy
    everything = records(facts, snapshot.as_of.date(), policy)
    matters = everything[everything["week"].eq(pd.Timestamp(week))].reset_index(drop=True)
    return duties(facts, week, snapshot.as_of, policy), matters, everything[everything["state"].eq(ServiceState.OPEN)]


def _briefing(
    snapshot: Snapshot,
    figures: tuple[Figure, ...],
    own: list[WeekDuty],
    matters: pd.DataFrame,
    earlier: pd.DataFrame | None,
    waiting: pd.DataFrame,
) -> Briefing:
    """What changed, why, who must act; ``earlier``: what was reported of the week before, None where nobody had to."""
    moved = []
    for each in CLASSES:
        one, other = (
            0 if table is None else int(table["information_class"].eq(each).sum()) for table in (matters, earlier)
        )
        if earlier is None and one:
            moved.append(f"{each.value} {one} 条")
        elif one != other:
            moved.append(f"{each.value}{more_or_less(one, other)} {abs(one - other)} 条")
    missing = [duty.manager for duty in own if duty.state is SheetState.MISSING]
    overdue = waiting.loc[waiting["overdue"].astype(bool), "owner"].fillna("未填责任人").value_counts()
    who = [f"{name} {overdue[name]} 项" for name in sorted(overdue.index, key=lambda name: (-overdue[name], name))]
    act = [
        *([f"客户经理 {listed(missing, NAMED, '人', '')}：补报"] if missing else []),
        *([f"办结逾期事项：{listed(who, NAMED, '人', '')}"] if who else []),
    ]
    return Briefing(
        changes(figures),
        f"各类信息：{'，'.join(moved)}。"
        if moved
        else "没有信息。"
        if earlier is None
        else f"各类信息的条数与{LAST}相同。",
        f"{'；'.join(act) or '没有须办理的事项'}。",
        f"按 {snapshot.as_of:%Y-%m-%d %H:%M} 收到的上报统计，补报的列入重新生成的汇总。",
        (f"T7《客户经理每周信息上报表》：{'、'.join(missing)}",) if missing else (),
    )


def _shown(snapshot: Snapshot, matters: pd.DataFrame) -> list[str | None]:
    """The customers' names; of other names of one customer the one he stands under."""
    customers = Customers(snapshot)
    found = []
    for key, name in zip(matters["customer_key"], matters["customer"], strict=True):
        found.append(name if pd.isna(key) else customers.names.get(customers.identity.root(key), name))
    return found


def _flags(matters: pd.DataFrame) -> list[str]:
    words = (("churn", "离网倾向"), ("breach", BREACH), ("overdue", "逾期"))
    return [
        "、".join(word for name, word in words if row[name])
        + (f"（重新打开{row['reopened']}次）" if row["reopened"] else "")
        for row in matters.to_dict("records")
    ]


def _managers(snapshot: Snapshot, own: list[WeekDuty], matters: pd.DataFrame, week: date) -> pd.DataFrame:
    names = names_on(snapshot.facts.units, week)
    rows = []
    for duty in own:
        mine = matters[matters["unit"].eq(duty.unit) & matters["manager"].eq(duty.manager)]
        rows.append(
            {
                "unit": duty.unit,
                "unit_name": names.get(duty.unit, duty.unit),
                "manager": duty.manager,
                "state": duty.state.value,
                "received_at": duty.received_at and pd.Timestamp(duty.received_at),
                **{each.name: int(mine["information_class"].eq(each).sum()) for each in CLASSES},
                "churn": int(mine["churn"].sum()),
                "complaints": int(mine["kind"].eq(ItemKind.COMPLAINT).sum()),
            }
        )
    return pd.DataFrame(rows, columns=[*(column.key for column in MANAGERS), "unit"], dtype=object)


def _figures(own: list[WeekDuty], matters: pd.DataFrame, waiting: pd.DataFrame) -> tuple[Figure, ...]:
    counts = pd.Series([duty.state for duty in own], dtype=object).value_counts()
    owed = len(own) - int(counts.get(SheetState.EXCUSED, 0))
    return (
        Figure("应报", owed, note=f"休假 {int(counts.get(SheetState.EXCUSED, 0))} 人"),
        Figure("按时", int(counts.get(SheetState.IN_TIME, 0)), note=f"迟报 {int(counts.get(SheetState.LATE, 0))} 人"),
        Figure("未报", int(counts.get(SheetState.MISSING, 0))),
        Figure(
            "信息",
            len(matters),
            note=f"没有信息的上报 {sum(d.received_at is not None and not d.items for d in own)} 份",
        ),
        Figure("离网倾向", int(matters["churn"].sum())),
        Figure(
            "竞争信息",
            int(matters["kind"].eq(ItemKind.COMPETITION).sum()),
            note=f"涉嫌违规 {int(matters['breach'].sum())} 条",
        ),
        Figure("未办结", len(waiting), note="截至数据时间，全部"),
        Figure("其中逾期", int(waiting["overdue"].sum())),
    )


def _notes(own: list[WeekDuty], week: date, due_at: pd.Timestamp) -> tuple[str, ...]:
    def named(state: SheetState) -> str:
        return "、".join(duty.manager for duty in own if duty.state is state) or "无"

    return (
        f"本周信息应于 {due_at:%Y-%m-%d %H:%M} 以前上报（每周上报办法第四条，口径 W1、W2）。",
        f"未报：{named(SheetState.MISSING)}；迟报：{named(SheetState.LATE)}；休假：{named(SheetState.EXCUSED)}。",
        "客户基本信息指客户对服务和车辆的意见；没有信息的上报也算上报。竞争对手涉嫌违规的，请转法务处理。",
        "客户名称只供大客户部内部使用；本表不含联系人和联系方式。",
        *(() if own else ("本周没有应当上报的客户经理。",)),
    )


def write(view: View, path: Path) -> None:
    """The workbook: cover with a chart, by manager, all matters, churn, rivals, what is still open."""
    with ReportWorkbook(path, view.stamp) as workbook:
        front, row = cover(workbook, "封面", view.figures, view.briefing)
        sign_off(workbook, front, workbook.notes(front, row + TALL, view.notes, 12))
        sheet = workbook.sheet("按客户经理", [column.width for column in MANAGERS], "上报情况和各类信息")
        area = workbook.table(sheet, 3, MANAGERS, view.managers, empty="本周没有应当上报的客户经理。")
        workbook.flag_rows(sheet, area, "state", SheetState.MISSING)
        for name, heading, frame, columns in (
            ("全部信息", "本周信息（按类别）", view.matters, MATTERS),
            ("离网倾向", "有离网倾向的客户", view.churn, MATTERS),
            ("竞争信息", "竞争对手的动向和涉嫌违规的政策", view.rivals, MATTERS),
            ("未办结", "投诉和改进措施中未办结的（全部）", view.open, OPEN),
        ):
            sheet = workbook.sheet(name, [column.width for column in columns], heading)
            table = workbook.table(sheet, 3, columns, frame, empty="没有。")
            workbook.flag_rows(sheet, table, "flag", "逾期")
        if len(view.managers):
            made = chart(
                workbook,
                "bar",
                "各客户经理上报的信息（条）",
                area,
                "manager",
                CHARTED,
                subtype="stacked",
                number="0;;",
                rows=(0, min(len(area), 12) - 1),
            )
            place(front, row, 0, made, 992, 290)

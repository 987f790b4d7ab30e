"""到期提醒: what is due, section by section: feedback, expiring leads, missing registers, publications (6.1, 6.3, 6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.leads.due_dates import expiring_until
from workbench.capabilities.leads.standing import has_begun, unanswered
from workbench.capabilities.leads.status import Status
from workbench.capabilities.leads.verification import Sections
from workbench.capabilities.organization.directory import names_on
from workbench.capabilities.organization.kinds import SectionFunction
from workbench.core.periods import month_of_day
from workbench.platform.reporting.briefing import Briefing, changes
from workbench.platform.reporting.charts import TALL, chart, place
from workbench.platform.reporting.cover import cover
from workbench.platform.reporting.parts import Column, Figure, Stamp, compared, stamp
from workbench.platform.reporting.sheets import ReportWorkbook
from workbench.platform.workflow.task import DueContext, DutyState, duties, tasks

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TITLE, LAST = "到期提醒", "昨日"
DUTIES = (
    Column("state", "状态", 9, "center"),
    Column("due_on", "期限", 13, "date"),
    Column("title", "事项", 30),
    Column("period", "期间或科室", 16, "center"),
    Column("count", "信息(条)", 11, "int"),
    Column("clause", "条款", 9, "center"),
    Column("do", "办理", 62),
)
FEEDBACK = (
    Column("section", "科室代码", 11, "center"),
    Column("section_name", "科室", 20),
    Column("number", "信息编号", 18, "center"),
    Column("customer", "客户名称", 34),
    Column("category", "客户类别", 22),
    Column("dispatched_at", "转交时间", 18, "time"),
    Column("due_on", "应反馈日期", 13, "date"),
    Column("state", "状态", 9, "center"),
)
LEADS = (
    Column("section", "科室代码", 11, "center", total="合计"),
    Column("section_name", "科室", 20),
    Column("person", "项目责任人", 13, "center"),
    Column("number", "信息编号", 18, "center"),
    Column("customer", "客户名称", 34),
    Column("quantity", "标的量\n(台)", 9, "int", "sum"),
    Column("status", "状态", 9, "center"),
    Column("expires_on", "到期日期", 13, "date"),
    Column("days", "剩余\n天数", 8, "int"),
)

SECTIONS = (
    Column("section_name", "科室", 26, total="合计"),
    Column("feedback", "待甄别反馈(条)", 16, "int", "sum"),
    Column("expiring", "将到期信息(条)", 16, "int", "sum"),
)


@dataclass(frozen=True)
class View:
    """What is due on a day. Frames ``duties`` (DUTIES), ``feedback`` (FEEDBACK), ``expiring`` (LEADS), ``sections``."""

    stamp: Stamp
    briefing: Briefing
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    duties: pd.DataFrame
    feedback: pd.DataFrame
    expiring: pd.DataFrame
    sections: pd.DataFrame
    strategy: str | None  # code of the section that publishes and dispatches
    support: str | None  # code of the section that returns the contract registers


def view(snapshot: Snapshot, period: str) -> View:
    """What is due on a day (``2026-03-10``) and shortly after, as known at the snapshot's moment."""
    on = date.fromisoformat(period)
    seen = _seen(snapshot, on)
    figures, yesterday = seen.figures, on - timedelta(days=1)
    if has_begun(snapshot, month_of_day(yesterday)):
        then = snapshot.as_known_at(snapshot.as_of - timedelta(days=1))
        figures = compared(figures, LAST, _seen(then, yesterday).figures)
    ahead, sections = (seen.until - on).days, Sections(snapshot.facts.units)
    notes = (
        "待甄别反馈包括逾期、今日和明日到期的；其余未到期的不列。",
        f"将到期信息为 {ahead} 天内到期、尚未签约的有效信息；到期后该客户可由他人重新提报（口径 D2）。",
        "报告是否已生成，登记册不作记录，请用 workbench due 查看。",
    )
    return View(
        stamp(snapshot, TITLE, f"{on:%Y年%m月%d日}", on),
        _briefing(snapshot, on, figures, seen),
        figures,
        notes,
        seen.duties,
        seen.feedback,
        seen.expiring,
        seen.sections,
        sections.with_function(SectionFunction.STRATEGY, on)[0],
        sections.with_function(SectionFunction.SUPPORT, on)[0],
    )


@dataclass(frozen=True)
class Seen:
    """What is due on a day: key figures, frames as in ``View``, and the last day of an expiry that is named."""

    figures: tuple[Figure, ...]
    duties: pd.DataFrame
    feedback: pd.DataFrame
    expiring: pd.DataFrame
    sections: pd.DataFrame
    until: date


def _briefing(snapshot: Snapshot, on: date, figures: tuple[Figure, ...], seen: Seen) -> Briefing:
    """What changed, why, who must act."""
    counts = seen.duties["state"].value_counts()
    why = [f"{word} {counts[word]} 项" for word in (*DutyState,) if word in counts.index]
    busy = seen.sections[seen.sections["feedback"] + seen.sections["expiring"] > 0]
    who = [f"{row.section_name}：反馈 {row.feedback} 条、跟进将到期 {row.expiring} 条" for row in busy.itertuples()]
    return Briefing(
        changes(figures),
        f"到期事项：{'，'.join(why)}。" if why else "没有到期的事项。",
        f"{'；'.join(who) or '各业务科室没有到期的信息'}。",
        f"按 {snapshot.as_of:%Y-%m-%d %H:%M} 登记的情况，当日有效。",
        unanswered(snapshot, snapshot.states[snapshot.states["due_on"] < pd.Timestamp(on)]),
    )


def _seen(snapshot: Snapshot, on: date) -> Seen:
    found = duties(DueContext(datetime.combine(on, time.max), snapshot.policy, snapshot))
    # whether reports were made, the register does not know
    open_ = [duty for duty in found if duty.state(on) != DutyState.DONE and not duty.task.is_report]
    rows = [
        {
            "state": duty.state(on).value,
            "due_on": duty.due_on,
            "title": duty.task.title,
            "period": duty.period,
            "count": duty.count or None,
            "clause": duty.task.clause,
            "do": duty.task.instruction.format(period=duty.period),
            "key": duty.task.key,
        }
        for duty in open_
    ]
    table = pd.DataFrame(rows, columns=[*(column.key for column in DUTIES), "key"], dtype=object)
    names = names_on(snapshot.facts.units, on)
    states = snapshot.states.assign(section_name=snapshot.states["section"].map(names))
    until = expiring_until(on, snapshot.policy)
    feedback, expiring = _feedback(states, on), _expiring(states, on, until)
    ahead = (until - on).days
    late = int((feedback["state"] == DutyState.OVERDUE).sum())
    figures = (
        Figure("逾期事项", int((table["state"] == DutyState.OVERDUE).sum()), "int", "请立即办理"),
        Figure("今日到期", int((table["state"] == DutyState.DUE).sum()), "int", "请当日办理"),
        Figure("待甄别反馈", len(feedback), "int", f"其中逾期 {late} 条（第7.3.1条）"),
        Figure("将到期信息", len(expiring), "int", f"{ahead} 天内到期而未签约"),
    )
    return Seen(figures, table, feedback, expiring, _by_section(states, feedback, expiring), until)


def _feedback(states: pd.DataFrame, on: date) -> pd.DataFrame:
    """Leads whose answer is overdue, due or due tomorrow, by section and day."""
    waiting = states[(states["status"] == Status.WAITING) & (states["due_on"] <= pd.Timestamp(on + timedelta(days=1)))]
    words = [_state(day.date(), on) for day in waiting["due_on"]]
    table = waiting.assign(state=pd.Series(words, index=waiting.index, dtype=object))
    return table.sort_values(["section", "due_on", "number"])[[column.key for column in FEEDBACK]].reset_index(
        drop=True
    )


def _state(due_on: date, on: date) -> str:
    """How an open answer stands on a day."""
    if due_on == on:
        return DutyState.DUE.value
    return DutyState.OVERDUE.value if due_on < on else DutyState.COMING.value


def _expiring(states: pd.DataFrame, on: date, until: date) -> pd.DataFrame:
    """Valid leads without a contract whose time is nearly over, by section and day."""
    free = states[states["status"].isin([Status.VALID, Status.PROJECT, Status.APPLIED])]
    soon = free[free["expires_on"].between(pd.Timestamp(on), pd.Timestamp(until))]
    table = soon.assign(days=(soon["expires_on"] - pd.Timestamp(on)).dt.days)
    return table.sort_values(["section", "expires_on", "number"])[[column.key for column in LEADS]].reset_index(
        drop=True
    )


def _by_section(states: pd.DataFrame, *parts: pd.DataFrame) -> pd.DataFrame:
    """How many answers and expiring leads each section has; columns section_name, feedback, expiring."""
    names = (
        states.dropna(subset=["section"]).drop_duplicates("section").set_index("section")["section_name"].sort_index()
    )
    counts = {key: part["section"].value_counts() for key, part in zip(("feedback", "expiring"), parts, strict=True)}
    table = pd.DataFrame(counts, index=names.index).fillna(0).astype("int64")
    return table.assign(section_name=names)[["section_name", "feedback", "expiring"]].reset_index(drop=True)


def letters(view: View) -> dict[str, str]:
    """What each section is lines_by_section by mail: numbers of leads and dates, no customer and nobody's contact; code → text.

    A section gets only what concerns it: answers and expiring leads its own; fixed dates the strategy section,
    contract registers the support section.
    """
    lines_by_section: dict[str, list[str]] = {}
    for row in view.feedback.itertuples():
        lines_by_section.setdefault(row.section, []).append(
            f"信息 {row.number}：甄别反馈{row.state}，期限 {row.due_on:%Y-%m-%d}（第6.3条）"
        )
    for row in view.expiring.itertuples():
        lines_by_section.setdefault(row.section, []).append(
            f"信息 {row.number}：{row.expires_on:%Y-%m-%d} 到期，尚未签约"
        )
    sections: dict[str, str | None] = {SectionFunction.STRATEGY: view.strategy, SectionFunction.SUPPORT: view.support}
    section_of = {task.key: sections[task.reminded] for task in tasks() if task.reminded}
    for row in view.duties.itertuples():
        section = section_of.get(row.key)
        if section:
            count = f"，{row.count} 条" if row.count else ""
            lines_by_section.setdefault(section, []).append(
                f"{row.title} {row.period}：{row.state}，期限 {row.due_on}{count}"
            )
    foot = f"\n（{view.stamp.line()}。本邮件自动发出，不含客户名称和联系方式。）\n"
    return {section: "\n".join(lines) + "\n" + foot for section, lines in sorted(lines_by_section.items()) if section}


def write(view: View, path: Path) -> None:
    """The workbook: what is due, then lead by lead."""
    with ReportWorkbook(path, view.stamp) as workbook:
        front, row = cover(workbook, "封面", view.figures, view.briefing)
        workbook.notes(front, row + (TALL if len(view.sections) else 0), view.notes, 12)
        for name, heading, columns, frame, empty in (
            ("到期事项", "到期、逾期和将到期的事项", DUTIES, view.duties, "没有到期的事项。"),
            ("待甄别反馈", "科室应反馈的信息", FEEDBACK, view.feedback, "没有逾期和两日内到期的反馈。"),
            ("将到期信息", "将到期而未签约的有效信息", LEADS, view.expiring, "没有将到期的信息。"),
        ):
            sheet = workbook.sheet(name, [column.width for column in columns], heading)
            area = workbook.table(sheet, 3, columns, frame, empty=empty)
            if "state" in area.columns and len(area):
                for word in (DutyState.OVERDUE, DutyState.DUE):
                    workbook.word_colour(sheet, area, "state", word)
        if len(view.sections):
            sheet = workbook.sheet("按科室", [column.width for column in SECTIONS], "各科室待办信息")
            area = workbook.table(sheet, 3, SECTIONS, view.sections, empty="没有科室。", filtered=False)
            place(
                front,
                row,
                0,
                chart(
                    workbook,
                    "bar",
                    "各科室待办信息（条）",
                    area,
                    "section_name",
                    [("feedback", "待甄别反馈"), ("expiring", "将到期信息")],
                ),
                1000,
                290,
            )

"""信息提报情况通报: what was reported, by whom, and with what result (6.1). No customer can be recognised from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.organization.directory import names_on, units_on
from workbench.capabilities.organization.kinds import UnitKind, UnitState
from workbench.capabilities.publication import earlier_boards
from workbench.capabilities.publication.publication_briefing import LAST, briefing
from workbench.capabilities.publication.publications import LATER, counts, due_dates, later_outcomes
from workbench.capabilities.publication.reasons import RECORD, Telling, published_reasons, telling
from workbench.core.errors import WrongUse
from workbench.core.periods import end_of_day, month_bounds, month_of_day, months_between
from workbench.platform.reporting.briefing import Briefing
from workbench.platform.reporting.charts import TALL, chart, place
from workbench.platform.reporting.cover import cover, sign_off
from workbench.platform.reporting.parts import Column, Figure, Stamp, compared, ratio, stamp
from workbench.platform.reporting.sheets import ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TITLE = "信息提报情况通报"
KINDS = (UnitKind.DEALER.value, UnitKind.DEPARTMENT.value)
EXACT = ["total", "valid", "invalid", "pending"]  # demanded by 6.1
OUTCOMES_LATER = (
    Column("reporter", "单位代码", 11, "center", total="合计"),
    Column("name", "单位名称", 32),
    Column("reporter_kind", "类型", 9, "center"),
    Column("received_month", "提报月份", 11, "center"),
    Column("changed", "有新结果", 10, "int", "sum"),
    Column("valid", "现为有效", 10, "int", "sum"),
    Column("invalid", "现为无效", 10, "int", "sum"),
    Column("withdrawn", "现为已撤回", 11, "int", "sum"),
    Column("pending", "现为处理中", 11, "int", "sum"),
)


SILENT = (
    Column("code", "单位代码", 13, "center"),
    Column("name", "单位名称", 40),
    Column("kind", "类型", 11, "center"),
    Column("month", "本月累计\n提报(条)", 11, "int"),
)


@dataclass(frozen=True)
class View:
    """One publication. ``recent``: since the last one; ``month``: month to date; frames by reporter. ``later``: leads of
    earlier months, published before, whose outcome came since the last publication (``OUTCOMES_LATER``). ``reasons``: by
    clause, under their ``heading``, or the sentence that says there are none (``empty``). ``silent``: the units in use that
    reported nothing in the period (4.1.1; ``SILENT``).

    A count that is not told exactly is a range or a mark in its cell. ``columns``: the columns of each frame by its name.
    """

    stamp: Stamp
    briefing: Briefing
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    recent: pd.DataFrame
    month: pd.DataFrame
    later: pd.DataFrame
    reasons: pd.DataFrame
    columns: dict[str, tuple[Column, ...]]
    heading: str
    empty: str
    silent: pd.DataFrame


def view(snapshot: Snapshot, period: str) -> View:
    """The publication of a date (``2026-01-10``). Raises WrongUse where nothing is published on that day.

    *Recent* leads are those received after the last publication was made, through the
    moment of this one, so that none falls between two; clause 6.1.
    """
    due = date.fromisoformat(period)
    _check_day(due, snapshot)
    first = month_bounds(month_of_day(due))[0]
    windows = spans(snapshot, due)
    since, until = windows["recent"][0], windows["month"][1]
    tables = {name: counts(snapshot.states, *window) for name, window in windows.items()}
    names = names_on(snapshot.facts.units, snapshot.as_of.date())
    beyond = _beyond(snapshot, due, {name: _by_reporter(table, names) for name, table in tables.items()})
    sums = {name: {column: int(table[column].sum()) for column in EXACT} for name, table in tables.items()}
    now, so_far = sums["recent"], sums["month"]
    figures: tuple[Figure, ...] = (
        Figure("本期提报", now["total"], note=f"本月累计 {so_far['total']}"),
        Figure("本期有效", now["valid"], note=f"本月累计 {so_far['valid']}"),
        Figure("本期无效", now["invalid"], note=f"{beyond.of_invalid}本月累计 {so_far['invalid']}"),
        Figure("本期处理中", now["pending"], note=f"本月累计 {so_far['pending']}"),
    )
    silent = _silent_units(snapshot, tables["recent"], tables["month"])
    then = _last(snapshot, due)
    earlier = None if then is None else counts(then[0].states, *spans(*then)["recent"])
    if earlier is not None:
        figures = compared(figures, LAST, [Figure(column, int(earlier[column].sum())) for column in EXACT])
    began = f"{since:%Y-%m-%d %H:%M} 上次通报之后" if since else "首次通报，自第一条信息起"
    notes = [
        f"本期：{began}，至 {snapshot.as_of:%Y-%m-%d %H:%M}；本月累计：{first} 至 {until:%Y-%m-%d %H:%M}。均按登记的接收时间统计。",
        *_nothing(now, so_far),
        _silent(silent),
        *beyond.notes,
        "不予接收的行（缺第三方联系人或联系方式等，第5.2条）没有信息编号，不在以上各数之内，已随接收回执退回提报单位。",
        "提报总数 = 有效 + 无效 + 处理中；处理中包括已接收、待甄别和待复核，尚无原因可列。"
        "有效率 = 有效 ÷（有效 + 无效），一条也没有确定时显示“—”。本通报不含客户名称和联系人。",
        *beyond.marked,
    ]
    if snapshot.as_of > end_of_day(due):
        notes.append(f"本期通报应于 {due} 发布，实际于 {snapshot.as_of:%Y-%m-%d %H:%M} 发布，逾期（第7.3.2b条）。")
    outcomes = later(snapshot, due)
    if len(outcomes):
        notes.insert(1, _said_later(outcomes))
    return View(
        stamp(snapshot, TITLE, f"{due:%Y年%m月%d日}", due),
        briefing(snapshot, figures, tables["recent"], earlier, names, int((silent["month"] == 0).sum())),
        figures,
        tuple(notes),
        beyond.frames["recent"],
        beyond.frames["month"],
        _later_by_reporter(outcomes, names),
        beyond.reasons,
        beyond.columns,
        beyond.heading,
        beyond.empty,
        silent[[column.key for column in SILENT]].reset_index(drop=True),
    )


def _beyond(snapshot: Snapshot, due: date, frames: dict[str, pd.DataFrame]) -> Telling:
    """What the publication tells beyond 6.1: as it is recorded or would be, or as the version told that recorded it."""
    words = published_reasons(snapshot, due)
    if words is not None:
        return telling(snapshot, due, words, frames)
    limit = snapshot.policy.value("small_count", due)
    return earlier_boards.telling(snapshot.states, frames, spans(snapshot, due), limit)


def periods(snapshot: Snapshot) -> list[str]:
    """The publication days from the month of the first lead to today, the oldest first."""
    today = snapshot.as_of.date()
    first = snapshot.states["received_at"].min() if len(snapshot.states) else snapshot.as_of
    months = months_between(f"{first:%Y-%m}", f"{today:%Y-%m}")
    return [str(day) for month in months for day in due_dates(month, snapshot.policy) if day <= today]


def moment(snapshot: Snapshot, period: str) -> datetime | None:
    """When a publication was made; None where it was not."""
    made = snapshot.facts.publications
    made = made.loc[made["due_on"] == period, "at"]
    return made.iloc[0].to_pydatetime() if len(made) else None


def spans(snapshot: Snapshot, due: date) -> dict[str, tuple[datetime | None, datetime]]:
    """``recent`` and ``month`` of a publication: leads received after the first (None: ever) through the second time."""
    first, last = month_bounds(month_of_day(due))
    opening = datetime.combine(first, time.min) - pd.Timedelta(microseconds=1)
    return {
        "recent": (_last_made(snapshot, due), snapshot.as_of),
        "month": (opening, min(snapshot.as_of, end_of_day(last))),
    }


def _nothing(now: dict[str, int], so_far: dict[str, int]) -> list[str]:
    """What is empty, in a sentence."""
    words = []
    for name, sums in (("本期", now), ("本月", so_far)):
        if not sums["total"]:
            words.append(f"{name}没有收到信息。")
        elif not sums["valid"]:
            words.append(f"{name}没有已确认有效的信息。")
    return words


def _silent_units(snapshot: Snapshot, recent: pd.DataFrame, month: pd.DataFrame) -> pd.DataFrame:
    """The units in use that reported nothing in the period, with how many leads in the ``month``: those without any first."""
    units = units_on(snapshot.facts.units, snapshot.as_of.date())
    own = units[
        (units["state"] == UnitState.IN_USE) & units["kind"].isin(KINDS) & ~units["code"].isin(recent["reporter"])
    ]
    totals = month.groupby("reporter")["total"].sum()
    own = own.assign(month=own["code"].map(totals).fillna(0).astype("int64"), some=own["code"].isin(totals.index))
    return own.sort_values(["some", "code"], ignore_index=True)


def _silent(units: pd.DataFrame) -> str:
    """How many units in use reported nothing in the period, and how many of them nothing in the month (4.1.1 is monthly)."""
    count = units["kind"].value_counts()
    parts = "，".join(f"{kind} {int(count.get(kind, 0))} 个" for kind in KINDS)
    never = int((units["month"] == 0).sum())
    return (
        f"本期未提报信息的在用单位 {len(units)} 个（{parts}），其中本月至今未提报的 {never} 个，"
        "见“未提报单位”（第4.1.1条）。"
    )


def _check_day(due: date, snapshot: Snapshot) -> None:
    days = due_dates(month_of_day(due), snapshot.policy)
    if due in days and snapshot.as_of.date() >= due:
        return
    fixed = "、".join(f"{day:%m月%d日}" for day in days)
    raise WrongUse("not_a_publication_date/report", due=due, fixed=fixed)


def _last_made(snapshot: Snapshot, due: date) -> datetime | None:
    """When the newest earlier publication was made; None before the first."""
    found = _newest_before(snapshot, due)
    return None if found is None else found[1]


def _newest_before(snapshot: Snapshot, due: date) -> tuple[date, datetime] | None:
    """The day of the newest earlier publication and when it was made; None before the first."""
    made = snapshot.facts.publications
    made = made[made["due_on"] < pd.Timestamp(due)].sort_values("due_on")
    return None if made.empty else (made["due_on"].iloc[-1].date(), made["at"].iloc[-1].to_pydatetime())


def _last(snapshot: Snapshot, due: date) -> tuple[Snapshot, date] | None:
    """The register as it was known when the newest earlier publication was made, and its day; None before the first."""
    found = _newest_before(snapshot, due)
    if found is None:
        return None
    day, at = found
    return snapshot.as_known_at(at), day


def later(snapshot: Snapshot, due: date) -> pd.DataFrame:
    """Leads of earlier months, published before, whose outcome came since the last publication; as ``later_outcomes``."""
    made, opening = _last_made(snapshot, due), spans(snapshot, due)["month"][0]
    if made is None or opening is None:
        none = snapshot.states.iloc[:0]
        return later_outcomes(none, none, snapshot.as_of)
    then = derive(snapshot.facts.up_to(made), made, snapshot.policy)
    return later_outcomes(snapshot.states, then, min(made, opening))


def _later_by_reporter(outcomes: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    keys = ["reporter", "reporter_kind", "received_month"]
    table = _named(outcomes.groupby(keys, dropna=False)[LATER].sum().astype("int64").reset_index(), names)
    table = table.sort_values(["changed", "reporter", "received_month"], ascending=[False, True, True])
    return table[[column.key for column in OUTCOMES_LATER]].reset_index(drop=True)


def _said_later(outcomes: pd.DataFrame) -> str:
    sums = {name: int(outcomes[name].sum()) for name in LATER}
    return (
        f"以前月份提报、上次通报之后才有结果的信息 {sums['changed']} 条（现为有效 {sums['valid']}，无效 {sums['invalid']}，"
        f"已撤回 {sums['withdrawn']}，处理中 {sums['pending']}），不在以上各数之内，见“以前信息的结果”（第6.1条）。"
    )


def _named(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    return table.assign(
        name=table["reporter"].map(names).fillna("（未在单位名录中）"),
        reporter_kind=table["reporter_kind"].fillna("未知"),
    )


def _by_reporter(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """A row per reporter, those with most leads first; the rate is over what is decided, so that waiting harms nobody."""
    decided = table["valid"] + table["invalid"]
    table = _named(table, names).assign(
        share=pd.Series(list(map(ratio, table["valid"], decided)), index=table.index, dtype=object),
    )
    return table.sort_values(["total", "reporter"], ascending=[False, True], ignore_index=True)


def write(view: View, path: Path) -> None:
    """The publication's workbook: cover, this period and month to date by reporter, reasons by clause."""
    with ReportWorkbook(path, view.stamp) as workbook:
        front, row = cover(workbook, "通报", view.figures, view.briefing)
        charts_row = row
        row = sign_off(workbook, front, workbook.notes(front, row + TALL, view.notes, 12))
        areas = {}
        for name, frame, columns, heading in (
            ("本期", view.recent, view.columns["recent"], "本期（上次通报之后）"),
            ("本月累计", view.month, view.columns["month"], "本月累计"),
        ):
            sheet = workbook.sheet(name, [column.width for column in columns], f"{heading}各单位提报情况")
            areas[name] = workbook.table(sheet, 3, columns, frame, empty="这一期间没有收到信息。")
            workbook.bars(sheet, areas[name], "total")
            workbook.rate_colours(sheet, areas[name], "share", good=0.8, bad=0.4)
        sheet = workbook.sheet(
            "以前信息的结果", [column.width for column in OUTCOMES_LATER], "以前月份提报、上次通报之后才有结果的信息"
        )
        workbook.table(sheet, 3, OUTCOMES_LATER, view.later, empty="上次通报之后，以前月份的信息没有新的结果。")
        sheet = workbook.sheet(
            "未提报单位", [column.width for column in SILENT], "本期没有提报信息的在用单位（第4.1.1条）"
        )
        workbook.table(sheet, 3, SILENT, view.silent, empty="各在用单位本期都有提报。")
        columns = view.columns[RECORD]
        sheet = workbook.sheet("原因", [column.width for column in columns], view.heading)
        workbook.table(sheet, 3, columns, view.reasons, empty=view.empty)
        for offset, (name, frame) in enumerate((("本期", view.recent), ("本月累计", view.month))):
            if len(frame):
                top = chart(
                    workbook,
                    "bar",
                    f"{name}：提报最多的单位",
                    areas[name],
                    "name",
                    [("valid", "有效"), ("invalid", "无效"), ("pending", "处理中")],
                    subtype="stacked",
                    number="0;;",
                    rows=(0, min(len(frame), 10) - 1),
                )
                place(front, charts_row, offset * 6, top, 496, 290)

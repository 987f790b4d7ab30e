"""诚信黑点告知书: a quarter's integrity marks to be told to those concerned; from the limit on a recommendation (7.3.4).

Nothing follows by itself: whether somebody is dismissed is for a person to decide, on the sheet made for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.leads.standing import has_begun, standing
from workbench.capabilities.settlement.marks import LIMIT, NUMBER, PENALTY, leaks
from workbench.capabilities.settlement.settlement import settlement_of
from workbench.core.periods import months_of, previous_quarter, quarter_bounds
from workbench.platform.register.facts import shown_file
from workbench.platform.reporting.briefing import Briefing, changes
from workbench.platform.reporting.cover import COLUMNS, cover, sign_off
from workbench.platform.reporting.parts import Column, Figure, Stamp, compared, stamp
from workbench.platform.reporting.sheets import ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TITLE = "诚信黑点告知书"
NOTICES = (
    Column("person", "姓名", 12, "center"),
    Column("number", "事件编号", 16, "center"),
    Column("happened_on", "泄露日期", 13, "date"),
    Column("penalty", "处罚(元)", 11, "yuan"),
    Column("marks", "累计黑点", 10, "rank"),
    Column("limit", "建议辞退\n的数目", 10, "rank"),
    Column("source", "登记表（文件、行）", 34),
    Column("signed", "本人签收", 16),
    Column("signed_on", "签收日期", 14),
)
ADVICE = (
    Column("person", "姓名", 12, "center"),
    Column("marks", "累计黑点", 10, "rank"),
    Column("limit", "建议辞退\n的数目", 10, "rank"),
    Column("basis", "依据：事件编号和日期", 44),
    Column("advice", "建议", 20),
    Column("decision", "公司决定\n（采纳／不采纳）", 16),
    Column("reason", "决定的理由", 28),
    Column("decider", "决定人签字、日期", 20),
)
ADVISED = "建议公司予以辞退"


@dataclass(frozen=True)
class View:
    """A quarter's marks: ``notices`` (NOTICES, one row per mark of the quarter, by person: a page each) and ``advice`` (ADVICE, one per person)."""

    stamp: Stamp
    briefing: Briefing
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    notices: pd.DataFrame
    advice: pd.DataFrame
    appeal: str  # how one may appeal, and until when


def view(snapshot: Snapshot, period: str) -> View:
    """The marks of a quarter (``2026Q1``) as known at the snapshot's moment; only those of insiders that were not annulled.

    With them those of closed quarters that became known since, whose penalties are booked in this one (D5).
    """
    notices, advice, figures = _computed(snapshot, period)
    before, last = previous_quarter(period), quarter_bounds(period)[1]
    if has_begun(snapshot, months_of(before)[2]):
        figures = compared(figures, "上季度", _computed(snapshot, before)[2])
    limit = snapshot.policy.value(LIMIT, last)
    notes = (
        f"依据第7.3.4条：内部人员泄露信息的，每次记诚信黑点一个；累计 {limit or '—'} 个的，建议公司予以辞退。",
        "本表只作告知和建议，任何人不因本表自动受到处理；是否辞退由公司决定，决定写在“辞退建议”中。",
        "对黑点有异议的，可就该笔处罚提出《奖惩申诉表》；裁定不应处罚的，黑点同时撤销。",
    )
    period_name = f"{period[:4]}年第{period[5]}季度"
    brief = _briefing(snapshot, period, figures, notices, advice)
    days = snapshot.policy_of(period).reading("appeal_days", last)
    appeal = f"有异议的，可在该笔处罚批准后 {days} 个工作日内提出《奖惩申诉表》（T14；口径 D28）；裁定不应处罚的，黑点同时撤销。"
    return View(stamp(snapshot, TITLE, period_name, last), brief, figures, notes, notices, advice, appeal)


def _computed(snapshot: Snapshot, period: str) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Figure, ...]]:
    """The notices and recommendations of a quarter, and the key figures."""
    first, last = (pd.Timestamp(day) for day in quarter_bounds(period))
    limit = snapshot.policy.value(LIMIT, last.date())
    known = leaks(snapshot.facts, snapshot.policy_of(period), last.date())
    known = known[known["happened_on"] < last + pd.Timedelta(days=1)]
    booked = {
        line.ref
        for line in settlement_of(snapshot, period).lines
        if line.clause == NUMBER and line.adjusts and line.amount < 0
    }
    known = known.assign(person=known["holder"])
    new = known[(known["happened_on"] >= first) | known["number"].isin(booked)]
    new = new.sort_values(["person", "happened_on", "number"], ignore_index=True)
    notices = new.assign(
        penalty=[snapshot.policy.value(PENALTY, day.date()) or 0 for day in new["happened_on"]],
        limit=limit,
        source=[f"{shown_file(file)} 第{row}行" for file, row in zip(new["file"], new["row"], strict=True)],
        signed=None,
        signed_on=None,
    )[[column.key for column in NOTICES]]
    advice = _advice(known, set(new["person"]), limit)
    figures = (
        Figure("本季度黑点", len(notices), "int", f"涉及 {notices['person'].nunique()} 人"),
        Figure("累计黑点", len(known), "int", f"涉及 {known['person'].nunique()} 人（截至季度末）"),
        Figure("达到建议辞退数目", len(advice), "int", "由公司决定，见“辞退建议”"),
    )
    return notices, advice, figures


def _briefing(
    snapshot: Snapshot, period: str, figures: tuple[Figure, ...], notices: pd.DataFrame, advice: pd.DataFrame
) -> Briefing:
    """What changed, why, who must act."""
    marked = notices["person"].value_counts().sort_index()
    why = "，".join(f"{person} {count} 个" for person, count in marked.items())
    act = [
        *([f"责任部门：请 {len(marked)} 人签收告知书（第7.3.4条）"] if len(marked) else []),
        *([f"公司：决定是否辞退 {len(advice)} 人（第7.3.4条）"] if len(advice) else []),
    ]
    return Briefing(
        changes(figures),
        f"本季度新记：{why}。" if why else "本季度没有新记诚信黑点。",
        f"{'；'.join(act) or '没有须办理的事项'}。",
        standing(snapshot, period),
    )


def _advice(known: pd.DataFrame, concerned: set[str], limit: int | None) -> pd.DataFrame:
    """Persons with a new mark who have reached the limit."""
    rows = []
    for person, own in known.groupby("person", sort=True):
        if limit and len(own) >= limit and own["sure"].all() and person in concerned:
            basis = "\n".join(f"{row.number}（{row.happened_on:%Y-%m-%d}）" for row in own.itertuples())
            rows.append({"person": person, "marks": len(own), "limit": limit, "basis": basis, "advice": ADVISED})
    return pd.DataFrame(rows, columns=[column.key for column in ADVICE], dtype=object)


def write(view: View, path: Path) -> None:
    """Cover, notices to be signed for, and the recommendation with room for the decision."""
    with ReportWorkbook(path, view.stamp) as workbook:
        front, row = cover(workbook, "封面", view.figures, view.briefing)
        for name, columns, frame, empty in (
            ("告知", NOTICES, view.notices, "本季度没有诚信黑点。"),
            ("辞退建议", ADVICE, view.advice, "没有人达到建议辞退的数目。"),
        ):
            heading = f"{TITLE}（第7.3.4条）" if name == "告知" else "辞退建议（第7.3.4条，由公司决定）"
            sheet = workbook.sheet(name, [column.width for column in columns], heading)
            area = workbook.table(sheet, 3, columns, frame, empty=empty, filtered=False)
            if name == "告知":
                sheet.write_string(2, 0, view.appeal, workbook.look("small"))
                sheet.repeat_rows(0, 3)  # heading and how to appeal stand on each person's page
                people = frame["person"].tolist()
                ends = [place for place in range(1, len(people)) if people[place] != people[place - 1]]
                sheet.set_h_pagebreaks([area.first + place for place in ends])
        sign_off(workbook, front, workbook.notes(front, row, view.notes, COLUMNS))
        front.activate()

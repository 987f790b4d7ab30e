"""测算对比: a quarter under other parameters or readings beside the official result; unofficial, nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from workbench.capabilities.organization.directory import names_on
from workbench.capabilities.settlement.basis import Basis
from workbench.capabilities.settlement.comparison import MARK, SAME, Comparison
from workbench.capabilities.settlement.explain_adjustments import of_any_line
from workbench.capabilities.settlement.whatif import compare
from workbench.core.periods import quarter_bounds
from workbench.platform.explanation.steps import SUM
from workbench.platform.regulation.clause import clause, reward_codes
from workbench.platform.regulation.trial import parse
from workbench.platform.reporting.briefing import Briefing, changes
from workbench.platform.reporting.charts import TALL, chart, place
from workbench.platform.reporting.cover import COLUMNS, cover
from workbench.platform.reporting.parts import Before, Column, Figure, Stamp, mark
from workbench.platform.reporting.sheets import Area, ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TITLE = "测算对比"
NO_CHANGE = "无"
MOST = 3  # rewards stand first among the clauses; the chart shows them
CHANGES = (
    Column("clause", "条款", 12, "center"),
    Column("title", "参数或口径", 40),
    Column("name", "名称", 28),
    Column("unit", "单位", 10, "center"),
    Column("official", "正式", 36),
    Column("trial", "测算", 36),
)
CLAUSES = (
    Column("clause", "条款", 10, total="合计"),
    Column("what", "事项", 30),
    Column("official_count", "正式笔数", 11, "int", "sum"),
    Column("official", "正式金额(元)", 14, "yuan", "sum"),
    Column("trial_count", "测算笔数", 11, "int", "sum"),
    Column("trial", "测算金额(元)", 14, "yuan", "sum"),
    Column("difference", "差额(元)", 13, "delta", "sum"),
)
PARTIES = (
    Column("party", "对象", 16, total="合计"),
    Column("name", "名称", 34),
    Column("official", "正式(元)", 15, "yuan", "sum"),
    Column("trial", "测算(元)", 15, "yuan", "sum"),
    Column("difference", "差额(元)", 15, "delta", "sum"),
)
LINES = (
    Column("change", "变化", 8, "center", total="合计"),
    Column("clause", "条款", 9, "center"),
    Column("party", "对象", 11, "center"),
    Column("name", "名称", 24),
    Column("ref", "编号", 17, "center"),
    Column("adjusts", "调整自", 10, "center"),
    Column("official", "正式(元)", 11, "yuan", "sum"),
    Column("trial", "测算(元)", 11, "yuan", "sum"),
    Column("difference", "差额(元)", 11, "delta", "sum"),
    Column("why", "测算说明", 62),
)
LEADS = (
    Column("number", "信息编号", 18, "center"),
    Column("reporter", "提报单位", 12, "center"),
    Column("name", "名称", 30),
    Column("received_at", "接收时间", 17, "time"),
    Column("status", "正式状态", 11, "center"),
    Column("clause", "正式条款", 10, "center"),
    Column("counts_in", "正式计入", 11, "center"),
    Column("trial_status", "测算状态", 11, "center"),
    Column("trial_clause", "测算条款", 10, "center"),
    Column("trial_counts_in", "测算计入", 11, "center"),
)


@dataclass(frozen=True)
class View:
    """The comparison as frames with the columns above; ``changed`` holds those lines that differ."""

    stamp: Stamp
    briefing: Briefing
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    changes: pd.DataFrame
    clauses: pd.DataFrame
    parties: pd.DataFrame
    lines: pd.DataFrame
    leads: pd.DataFrame

    @property
    def changed(self) -> pd.DataFrame:
        """The lines that differ."""
        return self.lines[self.lines["change"] != SAME]


def view(snapshot: Snapshot, period: str, changes: str = NO_CHANGE) -> View:
    """A quarter as it would be under other values: ``changes`` as ``name=value`` separated by semicolons. Raises WrongUse."""
    found = compare(snapshot, period, parse(snapshot.policy, changes))
    last = quarter_bounds(period)[1]
    names, words = names_on(snapshot.facts.units, last), mark(snapshot.simulated, MARK)
    stamp = Stamp(TITLE, f"{period[:4]}年第{period[5]}季度", last, found.as_of, found.edition, snapshot.head, words)
    lines = found.lines.assign(name=[names.get(party, "") for party in found.lines["party"]], why=_why(snapshot, found))
    return View(
        stamp,
        _briefing(found),
        _figures(found),
        _notes(found),
        found.changes,
        found.clauses.assign(what=[clause(code).title for code in found.clauses["clause"]]),
        found.parties.assign(name=[names.get(party, "（个人）") for party in found.parties["party"]]),
        lines,
        found.leads.assign(name=[names.get(unit, "") for unit in found.leads["reporter"]]),
    )


def _why(snapshot: Snapshot, found: Comparison) -> list[str]:
    """How each line that differs is computed on trial."""
    by_key = {(line.clause, line.party, line.ref, line.adjusts): line for line in found.trial}
    basis = Basis(snapshot.policy)
    words = []
    for key, change in zip(
        zip(*(found.lines[name] for name in ("clause", "party", "ref", "adjusts"))), found.lines["change"]
    ):
        if change == SAME:
            words.append("")
        elif key in by_key:
            words.append(of_any_line(by_key[key], basis, found.quarter).of_kind(SUM))
        else:
            words.append("测算下没有这一笔。")
    return words


def _figures(found: Comparison) -> tuple[Figure, ...]:
    sums = {name: int(found.lines[name].sum()) for name in ("official", "trial", "difference")}
    reward = found.lines[found.lines["clause"].isin(reward_codes())]
    moved = int((found.lines["change"] != SAME).sum())
    units = int((found.parties["difference"] != 0).sum())
    return (
        Figure("正式净额（元）", sums["official"], "yuan", "已批准" if found.approved else "试算"),
        Figure("测算净额（元）", sums["trial"], "yuan", MARK, Before("正式", sums["official"])),
        Figure("差额（元）", sums["difference"], "yuan", "测算减正式"),
        Figure("其中奖励差额（元）", int(reward["difference"].sum()), "yuan", "其余为处罚差额"),
        Figure("改动", len(found.changes), "int", "参数和口径"),
        Figure("有变化的核算行", moved, "int", f"共 {len(found.lines)} 行"),
        Figure("有变化的对象", units, "int", f"共 {len(found.parties)} 个"),
        Figure("有变化的信息", len(found.leads), "int", "状态、条款或计入月份"),
    )


def _briefing(found: Comparison) -> Briefing:
    """What the trial changes, by which values; nobody has to act on it."""
    figures = _figures(found)
    changed = [f"{row.title} {row.official} 改为 {row.trial}" for row in found.changes.itertuples()]
    return Briefing(
        changes(figures),
        f"改动：{'；'.join(changed)}。" if changed else "没有任何改动。",
        "没有须办理的事项：本表只供比较，不作为兑现依据。",
        f"{MARK}；正式一侧{'为批准时的结果' if found.approved else '尚未批准，为试算'}。",
    )


def _notes(found: Comparison) -> tuple[str, ...]:
    lines = [
        f"{MARK}：本表不是核算结果，不作为兑现依据；登记册未作任何改动。",
        "改动自本季度首日起生效；以前季度已核算的结果、已得奖的项目不受影响。",
    ]
    if not len(found.changes):
        lines.append("没有任何改动：两侧是同一规则的结果。")
    if found.approved:
        lines.append("本季度已经批准：正式一侧为批准时的结果，测算一侧按批准时已知的事实和口径重算。")
    if found.drifted:
        lines.append(f"按同样的事实和原规则重算，有 {found.drifted} 笔与正式结果不同，这些差额不是改动所致。")
    return tuple(lines)


def write(view: View, path: Path) -> None:
    """The workbook, marked as unofficial on every sheet; differences and sums are live."""
    with ReportWorkbook(path, view.stamp) as workbook:
        front, row = cover(workbook, "封面", view.figures, view.briefing)
        changes = _sheet(workbook, "改动", CHANGES, "本次测算的改动")
        clauses = _sheet(workbook, "条款对比", CLAUSES, "按条款对比")
        parties = _sheet(workbook, "对象对比", PARTIES, "按单位和责任人对比")
        lines = _sheet(workbook, "逐笔对比", LINES, "逐笔对比（有变化的在前）")
        leads = _sheet(workbook, "信息对比", LEADS, "状态、条款或计入月份有变化的信息")
        workbook.table(changes, 3, CHANGES, view.changes, empty="没有任何改动。", filtered=False)
        area = _compared(workbook, clauses, CLAUSES, view.clauses, "")
        _compared(workbook, parties, PARTIES, view.parties, "本季度没有奖惩对象。")
        _compared(workbook, lines, LINES, view.lines, "本季度没有奖惩。")
        workbook.table(leads, 3, LEADS, view.leads, empty="没有信息的状态、条款或计入月份发生变化。")
        bars = chart(
            workbook,
            "column",
            "奖励（元）：正式与测算",
            area,
            "what",
            [("official", "正式"), ("trial", "测算")],
            rows=(0, MOST - 1),
        )
        place(front, row, 0, bars, 1000, 290)
        workbook.notes(front, row + TALL, view.notes, COLUMNS)
        front.activate()


def _sheet(workbook: ReportWorkbook, name: str, columns: Sequence[Column], heading: str) -> Worksheet:
    return workbook.sheet(name, [column.width for column in columns], heading)


def _compared(
    workbook: ReportWorkbook, sheet: Worksheet, columns: Sequence[Column], frame: pd.DataFrame, empty: str
) -> Area:
    """A table whose difference is computed on the sheet."""
    area = workbook.table(sheet, 3, columns, frame, empty=empty)
    for offset, difference in enumerate(frame["difference"]):
        line = area.first + offset
        formula = f"={area.cell(line, 'trial')}-{area.cell(line, 'official')}"
        sheet.write_formula(line, area.columns["difference"], formula, workbook.look("delta", "cell"), int(difference))
    return area

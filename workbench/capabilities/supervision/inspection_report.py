"""客户信息管理检查报告: how customer information was kept and used in a month (客户信息综合管理制度 五).

It holds counts, users' names and the numbers of findings; nothing about a customer or a contact.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.supervision.month import HANDED_ON, TO_DO, Month, lines, reason_class
from workbench.capabilities.supervision.watching import Rule
from workbench.capabilities.training.rules import FOREVER
from workbench.core.periods import previous_month
from workbench.platform.access.roles import title
from workbench.platform.reporting.briefing import Briefing, changes
from workbench.platform.reporting.charts import TALL, chart, place
from workbench.platform.reporting.cover import cover, sign_off
from workbench.platform.reporting.parts import Column, Figure, Stamp, compared, stamp
from workbench.platform.reporting.sheets import ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TITLE = "客户信息管理检查报告"
LAST = "上月"
SEEN, OPEN = "已看过", "未说明"
RULES = {
    Rule.MANY: "一天内大量查看",
    Rule.ODD_HOURS: "非工作时间查看",
    Rule.REFUSED: "查看其他科室的信息被拒",
    Rule.MISSES: "多次口令错误",
}
MATTERS = (
    Column("section", "检查事项", 16),
    Column("matter", "内容", 30),
    Column("count", "数量", 10, "int"),
    Column("flag", "结论", 10, "center"),
    Column("note", "说明", 44),
)
USERS = (
    Column("user", "用户", 16, total="合计"),
    Column("role", "角色", 12, "center"),
    Column("reveals", "查看\n个人信息", 10, "int", "sum"),
    Column("handed_on", "转交、披露\n和分发", 11, "int", "sum"),
    Column("reports", "生成\n报告", 9, "int", "sum"),
    Column("refused", "被拒", 9, "int", "sum"),
    Column("observed", "异常使用", 10, "int", "sum"),
    Column("until", "培训和协议\n有效期至", 13, "date"),
    Column("state", "状态", 12, "center"),
)
REASONS = (
    Column("user", "用户", 16, total="合计"),
    Column("reason", "查看理由（分类）", 20, "center"),
    Column("times", "次数", 10, "int", "sum"),
)
WATCHED = (
    Column("number", "编号", 24, "center"),
    Column("day", "日期", 12, "date"),
    Column("user", "用户", 14),
    Column("rule", "规则", 18),
    Column("times", "次数", 8, "int"),
    Column("text", "情况", 36),
    Column("state", "说明情况", 10, "center"),
    Column("because", "已看过，因为", 30),
    Column("answered_by", "说明人", 12, "center"),
)
KEEPING = (
    Column("at", "时间", 18, "time"),
    Column("word", "事项", 12, "center"),
    Column("file", "备份文件", 44),
    Column("user", "办理人", 14, "center"),
)
FINDINGS = (
    Column("number", "检查编号", 24, "center"),
    Column("subject", "检查事项", 16),
    Column("problem", "发现的问题", 44),
    Column("responsible", "整改责任人", 12, "center"),
    Column("correct_by", "整改期限", 12, "date"),
    Column("result", "整改结果", 11, "center"),
    Column("flag", "提示", 10, "center"),
)
INCIDENTS = (
    Column("number", "事件编号", 18, "center"),
    Column("happened_on", "发生日期", 13, "date"),
    Column("unit", "单位代码", 13, "center"),
    Column("who", "人员类别", 13, "center"),
)
CHARTED = [("reveals", "查看个人信息"), ("handed_on", "转交、披露和分发")]


@dataclass(frozen=True)
class View:
    """A month. Frames ``matters`` (MATTERS), ``users``, ``reasons``, ``watched``, ``keeping``, ``findings``, ``incidents``."""

    stamp: Stamp
    briefing: Briefing
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    matters: pd.DataFrame
    users: pd.DataFrame
    reasons: pd.DataFrame
    watched: pd.DataFrame
    keeping: pd.DataFrame
    findings: pd.DataFrame
    incidents: pd.DataFrame


def view(snapshot: Snapshot, period: str) -> View:
    """The inspection of a month (``2026-03``), as known at the snapshot's moment; times of the trail by the actual clock.

    Raises WrongUse ``month_not_begun/inspection``.
    """
    month = Month(snapshot, period)
    frame, before = _matters(month), _matters(Month(snapshot, previous_month(period)))
    figures = compared(_figures(frame), LAST, [*_figures(before)[:5], None, None, None])
    users, watched = _users(month), _watched(month)
    return View(
        stamp(snapshot, TITLE, f"{period[:4]}年{period[5:]}月", month.last),
        _briefing(month, figures, frame, users),
        figures,
        _notes(month),
        frame,
        users,
        _reasons(month),
        watched,
        _keeping(month),
        _findings(month),
        _incidents(month),
    )


def _matters(month: Month) -> pd.DataFrame:
    """Every matter with its count (MATTERS)."""
    matters = [{**asdict(line), "flag": TO_DO if line.to_do else ""} for line in lines(month)]
    frame = pd.DataFrame(matters, columns=[column.key for column in MATTERS], dtype=object)
    return frame.astype({"count": "int64"})


def _users(month: Month) -> pd.DataFrame:
    counted = {
        key: Counter(month.of(*actions)["user"])
        for key, actions in (("reveals", ("reveal",)), ("handed_on", HANDED_ON), ("reports", ("report",)))
    }
    counted["refused"] = Counter(month.of("refused")["user"])
    counted["observed"] = Counter(one.user for one in month.observed)
    standing = {one.user: one for one in month.standings}
    names = [*standing, *sorted({user for count in counted.values() for user in count} - set(standing))]
    rows = []
    for name in names:
        own = standing.get(name)
        first = own.first if own else None
        state = "已离岗" if own is None else "已锁定" if own.shut_out else own.stage.value if own.needs else "—"
        rows.append(
            {
                "user": name,
                "role": title(own.role) if own else "—",
                **{key: count[name] for key, count in counted.items()},
                "until": first.until if first is not None and first.until != FOREVER else None,
                "state": state,
            }
        )
    return pd.DataFrame(rows, columns=[column.key for column in USERS], dtype=object)


def _reasons(month: Month) -> pd.DataFrame:
    reveals = month.of("reveal")
    classes = [
        reason_class(detail.get("reason"), at.date(), month.policy)
        for detail, at in zip(reveals["detail"], reveals["recorded_at"], strict=True)
    ]
    counted = Counter(zip(reveals["user"], classes, strict=True))
    rows = [{"user": user, "reason": reason, "times": times} for (user, reason), times in sorted(counted.items())]
    return pd.DataFrame(rows, columns=[column.key for column in REASONS], dtype=object)


def _watched(month: Month) -> pd.DataFrame:
    rows = []
    for one in month.observed:
        answer = month.answers.get(one.number)
        rows.append(
            {
                "number": one.number,
                "day": one.day,
                "user": one.user,
                "rule": RULES[one.rule],
                "times": one.times,
                "text": one.text.text("zh"),
                "state": OPEN if answer is None else SEEN,
                "because": None if answer is None else answer["reason"],
                "answered_by": None if answer is None else answer["by"],
            }
        )
    return pd.DataFrame(rows, columns=[column.key for column in WATCHED], dtype=object)


def _keeping(month: Month) -> pd.DataFrame:
    words = {"backup": "备份", "backup_test": "试恢复", "restore": "恢复"}
    rows = [
        {"at": row.recorded_at, "word": words[row.action], "file": row.detail.get("file"), "user": row.user}
        for row in month.of(*words).itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=[column.key for column in KEEPING], dtype=object)


def _findings(month: Month) -> pd.DataFrame:
    found = month.findings[month.findings["open"] | month.within(month.findings["inspected_on"])]
    found = found.assign(
        result=found["outcome"].fillna("未填写"), flag=found["overdue"].map({True: "逾期", False: ""}).astype(object)
    )
    return found[[column.key for column in FINDINGS]].reset_index(drop=True)


def _incidents(month: Month) -> pd.DataFrame:
    rows = month.snapshot.facts.incidents
    rows = rows[month.within(rows["happened_on"]) | month.within(rows["at"])].sort_values("number")
    who = rows["inside"].map({True: "内部人员", False: "其他"}).astype(object)
    return rows.assign(who=who)[[column.key for column in INCIDENTS]].reset_index(drop=True)


def _figures(matters: pd.DataFrame) -> tuple[Figure, ...]:
    count = matters.set_index(["section", "matter"])["count"]
    return (
        Figure("查看个人信息", int(count["访问与使用", "查看完整个人信息"]), note="次"),
        Figure("异常使用", int(count["异常使用", "异常使用"]), note=f"未说明 {count['异常使用', '其中未说明']} 项"),
        Figure("披露交付", int(count["披露", "交付"]), note=f"收到申请 {count['披露', '收到申请']} 件"),
        Figure("泄露事件", int(count["泄露事件", "本月发生"]), note="本月发生"),
        Figure("备份", int(count["备份与恢复", "备份"]), note=f"试恢复 {count['备份与恢复', '试恢复']} 次"),
        Figure("培训或协议已到期", int(count["培训与保密协议", "已到期"]), note="截至期末"),
        Figure("未整改", int(count["检查与整改", "未整改"]), note=f"逾期 {count['检查与整改', '其中逾期']} 项"),
        Figure("需处理的事项", int(matters["flag"].eq(TO_DO).sum()), note="见“检查事项”"),
    )


def _briefing(month: Month, figures: tuple[Figure, ...], matters: pd.DataFrame, users: pd.DataFrame) -> Briefing:
    """What changed, who used what, what is to be done."""
    to_do = matters[matters["flag"].eq(TO_DO)]
    named = "、".join(f"{row.section}·{row.matter} {row.count}" for row in to_do.itertuples(index=False, name="Row"))
    reveals, most = int(users["reveals"].sum()), users[users["reveals"].gt(0)].sort_values("reveals", ascending=False)
    used = f"本月查看个人信息 {reveals} 次" + (
        f"，最多的是 {most['user'].iloc[0]}（{most['reveals'].iloc[0]} 次）。" if len(most) else "。"
    )
    waiting = sum(one.number not in month.answers for one in month.observed)
    watched = f"异常使用 {len(month.observed)} 项，" + (f"其中 {waiting} 项未说明。" if waiting else "均已说明。")
    return Briefing(
        changes(figures),
        used + (watched if month.observed else "没有异常使用。"),
        f"需处理 {len(to_do)} 项：{named}。" if len(to_do) else "没有需处理的事项。",
        f"使用和备份按 {month.first} 至 {month.last} 的审计记录，整改截至 {month.snapshot.as_of:%Y-%m-%d %H:%M}。",
    )


def _notes(month: Month) -> tuple[str, ...]:
    return (
        f"使用、备份和异常情况取自审计记录，按实际时间，{month.first} 至 {month.last}；整改截至数据时间。",
        "异常使用由本人以外的人说明：workbench watch answer；检查整改表可预填：workbench inspections prepare。",
        "本报告不含客户名称、联系人和联系方式；理由只按类别计数。",
    )


def write(view: View, path: Path) -> None:
    """The workbook: cover with a chart, matters, users, reasons, unusual uses, backups, corrections, incidents."""
    with ReportWorkbook(path, view.stamp) as workbook:
        front, row = cover(workbook, "封面", view.figures, view.briefing)
        sign_off(workbook, front, workbook.notes(front, row + TALL, view.notes, 12))
        tables = {}
        for name, heading, frame, columns, key, word in (
            ("检查事项", "检查事项一览", view.matters, MATTERS, "flag", TO_DO),
            ("按用户", "使用情况和培训（按用户）", view.users, USERS, "state", "已锁定"),
            ("查看理由", "查看个人信息的理由（按用户和类别）", view.reasons, REASONS, None, ""),
            ("异常使用", "异常使用及其说明", view.watched, WATCHED, "state", OPEN),
            ("备份与恢复", "备份和试恢复", view.keeping, KEEPING, None, ""),
            ("检查与整改", "检查发现的问题（未整改的全部，本月的）", view.findings, FINDINGS, "flag", "逾期"),
            ("泄露事件", "泄露事件", view.incidents, INCIDENTS, None, ""),
        ):
            sheet = workbook.sheet(name, [column.width for column in columns], heading)
            tables[name] = workbook.table(sheet, 3, columns, frame, empty="没有。")
            if key is not None:
                workbook.flag_rows(sheet, tables[name], key, word)
        if len(view.users):
            made = chart(
                workbook,
                "bar",
                "各用户的使用情况（次）",
                tables["按用户"],
                "user",
                CHARTED,
                subtype="stacked",
                number="0;;",
                rows=(0, min(len(view.users), 12) - 1),
            )
            place(front, row, 0, made, 992, 290)

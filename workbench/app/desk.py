"""The import desk: after an import one page and one workbook say what became of each file and what waits for whom.

Files are numbered in the order in which the command lists them: senders put names of customers and contacts into the names
of files, and what they typed elsewhere may be anything, so that neither stands here. The replies name the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from workbench.app.output import text_for
from workbench.app.replies import Reply, write_replies
from workbench.capabilities.leads.snapshot import Snapshot, open_snapshot
from workbench.capabilities.organization.directory import names_on
from workbench.core.file_names import file_name
from workbench.core.files import write_whole
from workbench.core.findings import Finding, Severity
from workbench.core.texts import one_line
from workbench.platform.access.actions import actions
from workbench.platform.access.roles import title
from workbench.platform.access.session import Session
from workbench.platform.documents.delivery import Handing
from workbench.platform.forms.annotate import WORDS, short
from workbench.platform.forms.passwords import NONE, Passwords
from workbench.platform.forms.spec import templates as forms
from workbench.platform.intake.outcome import ImportOutcome
from workbench.platform.reporting import html, page
from workbench.platform.reporting.cover import cover
from workbench.platform.reporting.page import Html
from workbench.platform.reporting.parts import Column, Figure, Stamp, stamp
from workbench.platform.reporting.sheets import ReportWorkbook
from workbench.platform.workflow.task import DueContext, DutyState, duties

NAME = "收件处理"
TAKEN, PARTLY, BACK, REFUSED, KNOWN = "全部接收", "部分退回", "全部退回", "未读取", "没有变化"
FILES = (
    Column("file", "文件", 7, "rank", total="合计"),
    Column("result", "结果", 10, "center"),
    Column("number", "登记号", 9, "center"),
    Column("form", "表单", 34),
    Column("unit", "单位代码", 12, "center"),
    Column("name", "单位名称", 24),
    Column("received_at", "接收时间", 18, "time"),
    Column("accepted", "接收\n(行)", 8, "int", "sum"),
    Column("returned", "退回\n(行)", 8, "int", "sum"),
    Column("unchanged", "未变\n(行)", 8, "int", "sum"),
    Column("reply", "回复", 26),
)
FINDINGS = (
    Column("file", "文件", 7, "rank"),
    Column("unit", "单位代码", 12, "center"),
    Column("severity", "级别", 8, "center"),
    Column("cell", "单元格", 9, "center"),
    Column("clause", "条款", 9, "center"),
    Column("said", "问题与处理", 96),
)
WAITING = (
    Column("who", "等待谁", 30),
    Column("what", "事项", 28),
    Column("count", "数量", 8, "int"),
    Column("due_on", "期限", 13, "date"),
    Column("state", "状态", 9, "center"),
    Column("do", "下一步", 62),
)
TO_MEND = "待改正"
NUMBERED = "文件按命令列出的先后编号；原文件名见各自的回复。"
OTHERS = "等待办理的是提报人、信息和申请；按日期到期的其他事项用 workbench due 查看。"
TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Desk:
    """What the page and the workbook show: frames of ``FILES``, ``FINDINGS`` and ``WAITING``, and the replies."""

    stamp: Stamp
    figures: tuple[Figure, ...]
    files: pd.DataFrame
    findings: pd.DataFrame
    waiting: pd.DataFrame
    replies: tuple[Reply, ...]


def write_desk(
    session: Session,
    paths: Sequence[Path],
    outcomes: Sequence[ImportOutcome],
    folder: Path,
    now: datetime,
    passwords: Passwords = NONE,
    handing: Handing | None = None,
) -> list[Path]:
    """Replies, page and workbook of one import in a new folder of ``folder``; gives page and workbook.

    ``passwords``, ``handing``: as ``write_replies``. Nothing an earlier import left is overwritten. Raises OSError, RegisterError as ``Session.require``.
    """
    session.require("list")
    own = _new_folder(folder, now)
    units = names_on(open_snapshot(session).facts.units, None)
    replies = write_replies(paths, outcomes, own / "回复", session.policy, passwords, handing, set(units))
    desk = view(session, outcomes, replies, units, now)
    made = own / file_name(NAME, ending=".html"), own / file_name(NAME, ending=".xlsx")
    write_whole(made[0], _page(desk, own))
    _workbook(desk, made[1])
    return list(made)


def _new_folder(folder: Path, now: datetime) -> Path:
    """A folder named after the time of the import, that did not exist."""
    number, name = 1, now.strftime("%Y%m%d_%H%M%S")
    while True:
        own = folder / file_name(name, *([number] if number > 1 else []))
        try:
            own.mkdir(parents=True)
            return own
        except FileExistsError:
            number += 1


def view(
    session: Session, outcomes: Sequence[ImportOutcome], replies: Sequence[Reply], units: dict[str, str], now: datetime
) -> Desk:
    """What became of each file, what is wrong in it, and what the register now waits for; without personal data."""
    answered = {place: reply for reply in replies for place in reply.places}
    files, findings, waiting = [], [], []
    for place, outcome in enumerate(outcomes):
        unit = outcome.unit if outcome.unit in units else None
        reply = answered[place]
        files.append(
            {
                "file": place + 1,
                "result": result(outcome),
                "number": "—" if outcome.number is None else str(outcome.number),
                "form": _form(outcome),
                "unit": unit or _nobody(outcome),
                "name": units.get(unit or "", "—"),
                "received_at": outcome.received_at,
                "accepted": outcome.accepted,
                "returned": outcome.returned,
                "unchanged": outcome.unchanged,
                "reply": f"回复/{reply.folder.name}/{reply.path.name}",
            }
        )
        findings += [
            {
                "file": place + 1,
                "unit": unit or _nobody(outcome),
                "severity": WORDS[finding.severity],
                "cell": finding.cell or "—",
                "clause": finding.clause or "—",
                "said": _without_names(finding, outcome),
            }
            for finding in outcome.findings
            if finding.severity is not Severity.NOTE
        ]
    for reply in replies:
        who = f"{reply.unit} {units[reply.unit]}" if reply.unit else "未识别的提报人"
        for what, count, state in _asked([outcomes[place] for place in reply.places]):
            row = {"who": who, "what": what, "count": count, "due_on": reply.until if state == TO_MEND else None}
            waiting.append(row | {"state": state, "do": f"发出 回复/{reply.folder.name} 中的回复和批注副本"})
    snapshot = open_snapshot(session)
    waiting += _waiting_inside(session, snapshot, units)
    refused = sum(outcome.refused for outcome in outcomes)
    figures = (
        Figure("文件", len(outcomes), "int", f"未读取 {refused} 个"),
        Figure("接收", sum(outcome.accepted for outcome in outcomes), "int", "行"),
        Figure("退回", sum(outcome.returned for outcome in outcomes), "int", "行"),
        Figure("等待办理", len(waiting), "int", "项，见“等待办理”"),
    )
    keys = [[column.key for column in columns] for columns in (FILES, FINDINGS, WAITING)]
    frames = [
        pd.DataFrame(rows, columns=columns, dtype=object)
        for rows, columns in zip((files, findings, waiting), keys, strict=True)
    ]
    stamped = stamp(snapshot, NAME, f"{now:%Y年%m月%d日 %H:%M}", now.date())
    return Desk(stamped, figures, frames[0], frames[1], frames[2], tuple(replies))


def taken_in(outcomes: Sequence[ImportOutcome]) -> str:
    """What became of all files, in a sentence."""
    counts = {name: sum(getattr(each, name) for each in outcomes) for name in ("accepted", "returned", "refused")}
    return text_for("files_taken_in", files=len(outcomes), **counts)


def result(outcome: ImportOutcome) -> str:
    """What became of a file, in a word."""
    if outcome.refused:
        return REFUSED
    if outcome.returned or any(sheet.refused for sheet in outcome.sheets):
        return PARTLY if outcome.accepted or outcome.unchanged else BACK
    known = any(finding.code == "already_imported" for finding in outcome.findings)
    return TAKEN if outcome.accepted or not (known or outcome.unchanged) else KNOWN


def _asked(outcomes: Sequence[ImportOutcome]) -> Iterator[tuple[str, int, str]]:
    """What the sender of these files is asked for: the matter, of how many rows or files, the state."""
    returned = sum(each.returned for each in outcomes)
    unread = sum(bool(each.parts_refused()) for each in outcomes)
    if returned:
        yield "改正退回的行，重新提交（行）", returned, TO_MEND
    if unread:
        yield "重新提交未读取的文件（个）", unread, "待重交"
    if not (returned or unread) and any(each.must_act() for each in outcomes):
        wrong = [{(f.sheet, f.row) for f in each.findings if f.severity is Severity.ERROR} for each in outcomes]
        yield "核对有问题的行，已经接收（行）", sum(map(len, wrong)), "待核对"


def _nobody(outcome: ImportOutcome) -> str:
    """What stands for the unit of a file that names none: a dash where its form has no place for one."""
    form = forms().get(outcome.template or "")
    return "—" if form is not None and not form.header else "未识别"


def _form(outcome: ImportOutcome) -> str:
    """The forms of a file by their titles."""
    known = forms()
    ids = [sheet.template for sheet in outcome.sheets] or [outcome.template]
    return "、".join(known[each].title for each in ids if each in known) or "未识别"


def _without_names(finding: Finding, outcome: ImportOutcome) -> str:
    """What is wrong and what to do, without the names of the file and its sheets."""
    text = one_line(short(finding))
    names = {outcome.file, Path(outcome.file).stem, outcome.inside, finding.sheet, *(s.sheet for s in outcome.sheets)}
    for name in sorted({one_line(name) for name in names if name}, key=len, reverse=True):
        text = text.replace(f"《{name}》", "").replace(name, "本文件")
    return text.removeprefix("本文件：")


def _waiting_inside(session: Session, snapshot: Snapshot, units: dict[str, str]) -> list[dict[str, object]]:
    """Open tasks that leads and requests wait for: who may do them, until when, and how. What falls due by the
    calendar alone is ``workbench due``'s."""
    rows: list[dict[str, object]] = []
    for duty in duties(DueContext(snapshot.as_of, session.policy, snapshot, session)):
        state = duty.state(snapshot.as_of.date())
        open_ = state != DutyState.DONE and not duty.task.is_report
        if not open_ or not (duty.count or duty.task.from_register):
            continue
        section = duty.task.key == "feedback" and duty.period in units
        roles = "、".join(title(role) for role in actions()[duty.task.action].roles)
        rows.append(
            {
                "who": f"{duty.period} {units[duty.period]}" if section else roles,
                "what": duty.task.title,
                "count": duty.count or None,
                "due_on": duty.until or duty.due_on,
                "state": state.value,
                "do": duty.task.instruction.format(period=duty.period),
            }
        )
    return rows


def _page(desk: Desk, folder: Path) -> str:
    replies = [
        {
            "href": quote(reply.path.relative_to(folder).as_posix()),
            "folder": quote(reply.folder.relative_to(folder).as_posix()) + "/",
            "who": reply.unit or reply.folder.name,
            "files": "、".join(str(place + 1) for place in reply.places),
            "copies": reply.copies,
        }
        for reply in desk.replies
    ]
    parts = [
        page.cards(desk.figures),
        Html("<h2>每个文件的结果</h2>"),
        page.table(desk.files, FILES, most=None),
        page.notes([NUMBERED]),
        Html("<h2>已备好的回复</h2>"),
        Html(html.piece("replies", "desk.html.jinja", TEMPLATES)(replies)),
        Html("<h2>等待办理</h2>"),
        page.table(desk.waiting, WAITING, empty="没有等待办理的事项。", most=None),
        page.notes([OTHERS]),
        Html("<h2>需要处理的问题</h2>"),
        page.table(desk.findings, FINDINGS, empty="没有需要处理的问题。"),
    ]
    made: str = (
        html.templates()
        .get_template("report.html.jinja")
        .render(
            title=f"{NAME}　{desk.stamp.mark}".strip(),
            period=desk.stamp.period,
            stamp=desk.stamp.line(),
            mark=desk.stamp.mark,
            parts=parts,
        )
    )
    return made


def _workbook(desk: Desk, path: Path) -> None:
    with ReportWorkbook(path, desk.stamp) as workbook:
        front, row = cover(workbook, "封面", desk.figures)
        workbook.notes(front, row, [NUMBERED, OTHERS], 12)
        for name, heading, columns, frame, empty in (
            ("文件", "每个文件的结果", FILES, desk.files, "没有文件。"),
            ("等待办理", "等待谁办理什么", WAITING, desk.waiting, "没有等待办理的事项。"),
            ("问题", "需要处理的问题", FINDINGS, desk.findings, "没有需要处理的问题。"),
        ):
            sheet = workbook.sheet(name, [column.width for column in columns], heading)
            area = workbook.table(sheet, 3, columns, frame, empty=empty)
            if "result" in area.columns and len(area):
                for word in (REFUSED, BACK, PARTLY, TAKEN):
                    workbook.word_colour(sheet, area, "result", word)

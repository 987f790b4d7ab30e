"""What the desk page does day by day: all that is due and needs no person, and how the leads stand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.app import due
from workbench.app.context import backup_folder, report_folder
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.app.passwords import scheduled_passwords
from workbench.app.reports import Reports
from workbench.interfaces.desk.deed import Answer, Deed, DeskCall, Field, Table
from workbench.interfaces.desk.deeds_cases import texts
from workbench.interfaces.desk.deeds_files import written

if TYPE_CHECKING:
    from workbench.platform.workflow.task import TaskResult

RAN = ("事项", "期间", "结果", "文件")
LEADS = ("信息编号", "客户名称", "客户类别", "提报单位", "接收时间", "状态", "依据条款", "计入月份", "文件", "行")
KEYS = ("number", "customer", "category", "reporter", "received_at", "status", "clause", "counts_in", "file", "row")
SHOWN = 300  # leads that stand on the page


def _run(call: DeskCall) -> Answer:
    """Do what ``due --run`` does, for the person who sits before it; what was made lies in the folder of reports, and a copy of
    it can be taken away. One thing after another, each whole: what was refused is said, the rest is done; asked to stop, it ends
    after the one it is at.
    """
    from workbench.platform.workflow.task import RunContext

    secret = call.given["passphrase"]
    results: list[TaskResult] = []
    stopped = False
    with ExitStack() as stack:
        session = stack.enter_context(call.session())
        register, user = session.register.path, session.user
        out = report_folder(register=register)
        reports = stack.enter_context(Reports(register, user, secret, out))
        call.progress.at(text_for("desk/running_due"))
        context = RunContext(
            session,
            call.now,
            out,
            backup_folder(register=register),
            reports.make,
            passwords=scheduled_passwords(None),
            expect_reports=reports.expect,
            send_reports=reports.send,
        )
        for each in stack.enter_context(closing(due.run(context, due.AT_HAND))):
            results.append(each)
            call.deed = text_for("desk/ran", count=sum(not one.error for one in results))
            if stopped := not call.progress.goes_on(text_for("desk/running_due"), len(results)):
                break
    for path in _handed_out(results, out):
        target = call.folder / path.relative_to(out)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    rows = [_row(each) for each in results]
    failed = sum(each.error is not None for each in results)
    said = [text_for("desk/ran", count=len(results) - failed)] if results else [text_for("desk/nothing_to_run")]
    said += [text_for("desk/not_ran", count=failed)] if failed else []
    said += [text_for("desk/stopped")] if stopped else []
    return Answer(said, [Table("自动办理的结果", RAN, rows)] if rows else [], files=written(call.folder))


def _handed_out(results: list[TaskResult], out: Path) -> Iterator[Path]:
    """The files that lie in the folder of reports; backups stay where they are."""
    for each in results:
        yield from (path for path in each.files if path.is_relative_to(out) and path.is_file())


def _row(ran: TaskResult) -> list[str]:
    """A result as a row: done, done late, made again, or the reason why not."""
    title = due.title_of(ran.duty.task)
    if ran.error:
        return [title, ran.duty.period, ran.error.text(common.lang, "excel"), ""]
    word = "late" if ran.late else "again" if ran.again else "done"
    more = text_for("desk/and_more", count=len(ran.files)) if len(ran.files) > 1 else ""
    return [title, ran.duty.period, text_for(f"desk/ran_{word}"), (ran.files[0].name + more) if ran.files else ""]


def _statuses(call: DeskCall) -> Answer:
    """Leads with status, clause and the month they count in: all, or those in which a text stands."""
    from workbench.capabilities.leads.listing import list_leads

    wanted = call.text("which").casefold()
    with call.session() as session:
        table = list_leads(session, session.latest()).astype(object)
    table = table.where(table.notna(), None)
    rows = [texts(*(row[key] for key in KEYS)) for row in table.to_dict("records")]
    found = [row for row in reversed(rows) if not wanted or any(wanted in cell.casefold() for cell in row)]
    counts = pd.Series([row[KEYS.index("status")] for row in found], dtype=object).value_counts()
    said = [text_for("desk/leads_found", count=len(found))]
    said += [text_for("desk/only_newest", shown=SHOWN)] if len(found) > SHOWN else []
    tables = [Table("按状态", ("状态", "条数"), [[str(state), f"{count:,}"] for state, count in counts.items()])]
    tables.append(Table("信息", LEADS, found[:SHOWN]))
    return Answer(said, tables if found else [])


RUN = Deed(
    _run,
    (Field("passphrase", "secret", "desk/passphrase_for"),),
    group="today",
    needs=("report", "backup", "prepare_register"),
    label="desk/run_due",
    tip="desk/run_due_tip",
)
STATUSES = Deed(
    _statuses,
    (Field("which", "text", "desk/which_leads", needed=False),),
    needs=("list",),
    label="desk/statuses",
    tip="desk/statuses_tip",
)

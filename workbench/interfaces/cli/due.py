"""`workbench due`: what is due, overdue or done; ``--run`` does what needs no person. `workbench remind`: who is to act."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.app import clock
from workbench.app.context import backup_folder, output_folder, read_time, report_folder
from workbench.app.output import print_json, say_error
from workbench.app.reports import make_report
from workbench.app.session import open_session, read_passphrase
from workbench.interfaces.cli.params import Json

if TYPE_CHECKING:
    from workbench.platform.workflow.task import Duty, TaskResult


def due(
    on: Annotated[str | None, typer.Option("--on", metavar="DATE")] = None,
    run: Annotated[bool, typer.Option("--run")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", callback=output_folder),
    ] = None,
    done: Annotated[bool, typer.Option("--done")] = False,
    json: Json = False,
) -> int:
    """List what is due, overdue or coming: publications, monthly and quarterly reports, dispatch, reviews,
    feedback, contract registers, approvals, backups.
    """
    from workbench.app import due as dues
    from workbench.platform.workflow.task import RunContext

    folder = report_folder(out)
    secret = read_passphrase()
    with open_session(secret=secret, remind=False) as session:
        moment = read_time(on, end_of_day=True) or clock.now()

        def make(name: str, period: str, as_of: Any) -> Any:
            return make_report(name, session.user, secret, period, as_of, folder)

        ran = []
        if run:
            for each in dues.run(RunContext(session, moment, folder, backup_folder(), make)):
                ran.append(each)
                _say(each, json)
        found = dues.list_duties(session, moment, folder)
        open_ = dues.to_act(found, moment.date())
    shown = [duty for duty in found if done or json or not duty.done]
    if json:
        print_json(
            {"on": moment.date().isoformat(), "tasks": [_as_json(duty, moment) for duty in shown],
             "ran": [{"task": each.duty.task.key, "period": each.duty.period, "late": each.late, "again": each.again,
                      "files": [str(path) for path in each.files], "error": each.error.zh if each.error else None}
                     for each in ran]}
        )  # fmt: skip
    else:
        for duty in shown:
            row = _as_json(duty, moment)
            count = f"{duty.count} 条" if duty.count else ""
            print("\t".join([row["state"], row["due_on"], row["title"], duty.period, count, row["do"]]))
        if not shown:
            print("没有到期的事项。")
    return 1 if open_ or any(each.error for each in ran) else 0


def remind(
    on: Annotated[str | None, typer.Option("--on", metavar="DATE")] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", callback=output_folder)] = Path("提醒"),
    mail: Annotated[bool, typer.Option("--mail")] = False,
    json: Json = False,
) -> int:
    """Make the reminders (workbook and page): feedback due tomorrow or overdue, leads about to expire, contract
    registers not returned; by mail as well.
    """
    from workbench.app import mail as mailing
    from workbench.capabilities.leads.snapshot import open_snapshot
    from workbench.platform.reporting.registry import find

    server, to = mailing.in_use() if mail else (None, {})
    secret = read_passphrase()
    with open_session(secret=secret, remind=False) as session:
        session.require("report")
        moment, user = read_time(on, end_of_day=True) or clock.now(), session.user
        report, period = find("reminders"), moment.date().isoformat()
        letters = report.module.letters(report.view(open_snapshot(session, moment), period)) if mail else {}
    run = make_report(report.name, user, secret, period, moment, out)
    told = mailing.send(server, letters, to, f"大客户信息到期提醒 {period}") if server else []
    without = sorted(set(letters) - set(told))
    if json:
        print_json({"on": period, "files": [str(path) for path in run.files], "mailed": told, "no_address": without})
    else:
        print(run.workbook)
        if mail:
            print(f"已发邮件：{'、'.join(told) or '无'}")
    if without:
        say_error("units_without_address", without=without)
    return 1 if without else 0


def _as_json(duty: Duty, moment: Any) -> dict[str, Any]:
    return {
        "task": duty.task.key, "title": duty.task.title, "period": duty.period, "due_on": duty.due_on.isoformat(),
        "state": duty.state(moment.date()), "clause": duty.task.clause, "count": duty.count,
        "by_itself": duty.task.by_itself, "do": duty.task.instruction.format(period=duty.period),
    }  # fmt: skip


def _say(ran: TaskResult, quiet: bool) -> None:
    """Say at once what was done: a run may take minutes."""
    title = f"{ran.duty.task.title} {ran.duty.period}".strip()
    if ran.error:
        say_error("task_failed", title=title, reason=ran.error.message)
    elif not quiet:
        caught_up = (
            f"（补办，应于 {ran.duty.due_on}）" if ran.late else "（此前已发布，补出工作簿）" if ran.again else ""
        )
        print(f"已办 {title}{caught_up}：{ran.files[0] if ran.files else ''}", flush=True)

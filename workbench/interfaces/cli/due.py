"""`workbench due`: what is due, overdue or done; ``--run`` does what needs no person. `workbench remind`: who is to act."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.app import clock
from workbench.app.cluster import workers_in_use
from workbench.app.context import backup_folder, last_moment, output_folder, read_time, register_path, report_folder
from workbench.app.options import common
from workbench.app.output import print_json, print_rows, say, say_error, say_message, text_for
from workbench.app.passwords import scheduled_passwords
from workbench.app.reports import Reports, make_report
from workbench.app.session import open_session, read_passphrase
from workbench.core.errors import WrongUse
from workbench.core.messages import Message, both
from workbench.interfaces.cli.copies import PasswordList
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
    passwords: PasswordList = None,
    json: Json = False,
) -> int:
    """List what is due, overdue or coming: publications, monthly and quarterly reports, dispatch, reviews,
    feedback, contract registers, approvals, backups.
    """
    from workbench.app import due as dues
    from workbench.app import run_log
    from workbench.platform.workflow.task import RunContext, by_day

    if passwords is not None and not run:
        raise WrongUse("passwords_without_run")
    folder = report_folder(out)
    with ExitStack() as stack:
        before = run_log.last_run(folder)
        log = stack.enter_context(run_log.logged(folder)) if run else None
        given = scheduled_passwords(passwords) if run else None
        secret = read_passphrase()
        session = stack.enter_context(open_session(secret=secret, remind=False))
        moment = (last_moment(on) if run else read_time(on, end_of_day=True)) or clock.now()
        ran = []
        if log:
            reports = stack.enter_context(Reports(register_path(), session.user, secret, folder))
            made_by = reports.make, workers_in_use, given, reports.expect, reports.send
            work = RunContext(session, moment, folder, backup_folder(), *made_by)
            for each in dues.run(work):
                ran.append(each)
                _say(each, json)
                if each.error:
                    log.failed.append(_failure(each).text("zh"))
                else:
                    log.done += 1
        found = dues.list_duties(session, moment, folder)
        open_ = dues.to_act(found, moment.date())
    last = log or before
    shown = found if json else [duty for duty in by_day(found) if done or not duty.done]
    if json:
        print_json(
            {
                "on": moment.date().isoformat(),
                **({"last_run": last.as_json()} if last else {}),
                "tasks": [_as_json(duty, moment) for duty in shown],
                "ran": [
                    {
                        "task": each.duty.task.key,
                        "period": each.duty.period,
                        "late": each.late,
                        "again": each.again,
                        "files": [str(path) for path in each.files],
                        "error": each.error.text(common.lang) if each.error else None,
                    }
                    for each in ran
                ],
            }
        )
    else:
        lines = []
        for duty in shown:
            row = _as_json(duty, moment)
            count = text_for("due/count", count=duty.count) if duty.count else ""
            columns = [
                getattr(both("duty_state", row["state"]), common.lang),
                row["due_on"],
                dues.title_of(duty.task),
                duty.period,
                count,
                dues.instruction_of(duty),
            ]
            lines.append(columns)
        print_rows(("state", "due_on", "task", "period", "count", "how"), lines)
        if not shown:
            say("due/none")
        if last and last.told is False:
            say_error("due/not_told")
        if last and not log:
            say_message(run_log.sentence(last), sys.stdout)
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
    mailed = mailing.send(server, letters, to, f"大客户信息到期提醒 {period}") if server else []
    without = sorted(set(letters) - set(mailed))
    if json:
        print_json({"on": period, "files": [str(path) for path in run.files], "mailed": mailed, "no_address": without})
    else:
        print(run.workbook)
        if mail:
            say("mailed" if mailed else "mailed/none", units=mailed)
    if without:
        say_error("units_without_address", without=without)
    return 1 if without else 0


def _as_json(duty: Duty, moment: Any) -> dict[str, Any]:
    from workbench.app import due as dues

    return {
        "task": duty.task.key,
        "title": dues.title_of(duty.task),
        "period": duty.period,
        "due_on": duty.due_on.isoformat(),
        "state": duty.state(moment.date()),
        "clause": duty.task.clause,
        "count": duty.count,
        "by_itself": duty.task.by_itself,
        "do": dues.instruction_of(duty),
    }


def _say(ran: TaskResult, quiet: bool) -> None:
    """Say at once what was done: a run may take minutes."""
    if ran.error:
        say_message(_failure(ran), sys.stderr)
    elif not quiet:
        again = "due/done_anew" if ran.duty.task.is_report else "due/done_again"
        key = "due/done_late" if ran.late else again if ran.again else "due/done"
        say(key, title=_called(ran), due_on=ran.duty.due_on, file=ran.files[0] if ran.files else "")
        sys.stdout.flush()


def _called(ran: TaskResult) -> str:
    from workbench.app import due as dues

    return f"{dues.title_of(ran.duty.task)} {ran.duty.period}".strip()


def _failure(ran: TaskResult) -> Message:
    assert ran.error
    return Message.of("task_failed", title=_called(ran), reason=ran.error.message)

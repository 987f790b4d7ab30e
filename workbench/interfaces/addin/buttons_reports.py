"""Buttons that make reports: the publication, monthly and quarterly reports. The workbook is opened when it is made."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from workbench.app.done import published
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.core.errors import WrongUse
from workbench.core.messages import SPACE
from workbench.core.periods import (
    month_of_day,
    parse_month,
    parse_quarter,
    previous_month,
    previous_quarter,
    quarter_of_day,
)
from workbench.interfaces.addin.button_call import ButtonCall
from workbench.platform.access.platform_actions import report_action


def publish(call: ButtonCall) -> None:
    """Record and make the publication of a fixed day; the latest one is proposed."""
    from workbench.capabilities.publication.publications import latest_due_date
    from workbench.capabilities.publication.publishing import publish

    with call.session() as session:
        session.require("publish")
        proposed = latest_due_date(call.now.date(), session.policy)
        user = session.user
    text = call.ask(text_for("addin/which_day"), proposed.isoformat())
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise WrongUse("bad_date/day", text=text) from None
    folder = call.folder(text_for("addin/folder_of_reports"))
    call.confirm(text_for("addin/confirm_publication", day=day))
    secret = _secret(call, "信息提报情况通报", user)  # before the deed: from here on nothing is asked
    with call.session() as session:
        call.progress.step(text_for("addin/recording"))
        done = publish(session, day, call.now)
    words = published(done)
    call.deed = words
    _make(call, "信息提报情况通报", done.due_on.isoformat(), folder, done.at, words, secret)


def monthly_targets(call: ButtonCall) -> None:
    """Monthly targets and completion."""
    _monthly(call, "月度目标分解与完成情况")


def roll_targets(call: ButtonCall) -> None:
    """A filled T4 that spreads the shortfall of the months gone over those left; the last full month is proposed."""
    from workbench.app import context
    from workbench.capabilities.targets.rolling import make_roll, write_roll

    month = parse_month(call.ask(text_for("addin/which_month"), previous_month(month_of_day(call.now))))
    with call.session() as session:
        call.progress.step(text_for("addin/preparing"))
        made = make_roll(session, month)
    if not made.years:
        call.dialogs.message(text_for("addin/rolled_nothing", month=month))
        return
    files = write_roll(made, call.folder(text_for("addin/folder_of_targets")), context.policy(), call.now.date())
    spread = sum(each.spread for each in made.years)
    call.deed = text_for("addin/rolled", month=month, leads=spread, files=[path.name for path in files])
    for path in files:
        call.show(path)
    call.dialogs.message(call.deed)


def conversion(call: ButtonCall) -> None:
    """The monthly conversion report."""
    _monthly(call, "信息转化率月报")


def weekly(call: ButtonCall) -> None:
    """The weekly digest; this week's meeting is proposed."""
    today = call.now.date()
    monday = (today - timedelta(days=today.weekday())).isoformat()
    _ask_and_make(call, "每周信息汇总", call.ask(text_for("addin/which_meeting"), monday))


def grading(call: ButtonCall) -> None:
    """The quarterly report of key accounts; the last full quarter is proposed."""
    _ask_and_make(call, "大客户分级报告", quarter(call))


def customer_card(call: ButtonCall) -> None:
    """The card of one customer; the name in the cell that is chosen is proposed."""
    from workbench.capabilities.customers.listing import number_of_customer
    from workbench.core.file_names import file_name

    report = "大客户卡片"
    with call.session() as session:
        session.require(report_action(report))
    name = call.ask(text_for("addin/which_customer"), call.in_the_cell()).strip()
    with call.session() as session:
        moment, user = session.latest(), session.user
        number = number_of_customer(session, name, moment)
    folder = call.folder(text_for("addin/folder_of_reports")) / file_name("客户", number)
    secret = _secret(call, report, user)
    call.progress.step(text_for("addin/preparing"))
    _make(call, report, moment.date().isoformat(), folder, moment, "", secret, {"customer": str(number)})


def inspection(call: ButtonCall) -> None:
    """The monthly report on how customer information is kept and used."""
    _monthly(call, "客户信息管理检查报告")


def settlement(call: ButtonCall) -> None:
    """The quarterly report of rewards and penalties; the last full quarter is proposed."""
    _ask_and_make(call, "季度奖惩核算报告", quarter(call))


def whatif(call: ButtonCall) -> None:
    """A quarter under one other parameter or reading, beside the official result; nothing is kept."""
    from workbench.platform.regulation.trial import parse

    period = parse_quarter(quarter(call))
    example = "dealer_conversion_rate=30%"
    change = call.ask(text_for("addin/which_change", example=example), example)
    with call.session() as session:
        session.require("settle")
        moment, text, user = session.latest(), parse(session.policy, change).text(), session.user
    folder = call.folder(text_for("addin/folder_of_reports"))
    secret = _secret(call, "测算对比", user)
    call.progress.step(text_for("addin/preparing"))
    _make(call, "测算对比", period, folder, moment, "", secret, {"changes": text})


def quarter(call: ButtonCall) -> str:
    """The quarter a person names; the last full one is proposed. Raises Cancelled."""
    return call.ask(text_for("addin/which_quarter"), previous_quarter(quarter_of_day(call.now)))


def _monthly(call: ButtonCall, name: str) -> None:
    month = call.ask(text_for("addin/which_month"), previous_month(month_of_day(call.now)))
    _ask_and_make(call, name, month)


def _ask_and_make(call: ButtonCall, name: str, period: str) -> None:
    with call.session() as session:
        session.require(report_action(name))
        moment, user = session.latest(), session.user
    folder = call.folder(text_for("addin/folder_of_reports"))
    secret = _secret(call, name, user)
    call.progress.step(text_for("addin/preparing"))
    _make(call, name, period.strip(), folder, moment, "", secret)


def _secret(call: ButtonCall, name: str, user: str) -> str:
    """The passphrase: a report's own process opens the register anew, and nobody keeps it."""
    return call.secret(text_for("addin/passphrase_for", report=name, user=user))


def _make(
    call: ButtonCall,
    name: str,
    period: str,
    folder: Path,
    moment: datetime,
    words: str,
    secret: str,
    parameters: dict[str, str] | None = None,
) -> None:
    """Run the notebook and open its workbook. What ``words`` say was done already can no longer be cancelled."""
    from workbench.app.reports import run_report

    def running(done: int, total: int) -> None:
        what = text_for("addin/running")
        if words:
            call.progress.say(f"{what} {done}/{total}")
        else:
            call.progress.at(what, done, total)

    with call.session() as session:
        path, user = session.register.path, session.user
    call.progress.say(text_for("addin/starting"))
    run = run_report(
        name,
        register_path=path,
        period=period,
        as_of=moment,
        out_dir=folder,
        user=user,
        passphrase=secret,
        parameters=parameters,
        progress=running,
    )
    made = text_for("addin/made", file=run.workbook.name, folder=run.workbook.parent)
    call.deed = SPACE[common.lang].join(part for part in (words, made) if part)
    call.show(run.workbook)
    call.dialogs.message(call.deed)

"""Papers the desk page makes: a reporter's statement, and reports."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.app import context, due
from workbench.app.context import report_folder
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.app.reports import run_report
from workbench.core.errors import WorkbenchError
from workbench.core.periods import (
    month_of_day,
    parse_month,
    parse_quarter,
    previous_month,
    previous_quarter,
    quarter_of_day,
)
from workbench.interfaces.desk.deed import Answer, Asked, Deed, DeskCall, Field
from workbench.platform.access.platform_actions import report_action
from workbench.platform.reporting.registry import find, reports
from workbench.platform.reporting.runs import GIVEN, parameters_of, source

if TYPE_CHECKING:
    from workbench.platform.reporting.runs import Run

CARD, WHATIF = "大客户卡片", "测算对比"
FILED = {
    due.Filed.NOT_DUE: "",
    due.Filed.MASKED: "filed_masked",
    due.Filed.STANDS: "filed_before",
    due.Filed.FILED: "filed",
}  # what is said of a report in the folder of reports


def _statement(call: DeskCall) -> Answer:
    from workbench.capabilities.statements.making import make
    from workbench.capabilities.statements.statement import Statements

    with call.session() as session:
        session.require("report")
        call.progress.at(text_for("desk/preparing"))
        (made,) = make(session, Statements(session, call.text("period")), [call.text("unit")], call.folder)
    return Answer([text_for("desk/made", file=made.workbook.name)], files=list(made.files))


def _report(call: DeskCall) -> Answer:
    """A report of a period; one that is due counts as made."""
    report = find(call.text("report"))
    with call.session() as session:
        session.require(report.action)
        path, moment = session.register.path, session.latest()
    run = _run(call, report.name, call.text("period"), moment)
    said = [text_for("desk/made", file=run.workbook.name), *filed(call, path, run)]
    return Answer(said, files=list(run.files))


def filed(call: DeskCall, register: Path, made: Run, published: datetime | None = None) -> list[str]:
    """Put a report that is due into the folder of reports, and say what became of it there; of a publication the workbook that
    belongs to what was recorded at ``published``. Where that cannot be, the report can be taken away all the same.
    """
    out = report_folder(register=register)
    call.progress.say(text_for("desk/filing"))
    try:
        if published is not None:
            with call.session() as session:
                due.file_publication(session, made, published, out)
            return []
        with call.session() as session:
            return [text_for(f"desk/{word}")] if (word := FILED[due.file_report(session, made, call.now, out)]) else []
    except WorkbenchError as no:
        return [no.text(common.lang, "excel")]


def _prepare(call: DeskCall) -> Answer:
    """The contract register of a month as the support section gets it; what is recorded counts as done."""
    from workbench.capabilities.contracts.prepared_register import prepare_register

    with call.session() as session:
        call.progress.say(text_for("desk/recording"))
        made = prepare_register(session, call.text("month"), call.now, call.folder)
    return Answer([text_for("desk/made", file=made.name)], files=[made])


def _roll(call: DeskCall) -> Answer:
    """The shortfall of the months gone, spread over the months left, as a T4 for approval; the register stays as it is."""
    from workbench.capabilities.targets.rolling import make_roll, write_roll

    month = parse_month(call.text("month"))
    with call.session() as session:
        call.progress.at(text_for("desk/preparing"))
        made = make_roll(session, month)
    if not made.years:
        return Answer([text_for("addin/rolled_nothing", month=month)])
    files = write_roll(made, call.folder, context.policy(), call.now.date())
    spread = sum(each.spread for each in made.years)
    return Answer(
        [text_for("addin/rolled", month=month, leads=spread, files=[path.name for path in files])], files=files
    )


def _card(call: DeskCall) -> Answer:
    """The card of one customer."""
    from workbench.capabilities.customers.listing import number_of_customer

    with call.session() as session:
        session.require(report_action(CARD))
        moment = session.latest()
        number = number_of_customer(session, call.text("name"), moment)
    return _made(call, CARD, moment.date().isoformat(), moment, {"customer": str(number)})


def _whatif(call: DeskCall) -> Answer:
    """A quarter under one other parameter or reading, beside the official result; nothing is kept."""
    from workbench.platform.regulation.trial import parse

    period = parse_quarter(call.text("period"))
    with call.session() as session:
        session.require("settle")
        moment, changes = session.latest(), parse(session.policy, call.text("change")).text()
    return _made(call, WHATIF, period, moment, {"changes": changes})


def _made(call: DeskCall, report: str, period: str, moment: datetime, parameters: dict[str, str]) -> Answer:
    """A report that needs more than a period, to take away: nobody waits for it on a day."""
    run = _run(call, report, period, moment, parameters)
    return Answer([text_for("desk/made", file=run.workbook.name)], files=list(run.files))


def _run(call: DeskCall, report: str, period: str, moment: datetime, parameters: dict[str, str] | None = None) -> Run:
    """Run a report's notebook; its own process opens the register anew, so that the passphrase is typed for it."""
    with call.session() as session:
        path, user = session.register.path, session.user
    call.progress.at(text_for("desk/preparing"))
    return run_report(
        report,
        register_path=path,
        period=period,
        as_of=moment,
        out_dir=call.folder,
        user=user,
        passphrase=call.given["passphrase"],
        parameters=parameters,
        progress=lambda done, total: call.progress.at(text_for("desk/running"), done, total),
    )


def _own_reports(asked: Asked) -> list[str]:
    """The reports this person may make that need nothing but a period."""
    session = asked.session
    return [
        report.name
        for report in reports()
        if session is not None and session.may(report.action) and set(parameters_of(source(report))) <= set(GIVEN)
    ]


def _last_quarter(asked: Asked) -> str:
    return previous_quarter(quarter_of_day(asked.now))


def _last_month(asked: Asked) -> str:
    return previous_month(month_of_day(asked.now))


SECRET = Field("passphrase", "secret", "desk/passphrase_for")
STATEMENT = Deed(
    _statement,
    (Field("unit", "text", "desk/unit"), Field("period", "text", "desk/month_or_quarter", value=_last_quarter)),
    group="reports",
    needs=("report",),
    tip="desk/statement_tip",
)
PREPARE = Deed(
    _prepare,
    (Field("month", "text", "desk/month", value=_last_month),),
    group="handling",
    needs=("prepare_register",),
    label="desk/prepare_register",
    tip="desk/prepare_register_tip",
)
ROLL = Deed(
    _roll,
    (Field("month", "text", "desk/month", value=_last_month),),
    group="reports",
    needs=("report",),
    tip="desk/roll_tip",
)
CUSTOMER_CARD = Deed(
    _card, (Field("name", "text", "desk/customer"), SECRET), group="reports", needs=("report",), tip="desk/card_tip"
)
TRIAL = Deed(
    _whatif,
    (Field("period", "text", "desk/quarter", value=_last_quarter), Field("change", "text", "desk/change"), SECRET),
    group="reports",
    needs=("settle",),
    tip="desk/whatif_tip",
)
REPORT = Deed(
    _report,
    (
        Field("report", "choice", "desk/which_report", choices=_own_reports),
        Field("period", "text", "desk/period", value=_last_month),
        SECRET,
    ),
    group="reports",
    needs=("report", "inspection_report"),
    label="desk/report",
    tip="desk/report_tip",
)

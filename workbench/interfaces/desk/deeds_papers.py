"""Papers the desk page makes: a reporter's statement, and reports."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.app import due
from workbench.app.context import report_folder
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.app.reports import run_report
from workbench.core.errors import WorkbenchError
from workbench.core.periods import month_of_day, quarter_of_day
from workbench.interfaces.desk.deed import Answer, Asked, Deed, DeskCall, Field
from workbench.platform.reporting.registry import find, reports
from workbench.platform.reporting.runs import GIVEN, parameters_of, source

if TYPE_CHECKING:
    from workbench.platform.reporting.runs import Run

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
    """Run a report's notebook; its own process opens the register anew, so that the passphrase is typed for it."""
    report = find(call.text("report"))
    with call.session() as session:
        session.require(report.action)
        path, user, moment = session.register.path, session.user, session.latest()
    call.progress.at(text_for("desk/preparing"))
    run = run_report(
        report.name,
        register_path=path,
        period=call.text("period"),
        as_of=moment,
        out_dir=call.folder,
        user=user,
        passphrase=call.given["passphrase"],
        progress=lambda done, total: call.progress.at(text_for("desk/running"), done, total),
    )
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
            due.file_publication(made, published, out)
            return []
        with call.session() as session:
            return [text_for(f"desk/{word}")] if (word := FILED[due.file_report(session, made, call.now, out)]) else []
    except WorkbenchError as no:
        return [no.text(common.lang, "excel")]


def _own_reports(asked: Asked) -> list[str]:
    """The reports this person may make that need nothing but a period."""
    session = asked.session
    return [
        report.name
        for report in reports()
        if session is not None and session.may(report.action) and set(parameters_of(source(report))) <= set(GIVEN)
    ]


def _last_quarter(asked: Asked) -> str:
    today = asked.now.date()
    return quarter_of_day(date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1))


def _last_month(asked: Asked) -> str:
    return month_of_day(asked.now.date().replace(day=1) - timedelta(days=1))


STATEMENT = Deed(
    _statement,
    (Field("unit", "text", "desk/unit"), Field("period", "text", "desk/quarter", value=_last_quarter)),
    tip="desk/statement_tip",
)
REPORT = Deed(
    _report,
    (
        Field("report", "choice", "desk/which_report", choices=_own_reports),
        Field("period", "text", "desk/period", value=_last_month),
        Field("passphrase", "secret", "desk/passphrase_for"),
    ),
    label="desk/report",
    tip="desk/report_tip",
)

"""What the desk page does on fixed dates: the publication (6.1), and first reports handed to the sections (6.2), again if lost."""

from __future__ import annotations

from datetime import date

from workbench.app.done import dispatched, issued_again, published
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.app.reports import run_report
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.interfaces.desk.deed import Answer, Asked, Deed, DeskCall, Field
from workbench.interfaces.desk.deeds_files import written
from workbench.interfaces.desk.deeds_papers import filed

NAME = "信息提报情况通报"


def _publish(call: DeskCall) -> Answer:
    """Record the publication, then run its notebook; where that is refused, what was recorded is told all the same."""
    from workbench.capabilities.publication.publishing import publish

    try:
        day = date.fromisoformat(call.text("day"))
    except ValueError:
        raise WrongUse("bad_date/day", text=call.text("day")) from None
    with call.session() as session:
        session.require("publish")
        path, user = session.register.path, session.user
        call.progress.say(text_for("desk/recording"))
        done = publish(session, day, call.now)
    call.deed = published(done)
    said = [call.deed]
    try:
        run = run_report(
            NAME,
            register_path=path,
            period=done.due_on.isoformat(),
            as_of=done.at,
            out_dir=call.folder,
            user=user,
            passphrase=call.given["passphrase"],
            progress=lambda count, total: call.progress.at(text_for("desk/running"), count, total),
        )
    except WorkbenchError as no:
        return Answer([*said, no.text(common.lang, "excel"), text_for("desk/report_missing", report=NAME)])
    said += [text_for("desk/made", file=run.workbook.name), *filed(call, path, run, done.at)]
    return Answer(said, files=list(run.files))


def _dispatch(call: DeskCall) -> Answer:
    from workbench.capabilities.leads.dispatching import dispatch

    with call.session() as session:
        session.require("dispatch")
        call.progress.say(text_for("desk/recording"))
        done = dispatch(session, call.now, call.folder)
    files = written(call.folder)
    kept = [text_for("desk/take_away", batch=done.batch)] if files else []
    return Answer([*dispatched(done), *kept], files=files)


def _dispatch_again(call: DeskCall) -> Answer:
    from workbench.capabilities.leads.dispatching import issue_again

    typed = call.text("batch")
    if not typed.isdecimal():
        raise WrongUse("unknown_batch", batch=typed)
    with call.session() as session:
        call.progress.say(text_for("desk/recording"))
        done = issue_again(session, int(typed), call.folder)
    return Answer(issued_again(done), files=written(call.folder))


def _latest(asked: Asked) -> str:
    from workbench.capabilities.publication.publications import latest_due_date

    return latest_due_date(asked.now.date(), asked.session.policy).isoformat() if asked.session else ""


PUBLISH = Deed(
    _publish,
    (Field("day", "text", "desk/day", value=_latest), Field("passphrase", "secret", "desk/passphrase_for")),
    group="reports",
    needs=("publish",),
    tip="desk/publish_tip",
)
DISPATCH = Deed(_dispatch, group="handling", needs=("dispatch",), tip="desk/dispatch_tip")
DISPATCH_AGAIN = Deed(
    _dispatch_again,
    (Field("batch", "text", "desk/batch"),),
    group="handling",
    needs=("dispatch",),
    label="desk/dispatch_again",
    tip="desk/dispatch_again_tip",
)

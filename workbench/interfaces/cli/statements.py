"""`workbench statement`: a reporter's own statement, as a workbook, a protected copy or a mail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.app.cluster import workers_in_use
from workbench.app.context import output_folder, read_time
from workbench.app.output import print_json, say, say_error, text_for
from workbench.app.session import open_session
from workbench.core.errors import WrongUse
from workbench.interfaces.cli.copies import as_json, copy_passwords, print_copies
from workbench.interfaces.cli.params import AsOf, Json, Workers

if TYPE_CHECKING:
    from workbench.capabilities.statements.making import Made
    from workbench.platform.documents.delivery import Delivered

SUBJECT = "提报对账单"


def statement(
    units: Annotated[list[str] | None, typer.Argument(metavar="UNIT")] = None,
    period: Annotated[str, typer.Option("--period", metavar="PERIOD")] = "",
    everybody: Annotated[bool, typer.Option("--all")] = False,
    as_of: AsOf = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", callback=output_folder),
    ] = None,
    protect: Annotated[bool, typer.Option("--protect")] = False,
    passwords: Annotated[Path | None, typer.Option("--passwords", metavar="CSV")] = None,
    mail: Annotated[bool, typer.Option("--mail")] = False,
    workers: Workers = 2,
    json: Json = False,
) -> int:
    """A reporter's own statement: its leads, what it has to do, its projects and the quarter's rewards and penalties,
    with a pre-filled appeal form; as a marked copy under a password, and by mail.
    """
    from workbench.app import mail as mailing
    from workbench.capabilities.statements.making import COPIES, make, processes_beside
    from workbench.capabilities.statements.statement import Statements
    from workbench.platform.documents.delivery import deliver

    _check(units, period, everybody, out, protect or mail)
    server, to = mailing.in_use() if mail else (None, {})
    copies: dict[str, Delivered] = {}
    made: list[Made] = []
    with open_session() as session:
        statements = Statements(session, period, read_time(as_of, end_of_day=True))
        wanted = list(dict.fromkeys(statements.reporters() if everybody else units or []))
        chosen = copy_passwords(wanted, passwords, False) if protect or mail else {}
        shown = [] if out is not None else [statements.of(unit) for unit in wanted]
        if out is not None:
            with workers_in_use(processes_beside(len(wanted), workers)) as drawing:
                made = make(session, statements, wanted, out, drawing)
            shown = [each.statement for each in made]
            for each in made if chosen else ():
                unit = each.statement.unit
                (copies[unit],) = deliver(session, each.workbook, {unit: chosen[unit]}, out / COPIES)
    files = {each.statement.unit: [str(path) for path in each.files] for each in made}
    mailed = _mailed(mailing, server, to, made, copies) if server else []
    without = sorted(set(copies) - set(mailed)) if server else []
    documents = [
        {**each.as_json(), "files": files.get(each.unit, [])}
        | ({"copy": as_json(copies[each.unit])} if each.unit in copies else {})
        for each in shown
    ]
    if json:
        print_json(documents if everybody or len(documents) != 1 else documents[0])
    else:
        _say(shown, files, copies)
        if server:
            say("mailed" if mailed else "mailed/none", units=mailed)
    if without:
        say_error("units_without_address", without=without)
    return 1 if without else 0


def _check(units: list[str] | None, period: str, everybody: bool, out: Path | None, written: bool) -> None:
    if not period:
        raise WrongUse("missing_period")
    if bool(units) == everybody:
        raise WrongUse("units_or_all")
    if written and out is None:
        raise WrongUse("no_folder_for_copies")


def _mailed(
    mailing: Any, server: Any, to: dict[str, list[str]], made: list[Made], copies: dict[str, Delivered]
) -> list[str]:
    """Send each its protected copy and the appeal form, which names nothing but its own lines; the units written to."""
    letters = {each.statement.unit: text_for("statement/letter", period=each.statement.period) for each in made}
    files = {
        each.statement.unit: [copies[each.statement.unit].file, *([each.appeal] if each.appeal else [])]
        for each in made
    }
    sent: list[str] = mailing.send(server, letters, to, SUBJECT, files)
    return sent


def _say(shown: list[Any], files: dict[str, list[str]], copies: dict[str, Delivered]) -> None:
    for each in shown:
        counted = int(each.leads["counts_in"].notna().sum())
        rows = {"leads": len(each.leads), "counted": counted, "projects": len(each.projects)}
        say("statement/of", unit=each.unit, name=each.name, period=each.period, total=each.total, **rows)
        for path in files.get(each.unit, []):
            print(f"  {path}")
    if not shown:
        say("statement/none")
    print_copies(list(copies.values()))

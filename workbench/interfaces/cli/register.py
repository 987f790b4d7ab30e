"""`workbench init`, `templates`, `report`, `demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app import clock, context
from workbench.app.context import output_folder, read_time, register_path
from workbench.app.options import common
from workbench.app.output import print_json, say, say_error
from workbench.app.reports import make_report
from workbench.app.session import open_session, read_passphrase
from workbench.interfaces.cli.params import AsOf, Json
from workbench.interfaces.cli.params import out as out_option


def init() -> int:
    """Make a new encrypted register and its first user (the custodian)."""
    import getpass

    from workbench.platform.access.session import create
    from workbench.platform.access.users import check_passphrase, is_weak, random_code

    user = common.user or getpass.getuser()
    path, secret = register_path(), read_passphrase(new=True)
    simulation = context.simulation_asked_for()
    weak = is_weak(secret, user)
    if weak and secret and not simulation:
        say_error("suggested_passphrase", passphrase=random_code(4, 5))
        check_passphrase(secret, user)
    with create(path, user, secret, context.policy(), clock.now(), simulation=simulation):
        say("register_made", path=path, user=user)
    if weak:
        say_error("weak_passphrase")
    return 0


def templates(out: Annotated[Path, out_option(callback=output_folder)] = Path("模板")) -> int:
    """Write the blank official templates."""
    from workbench.platform.forms.write import build_blanks
    from workbench.platform.forms.write_book import build_blank_books

    policy, today = context.policy(), clock.now().date()
    for path in [*build_blanks(out, policy, today), *build_blank_books(out, policy, today)]:
        print(path)
    return 0


def report(
    name: Annotated[str, typer.Argument(metavar="REPORT")],
    period: Annotated[str, typer.Option("--period", metavar="PERIOD")],
    as_of: AsOf = None,
    out: Annotated[Path, out_option(callback=output_folder)] = Path("报告"),
    json: Json = False,
) -> int:
    """Make a report by running its notebook: workbook, page and manifest."""
    from workbench.platform.access.platform_actions import report_action

    secret = read_passphrase()
    with open_session(secret=secret) as session:
        session.require(report_action(name))
        moment, user = read_time(as_of, end_of_day=True) or session.latest(), session.user
    run = make_report(name, user, secret, period, moment, out)
    if json:
        print_json({"report": run.report, "period": run.period, "files": [str(path) for path in run.files]})
    else:
        for path in run.files:
            print(path)
    return 0


def demo(out: Annotated[Path, out_option(callback=output_folder)] = Path("演示")) -> int:
    """Play three quarters on simulated template files: a register and its reports."""
    from workbench.demo import run_demo

    run_demo(out, clock.now())
    return 0

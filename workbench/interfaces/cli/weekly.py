"""`workbench weekly …`: who reported of a week, who is on leave, what became of what was reported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.context import read_time
from workbench.app.output import print_json, print_table, say
from workbench.app.session import open_session
from workbench.interfaces.cli.params import AsOf, Json
from workbench.interfaces.cli.params import out as out_option
from workbench.platform.reporting.registry import parse_date


def status(
    week: Annotated[str | None, typer.Argument(metavar="DAY")] = None, as_of: AsOf = None, json: Json = False
) -> int:
    """How a week's sheets stand: in time, late, missing, excused."""
    from workbench.capabilities.customers.weekly_lists import week_status

    with open_session() as session:
        rows = week_status(session, week and parse_date(week), read_time(as_of, end_of_day=True) or session.latest())
    print_table(rows, json, "—")
    return 0


def leave(
    manager: Annotated[str, typer.Argument(metavar="NAME")],
    first: Annotated[str, typer.Argument(metavar="FIRST")],
    last: Annotated[str, typer.Argument(metavar="LAST")],
    unit: Annotated[str, typer.Option("--unit", metavar="UNIT")],
    cancel: Annotated[bool, typer.Option("--cancel")] = False,
) -> int:
    """An account manager is on leave; a whole week of it excuses from the sheet; --cancel takes it back."""
    from datetime import date

    from workbench.capabilities.customers.acts import excuse

    days = [date.fromisoformat(parse_date(day)) for day in (first, last)]
    with open_session() as session:
        excuse(session, manager, unit, *days, cancel=cancel)
    say("weekly/not_excused" if cancel else "weekly/excused", name=manager, first=days[0], last=days[1])
    return 0


def prepare(
    manager: Annotated[str, typer.Argument(metavar="NAME")],
    unit: Annotated[str, typer.Option("--unit", metavar="UNIT")],
    week: Annotated[str | None, typer.Option("--week", metavar="DAY")] = None,
    out: Annotated[Path, out_option()] = Path("客户表格"),
    json: Json = False,
) -> int:
    """Fill in a manager's sheet of the week, and the record of service with his open matters."""
    from datetime import date

    from workbench.capabilities.customers.prepared_forms import prepare_week

    day = date.fromisoformat(parse_date(week)) if week else None
    with open_session() as session:
        paths = prepare_week(session, unit, manager, day or session.now.date(), out)
    if json:
        print_json({"files": [str(path) for path in paths]})
    else:
        for path in paths:
            print(path)
    return 0


def record(unfinished: Annotated[bool, typer.Option("--open")] = False, as_of: AsOf = None, json: Json = False) -> int:
    """The record of service as it follows from the weekly sheets, open and overdue matters first."""
    from workbench.capabilities.customers.weekly_lists import service_record

    with open_session() as session:
        rows = service_record(session, read_time(as_of, end_of_day=True) or session.latest(), unfinished)
    print_table(rows, json, "—")
    return 0


def share(
    unit: Annotated[str, typer.Argument(metavar="UNIT")],
    since: Annotated[str | None, typer.Option("--since", metavar="DAY")] = None,
    out: Annotated[Path, out_option()] = Path("客户表格"),
    json: Json = False,
) -> int:
    """Pass news of customers on to a department: a prepared sheet without contacts, which comes back with its answers."""
    from datetime import date

    from workbench.capabilities.customers.shared_news import share

    with open_session() as session:
        path, count = share(session, unit, date.fromisoformat(parse_date(since)) if since else None, out)
    if json:
        print_json({"file": path and str(path), "count": count})
    elif path is None:
        say("weekly/nothing_to_share", unit=unit)
    else:
        print(path)
    return 0


def shared(as_of: AsOf = None, json: Json = False) -> int:
    """What was passed on to departments and what they said to it; exit code 1 while an answer is overdue."""
    from workbench.capabilities.customers.shared_news import list_shared

    with open_session() as session:
        rows = list_shared(session, read_time(as_of, end_of_day=True) or session.latest())
    print_table(rows if json else [{**row, "overdue": "!" if row["overdue"] else None} for row in rows], json, "—")
    return int(any(row["overdue"] and row["answered_on"] is None for row in rows))

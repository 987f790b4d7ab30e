"""`workbench publish`: the publication of a fixed day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from workbench.app.context import output_folder, time_recorded
from workbench.app.output import print_json, say
from workbench.app.reports import make_report
from workbench.app.session import open_session, read_passphrase
from workbench.core.errors import WrongUse
from workbench.interfaces.cli.params import At, Json
from workbench.interfaces.cli.params import out as out_option


def publish(
    day: Annotated[str, typer.Argument(metavar="DATE")],
    at: At = None,
    out: Annotated[Path, out_option(callback=output_folder)] = Path("通报"),
    json: Json = False,
) -> int:
    """Publish the report on leads: record the time of publication and make the report."""
    from workbench.capabilities.publication.publishing import publish

    secret = read_passphrase()
    with open_session(secret=secret) as session:
        done = publish(session, _day(day), time_recorded(at))
        user = session.user
    run = make_report("信息提报情况通报", user, secret, done.due_on.isoformat(), done.at, out)
    if json:
        print_json(
            {
                "date": done.due_on,
                "at": done.at.isoformat(),
                "late": done.late,
                "already_published": done.again,
                **done.totals,
                "files": [str(path) for path in run.files],
            }
        )
    else:
        key = "published/before" if done.again else "published/late" if done.late else "published"
        say(key, day=done.due_on, path=run.workbook)
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse("bad_date/day", text=text) from None

"""`workbench incidents …`: leaks, what is done about them, whom they touch."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from workbench.app.context import read_time
from workbench.app.options import common
from workbench.app.output import print_json, print_rows, say
from workbench.app.session import open_session
from workbench.core.messages import SEMICOLON
from workbench.interfaces.cli.copies import as_json, print_copies
from workbench.interfaces.cli.customers import word_of
from workbench.interfaces.cli.params import At, Json
from workbench.interfaces.cli.params import out as out_option

Number = Annotated[str, typer.Argument(metavar="NUMBER")]
Begin = Annotated[str, typer.Option("--from", metavar="TIME")]
End = Annotated[str, typer.Option("--to", metavar="TIME")]
User = Annotated[str | None, typer.Option("--by", metavar="USER")]


def list_(json: Json = False) -> int:
    """List leaks, a line a person; exit code 1 while a step is late."""
    from workbench.capabilities.privacy.incidents import listed

    with open_session() as session:
        rows = listed(session, common.lang)
    if json:
        print_json(rows)
    else:
        lines = []
        for row in rows:
            steps = [f"{step} {told['done_at'] or '—'}（{told['due'] or '—'}）" for step, told in row["steps"].items()]
            own = (row["number"], row["person"], row["unit"], row["happened_on"])
            lines.append((*own, getattr(SEMICOLON, common.lang).join(steps), row["proposal"]))
        print_rows(("number", "person", "unit", "happened_on", "steps", "proposal"), lines, "—")
    late = [told["late"] and told["done_at"] is None for row in rows for told in row["steps"].values()]
    return int(any(late))


def step(
    number: Number,
    name: Annotated[str, typer.Argument(metavar="STEP")],
    note: Annotated[str, typer.Option("--note", metavar="TEXT")],
    at: At = None,
) -> int:
    """Record a step of what is done about a leak."""
    from workbench.capabilities.privacy.incident_rules import Step
    from workbench.capabilities.privacy.incidents import record_step

    done = Step(word_of(name, Step))
    with open_session() as session:
        record_step(session, number, done, read_time(at) or session.now, note)
    say("pair", name=number, value=done)
    return 0


def affected(number: Number, begin: Begin, end: End, by: User = None, json: Json = False) -> int:
    """Find in the trail whose contacts were seen or given away in a time."""
    from workbench.capabilities.privacy.incidents import affected

    with open_session() as session:
        rows = affected(session, number, *_period(begin, end), by)
    if json:
        print_json(rows)
    else:
        between, lines = getattr(SEMICOLON, common.lang), []
        for row in rows:
            acts = [f"{act['act']} {act['user']} {act['at']}" for act in row["acts"]]
            lines.append((row["lead"], row["customer"], between.join(acts)))
        print_rows(("lead", "customer", "acts"), lines, "—")
    return 0


def notices(
    number: Number,
    begin: Begin,
    end: End,
    by: User = None,
    out: Annotated[Path, out_option()] = Path("告知书"),
    json: Json = False,
) -> int:
    """Draft a notice for each customer affected, under a password of its own."""
    from workbench.capabilities.privacy.incident_notices import write_notices

    with open_session() as session:
        made = write_notices(session, number, *_period(begin, end), out, by)
    if json:
        print_json([as_json(item) for item in made])
    else:
        print_copies(made)
    return 0


def _period(begin: str, end: str) -> tuple[datetime, datetime]:
    first, last = read_time(begin), read_time(end, end_of_day=True)
    assert first is not None and last is not None
    return first, last

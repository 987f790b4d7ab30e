"""`workbench changes …`: requests to change leads, listed and decided (T20)."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.app.context import time_recorded
from workbench.app.output import print_json, print_rows, say, say_error
from workbench.app.session import open_session
from workbench.interfaces.cli.params import At, Json


def list_(json: Json = False) -> int:
    """List requests to change leads and their decisions; exit code 1 while one is open."""
    from workbench.capabilities.leads.change_decisions import OPEN, changes

    with open_session() as session:
        rows = changes(session).to_dict("records")
    if json:
        times = ("at", "decided_at")
        print_json([{**row, **{name: row[name] and row[name].isoformat() for name in times}} for row in rows])
    else:
        names = ("number", "lead", "matter", "value", "unit", "state", "reason")
        print_rows(names, ([row[name] for name in names] for row in rows))
    return 1 if any(row["state"] == OPEN for row in rows) else 0


def decide(
    number: Annotated[str, typer.Argument(metavar="REQUEST")],
    verdict: Annotated[str, typer.Argument(metavar="VERDICT")],
    reason: Annotated[str, typer.Option("--reason", metavar="REASON")],
    at: At = None,
) -> int:
    """Decide a request to change a lead (agree or decline); another person than who brought it in decides."""
    from workbench.capabilities.leads.change_decisions import decide_change

    with open_session() as session:
        status = decide_change(session, number, verdict, time_recorded(at), reason)
        sole = session.sole
    say("change/decided", number=number, verdict=verdict, status=status)
    if sole:
        say_error("change/sole")
    return 0


def withdraw_import(
    file: Annotated[str, typer.Argument(metavar="FILE-NUMBER")],
    reason: Annotated[str, typer.Option("--reason", metavar="REASON")],
    decline: Annotated[bool, typer.Option("--decline")] = False,
    at: At = None,
) -> int:
    """Take a wrongly imported file back: one person asks, another confirms (or declines) with the same command."""
    from workbench.capabilities.leads.withdrawn_imports import withdraw

    with open_session() as session:
        done = withdraw(session, file, time_recorded(at), reason, decline=decline)
    key = "withdrawal/declined" if done.declined else "withdrawal/done" if done.done else "withdrawal/asked"
    say(key, file=done.file, number=file)
    if done.alone:
        say_error("change/sole")
    return 0 if done.done or done.declined else 1

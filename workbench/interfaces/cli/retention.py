"""`workbench retention …`: who is due to be disposed of, proposals, their decision, destruction and certificate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from workbench.app.options import common
from workbench.app.output import print_json, print_table, say
from workbench.app.session import open_session
from workbench.interfaces.cli.params import Json
from workbench.interfaces.cli.params import out as out_option
from workbench.platform.reporting.registry import parse_date

Number = Annotated[str, typer.Argument(metavar="NUMBER")]
Reason = Annotated[str, typer.Option("--reason", metavar="REASON")]


def due(on: Annotated[str | None, typer.Option("--on", metavar="DATE")] = None, json: Json = False) -> int:
    """List the customers due by a day, and what stands against it; exit code 1 where one can be disposed of now."""
    from workbench.capabilities.privacy.disposals import list_due

    with open_session() as session:
        day = pd.Timestamp(session.now) if on is None else pd.Timestamp(parse_date(on))
        rows = list_due(session, day, common.lang)
    print_table(rows, json, "—")
    return int(any(not row["against"] for row in rows))


def list_(json: Json = False) -> int:
    """List proposals with their decision and destruction."""
    from workbench.capabilities.privacy.disposals import proposals

    with open_session() as session:
        rows = proposals(session)
    days = ("due_on", "at", "decided_at", "done_at")
    shown = [{**row, **{name: None if row[name] is None else row[name].isoformat() for name in days}} for row in rows]
    print_table(shown, json, "—")
    return 0


def propose(customer: Annotated[str, typer.Argument(metavar="CUSTOMER")], reason: Reason, json: Json = False) -> int:
    """Propose to dispose of a customer."""
    from workbench.capabilities.privacy.disposals import propose

    with open_session() as session:
        number = propose(session, customer, reason)
    if json:
        print_json({"number": number})
    else:
        say("retention/proposed", number=number)
    return 0


def decide(
    number: Number, verdict: Annotated[str, typer.Argument(metavar="VERDICT")], reason: Reason, json: Json = False
) -> int:
    """Approve or decline a disposal that another person proposed."""
    from workbench.capabilities.privacy.disposals import decide

    with open_session() as session:
        state = decide(session, number, verdict, reason)
    if json:
        print_json({"number": number, "state": state})
    else:
        say("pair", name=number, value=state)
    return 0


def dispose(number: Number, out: Annotated[Path, out_option()] = Path("销毁证明"), json: Json = False) -> int:
    """Destroy the keys of an approved customer and write a signed certificate."""
    from workbench.capabilities.privacy.disposals import dispose

    with open_session() as session:
        files = dispose(session, number, out)
    if json:
        print_json({"number": number, "files": [str(path) for path in files]})
    else:
        say("retention/disposed", number=number, path=files[0])
    return 0

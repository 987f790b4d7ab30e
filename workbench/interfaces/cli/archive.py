"""`workbench archive …`: the index, what is out past its day, what is not in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.app.context import read_time
from workbench.app.options import common
from workbench.app.output import print_json, print_rows, print_table, say, text_for
from workbench.app.session import open_session
from workbench.core.messages import JOINED
from workbench.interfaces.cli.params import AsOf, Json


def index(as_of: AsOf = None, json: Json = False) -> int:
    """The index: number, customer, kind, title, day, place, and who has it now."""
    from workbench.capabilities.archive.listing import list_index

    _listed(list_index, as_of, json)
    return 0


def overdue(as_of: AsOf = None, json: Json = False) -> int:
    """Documents that are out past their day."""
    from workbench.capabilities.archive.listing import list_overdue

    return 1 if _listed(list_overdue, as_of, json) else 0


def missing(as_of: AsOf = None, json: Json = False) -> int:
    """Contracts of which a document that has to be kept when signed, or when delivered, is not in the index."""
    from workbench.capabilities.archive.listing import list_missing

    return 1 if _listed(list_missing, as_of, json) else 0


def customers(as_of: AsOf = None, json: Json = False) -> int:
    """How complete each customer's archive is: contracts, documents asked for and kept, those with an electronic original."""
    from workbench.capabilities.archive.listing import list_completeness

    _listed(list_completeness, as_of, json)
    return 0


def add(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    number: Annotated[str, typer.Option("--number", metavar="NUMBER")],
) -> int:
    """Keep the electronic original of a document, encrypted beside the register under its customer's key."""
    from workbench.capabilities.archive.originals import add

    with open_session() as session:
        add(session, number, file)
    say("archive/added", number=number)
    return 0


def get(
    number: Annotated[str, typer.Argument(metavar="NUMBER")],
    reason: Annotated[str, typer.Option("--reason", metavar="REASON")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE")] = Path("."),
    json: Json = False,
) -> int:
    """Fetch the electronic original of a document; the reason is kept in the trail."""
    from workbench.capabilities.archive.originals import get

    with open_session() as session:
        path = get(session, number, out, reason)
    if json:
        print_json({"file": str(path)})
    else:
        print(path)
    return 0


def verify(json: Json = False) -> int:
    """Verify the electronic originals; exit code 1 where one is missing, altered, cut or exchanged."""
    from workbench.capabilities.archive.originals import verify

    with open_session() as session:
        wrong = verify(session)
    if json:
        print_json(wrong)
    elif not wrong:
        say("archive/whole")
    else:
        found = ((row["number"], row["stored_at"], text_for(f"archive/{row['problem']}")) for row in wrong)
        print_rows(("number", "stored_at", "problem"), found)
    return int(bool(wrong))


def _listed(rows_of: Callable[[Any, datetime], list[dict[str, Any]]], as_of: str | None, json: bool) -> int:
    with open_session() as session:
        rows = rows_of(session, read_time(as_of, end_of_day=True) or session.latest())
    shown = rows if json else [{name: _shown(value) for name, value in row.items()} for row in rows]
    print_table(shown, json, "—")
    return len(rows)


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "✓" if value else None
    return JOINED[common.lang].join(value) if isinstance(value, list) else value

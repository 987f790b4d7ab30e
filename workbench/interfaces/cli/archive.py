"""`workbench archive …`: the index, what is out past its day, what is not in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from workbench.app.context import read_time
from workbench.app.output import print_table
from workbench.app.session import open_session
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
    """Signed contracts of which a document that has to be kept is not in the index."""
    from workbench.capabilities.archive.listing import list_missing

    return 1 if _listed(list_missing, as_of, json) else 0


def _listed(rows_of: Callable[[Any, datetime], list[dict[str, Any]]], as_of: str | None, json: bool) -> int:
    with open_session() as session:
        rows = rows_of(session, read_time(as_of, end_of_day=True) or session.latest())
    shown = rows if json else [{name: _shown(value) for name, value in row.items()} for row in rows]
    print_table(shown, json, "—")
    return len(rows)


def _shown(value: Any) -> Any:
    return "、".join(value) if isinstance(value, list) else value

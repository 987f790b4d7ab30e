"""The tables of a publication whose counts lead to leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from workbench.capabilities.leads.drill import leads_behind
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.capabilities.publication.publication_report import View, spans
from workbench.capabilities.publication.publications import COUNTS, flags
from workbench.platform.reporting.drill import Drill, Records, Row


def tables(snapshot: Snapshot, period: str, view: View) -> tuple[Drill, ...]:
    """This period and the month to date, by reporter."""
    windows = spans(snapshot, date.fromisoformat(period))

    def finder(name: str) -> Callable[[Row, str], Records]:
        marked = flags(snapshot.states, *windows[name])

        def find(row: Row, column: str) -> Records:
            return leads_behind(snapshot, marked[(marked["reporter"] == row["reporter"]) & marked[column]])

        return find

    shown = (("本期", "recent", view.recent), ("本月累计", "month", view.month))
    return tuple(
        Drill(title, frame, view.columns[name], frozenset(COUNTS), finder(name)) for title, name, frame in shown
    )

"""The tables of a publication whose counts lead to leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from workbench.capabilities.leads.drill import leads_behind
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.capabilities.publication.publication_report import OUTCOMES_LATER, View, later, spans
from workbench.capabilities.publication.publications import COUNTS, LATER, flags
from workbench.platform.reporting.drill import Drill, Records, Row


def tables(snapshot: Snapshot, period: str, view: View) -> tuple[Drill, ...]:
    """This period and the month to date, by reporter; later outcomes, by reporter and month of receipt."""
    due = date.fromisoformat(period)
    on = snapshot.as_of.date()
    windows, outcomes = spans(snapshot, due), later(snapshot, due)

    def finder(name: str) -> Callable[[Row, str], Records]:
        marked = flags(snapshot.states, *windows[name])

        def find(row: Row, column: str) -> Records:
            return leads_behind(snapshot, marked[(marked["reporter"] == row["reporter"]) & marked[column]], on)

        return find

    shown = (("本期", "recent", view.recent), ("本月累计", "month", view.month))

    def of_later(row: Row, column: str) -> Records:
        same = (outcomes["reporter"] == row["reporter"]) & (outcomes["received_month"] == row["received_month"])
        return leads_behind(snapshot, outcomes[same & outcomes[column]], on)

    return (
        *(Drill(title, frame, view.columns[name], frozenset(COUNTS), finder(name)) for title, name, frame in shown),
        Drill("以前信息的结果", view.later, OUTCOMES_LATER, frozenset(LATER), of_later),
    )

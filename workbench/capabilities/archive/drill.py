"""The table of a customer's card whose numbers lead to what they rest on."""

from __future__ import annotations

from datetime import date

from workbench.capabilities.archive import card_report
from workbench.capabilities.leads.drill import leads_behind
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.platform.reporting.drill import Drill, Records, Row


def card(snapshot: Snapshot, period: str, view: card_report.View) -> tuple[Drill, ...]:
    """The vehicles of a customer's lead lead to the lead's own explanation."""

    def find(row: Row, column: str) -> Records:
        own = snapshot.states[snapshot.states["number"].eq(row["number"])]
        return leads_behind(snapshot, own, date.fromisoformat(period), explained=True)

    return (Drill("信息", view.leads, card_report.LEADS, frozenset({"quantity"}), find),)

"""The tables of the conversion report whose counts and vehicles lead to leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from workbench.capabilities.contracts.conversion import projects
from workbench.capabilities.contracts.conversion_report import HEADS, MEASURES, SUMS, View, columns
from workbench.capabilities.leads import holdings
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.capabilities.leads.drill import leads_behind
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.core.periods import month_bounds, months_of, quarter_of_month
from workbench.platform.reporting.drill import Drill, Records, Row

COUNTED_BY_LEAD = ("projects", "contracted", "quantity")


def tables(snapshot: Snapshot, period: str, view: View) -> tuple[Drill, ...]:
    """One table each by reporter, category, place and month of receipt."""
    quarter = [month for month in months_of(quarter_of_month(period)) if month <= period]
    lines = counting_lines(snapshot.facts, snapshot.policy)
    last = month_bounds(period)[1]
    states = holdings.on(snapshot.states, last)
    month, whole = (projects(states, lines, months) for months in ([period], quarter))
    wide = month.assign(quarter_quantity=whole["alive_quantity"], quarter_picked_up=whole["picked_up"])
    titles = {column.key: column.title for column in MEASURES}

    def finder(by: Sequence[str]) -> Callable[[Row, str], Records]:
        def find(row: Row, column: str) -> Records:
            same = pd.concat([wide[key].eq(row[key]) for key in by], axis=1).all(axis=1)
            part = wide[same & wide[column].gt(0)]
            if column in COUNTED_BY_LEAD:
                return leads_behind(snapshot, part, last)
            return leads_behind(snapshot, part, last, part[column], titles[column])

        return find

    return tuple(
        Drill(name, view.tables[name], columns(name), frozenset(SUMS), finder(by)) for name, (by, _) in HEADS.items()
    )

"""What-if: a quarter computed again under other parameters or readings, beside the official result. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.leads.snapshot import Snapshot, open_snapshot
from workbench.capabilities.settlement.comparison import Comparison, changes_table
from workbench.capabilities.settlement.comparison import compare as side_by_side
from workbench.capabilities.settlement.explaining import at
from workbench.capabilities.settlement.settlement import settle, settlement_of
from workbench.core.periods import quarter_bounds
from workbench.platform.access.session import Session
from workbench.platform.regulation.trial import Changes, read


def whatif(
    session: Session,
    quarter: str,
    parameters: Iterable[str],
    readings: Iterable[str],
    as_of: datetime,
    lang: str = "zh",
) -> Comparison:
    """A quarter under other values, typed as ``name=value``; what is changed is said in ``lang``. Raises WrongUse, RegisterError ``not_allowed``."""
    session.require("settle")
    changes = read(session.policy, parameters, readings)
    return compare(open_snapshot(session, as_of), quarter, changes, lang)


def compare(snapshot: Snapshot, quarter: str, changes: Changes, lang: str = "zh") -> Comparison:
    """A quarter's official result beside the same facts under other values, in force from the quarter's first day on.

    What earlier quarters settled, and what earned in them (D8), stays as it is. An approved quarter is compared with
    what was approved, and computed from the facts, readings and moment of its approval.
    """
    ground = at(snapshot, quarter)
    kept = {name: approval["readings"] for name, approval in snapshot.approved.items() if name != quarter}
    first, last = quarter_bounds(quarter)

    def settled(policy, states):
        return settle(ground.facts, quarter, ground.as_of, policy, snapshot.closed, approved=kept, states=states)

    again = settled(ground.policy, ground.states)
    approved = quarter in snapshot.approved
    official = settlement_of(snapshot, quarter) if approved else again
    policy = changes.applied(ground.policy, first)
    states = derive(ground.facts, ground.as_of, policy)
    trial = settled(policy, states)
    table = changes_table(ground.policy, changes, last, lang)
    return side_by_side(official, again, trial, ground.states, states, table, ground.as_of, approved=approved)

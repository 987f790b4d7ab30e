"""Targets (T4) that have not been given yet (4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.organization.directory import names_on, units_on
from workbench.capabilities.organization.kinds import UnitKind, UnitState
from workbench.capabilities.targets.completion import taken_over
from workbench.core.periods import month_bounds

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot


def targets_missing(snapshot: Snapshot, months: Sequence[str]) -> tuple[str, ...]:
    """4.2: the departments in use without a target for some of the months, in a sentence; nothing where all have theirs."""
    last = month_bounds(months[-1])[1]
    units = units_on(snapshot.facts.units, last)
    own = units[(units["kind"] == UnitKind.DEPARTMENT) & (units["state"] == UnitState.IN_USE)]
    given: pd.Index = taken_over(snapshot.facts.targets, snapshot.facts.units, last).index
    names = names_on(snapshot.facts.units, last)
    without = [unit for unit in sorted(own["code"]) if any((unit, month) not in given for month in months)]
    if not without:
        return ()
    return (f"T4《目标信息量分解调整表》：{'、'.join(names.get(unit, unit) for unit in without)} 未下达",)

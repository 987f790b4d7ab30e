"""Contract registers (T2) that have not come yet (6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.capabilities.leads.contract_lines import complete_on, due_on
from workbench.capabilities.leads.duties import Beginning

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot


def registers_missing(snapshot: Snapshot, months: Sequence[str]) -> tuple[str, ...]:
    """6.5: of some months, those whose register was not returned, in a sentence that says which are late; nothing where all were.

    Months before duties began have none (D21).
    """
    first = Beginning.of(snapshot.facts.leads).month
    came, today = set(snapshot.facts.returns["month"]), snapshot.as_of.date()
    parts = []
    for month in months:
        if month not in came and first is not None and month >= first:
            due = due_on(month, snapshot.policy)
            late = due is not None and today >= complete_on(month, snapshot.policy)
            parts.append(f"{month}（{'逾期，' if late else ''}应于 {due} 前）" if due else month)
    return (f"T2《合同登记汇总表》：{'、'.join(parts)}",) if parts else ()

"""What the cover of 月度目标分解与完成情况 says first: what changed against the last month, why, who must act (4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.leads.standing import standing, unanswered
from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.targets.outstanding import targets_missing
from workbench.core.periods import month_of, quarter_of_month
from workbench.platform.reporting.briefing import Briefing, changes, listed
from workbench.platform.reporting.parts import Figure, more_or_less

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

LAST = "上月"
NAMED = 4  # departments named in a sentence


def briefing(
    snapshot: Snapshot, period: str, figures: Sequence[Figure], month: pd.DataFrame, earlier: pd.DataFrame | None
) -> Briefing:
    """The sentences of a month. ``month``, ``earlier``: unit, name, leader, target, valid and gap of each department in the month
    and the last (None: there was none)."""
    states = snapshot.states
    own = states[(states["reporter_kind"] == UnitKind.DEPARTMENT) & (month_of(states["received_at"]) == period)]
    missing = (*targets_missing(snapshot, [period]), *unanswered(snapshot, own))
    return Briefing(
        changes(figures), _why(month, earlier), _act(month), standing(snapshot, quarter_of_month(period)), missing
    )


def _why(month: pd.DataFrame, earlier: pd.DataFrame | None) -> str:
    """Leads that count and targets against the last month's, and the departments whose leads differ most."""
    if earlier is None:
        return "本月是第一个统计的月份。"
    sums = [(int(each["valid"].sum()), int(each["target"].sum())) for each in (month, earlier)]
    (valid, target), (valid_then, target_then) = sums
    words = f"计入有效 {valid} 条（{LAST} {valid_then} 条），目标 {target} 条（{LAST} {target_then} 条）"
    then = earlier.set_index("unit")["valid"]
    moved = []
    for row in month.itertuples():
        before = int(then.get(row.unit, 0))
        if row.valid != before:
            way = f"{row.name} {more_or_less(row.valid, before)} {abs(row.valid - before)} 条"
            moved.append((-abs(row.valid - before), row.unit, way))
    return f"{words}{'；变化最大的部门：' if moved else ''}{'，'.join(way for *_, way in sorted(moved)[:NAMED])}。"


def _act(month: pd.DataFrame) -> str:
    """The departments that fell short of their target, the largest gap first, with who leads them."""
    short = month[(month["gap"] > 0) & (month["target"] > 0)].sort_values(["gap", "unit"], ascending=[False, True])
    words = [
        f"{row.name} 差 {row.gap} 条（分管领导 {row.leader if pd.notna(row.leader) else '未登记'}）"
        for row in short.itertuples()
    ]
    return f"{listed(words, NAMED, '个部门', '各部门都已达标，没有须办理的事项')}。"

"""What the cover of 信息转化率月报 says first: what changed against the last month, why, who must act (6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.contracts.outstanding import registers_missing
from workbench.capabilities.leads.standing import not_applied, standing, unanswered
from workbench.core.periods import end_of_day, month_bounds, quarter_of_month
from workbench.platform.reporting.briefing import Briefing, changes
from workbench.platform.reporting.parts import Figure, more_or_less

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

LAST = "上月"
NAMED = 3  # categories named in a sentence


def briefing(
    snapshot: Snapshot, period: str, figures: Sequence[Figure], table: pd.DataFrame, earlier: pd.DataFrame | None
) -> Briefing:
    """The sentences of a month. ``table``, ``earlier``: category, projects, contracted, picked_up and alive_quantity of the month and
    the last (None: there was none)."""
    states = snapshot.states[snapshot.states["received_at"] <= end_of_day(month_bounds(period)[1])]
    late, applications = registers_missing(snapshot, [period]), not_applied(states)
    open_ = int(table["projects"].sum() - table["contracted"].sum())
    act = [
        *(["销售支持科：返回本月《合同登记汇总表》（第6.5条）"] if late else []),
        *([f"业务科室：跟进未签约的项目 {open_} 个（第6.4条）"] if open_ else []),
        *(["经销商：申报尚未申报的项目（第5.5条）"] if applications else []),
    ]
    return Briefing(
        changes(figures),
        _why(table, earlier),
        f"{'；'.join(act) or '没有须办理的事项'}。",
        standing(snapshot, quarter_of_month(period)),
        (*late, *applications, *unanswered(snapshot, states)),
    )


def _why(table: pd.DataFrame, earlier: pd.DataFrame | None) -> str:
    """Vehicles picked up and sought against the last month's, and the categories whose pick-ups differ most."""
    if earlier is None:
        return "本月是第一个统计的月份。"
    sums = [(int(each["picked_up"].sum()), int(each["alive_quantity"].sum())) for each in (table, earlier)]
    (picked, sought), (picked_then, sought_then) = sums
    words = f"本月提车 {picked} 台（{LAST} {picked_then} 台），在期标的 {sought} 台（{LAST} {sought_then} 台）"
    now, then = (each.set_index("category")["picked_up"] for each in (table, earlier))
    moved = []
    for category in sorted({*now.index, *then.index}):
        one, other = int(now.get(category, 0)), int(then.get(category, 0))
        if one != other:
            moved.append((-abs(one - other), category, f"{category} {more_or_less(one, other)} {abs(one - other)} 台"))
    return f"{words}{'；提车变化最大的类别：' if moved else ''}{'，'.join(way for *_, way in sorted(moved)[:NAMED])}。"

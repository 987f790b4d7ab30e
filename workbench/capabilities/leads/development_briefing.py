"""What the cover of 开发计划 says first: what changed since the end of the last month, why, who must act (6.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.leads.standing import not_applied, unanswered
from workbench.platform.reporting.briefing import Briefing, changes, listed
from workbench.platform.reporting.parts import Figure

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

LAST = "上月末"
NO_OWNER = "未登记"
NAMED = 4  # responsible persons named in a sentence


def briefing(
    snapshot: Snapshot, day: date, figures: Sequence[Figure], table: pd.DataFrame, earlier: pd.DataFrame | None
) -> Briefing:
    """The sentences of a day. ``table``, ``earlier``: the projects under way on the day and at the end of the last month (None:
    nothing was received by then)."""
    return Briefing(
        changes(figures),
        _why(snapshot, table, earlier),
        _act(table),
        f"在办情况：截至 {snapshot.as_of:%Y-%m-%d %H:%M} 登记的反馈、申报和合同。",
        (*not_applied(snapshot.states), *unanswered(snapshot, snapshot.states)),
        once=True,
    )


def _why(snapshot: Snapshot, table: pd.DataFrame, earlier: pd.DataFrame | None) -> str:
    """How many projects came in, how many left the plan and how."""
    if earlier is None:
        return f"{LAST}以前没有项目。"
    now, then = set(table["project"]), set(earlier["project"])
    left = snapshot.states[snapshot.states["project"].isin(then - now)]
    ways = "、".join(f"{status} {count} 个" for status, count in sorted(left["status"].value_counts().items()))
    if not (now - then) and not (then - now):
        return f"{LAST}以来没有项目列入，也没有项目退出。"
    out = f"退出 {len(then - now)} 个{f'（{ways}）' if ways else ''}"
    return f"{LAST}以来列入 {len(now - then)} 个项目，{out}。"


def _act(table: pd.DataFrame) -> str:
    """Who has projects that expire soon, by person, the most first."""
    soon = table[table["soon"]]
    counts = soon["person"].value_counts()
    words = [f"{who} {counts[who]} 个" for who in sorted(counts.index, key=lambda who: (-counts[who], who))]
    if not words:
        return "没有即将到期的项目。"
    return f"责任人跟进即将到期的项目：{listed(words, NAMED, '人', '')}。"

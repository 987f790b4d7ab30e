"""What the cover of 信息提报情况通报 says first. Only what 6.1 demands is told: totals by reporter, no customer behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from workbench.platform.reporting.briefing import Briefing, changes
from workbench.platform.reporting.parts import Figure, more_or_less

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

LAST = "上期"
NAMED = 3  # units named in a sentence


def briefing(
    snapshot: Snapshot,
    figures: Sequence[Figure],
    recent: pd.DataFrame,
    earlier: pd.DataFrame | None,
    names: Mapping[str, str],
    silent: int,
) -> Briefing:
    """The sentences of a publication. ``recent``, ``earlier``: total and pending by reporter of this one and the last (None: this
    is the first); ``silent``: how many units in use reported nothing in the month."""
    pending = int(recent["pending"].sum())
    act = [
        *([f"业务科室和市场策略科：办结处理中的信息 {pending} 条（第6.2、6.3条）"] if pending else []),
        *([f"本月至今未提报信息的在用单位 {silent} 个：按月提报（第4.1.1条）"] if silent else []),
    ]
    return Briefing(
        changes(figures),
        _why(recent, earlier, names),
        f"{'；'.join(act) or '没有须办理的事项'}。",
        f"正式：按 {snapshot.as_of:%Y-%m-%d %H:%M} 登记的情况统计，不再改变；以后的结果列入以后各期（第6.1条）。",
        (f"T5《大客户信息甄别反馈表》和复核：处理中的信息 {pending} 条尚无结果",) if pending else (),
        once=True,
    )


def _why(recent: pd.DataFrame, earlier: pd.DataFrame | None, names: Mapping[str, str]) -> str:
    """The reporters whose total differs most from the last publication's."""
    if earlier is None:
        return "本期是首次通报。"
    now, then = (each.groupby("reporter")["total"].sum() for each in (recent, earlier))
    moved = []
    for code in {*now.index, *then.index}:
        one, other = int(now.get(code, 0)), int(then.get(code, 0))
        if one != other:
            words = f"{names.get(code, code)} {more_or_less(one, other)} {abs(one - other)} 条"
            moved.append((-abs(one - other), code, words))
    if not moved:
        return f"各单位提报的条数与{LAST}相同。"
    return f"提报变化最大的单位：{'，'.join(words for *_, words in sorted(moved)[:NAMED])}。"

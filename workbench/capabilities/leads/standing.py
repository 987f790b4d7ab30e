"""How final the numbers of a quarter are (4.3.3, 4.4, 4.5), and which answers and applications have not come yet (6.3, 5.5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.leads.development import TO_APPLY, live, next_step
from workbench.capabilities.leads.duties import Beginning
from workbench.capabilities.leads.status import Status
from workbench.capabilities.organization.directory import names_on
from workbench.capabilities.organization.kinds import UnitKind
from workbench.core.periods import quarter_bounds

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot


def has_begun(snapshot: Snapshot, month: str) -> bool:
    """Whether duties had begun by the end of a month (D21): before that there is nothing to compare with."""
    first = Beginning.of(snapshot.facts.leads).month
    return first is not None and first <= month


def standing(snapshot: Snapshot, quarter: str, payers: Collection[str] = ()) -> str:
    """Whether the numbers of a quarter are provisional, submitted, sent back, approved (by whom, when) or paid.

    ``payers``: those who have something to carry out of it; without them nothing is said of payment.
    """
    name = f"{quarter[:4]}年第{quarter[5]}季度"
    known = snapshot.proceedings.get(quarter)
    if quarter in snapshot.approved:
        approved = known.approved if known else None
        who = f"由{_by(approved)}" if approved else f"于 {snapshot.approved[quarter]['at']:%Y-%m-%d %H:%M} "
        return f"正式：{name}已{who}批准，数额不再改变{_paid(dict(known.paid) if known else {}, payers)}。"
    if snapshot.as_of.date() <= quarter_bounds(quarter)[1]:
        return f"暂定：{name}尚未结束，截至 {snapshot.as_of:%Y-%m-%d %H:%M}。"
    if known and known.sent_back:
        return f"暂定：{name}已由{_by(known.sent_back)}退回，须重新报批。"
    if known and known.submitted:
        return f"已报批：{name}已由{_by(known.submitted)}报批，等待批准。"
    return f"暂定：{name}尚未报批，以后收到的资料仍会改变这些数字。"


def _by(act: tuple[str, datetime]) -> str:
    who, at = act
    return f" {who} 于 {at:%Y-%m-%d %H:%M} "


def _paid(paid: dict[str, datetime], payers: Collection[str]) -> str:
    if not payers:
        return ""
    done = [f"{payer}（{paid[payer]:%Y-%m-%d}）" for payer in payers if payer in paid]
    left = [payer for payer in payers if payer not in paid]
    words = [f"；{word}：{'、'.join(each)}" for word, each in (("已兑现", done), ("待兑现", left)) if each]
    return "".join(words)


def unanswered(snapshot: Snapshot, states: pd.DataFrame) -> tuple[str, ...]:
    """6.3: the answers (T5) that sections owe on some leads, by section, in a sentence; nothing where there is none."""
    waiting = states[states["status"] == Status.WAITING]
    if waiting.empty:
        return ()
    names = names_on(snapshot.facts.units, snapshot.as_of.date())
    parts = []
    for section, own in waiting.groupby("section", sort=True):
        late = int((own["due_on"] < pd.Timestamp(snapshot.as_of.date())).sum())
        parts.append(f"{names.get(section, section)} {len(own)} 条{f'（逾期 {late} 条）' if late else ''}")
    return (f"T5《大客户信息甄别反馈表》：{'，'.join(parts)}",)


def not_applied(states: pd.DataFrame, of: str = "") -> tuple[str, ...]:
    """5.5: the dealers' projects that have not been applied for (T3), in a sentence; nothing where there is none.

    ``of``: which ones are looked at, where it is not all.
    """
    own = live(states)
    own = own[own["reporter_kind"] == UnitKind.DEALER]
    count = sum(next_step(status, True) == TO_APPLY for status in own["status"])
    return (f"T3《大客户项目申报表》：{of}经销商项目 {count} 个尚未申报",) if count else ()

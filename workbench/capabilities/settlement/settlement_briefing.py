"""What the cover of 季度奖惩核算报告 says first: what changed against the last quarter, why, who must act (4.3.3, 4.4, 4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.contracts.outstanding import registers_missing
from workbench.capabilities.leads.standing import has_begun, not_applied, standing, unanswered
from workbench.capabilities.settlement.allocation_rules import current_shares
from workbench.capabilities.settlement.payment import to_carry_out
from workbench.capabilities.settlement.quarter import LINE_COLUMNS
from workbench.capabilities.settlement.settlement import Settlement, settlement_of
from workbench.capabilities.targets.outstanding import targets_missing
from workbench.core.periods import month_of, months_of, previous_quarter, quarter_bounds
from workbench.platform.reporting.briefing import Briefing, changes, listed
from workbench.platform.reporting.parts import Figure, more_or_less

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

LAST = "上季度"
NAMED = 4  # clauses and persons named in a sentence


def last_quarter(snapshot: Snapshot, quarter: str) -> Settlement | None:
    """The settlement of the quarter before; None where duties had not begun by its end (D21)."""
    before = previous_quarter(quarter)
    return settlement_of(snapshot, before) if has_begun(snapshot, months_of(before)[2]) else None


def briefing(
    snapshot: Snapshot,
    quarter: str,
    figures: Sequence[Figure],
    clauses: pd.DataFrame,
    earlier: pd.DataFrame | None,
    result: Settlement,
    departments: pd.DataFrame,
    dismissals: int,
) -> Briefing:
    """The sentences of a quarter. ``clauses``, ``earlier``: amounts by clause of this quarter and the last (None: there was
    none); ``departments``: unit, leader and amount of each; ``dismissals``: how many persons have reached the limit of 7.3.4.
    """
    table = to_carry_out(pd.DataFrame([line.as_json() for line in result.lines], columns=LINE_COLUMNS))
    payers = table["payer"].tolist()
    missing = _missing(snapshot, quarter)
    return Briefing(
        changes(figures),
        _why(clauses, earlier),
        _act(snapshot, quarter, payers, departments, dismissals, bool(missing)),
        standing(snapshot, quarter, payers),
        missing,
    )


def _missing(snapshot: Snapshot, quarter: str) -> tuple[str, ...]:
    """What has not come of a quarter that may still change; of an approved one nothing is missing."""
    if quarter in snapshot.approved:
        return ()
    states, months = snapshot.states, months_of(quarter)
    own = states[month_of(states["received_at"]).isin(months)]
    return (
        *registers_missing(snapshot, [month for month in months if month <= f"{snapshot.as_of:%Y-%m}"]),
        *not_applied(own, "本季度接收的"),
        *targets_missing(snapshot, months),
        *unanswered(snapshot, own),
    )


def _why(clauses: pd.DataFrame, earlier: pd.DataFrame | None) -> str:
    """The clauses whose amount differs most from the last quarter's, adjustments included."""
    if earlier is None:
        return "本季度是第一个核算的季度。"
    then = earlier.set_index("clause")
    moved = []
    for row in clauses.itertuples():
        before = int(then.at[row.clause, "amount"]) if row.clause in then.index else 0
        count = int(then.at[row.clause, "count"]) if row.clause in then.index else 0
        if row.amount != before:
            way = more_or_less(row.amount, before)
            words = f"第{row.clause}条（{row.what}）{way} {abs(row.amount - before):,} 元（{row.count} 笔，{LAST} {count} 笔）"
            moved.append((-abs(row.amount - before), row.clause, words))
    if not moved:
        return f"各条款的金额与{LAST}相同。"
    return f"变化最大的条款：{'；'.join(words for *_, words in sorted(moved)[:NAMED])}。"


def _act(
    snapshot: Snapshot,
    quarter: str,
    payers: Sequence[str],
    departments: pd.DataFrame,
    dismissals: int,
    lacking: bool,
) -> str:
    """Who must do what next."""
    known = snapshot.proceedings.get(quarter)
    parts = []
    if quarter in snapshot.approved:
        paid = dict(known.paid) if known else {}
        if left := [payer for payer in payers if payer not in paid]:
            parts.append(f"{'、'.join(left)}：兑现（第4.4、4.5条）")
        split = current_shares(snapshot.facts.allocations)
        done = set(split.loc[split["quarter"] == quarter, "unit"])
        open_ = departments[(departments["amount"] > 0) & ~departments["unit"].isin(done)]
        if len(open_):
            leaders = sorted(set(open_["leader"].dropna()))
            who = listed(leaders, NAMED, "人", "未登记")
            parts.append(f"分管领导（{who}）：分配 {len(open_)} 个部门的奖励（第7.2.3条）")
    elif snapshot.as_of.date() <= quarter_bounds(quarter)[1]:
        parts.append("季度结束后报批，现在不须审批")
    elif known and known.submitted and not known.sent_back:
        parts.append("分管领导：审批（第4.3.3条）")
    else:
        parts.append("大客户主管部门：核对后报批（第4.3.3条）")
    if lacking:
        parts.append("有关单位：补交“尚缺资料”所列各项")
    if dismissals:
        parts.append(f"公司：决定是否辞退累计诚信黑点达到规定数目的 {dismissals} 人（第7.3.4条）")
    return f"{'；'.join(parts) or '没有须办理的事项'}。"

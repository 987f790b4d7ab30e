"""Why a unit, a person or a whole quarter has its total: line sums, what is missing to more, what does not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.reward_progress import QuarterProgress
from workbench.core.periods import month_of
from workbench.platform.explanation.steps import FACT, SUM, VERDICT, Counterfactual, Explanation, Step
from workbench.platform.regulation.clause import clause as clause_of
from workbench.platform.regulation.clause import settled_clauses


def sums(lines: Sequence[Line]) -> list[Step]:
    """One sentence a clause: how many lines of which amounts make which sum."""
    steps = []
    for clause in settled_clauses():
        for late in (False, True):
            own = [line for line in lines if line.clause == clause.code and bool(line.adjusts) == late]
            if own:
                counted = Counter(line.amount for line in own)
                parts = "＋".join(
                    f"{times}×({amount})" if amount < 0 else f"{times}×{amount}"
                    for amount, times in sorted(counted.items(), reverse=True)
                )
                word = "（以前季度的调整）" if late else ""
                total = sum(line.amount for line in own)
                text = f"第{clause.number}条（{clause.title}）{word}：{len(own)} 笔，{parts}＝{total} 元，"
                steps.append(Step(SUM, f"{text}由{clause.payer}执行。", clause.code))
    return steps


def of_party(
    party: str, name: str | None, quarter: Quarter, lines: Sequence[Line], parts: Sequence[Explanation]
) -> Explanation:
    """A unit's or a person's total in a quarter: its lines (``parts`` explains each), its leads, what is missing to more."""
    total = sum(line.amount for line in lines)
    title = f"{party} {name}" if name else party
    steps = [Step(VERDICT, f"{title} {quarter.quarter}：{len(lines)} 笔，合计 {total} 元。", "4.3.3"), *sums(lines)]
    own = quarter.states[(quarter.states["reporter"] == party)]
    received = own[month_of(own["received_at"]).isin(quarter.months)]
    if len(received):
        steps.append(_received(received))
    missing: list[Counterfactual] = []
    now = QuarterProgress(quarter)
    for clause in settled_clauses():
        if clause.progress:
            more, counterfactuals = clause.progress(now, party, lines)
            steps += more
            missing += counterfactuals
    return Explanation(f"{title} {quarter.quarter}", total, tuple(steps), tuple(missing), tuple(parts))


def _received(received) -> Step:
    counted: Counter[str] = Counter()
    for clause, excluded, counts, status in zip(
        received["clause"], received["excluded"], received["counts_in"], received["status"]
    ):
        counted[
            "计入" if counts else f"第{excluded or clause}条“{status}”" if excluded or clause else f"“{status}”"
        ] += 1
    parts = "，".join(f"{word} {number} 条" for word, number in sorted(counted.items()))
    return Step(FACT, f"本季度收到其信息 {len(received)} 条：{parts}。", "5.3")


def of_total(
    quarter: str, lines: Sequence[Line], edition: str, notes: Sequence[str], clause: str | None
) -> Explanation:
    """A quarter's (or one clause's) total: rewards, penalties and net, summed clause by clause and party by party."""
    reward = sum(line.amount for line in lines if line.amount > 0)
    penalty = sum(line.amount for line in lines if line.amount < 0)
    word = f"第{clause_of(clause).number}条 " if clause else ""
    text = f"{quarter} {word}合计 {reward + penalty} 元（{edition}）：共 {len(lines)} 笔，加 {reward} 元，减 {-penalty} 元。"
    steps = [Step(VERDICT, text, "4.3.3"), *(Step(FACT, note, "4.3.3") for note in notes), *sums(lines)]
    parties: Counter = Counter()
    for line in lines:
        parties[line.party] += line.amount
    if parties:
        ranked = sorted(parties.items(), key=lambda item: (-abs(item[1]), item[0]))
        shares = "，".join(f"{party} {amount}" for party, amount in ranked)
        steps.append(Step(SUM, f"按对象（元）：{shares}；合计 {sum(parties.values())}。", "4.3.3"))
    return Explanation(f"{quarter} {word}合计", reward + penalty, tuple(steps))

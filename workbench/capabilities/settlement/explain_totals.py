"""Why a unit, a person or a whole quarter has its total: line sums, what is missing to more, what does not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.reward_progress import QuarterProgress
from workbench.core.messages import Message, joined
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
                text = Message.of(
                    "total/adjustments_of_clause" if late else "total/of_clause",
                    number=clause.number,
                    title=clause.title_words,
                    count=len(own),
                    parts=parts,
                    total=sum(line.amount for line in own),
                    payer=clause.payer,
                )
                steps.append(Step(SUM, text, clause.code))
    return steps


def of_party(
    party: str, name: str | None, quarter: Quarter, lines: Sequence[Line], parts: Sequence[Explanation]
) -> Explanation:
    """A unit's or a person's total in a quarter: its lines (``parts`` explains each), its leads, what is missing to more."""
    total = sum(line.amount for line in lines)
    title = f"{party} {name}" if name else party
    verdict = Message.of("total/of_party", party=title, quarter=quarter.quarter, count=len(lines), total=total)
    steps = [Step(VERDICT, verdict, "4.3.3"), *sums(lines)]
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
    counted: Counter[tuple[str, str | None, str]] = Counter()
    for clause, excluded, counts, status in zip(
        received["clause"], received["excluded"], received["counts_in"], received["status"]
    ):
        why = excluded or clause
        key = "total/counted" if counts else "total/by_clause" if why else "total/by_status"
        counted[(key, None, "") if counts else (key, why, status)] += 1
    parts = [
        Message.of(key, clause=clause, status=status, count=number) for (key, clause, status), number in counted.items()
    ]
    text = Message.of("total/received", count=len(received), parts=joined(sorted(parts, key=str)))
    return Step(FACT, text, "5.3")


def of_total(
    quarter: str, lines: Sequence[Line], edition: str, notes: Sequence[str | Message], clause: str | None
) -> Explanation:
    """A quarter's (or one clause's) total: rewards, penalties and net, summed clause by clause and party by party."""
    reward = sum(line.amount for line in lines if line.amount > 0)
    penalty = sum(line.amount for line in lines if line.amount < 0)
    whole: dict[str, Any] = {"quarter": quarter}
    if clause:
        whole["clause"] = clause_of(clause).number
    subject = Message("total/subject_of_clause" if clause else "total/subject", whole)
    text = Message.of(
        "total/of_quarter",
        subject=subject,
        total=reward + penalty,
        edition=edition,
        count=len(lines),
        reward=reward,
        penalty=-penalty,
    )
    steps = [Step(VERDICT, text, "4.3.3"), *(Step(FACT, note, "4.3.3") for note in notes), *sums(lines)]
    parties: Counter = Counter()
    for line in lines:
        parties[line.party] += line.amount
    if parties:
        ranked = sorted(parties.items(), key=lambda item: (-abs(item[1]), item[0]))
        shares = joined(f"{party} {amount}" for party, amount in ranked)
        steps.append(Step(SUM, Message.of("total/by_party", shares=shares, total=sum(parties.values())), "4.3.3"))
    return Explanation(subject, reward + penalty, tuple(steps))

"""Why a unit, a person or a whole quarter has its total: line sums, what is missing to more, what does not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workbench.capabilities.leads.facts import DEPARTMENT
from workbench.capabilities.settlement import rulebook
from workbench.capabilities.settlement.explain_lines import READINGS
from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.reward_progress import (
    SHORT,
    department_standing,
    missing_leads,
    missing_pick_ups,
    project_sentence,
    project_standing,
)  # fmt: skip
from workbench.capabilities.settlement.settlement import CLAUSE_ORDER, paid_by
from workbench.core.periods import month_of
from workbench.platform.explanation.steps import (
    FACT,
    SUM,
    VERDICT,
    Counterfactual,
    Explanation,
    Step,
    clause_step,
    rate_text,
    reading_steps,
    share_text,
)  # fmt: skip


def sums(lines: Sequence[Line]) -> list[Step]:
    """One sentence a clause: how many lines of which amounts make which sum."""
    steps = []
    for clause in CLAUSE_ORDER:
        for late in (False, True):
            own = [line for line in lines if line.clause == clause and bool(line.adjusts) == late]
            if own:
                counted = Counter(line.amount for line in own)
                parts = "＋".join(f"{times}×({amount})" if amount < 0 else f"{times}×{amount}"
                                 for amount, times in sorted(counted.items(), reverse=True))  # fmt: skip
                word = "（以前季度的调整）" if late else ""
                text = f"第{clause}条（{rulebook.rule(clause).title}）{word}：{len(own)} 笔，{parts}＝{sum(x.amount for x in own)} 元，"
                steps.append(Step(SUM, f"{text}由{paid_by(clause)}执行。", clause))
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
    otherwise: list[Counterfactual] = []
    for row in department_standing(quarter).to_dict("records"):
        if row["unit"] == party and _is_department(quarter, party):
            steps += _completion(quarter, row)
            # a settled line says its own next step
            otherwise += (
                [] if any(line.clause == "7.2.1" and not line.adjusts for line in lines) else missing_leads(row)
            )
    table = project_standing(quarter)
    paid = {line.ref for line in lines}
    for row in table[table["party"] == party].to_dict("records"):
        if row["number"] not in paid and (row["picked_up"] or row["standing"] != SHORT):
            step, instead = project_chain(quarter, row)
            steps.append(step)
            otherwise += instead
    waiting = int(((table["party"] == party) & (table["standing"] == SHORT) & (table["picked_up"] == 0)).sum())
    if waiting:
        steps.append(Step(FACT, f"另有 {waiting} 个达到提报量的项目本季度没有提车。", "6.5"))
    return Explanation(f"{title} {quarter.quarter}", total, tuple(steps), tuple(otherwise), tuple(parts))


def project_chain(quarter: Quarter, row: dict) -> tuple[Step, tuple[Counterfactual, ...]]:
    """Why a project earns nothing in a quarter, and what is missing."""
    prefix = "dealer" if row["clause"] == "7.1.1" else "department"
    rate = quarter.policy.value(f"{prefix}_conversion_rate", quarter.last)
    minimum = quarter.policy.value(f"{prefix}_minimum_quantity", quarter.last) or 0
    text = f"{row['number']} 在 {quarter.quarter} 未得第{row['clause']}条奖励：{project_sentence(row, rate, minimum)}"
    instead = tuple(
        Counterfactual(f"{row['number']}：{dated(each.text, quarter.quarter)}", each.change, each.outcome)
        for each in missing_pick_ups(row)
    )
    return Step(FACT, dated(text, quarter.quarter), row["clause"]), instead


def dated(text: str, quarter: str) -> str:
    """A sentence about a quarter, for where several are spoken of."""
    return text.replace("本季度", f" {quarter} ").replace("  ", " ")


def _is_department(quarter: Quarter, party: str) -> bool:
    units = quarter.facts.units
    return DEPARTMENT in set(units.loc[units["code"] == party, "kind"])


def _received(received) -> Step:
    counted = Counter()
    for clause, excluded, counts, status in zip(
        received["clause"], received["excluded"], received["counts_in"], received["status"]
    ):
        counted[
            "计入" if counts else f"第{excluded or clause}条“{status}”" if excluded or clause else f"“{status}”"
        ] += 1
    parts = "，".join(f"{word} {number} 条" for word, number in sorted(counted.items()))
    return Step(FACT, f"本季度收到其信息 {len(received)} 条：{parts}。", "5.3")


def _completion(quarter: Quarter, row: dict) -> list[Step]:
    """7.2.1, also where it gives nothing."""
    rule, on = rulebook.rule("7.2.1"), quarter.last
    steps = [
        clause_step(quarter.policy, "7.2.1", rule.title, dict.fromkeys(rule.parameters, on)),
        *reading_steps(quarter.policy, READINGS["7.2.1"], on),
    ]
    return [*steps, completion_sum(quarter, row)]


def completion_sum(quarter: Quarter, row: dict) -> Step:
    """A department's completion and what it gives."""
    if row["rate"] is None:
        text = f"有效信息 {row['valid']} 条，目标为零或未下达，完成率为“—”，不计奖（口径 D17）。"
        return Step(SUM, text, "7.2.1")
    threshold = quarter.policy.value("completion_threshold", quarter.last)
    over = row["rate"] - threshold if threshold is not None else 0
    text = f"季度完成率＝{share_text(row['valid'], row['target'])}，"
    if over > 0:
        text += f"超出起奖线 {rate_text(over)}，满 {row['steps']} 档，奖励 {row['amount']} 元。"
    else:
        text += "未超过起奖线，奖励 0 元。"
    return Step(SUM, text, "7.2.1")


def of_total(
    quarter: str, lines: Sequence[Line], edition: str, notes: Sequence[str], clause: str | None
) -> Explanation:
    """A quarter's (or one clause's) total: rewards, penalties and net, summed clause by clause and party by party."""
    reward = sum(line.amount for line in lines if line.amount > 0)
    penalty = sum(line.amount for line in lines if line.amount < 0)
    word = f"第{clause}条 " if clause else ""
    text = f"{quarter} {word}合计 {reward + penalty} 元（{edition}）：共 {len(lines)} 笔，加 {reward} 元，减 {-penalty} 元。"
    steps = [Step(VERDICT, text, "4.3.3"), *(Step(FACT, note, "4.3.3") for note in notes), *sums(lines)]
    parties: Counter = Counter()
    for line in lines:
        parties[line.party] += line.amount
    if parties:
        ranked = sorted(parties.items(), key=lambda item: (-abs(item[1]), item[0]))
        told = "，".join(f"{party} {amount}" for party, amount in ranked)
        steps.append(Step(SUM, f"按对象（元）：{told}；合计 {sum(parties.values())}。", "4.3.3"))
    return Explanation(f"{quarter} {word}合计", reward + penalty, tuple(steps))

"""Why a difference to a closed quarter stands in a later one: what was settled, what is known now, what changed (D5, D26)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.capabilities.leads.verification import first_feedback
from workbench.capabilities.settlement import explain_lines, explain_totals, rulebook
from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.reward_progress import department_standing, missing_leads, project_standing
from workbench.core.frames import newest
from workbench.core.periods import quarter_bounds
from workbench.platform.explanation.steps import (
    CLAUSE,
    FACT,
    READING,
    SUM,
    VERDICT,
    Counterfactual,
    Explanation,
    Place,
    Step,
    clause_step,
    day_text,
    reading_steps,
)  # fmt: skip
from workbench.platform.regulation.edition import Policy

BARE = {"appeal", "computed"}  # all that is known of a line which only a ruling gave


@dataclass(frozen=True)
class Closed:
    """A closed quarter as its rules see it with all that is known by now."""

    quarter: Quarter

    @cached_property
    def _projects(self) -> dict[str, dict[str, Any]]:
        return {row["number"]: row for row in project_standing(self.quarter).to_dict("records")}

    @cached_property
    def _departments(self) -> dict[str, dict[str, Any]]:
        return {row["unit"]: row for row in department_standing(self.quarter).to_dict("records")}

    @cached_property
    def _answers(self) -> pd.DataFrame:
        first = first_feedback(self.quarter.facts.feedback)
        return first.assign(number=self.quarter.states["number"].reindex(first["lead"]).to_numpy()).set_index("number")

    def gone(self, line: Line) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
        """What now stands where a settled line was, and what is missing to it."""
        if line.clause in ("7.1.1", "7.2.2"):
            row = self._projects.get(line.ref)
            if row is None:
                return (Step(FACT, f"{line.ref} 现在没有立项，或不计入任何月份。", "5.3"),), ()
            step, instead = explain_totals.project_chain(self.quarter, row)
            return (step,), instead
        if line.clause == "7.2.1" and line.party in self._departments:
            row = self._departments[line.party]
            return (explain_totals.completion_sum(self.quarter, row),), missing_leads(row)
        return tuple(self._done(line)), ()

    def _done(self, line: Line) -> Iterator[Step]:
        """7.3: the duty as it is on record now."""
        facts = self.quarter.facts
        if line.clause == "7.3.1" and line.ref in self._answers.index:
            row = self._answers.loc[line.ref]
            who = f"项目责任人 {row['person']}" if row["person"] else "未填项目责任人"
            yield Step(FACT, f"{line.ref} 的首次反馈于 {day_text(row['at'])} 收到，{who}。", "6.3",
                       (Place("feedback", row["file"], int(row["row"]), "person"),))  # fmt: skip
        elif line.clause == "7.3.2b":
            rows = facts.publications[facts.publications["due_on"] == pd.Timestamp(line.ref)].sort_values("at")
            for row in rows.head(1).to_dict("records"):
                yield Step(FACT, f"{line.ref} 的通报已于 {day_text(row['at'])} 发布。", "6.1")
        elif line.clause == "7.3.3":
            rows = facts.returns[facts.returns["month"] == line.ref].sort_values("at")
            for row in rows.head(1).to_dict("records"):
                text = f"{line.ref} 合同登记汇总表于 {day_text(row['at'])} 返回。"
                yield Step(FACT, text, "6.5", (Place("returns", row["file"]),))
        elif line.clause == "7.3.4":
            rows = newest(facts.incidents, ["number", "person"])
            rows = rows[(rows["number"] == line.ref) & (rows["person"] == line.party)]
            for row in rows.to_dict("records"):
                text = f"事件 {line.ref} 现登记为{'内部' if row['inside'] else '非内部'}人员泄露，日期 {day_text(row['happened_on'])}。"
                yield Step(FACT, text, "7.3.4", (Place("incidents", row["file"], int(row["row"]), "inside"),))


def of_any_line(
    line: Line, policy: Policy, quarter: str, *, bare_answers: int = 1, closed: Closed | None = None
) -> Explanation:
    """The chain of one line of a quarter's settlement, a difference or not; ``closed``: the quarter it adjusts, as of now."""
    if not line.adjusts:
        return explain_lines.of_line(line, policy, quarter, bare_answers=bare_answers)
    return _Difference(line, policy, quarter, bare_answers, closed).told()


class _Difference:
    """One difference: settled in ``line.adjusts``, computed again from what is known now, posted to ``posted``."""

    def __init__(self, line: Line, policy: Policy, posted: str, bare_answers: int, closed: Closed | None) -> None:
        seen = line.inputs
        self.line, self.policy, self.posted = line, policy, posted
        self.settled, self.recomputed = seen["settled"], seen["recomputed"]
        self.then, now = plain_inputs(seen.get("then")), seen.get("now")
        self.appeal = now.get("appeal") if now else None
        self.computed = now.get("computed", self.recomputed) if now else self.recomputed
        self.now = now if now and set(now) - BARE else None
        self.gone = closed.gone(line) if closed and self.now is None else ((), ())
        self.today = self._inner(self.now, self.computed, bare_answers)

    def _inner(self, inputs: Mapping[str, Any] | None, amount: int, bare_answers: int = 1) -> Explanation | None:
        """The line as the closed quarter itself would have it."""
        if inputs is None:
            return None
        own = replace(self.line, amount=amount, adjusts=None, inputs=inputs)
        return explain_lines.of_line(own, self.policy, self.line.adjusts, bare_answers=bare_answers)

    def told(self) -> Explanation:
        """All of it."""
        line, quarter = self.line, self.line.adjusts
        subject = f"{line.clause} {line.party} {line.ref}"
        steps = [
            Step(VERDICT, f"{subject}：{quarter} 已核算，差额 {line.amount} 元列入 {self.posted}。", "5.3"),
            *self._rules(),
            *(replace(step, text=explain_totals.dated(step.text, quarter)) for step in self._facts()),
            Step(SUM, f"{'按裁定' if self.appeal else '按现有事实'} {quarter} 应为 {self.recomputed} 元，已核算 {self.settled} 元，"
                      f"差额＝{self.recomputed}－{_term(self.settled)}＝{line.amount} 元。", line.clause),
        ]  # fmt: skip
        return Explanation(f"{subject}（调整 {quarter}）", line.amount, tuple(steps), tuple(self._otherwise()))

    def _rules(self) -> Iterator[Step]:
        """The clause with its parameters, and the readings: those of closed quarters and those of the clause."""
        inner = self.today or self._inner(self.then, self.settled)
        clause, last = self.line.clause, quarter_bounds(self.line.adjusts)[1]
        if inner:
            rules = [step for step in inner.steps if step.kind in (CLAUSE, READING)]
        else:
            rule = rulebook.rule(clause)
            rules = [clause_step(self.policy, clause, rule.title, dict.fromkeys(rule.parameters, last)),
                     *reading_steps(self.policy, explain_lines.READINGS[clause], last)]  # fmt: skip
        yield from (step for step in rules if step.kind == CLAUSE)
        yield from reading_steps(self.policy, ("D5", "D26"), last)
        yield from (step for step in rules if step.kind == READING)

    def _facts(self) -> Iterator[Step]:
        """What was known at the settlement and is not now, then what is known now."""
        before = self._inner(self.then, self.settled)
        old = [step for step in before.steps if step.kind == FACT] if before else []
        new = [step for step in self.today.steps if step.kind in (FACT, SUM)] if self.today else []
        known = {step.text for step in new}
        yield from (replace(step, text=f"核算时：{step.text}") for step in old if step.text not in known)
        if self.today is None:
            yield Step(FACT, "按现有事实，该季度没有这一笔。", self.line.clause)
            yield from self.gone[0]
        elif self.then is None:
            yield Step(FACT, "核算时没有这一笔，其依据是以后登记的：", self.line.clause)
        said = {step.text for step in old}
        for step in new:
            yield step if step.text in said or self.then is None else replace(step, text=f"现在：{step.text}")
        if self.appeal:
            text = f"申诉 {self.appeal} 已裁定：这一笔为 {self.recomputed} 元（按事实计算为 {self.computed} 元），以裁定为准。"
            yield Step(FACT, text, self.line.clause)

    def _otherwise(self) -> Iterator[Counterfactual]:
        """No difference where all had been known in time; else what another ruling or other facts would have made of it."""
        quarter = self.line.adjusts
        if self.appeal:
            rest = self.computed - self.settled
            text = f"若申诉 {self.appeal} 裁定不成立，则 {quarter} 仍按事实计为 {self.computed} 元，{self._left(rest)}"
            yield Counterfactual(text, {"kind": "dismissed", "appeal": self.appeal}, {"amount": rest})
            return
        text = f"若批准 {quarter} 时所知与现在相同，则当时即核 {self.recomputed} 元，{self._left(0)}"
        yield Counterfactual(text, {"kind": "known_then", "quarter": quarter}, {"amount": 0})
        for each in (*self.gone[1], *(self.today.counterfactuals if self.today else ())):
            if "amount" in each.outcome:
                rest = each.outcome["amount"] - self.settled
                text = f"{explain_totals.dated(each.text, quarter).removesuffix('。')}；{self._left(rest)}"
                yield Counterfactual(text, each.change, {"amount": rest})

    def _left(self, rest: int) -> str:
        return f"差额为 {rest} 元。" if rest else f"{self.posted} 没有这笔差额。"


def plain_inputs(inputs: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What a settled line rested on, also where the line was itself a difference; None where nothing but a ruling did."""
    while inputs is not None and "recomputed" in inputs:
        inputs = inputs.get("now") or inputs.get("then")
    return inputs if inputs and set(inputs) - BARE else None


def _term(amount: int) -> str:
    return f"（{amount}）" if amount < 0 else str(amount)

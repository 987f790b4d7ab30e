"""Why a difference to a closed quarter stands in a later one: what was settled, what is known now, what changed (D5, D26)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from workbench.capabilities.settlement import explain_lines
from workbench.capabilities.settlement.basis import Basis, about
from workbench.capabilities.settlement.inputs import Inputs
from workbench.capabilities.settlement.quarter import Difference, Line
from workbench.capabilities.settlement.reward_progress import QuarterProgress
from workbench.core.messages import Bilingual, Message, Part
from workbench.core.periods import quarter_bounds
from workbench.platform.explanation.steps import (
    CLAUSE,
    FACT,
    READING,
    SUM,
    VERDICT,
    Counterfactual,
    Explanation,
    Step,
    clause_step,
    reading_steps,
)
from workbench.platform.regulation.clause import clause


def of_any_line(line: Line, basis: Basis, quarter: str, *, now: QuarterProgress | None = None) -> Explanation:
    """The chain of one line of a quarter's settlement, a difference or not; ``now``: the quarter it adjusts, as of now."""
    if not line.adjusts:
        return explain_lines.of_line(line, basis, quarter)
    return _Difference(line, basis, quarter, now).explained()


class _Difference:
    """One difference: settled in ``line.adjusts``, computed again from what is known now, posted to ``posted``."""

    def __init__(self, line: Line[Difference], basis: Basis, posted: str, now: QuarterProgress | None) -> None:
        seen = line.inputs
        self.line, self.basis, self.posted, self.quarter = line, basis, posted, seen.quarter
        self.settled, self.recomputed = seen.settled, seen.recomputed
        self.then = plain_inputs(seen.then)
        self.appeal = seen.now.appeal if seen.now else None
        computed = seen.now.computed if seen.now else None
        self.computed: int = self.recomputed if computed is None else computed
        self.now = None if seen.now is None or type(seen.now) is Inputs else seen.now
        absent = clause(line.clause).explain_absence
        self.absence = absent(line, now) if now and self.now is None and absent else ((), ())
        self.today = self._inner(self.now, self.computed)

    def _inner(self, inputs: Inputs | None, amount: int) -> Explanation | None:
        """The line as the closed quarter itself would have it."""
        if inputs is None:
            return None
        own = Line(self.line.clause, self.line.party, self.line.ref, amount, None, inputs)
        return explain_lines.of_line(own, self.basis, self.quarter)

    def explained(self) -> Explanation:
        """All of it."""
        line, quarter = self.line, self.quarter
        subject = f"{line.clause} {line.party} {line.ref}"
        steps = [
            Step(
                VERDICT,
                Message.of(
                    "difference/verdict", subject=subject, quarter=quarter, amount=line.amount, posted=self.posted
                ),
                "5.3",
            ),
            *self._rules(),
            *(replace(step, message=about(step.message, quarter)) for step in self._facts()),
            Step(
                SUM,
                Message.of(
                    "difference/by_ruling" if self.appeal else "difference/by_facts",
                    quarter=quarter,
                    recomputed=self.recomputed,
                    settled=self.settled,
                    term=_term(self.settled),
                    amount=line.amount,
                ),
                line.clause,
            ),
        ]
        return Explanation(
            Message.of("difference/subject", subject=subject, quarter=quarter),
            line.amount,
            tuple(steps),
            tuple(self._counterfactuals()),
        )

    def _rules(self) -> Iterator[Step]:
        """The clause with its parameters, and the readings: those of closed quarters and those of the clause."""
        inner = self.today or self._inner(self.then, self.settled)
        own, last = clause(self.line.clause), quarter_bounds(self.quarter)[1]
        policy = self.basis.policy
        if inner:
            rules = [step for step in inner.steps if step.kind in (CLAUSE, READING)]
        else:
            rules = [clause_step(policy, own, last), *reading_steps(policy, own.readings, last)]
        yield from (step for step in rules if step.kind == CLAUSE)
        yield from reading_steps(policy, ("D5", "D26"), last)
        yield from (step for step in rules if step.kind == READING)

    def _facts(self) -> Iterator[Step]:
        """What was known at the settlement and is not now, then what is known now."""
        before = self._inner(self.then, self.settled)
        old = [step for step in before.steps if step.kind == FACT] if before else []
        new = [step for step in self.today.steps if step.kind in (FACT, SUM)] if self.today else []
        known = {step.text for step in new}
        yield from (_then("difference/then", step) for step in old if step.text not in known)
        if self.today is None:
            yield Step(FACT, Message("difference/gone"), self.line.clause)
            yield from self.absence[0]
        elif self.then is None:
            yield Step(FACT, Message("difference/new"), self.line.clause)
        earlier = {step.text for step in old}
        for step in new:
            yield step if step.text in earlier or self.then is None else _then("difference/now", step)
        if self.appeal:
            text = Message.of(
                "difference/ruled", appeal=self.appeal, recomputed=self.recomputed, computed=self.computed
            )
            yield Step(FACT, text, self.line.clause)

    def _counterfactuals(self) -> Iterator[Counterfactual]:
        """No difference where all had been known in time; else what another ruling or other facts would have made of it."""
        quarter = self.quarter
        if self.appeal:
            rest = self.computed - self.settled
            text = Message.of(
                "difference/if_dismissed",
                appeal=self.appeal,
                quarter=quarter,
                computed=self.computed,
                rest=self._left(rest),
            )
            yield Counterfactual(text, {"kind": "dismissed", "appeal": self.appeal}, {"amount": rest})
            return
        text = Message.of("difference/if_known", quarter=quarter, recomputed=self.recomputed, rest=self._left(0))
        yield Counterfactual(text, {"kind": "known_then", "quarter": quarter}, {"amount": 0})
        for each in (*self.absence[1], *(self.today.counterfactuals if self.today else ())):
            if "amount" in each.outcome:
                rest = each.outcome["amount"] - self.settled
                values = {"condition": Part(about(each.message, quarter)), "rest": self._left(rest)}
                yield Counterfactual(Message("difference/if_otherwise", values), each.change, {"amount": rest})

    def _left(self, rest: int) -> Message:
        if rest:
            return Message.of("difference/left", rest=rest)
        return Message.of("difference/none_left", posted=self.posted)


def plain_inputs(inputs: Inputs | None) -> Inputs | None:
    """What a settled line rested on, also where the line was itself a difference; None where nothing but a ruling did."""
    while isinstance(inputs, Difference):
        inputs = inputs.now or inputs.then
    return None if type(inputs) is Inputs else inputs


def _term(amount: int) -> Any:
    return Bilingual(f"（{amount}）", f"({amount})") if amount < 0 else amount


def _then(key: str, step: Step) -> Step:
    """A step said of one of two moments."""
    return replace(step, message=Message(key, {"text": step.message}))

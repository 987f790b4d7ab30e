"""What is said of a difference to a closed quarter is true: facts are changed so, the later quarter is settled again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import alterations
from tests.support.examples import examples
from tests.support.strategies import World
from tests.support.trial import Trial
from workbench.app.policy import load_policy
from workbench.capabilities.settlement.basis import Basis
from workbench.capabilities.settlement.explain_adjustments import of_any_line
from workbench.capabilities.settlement.quarter import Line
from workbench.capabilities.settlement.reward_progress import QuarterProgress
from workbench.capabilities.settlement.settlement import quarter_at, settle
from workbench.core.periods import quarter_bounds
from workbench.platform.explanation.steps import Explanation
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.clause import settled_order

pytestmark = pytest.mark.whole

POLICY = load_policy()
SEEDS = st.integers(0, 2**32 - 1)
TRIED = 2


def stored(quarter: str, lines: list[Line]) -> pd.DataFrame:
    """Lines as the register keeps them."""
    return pd.DataFrame(
        [{**line.as_json(), "quarter": quarter} for line in lines],
        columns=["quarter", "clause", "party", "ref", "amount", "adjusts", "inputs"],
    )


class Late(Trial):
    """A world's first quarter, closed some days after its end (of odd seeds as known long before); the second settled later."""

    def __init__(self, seed: int):
        self.world = world = World(seed)
        super().__init__(world, 0, {})
        last = quarter_bounds(self.quarter)[1]
        self.closing = datetime(last.year, last.month, last.day, 12) + timedelta(days=-40 if seed % 2 else 4)
        self.posted = world.quarters[1]
        self.closed = stored(self.quarter, settle(world.facts, self.quarter, self.closing, POLICY).lines)
        self.lines = self.differences(self.facts, self.closed)

    def differences(self, facts: Facts, closed: pd.DataFrame) -> list[Line]:
        """The lines of the second quarter that adjust the first."""
        found = settle(facts, self.posted, self.as_of, POLICY, closed, approved=[self.quarter])
        return [line for line in found.lines if line.adjusts]

    def amount(self, facts: Facts, clause: str, ref: str, party: str | None = None) -> int | None:
        """The difference that the changed facts give; None where there is none."""
        found = [
            x.amount
            for x in self.differences(facts, self.closed)
            if (x.clause, x.ref) == (clause, ref) and party in (None, x.party)
        ]
        return sum(found) if found else None

    def explained(self, line: Line) -> Explanation:
        """The difference as it is explained."""
        now = QuarterProgress(quarter_at(self.facts, self.states, self.quarter, self.as_of, POLICY, {}))
        return of_any_line(line, Basis(POLICY, self.facts, self.states), self.posted, now=now)

    def try_difference(self, line: Line) -> list[str]:
        """Try all that is said of a difference; the kinds of the claims."""
        told = self.explained(line)
        kinds = [each.change["kind"] for each in told.counterfactuals]
        assert kinds[0] == "known_then"
        assert {step.kind for step in told.steps} >= {"结论", "条款", "口径", "事实", "计算"}
        for each in told.counterfactuals[1:]:
            change, kind = dict(each.change), each.change["kind"]
            if kind in ("picked_up", "valid_leads"):
                self.try_claim(line.clause, line.party, line.ref, change, each.outcome, line.amount)
                continue
            if kind == "expiry":
                changed = alterations.dated(self.facts, line.ref, change["answers"])
            elif kind == "outsider":
                own = self.facts.incidents["number"] == line.ref
                changed = alterations.put(self.facts, "incidents", own, inside=False)
            else:
                changed = self.duty(kind, change, datetime.fromisoformat(change["until"]))
            assert (self.amount(changed, line.clause, line.ref, line.party) or 0) == each.outcome["amount"]
        return kinds


@pytest.mark.slow
@examples(40, shrink=False)
@given(SEEDS)
def test_what_is_said_of_differences_is_true(seed: int):
    """Known in time there would be none; so many pick-ups, leads or days otherwise, and it is the stated one."""
    late, counted = Late(seed), Counter()
    today = stored(late.quarter, settle(late.facts, late.quarter, late.as_of, POLICY).lines)
    assert late.differences(late.facts, today) == []
    for line in Random(seed).sample(late.lines, len(late.lines)):
        if counted[line.clause] < TRIED:
            counted[line.clause] += 1
            late.try_difference(line)


@pytest.mark.slow
def test_the_differences_tried_are_of_every_kind():
    """Gone, new and changed lines; claims of pick-ups, leads and duties among them."""
    clauses, kinds, told = set(), set(), []
    for seed in (0, 1, 3, 4, 6, 9, 11):
        late = Late(seed)
        for line in late.lines:
            each = late.explained(line)
            clauses.add(line.clause)
            kinds |= {other.change["kind"] for other in each.counterfactuals}
            told.append("".join(step.text for step in each.steps))
            assert any(place.file for step in each.steps for place in step.places) or line.clause in ("7.3.2b", "7.3.3")
    assert {"known_then", "picked_up", "valid_leads", "answer"} <= kinds
    assert {"7.1.1", "7.2.1", "7.2.2", "7.3.1"} <= clauses <= set(settled_order())
    for words in ("没有这一笔，其依据", "按现有事实，该季度没有这一笔", "核算时："):
        assert any(words in text for text in told), words


@cache
def a_reward_that_came_later() -> Line:
    """A difference by which a project of a closed quarter earns after all."""
    lines = (line for late in map(Late, range(20)) for line in late.lines)
    return next(line for line in lines if line.clause == "7.1.1" and line.amount > 0)


@pytest.mark.slow
def test_a_difference_to_a_difference_rests_on_the_line_below():
    """Adjusted twice: what was known then is read through the earlier difference."""
    line = a_reward_that_came_later()
    earlier = replace(line.inputs, settled=line.amount, recomputed=0, now=None, then=line.inputs)
    again = replace(line, amount=-line.amount, inputs=earlier)
    text = "".join(step.text for step in of_any_line(again, Basis(POLICY), "2027Q4").steps)
    assert f"核算时：{line.ref} 于" in text and "差额＝0－1000＝-1000 元" in text


def test_only_what_changed_is_told_twice():
    """An input that was another one at the settlement stands beside what is known now; the others stand once."""
    line = a_reward_that_came_later()
    inputs = replace(line.inputs, then=replace(line.inputs.now, quantity=11, rate_quantity=11))
    told = [
        step.text
        for step in of_any_line(replace(line, inputs=inputs), Basis(POLICY), "2027Q4").steps
        if step.kind == "事实"
    ]
    assert [text[:4] for text in told[:2]] == ["核算时：", "现在：" + line.ref[0]]
    assert "标的量 11 台" in told[0] and "标的量 11 台" not in told[1]
    assert not [text for text in told[2:] if text.startswith(("核算时", "现在"))]

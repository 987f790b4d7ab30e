"""What is missing to the next reward, found by trying one more at a time."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from workbench.app.policy import load_policy
from workbench.capabilities.leads.projects import ProjectTerms
from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.settlement.reward_progress import next_completion, next_pick_ups
from workbench.capabilities.targets.completion import CompletionTerms

POLICY, DAY = load_policy(), date(2026, 3, 31)
COMPLETION = CompletionTerms.in_force(DAY, POLICY)


def reward(valid: int, target: int) -> int:
    """7.2.1 by hand: 200 yuan for every full ten points over 100 %, at most 1,000."""
    over = 100 * valid - 100 * target
    return min(1000, 200 * (over // (10 * target))) if over > 0 else 0


@given(st.integers(0, 400), st.integers(1, 120))
def test_one_lead_less_would_not_do(valid: int, target: int):
    """The number said is the smallest that raises the reward, and the reward said is the one it gives."""
    step = next_completion(valid, target, COMPLETION)
    if step is None:
        assert reward(valid, target) == 1000
        return
    assert step.missing > 0
    assert reward(valid + step.missing, target) == step.amount > reward(valid, target)
    assert reward(valid + step.missing - 1, target) == reward(valid, target)


@given(
    st.integers(10, 500),
    st.integers(0, 500),
    st.sampled_from([(UnitKind.DEALER, "7.1.1", 1000), (UnitKind.DEPARTMENT, "7.2.2", 200)]),
)
def test_one_vehicle_less_would_not_do(quantity: int, picked_up: int, who: tuple):
    """Pick-ups are missing exactly as long as they are under 40 %."""
    kind, clause, amount = who
    step = next_pick_ups(quantity, picked_up, kind, ProjectTerms.in_force(kind, DAY, POLICY))
    assert (step.clause, step.amount, step.reached) == (clause, amount, Fraction(2, 5))
    assert (step.missing == 0) == (10 * picked_up >= 4 * quantity)
    if step.missing:
        assert 10 * (picked_up + step.missing) >= 4 * quantity > 10 * (picked_up + step.missing - 1)


def test_without_a_target_nothing_is_missing():
    """D17: the rate is undefined."""
    assert next_completion(5, 0, COMPLETION) is None

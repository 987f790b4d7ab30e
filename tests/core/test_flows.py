"""The cheapest flow of whole numbers: the same as trying everything, exact for costs of any size."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from workbench.core.flows import Arc, cheapest_flow

NODES = "abcd"
STEPS = st.lists(st.tuples(st.integers(0, 2), st.integers(-3, 5)), min_size=1, max_size=2).map(
    lambda steps: tuple(sorted(steps, key=lambda step: step[1]))
)
ARC = st.builds(Arc, st.sampled_from(NODES), st.sampled_from(NODES), STEPS, st.integers(0, 1))


def cost_of(arc: Arc, amount: int) -> int:
    """What an amount costs on an arc: its steps in order."""
    left, cost = amount - arc.low, 0
    for most, price in arc.steps:
        used = min(left, most)
        left, cost = left - used, cost + used * price
    assert left == 0
    return cost


def naive(arcs: dict[int, Arc], total: int) -> int | None:
    """The least cost from a to d among all flows there are."""
    ranges = [range(arc.low, arc.low + sum(most for most, _ in arc.steps) + 1) for arc in arcs.values()]
    costs = []
    for amounts in product(*ranges):
        over = dict.fromkeys(NODES, 0)
        for arc, amount in zip(arcs.values(), amounts, strict=True):
            over[arc.tail] -= amount
            over[arc.head] += amount
        if over == {"a": -total, "b": 0, "c": 0, "d": total}:
            costs.append(sum(cost_of(arc, amount) for arc, amount in zip(arcs.values(), amounts, strict=True)))
    return min(costs, default=None)


@given(st.lists(ARC, min_size=1, max_size=5), st.integers(0, 3))
def test_no_flow_is_cheaper(arcs, total):
    """Within every bound, arriving whole, at the cost of the best of all; none where there is none."""
    numbered = dict(enumerate(arcs))
    flow = cheapest_flow(numbered, "a", "d", total)
    if flow is None:
        assert naive(numbered, total) is None
        return
    over = dict.fromkeys(NODES, 0)
    for number, amount in flow.items():
        over[numbered[number].tail] -= amount
        over[numbered[number].head] += amount
    assert over == {"a": -total, "b": 0, "c": 0, "d": total}
    assert sum(cost_of(arc, flow[number]) for number, arc in numbered.items()) == naive(numbered, total)


def test_a_cost_that_differs_in_the_last_digit_decides():
    """Costs of three hundred bits are compared exactly."""
    huge = 1 << 300
    arcs = {"dear": Arc("a", "d", ((1, huge + 1),)), "cheap": Arc("a", "d", ((1, huge),))}
    assert cheapest_flow(arcs, "a", "d", 1) == {"dear": 0, "cheap": 1}
    assert cheapest_flow(dict(reversed(arcs.items())), "a", "d", 1) == {"dear": 0, "cheap": 1}


def test_what_must_flow_flows_without_being_asked_for():
    """A circle with a least amount goes round even when nothing goes from source to sink."""
    arcs = {"out": Arc("b", "c", ((0, 0),), low=2), "back": Arc("c", "b", ((5, 7),))}
    assert cheapest_flow(arcs, "a", "d", 0) == {"out": 2, "back": 2}

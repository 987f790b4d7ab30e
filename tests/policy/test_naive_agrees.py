"""The fast lifecycle and settlement say exactly what a slow, independent row-by-row computation says."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.naive_lifecycle import naive_states
from tests.policy.naive_settlement import naive_lines
from tests.policy.strategies import World
from workbench.policy.edition import Policy, load_policy
from workbench.policy.facts import Facts
from workbench.policy.lifecycle import derive
from workbench.policy.settlement import settle

POLICY = load_policy()
READINGS = [
    {},
    {"cap_month_at_target": True},
    {"conversion_basis": "reporter"},
    {"repeat_project_reward": True},
    {"dealer_taxi": "invalid"},
    {"overdue_unit": "dispatch"},
    {"returned_row_grace": 3},
]
CLOSED_COLUMNS = ["quarter", "clause", "party", "ref", "amount", "adjusts", "inputs"]


def said(states: pd.DataFrame) -> dict[str, dict]:
    """The derived states in the words of the naive computation: by number, missing values as None."""
    numbers = states["number"].to_dict()
    told = {}
    for row in states.astype("object").where(states.notna(), None).to_dict("records"):
        told[row["number"]] = {
            "status": row["status"],
            "clause": row["clause"],
            "duplicate_of": numbers.get(row["duplicate_of"]),
            "held_by": numbers.get(row["held_by"]),
            "excluded": row["excluded"],
            "counts_in": row["counts_in"],
            "project": row["project"],
            "due_on": row["due_on"].date() if row["due_on"] is not None else None,
        }
    return told


def settled(facts: Facts, quarter: str, as_of: datetime, policy: Policy, **more) -> list[tuple]:
    """The settlement's lines as (clause, party, ref, amount, adjusts), sorted like the naive ones."""
    found = settle(facts, quarter, as_of, policy, **more).lines
    lines = [(line.clause, line.party, line.ref, line.amount, line.adjusts) for line in found]
    return sorted(lines, key=lambda line: tuple(str(part) for part in line))


@pytest.mark.parametrize("readings", READINGS, ids=lambda readings: next(iter(readings), "edition 4"))
@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), second=st.booleans(), days=st.sampled_from((95, 130, 200)))
def test_statuses_and_lines_are_those_of_the_naive_computation(readings, seed, second, days):
    """In a generated world, under each reading, every status and every line is the same on both sides."""
    world = World(seed)
    as_of, quarter = world.start + timedelta(days=days), world.quarters[second]
    policy = POLICY.with_readings(**readings)
    states = derive(world.facts, as_of, policy)
    assert said(states) == naive_states(world.facts, as_of, **readings)
    fast = settled(world.facts, quarter, as_of, policy, states=states)
    assert fast == naive_lines(world.facts, quarter, as_of, **readings)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), days=st.sampled_from((93, 100, 115)))
def test_what_changes_after_the_approval_comes_as_the_same_adjustments(seed, days):
    """A quarter settled early and then corrected by later facts is adjusted alike in the next quarter."""
    world = World(seed)
    first, second = world.quarters
    stored = settled(world.facts, first, world.start + timedelta(days=days), POLICY)
    closed = pd.DataFrame([(first, *line, {}) for line in stored], columns=CLOSED_COLUMNS)
    fast = settled(world.facts, second, world.until, POLICY, closed=closed)
    assert fast == naive_lines(world.facts, second, world.until, {first: stored})

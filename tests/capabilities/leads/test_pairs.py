"""Two leads of one customer are placed without a replay where nothing else can matter: as the replay places them."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.support.crowded_leads import START, crowded
from tests.support.examples import examples
from workbench.app.policy import load_policy
from workbench.capabilities.leads import precedence
from workbench.capabilities.leads.lifecycle import derive

POLICY = load_policy()
AS_OF = START + timedelta(days=120)

placed = precedence._pairs


def without_pairs(*given):
    """As if no two leads were alone."""
    first, second, waits = placed(*given)
    return first[:0], second[:0], waits[:0]


@examples(400, shrink=False)
@given(st.integers(0, 2**32 - 1), st.integers(0, 120))
def test_pairs_are_placed_as_the_replay_places_them(seed: int, day: int):
    """The whole state of every lead, at any moment."""
    facts, as_of = crowded(seed), START + timedelta(days=day)
    found = derive(facts, as_of, POLICY)
    precedence._pairs = without_pairs
    try:
        pd.testing.assert_frame_equal(found, derive(facts, as_of, POLICY))
    finally:
        precedence._pairs = placed


def test_most_of_them_are_such_pairs():
    """Of a crowd, pairs are found, and both kinds: those in which the second waits, and those in which it does not."""
    found: list[bool] = []

    def kept(*given):
        first, second, waits = placed(*given)
        found.extend(waits.tolist())
        return first, second, waits

    precedence._pairs = kept
    try:
        for seed in range(10):
            derive(crowded(seed), AS_OF, POLICY)
    finally:
        precedence._pairs = placed
    assert len(found) > 20 and 0.1 < sum(found) / len(found) < 0.9

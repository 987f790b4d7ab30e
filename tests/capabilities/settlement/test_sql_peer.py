"""A quarter of a large register, against hand-written SQL over the same states of leads."""

from __future__ import annotations

import pytest

from benchmarks.works import rules_by_hand

pytestmark = pytest.mark.slow


def test_a_hundred_thousand_leads_are_settled_as_sql_has_it():
    """Clause, party, lead and amount of 13,000 lines: rare cases that a small register does not hold are among them."""
    rules_by_hand(100_000)  # compares before it gives back what the benchmark times

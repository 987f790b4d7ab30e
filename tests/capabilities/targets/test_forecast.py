"""The forecast's edges: first day, one month, the year's end, and that the range always holds the expected number."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.capabilities.targets.forecast import Forecast, forecast

MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]


@pytest.mark.parametrize(
    ("counted", "until", "expected"),
    [
        ({}, date(2026, 1, 1), Forecast(0, 0, None, None)),
        ({"2026-01": 1}, date(2026, 1, 1), Forecast(1, 365, None, None)),
        ({"2026-01": 31}, date(2026, 1, 31), Forecast(31, 365, None, None)),
        ({"2026-01": 31, "2026-02": 56}, date(2026, 2, 27), Forecast(87, 548, None, None)),  # 547.5 is rounded up
        ({"2026-01": 31, "2026-02": 56}, date(2026, 2, 28), Forecast(87, 538, 393, 699)),
        ({"2026-01": 31, "2026-12": 3, "2027-01": 9}, date(2026, 12, 31), Forecast(34, 34, 34, 34)),
        ({"2026-01": 31}, date(2028, 1, 1), Forecast(31, 31, 31, 31)),
    ],
)
def test_by_hand(counted, until, expected):
    """One month is no spread; when the year is over nothing is left to foresee; other years do not count."""
    assert forecast(counted, 2026, until) == expected


@given(st.dictionaries(st.sampled_from(MONTHS), st.integers(0, 60)), st.integers(0, 364), st.integers(1, 30))
def test_the_range_holds_the_expected_number(counted, day, more):
    """And never less than what is counted already; more leads never lower any of the numbers."""
    until = date(2026, 1, 1) + timedelta(day)
    found = forecast(counted, 2026, until)
    richer = forecast({month: counted.get(month, 0) + more for month in MONTHS}, 2026, until)
    assert found.counted <= found.expected <= richer.expected
    if found.low is not None:
        assert found.counted <= found.low <= found.expected <= found.high
        assert found.low <= richer.low
        assert found.high <= richer.high

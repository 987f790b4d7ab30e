"""The forecast's edges: first day, one month, the year's end, and that the range always holds the expected number."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.capabilities.targets.forecast import Forecast, forecast, forecasts

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


@given(
    st.dictionaries(
        st.sampled_from(["B1", "B2", "B3", "B4", "B5"]), st.dictionaries(st.sampled_from(MONTHS), st.integers(0, 60))
    ),
    st.integers(0, 364),
)
def test_the_departments_add_up_to_the_whole(counted, day):
    """Each is its exact share, rounded one way or the other; their sum is the whole rounded half up; ranges hold them."""
    until = date(2026, 1, 1) + timedelta(day)
    found, together = forecasts(counted, 2026, until)
    assert sum(each.expected for each in found.values()) == together.expected
    assert together.counted == sum(each.counted for each in found.values())
    exact = {unit: Fraction(each.counted * 365, day + 1) for unit, each in found.items()}
    assert together.expected == int(sum(exact.values()) + Fraction(1, 2))
    for unit, each in found.items():
        assert each.expected in (exact[unit].__floor__(), exact[unit].__ceil__())
        alone = forecast(counted[unit], 2026, until)
        assert (each.counted, each.low is None) == (alone.counted, alone.low is None)
        assert each.low is None or each.low <= each.expected <= each.high
    up = [exact[unit] % 1 for unit, each in found.items() if each.expected > exact[unit]]
    down = [exact[unit] % 1 for unit, each in found.items() if each.expected < exact[unit]]
    assert not up or not down or min(up) >= max(down)

"""Rates as they are shown never stand on, or past, a threshold that they do not reach (D12)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.rates import percent, short_percent

WHOLES = st.integers(1, 100_000)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (2, 5, "40.0%"),
        (2001, 5003, "39.996%"),
        (2002, 5003, "40.02%"),
        (10997, 10000, "109.97%"),
        (11, 10, "110.0%"),
        (2, 3, "66.7%"),
        (1, 3000, "0.03%"),
        (0, 7, "0.0%"),
        (12345, 10, "123,450.0%"),
        (-1, 3, "-33.3%"),
    ],
)
def test_a_rate_has_one_decimal_and_more_only_where_it_would_come_to_stand_elsewhere(part, whole, shown):
    """40 % exactly is 40.0 %; a little less or more is said with the decimals that show it."""
    assert percent(Fraction(part, whole)) == shown


def test_idle_noughts_are_left_out_in_sentences():
    """40 %, 37.5 %, 33.33 %; 39.996 % keeps what makes it less than 40 %."""
    rates = [Fraction(2, 5), Fraction(3, 8), Fraction(1, 3), Fraction(2001, 5003), Fraction(100)]
    assert [short_percent(rate) for rate in rates] == ["40%", "37.5%", "33.33%", "39.996%", "10000%"]


@given(st.integers(0, 300_000), WHOLES, st.integers(0, 600), st.integers(0, 2))
def test_what_is_shown_stands_to_every_half_per_cent_as_the_rate_does(part, whole, half, least):
    """Less stays less, more stays more, and only what is equal is shown as equal."""
    rate, threshold = Fraction(part, whole), Fraction(half, 200)
    shown = Fraction(percent(rate, least).removesuffix("%").replace(",", "")) / 100
    assert (shown > threshold, shown < threshold) == (rate > threshold, rate < threshold)


@given(st.integers(0, 3000), st.integers(1, 999), st.integers(0, 400), st.integers(1, 300))
def test_a_threshold_of_its_own_is_kept_apart_too(part, whole, top, bottom):
    """Also one that is no half per cent, as 1/3 or 37.25 %."""
    rate, threshold = Fraction(part, whole), Fraction(top, bottom)
    shown = Fraction(short_percent(rate, 2, threshold).removesuffix("%")) / 100
    assert rate == threshold or (shown > threshold, shown < threshold) == (rate > threshold, rate < threshold)

"""Rates are exact: the last vehicle or percentage point decides, never rounding (D1, D12)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from workbench.app.policy import load_policy
from workbench.capabilities.targets.completion import completion_reward, rate

DAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("valid", "target", "expected"),
    [
        (1000, 1000, (0, 0)),
        (1099, 1000, (0, 0)),  # 9.9 points over earn nothing
        (1100, 1000, (1, 200)),
        (1199, 1000, (1, 200)),
        (1499, 1000, (4, 800)),
        (1500, 1000, (5, 1000)),
        (1600, 1000, (6, 1000)),
        (33, 30, (1, 200)),  # 110 % exactly, though 1.1 - 1 is less than 0.1 as a float
        (23, 10, (13, 1000)),
        (0, 5, (0, 0)),
    ],
)
def test_completion_reward(valid: int, target: int, expected: tuple[int, int]) -> None:
    """Every full ten percentage points over the target earn 200 yuan, at most 1,000 (7.2.1)."""
    assert completion_reward(rate(valid, target), DAY, load_policy()) == expected


def test_no_target_has_no_rate() -> None:
    """A target of zero leaves the rate undefined and earns nothing (D17)."""
    assert rate(7, 0) is None
    assert completion_reward(None, DAY, load_policy()) == (0, 0)


def test_parameters_are_exact() -> None:
    """Rates are fractions of whole numbers."""
    policy = load_policy()
    assert policy.value("dealer_conversion_rate", DAY) == Fraction(2, 5)
    assert policy.value("completion_step", DAY) == Fraction(1, 10)
    assert policy.value("completion_threshold", DAY) == 1

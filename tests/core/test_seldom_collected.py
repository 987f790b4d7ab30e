"""While many rows are worked on, Python looks for cycles seldom; afterwards as before."""

from __future__ import annotations

import gc

import pytest

from workbench.core.seldom_collected import SELDOM, seldom_collected


@pytest.fixture(autouse=True)
def usual():
    """The usual thresholds, whatever the tests run in."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_only_the_last_one_out_puts_it_back():
    """Two at once, of which the first to begin is the first to end."""
    one, other = seldom_collected(), seldom_collected()
    one.__enter__()
    other.__enter__()
    assert gc.get_threshold() == SELDOM
    one.__exit__(None, None, None)
    assert gc.get_threshold() == SELDOM
    other.__exit__(None, None, None)
    assert gc.get_threshold() == (700, 10, 10)


def test_a_fault_puts_it_back_too():
    """So does the next round through the same function."""
    with pytest.raises(RuntimeError), seldom_collected():
        raise RuntimeError
    assert gc.get_threshold() == (700, 10, 10)


def test_what_somebody_switched_off_stays_off():
    """Thresholds of 0 mean never, and rarer ones are left."""
    gc.set_threshold(0, 10, 10)
    with seldom_collected():
        assert gc.get_threshold()[0] == 0
    gc.set_threshold(1_000_000, 50, 500)
    with seldom_collected():
        assert gc.get_threshold() == (1_000_000, 50, 500)

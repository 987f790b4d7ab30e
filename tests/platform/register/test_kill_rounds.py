"""The benchmark of 200 kills, in a few rounds of each kind of work."""

from __future__ import annotations

import pytest

from benchmarks.kills import DEEDS, run

pytestmark = pytest.mark.slow


def test_every_promise_is_kept_whatever_was_killed(tmp_path):
    """Two rounds of each kind of work, each cut off at it."""
    assert run(2 * len(DEEDS), tmp_path, seed=3) == dict.fromkeys(DEEDS, 2)

"""The benchmark of 200 kills, in a few rounds: imports, settlements, rotations and backups."""

from __future__ import annotations

import pytest

from benchmarks.kills import JOBS, run

pytestmark = pytest.mark.slow


def test_every_promise_is_kept_whatever_was_killed(tmp_path):
    """Two rounds of each kind of work; at least one of each is cut off at work."""
    cut = run(2 * len(JOBS), tmp_path, seed=3)
    assert set(cut) == set(JOBS) and sum(cut.values()) >= len(JOBS)

"""Thirty-two clients of one server, each in a process of its own, at work at the same moment."""

from __future__ import annotations

import pytest

from benchmarks.many_clients import CLIENTS, measure
from tests.support.fixtures.postgres import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.process]


def test_thirty_two_clients_lose_and_double_nothing(postgres: PostgresServer):
    """Every row once, every decision once, the first received first, the trail whole."""
    outcome = measure(postgres.url(postgres.database()), seconds=20)
    assert len(outcome.work) == CLIENTS and all(work.files for work in outcome.work)
    assert sum(work.decided for work in outcome.work)

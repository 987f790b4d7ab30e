"""Nine months of the demo's publications, read together by somebody who knows the program: he recovers no withheld count."""

from __future__ import annotations

import pytest

from tests.support.publication_worlds import Papers
from workbench.app.policy import load_policy
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.publication.reasons import RECORD
from workbench.demo.simulation import USER
from workbench.platform.access.session import enter

pytestmark = pytest.mark.slow

PASSPHRASE = "ein Satz für die Vorführung 42"


@pytest.fixture(scope="module")
def papers(played_demo):
    """The publications of the register the demo left."""
    with enter(played_demo.register, USER, PASSPHRASE, load_policy(), played_demo.now, simulation=True) as session:
        return Papers(open_snapshot(session).load().facts)


def test_no_small_count_is_recovered(papers):
    """Each of one or two leads could be another number: the program prints that world's papers alike."""
    assert len(papers.days) == 27
    assert len(list(papers.small())) > 10
    assert papers.recovered() == []


def test_the_worlds_are_printed_as_the_register_published_them(papers):
    """What the attacker compares with is what stands in the register, publication by publication."""
    recorded = papers.facts.publications.set_index("due_on")["totals"]
    printed = papers.printed(papers.truth)
    for due, _ in papers.days:
        told = recorded[due.isoformat()][RECORD]
        assert len(told) == 7
        assert all(f"{word!r}" in printed[due.isoformat()] for word in told.values())

"""What a publication withholds cannot be computed: somebody who knows the rule tries every other possibility."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import product

import pandas as pd
import pytest

from tests.support import synthetic
from tests.support.publication_worlds import REFUSING, Papers
from workbench.capabilities.publication import publication_report, reasons, withholding
from workbench.capabilities.publication.withholding import published_counts, together
from workbench.platform.register.facts import frame

pytestmark = pytest.mark.whole


def recovered(limit, largest):
    """Small counts that every world with the same print shares, over all worlds of up to ``largest`` leads a clause.

    The attacker sees what is printed and the sum of the clauses that refuse.
    """
    worlds = defaultdict(list)
    for numbers in product(range(largest + 1), repeat=len(REFUSING)):
        shown = published_counts(dict(zip(REFUSING, numbers, strict=True)), limit, 0)
        worlds[tuple(shown.values()), sum(numbers)].append(numbers)
    return [
        (numbers[0], place)
        for alike in worlds.values()
        for place, numbers in enumerate(zip(*alike, strict=True))
        if len(set(numbers)) == 1 and 0 < numbers[0] < limit
    ]


@pytest.mark.parametrize(("limit", "largest"), [(2, 4), (3, 6), (4, 7)])
def test_no_small_count_follows_from_a_publication(limit, largest):
    """Whatever the counts, and for one who knows the sum and the rule, a small one could be another one."""
    assert recovered(limit, largest) == []


def test_the_attacker_would_find_what_is_not_protected(monkeypatch):
    """Where all are as many as the range allows, or one only is left of the sum, ranges alone give it away."""

    def ranges_only(counts, limit, valid):
        return {clause: number if number >= limit else f"0–{limit - 1}" for clause, number in counts.items()}

    monkeypatch.setattr("tests.capabilities.publication.test_withholding.published_counts", ranges_only)
    assert {number for number, _ in recovered(3, 6)} == {1, 2}


def test_numbers_ranges_and_marks():
    """A number from the limit on; below it a range no wider than the rest of the sum; no zero is guessed at."""
    none = dict.fromkeys((*REFUSING, "5.5"), 0)
    assert published_counts(none, 3, 0) == none
    assert published_counts(none, 3, 1) == {**none, "5.5": "0–1"}
    assert published_counts(none, 3, 9) == {**none, "5.5": "0–2"}
    assert published_counts(none | {"5.4": 9, "5.1": 1, "5.5": 3}, 3, 9) == {
        **dict.fromkeys(("2", "5.1", "5.6", "6.3"), "0–1"),
        "5.4": 9,
        "5.5": 3,
    }
    full = {"2": 3, "5.1": 4, "5.4": 5, "5.6": 2, "6.3": 7, "5.5": 0}
    assert published_counts(full, 3, 9) == {**dict.fromkeys(REFUSING, "※"), "5.5": "0–2"}
    assert published_counts(full, None, 9) == full == published_counts(full, 1, 9)


def test_a_sum_says_what_its_parts_say():
    """Of a month's publications together: from the least to the most, open where a part is marked."""
    assert together([4, 9]) == 13
    assert together(["0–2", 9, "0–1"]) == "9–12"
    assert together(["※", 9]) == "≥9"
    assert together(["※", "0–2"]) == "※"


@pytest.mark.parametrize(
    ("leads", "seed", "small"),
    [
        (30, 1, 11),
        *(
            pytest.param(leads, leads, small, marks=pytest.mark.slow)
            for leads, small in ((80, 11), (200, 11), (700, 4))
        ),
    ],
)
def test_no_small_count_is_recovered_from_the_papers_of_a_month(leads, seed, small):
    """A quarter with several publications a month: for each small count the program prints another world alike."""
    papers = Papers(synthetic.facts(leads, seed))
    assert len(list(papers.small())) >= small
    assert papers.recovered() == []


def test_the_attacker_recovers_what_a_naive_program_prints(monkeypatch):
    """The same attack on a program that prints every count: it can succeed."""
    days = (datetime(2026, 1, 20, 17), datetime(2026, 2, 10, 17))
    made = frame("publications", [{"due_on": f"{at:%Y-%m-%d}", "at": at} for at in days])
    papers = Papers(synthetic.facts(60, 2).replace(publications=made))
    monkeypatch.setattr(reasons, "published_counts", lambda counts, limit, valid: dict(counts))
    assert len(papers.recovered()) == len(list(papers.small())) > 1


def test_what_was_told_is_told_again(quarter_facts, tmp_path):
    """A file that comes in late under an earlier time of receipt changes counts of 6.1 and no reason that was told."""
    at = datetime(2026, 3, 20, 17)
    before = synthetic.book(quarter_facts, at)
    words = reasons.published_reasons(before, at.date())
    made = quarter_facts.publications.assign(totals=None).astype({"totals": object})
    made.loc[made["due_on"] == pd.Timestamp(at.date()), "totals"] = [{reasons.RECORD: words}]
    late = quarter_facts.leads[quarter_facts.leads["lead"].isin(quarter_facts.leads["lead"].tail(40))].copy()
    late["lead"] += 10_000
    late["number"] += "-L"
    late[["filed_at", "received_at", "ranked_at"]] = datetime(2026, 3, 12)
    late["quantity"] = 1
    more = quarter_facts.replace(publications=made, leads=pd.concat([quarter_facts.leads, late], ignore_index=True))
    after = synthetic.book(more, at)
    view, old = publication_report.view(after, "2026-03-20"), publication_report.view(before, "2026-03-20")
    assert view.recent["invalid"].sum() >= old.recent["invalid"].sum() + 40
    assert (
        view.reasons["recent"].tolist() == old.reasons["recent"].tolist() == [words[c] for c in view.reasons["clause"]]
    )


def test_a_lead_is_told_in_one_publication_only(quarter_facts):
    """Also where the 10th is published after the 20th: what the papers say adds up to the leads that were refused."""
    days = {
        "2026-03-20": datetime(2026, 3, 20, 17),
        "2026-03-10": datetime(2026, 3, 22, 9),
        "2026-03-30": datetime(2026, 3, 30, 17),
    }
    counted = []
    for place, (day, at) in enumerate(days.items()):
        made = [{"due_on": each, "at": moment} for each, moment in list(days.items())[:place]]
        snapshot = synthetic.book(quarter_facts.replace(publications=frame("publications", made)), at)
        counted.append(reasons.published_reasons(snapshot, datetime.fromisoformat(day).date())[reasons.SUM])
    refused = snapshot.states["status"].isin(["无效", "重复"]).sum()
    assert sum(counted) == refused > counted[0] > 0


def test_the_rule_needs_no_time():
    """A board is printed in much less than the time a person notices."""
    import time

    counts = dict.fromkeys((*REFUSING, "5.5"), 2)
    started = time.perf_counter()
    for _ in range(100):
        withholding.published_counts(counts, 3, 9)
    assert time.perf_counter() - started < 0.5

"""What the benchmarks promise: each is measured, held against its goal, and stands on one page with its data."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from benchmarks import goals, page
from benchmarks.goals import CLOCK, PEAK, Goal, Measured
from benchmarks.measure import Spent

ROOT = Path(__file__).resolve().parents[2]
PROMISES = {name: each for name, each in vars(goals).items() if isinstance(each, Goal)}


def test_every_promise_is_measured():
    """None stands in the list that no run looks at."""
    source = (ROOT / "benchmarks" / "run.py").read_text(encoding="utf-8")
    assert [name for name in PROMISES if not re.search(rf"\bgoals\.{name}\b", source)] == []


def test_reasons_are_of_promises():
    """What is said of a missed goal is said of one there is."""
    assert json.loads(page.REASONS.read_text(encoding="utf-8")).keys() <= {each.work for each in PROMISES.values()}


@pytest.mark.parametrize(
    ("goal", "theirs", "value", "met"),
    [
        (Goal("a", "≤ 2 ×", "b", most=2), Spent(9, 2, 9), 2.0, True),
        (Goal("a", "≤ 1.9 ×", "b", most=1.9), Spent(9, 2, 9), 2.0, False),
        (Goal("a", "≥ 0.5 ×", "b", least=0.5), Spent(9, 2, 9), 0.5, True),
        (Goal("a", "≥ 0.6 ×", "b", least=0.6), Spent(9, 2, 9), 0.5, False),
        (Goal("a", "≤ 1 s", by=CLOCK, most=1), None, 3, False),
        (Goal("a", "≤ 100 MB", by=PEAK, most=100), None, 100, True),
        (Goal("a", "≤ 1 MB", by=PEAK, most=1, at=11), None, 100, None),
        (Goal("a", "–", "b"), Spent(9, 2, 9), 2.0, None),
    ],
)
def test_what_is_held_against_a_goal(goal, theirs, value, met):
    """By processor time unless the goal says clock or memory; of a smaller size than it speaks of there is no verdict."""
    one = Measured(goal, "", Spent(3, 4, 100), theirs, leads=10)
    assert (one.value, one.met) == (pytest.approx(value), met)


def test_slopes():
    """Flat, linear, and what cannot be known: an empty register has no place on a logarithmic axis."""
    assert page.slope([(0, 5.0), (10, 2.0), (100, 2.0)]) == pytest.approx(0)
    assert page.slope([(10, 1.0), (100, 10.0), (1000, 100.0)]) == pytest.approx(1)
    assert page.slope([(0, 5.0), (10, 2.0)]) is None


def test_the_page_says_what_was_missed_and_why(tmp_path, monkeypatch):
    """Each row with its verdict, the reason of a missed one, the exponents; a missed goal without a reason makes no page."""
    for name in ("DATA", "PAGE", "CHART"):
        monkeypatch.setattr(page, name, tmp_path / name)
    found = [
        Measured(goals.HELP, "x", Spent(1, 9, 1)),
        Measured(goals.ADDIN, "y", Spent(1, 0.1, 1)),
        Measured(goals.REPORT, "z", Spent(1, 2, 30), Spent(1, 1, 20)),
    ]
    page.write(found, {"import": [(0, 1.0), (10, 2.0), (100, 4.0)]}, date(2026, 1, 2), "make bench")
    text = page.PAGE.read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert "| 9 s by processor | ≤ 0.15 s | no |" in rows[1]
    assert "| 0.1 s by processor | ≤ 0.4 s | yes |" in rows[2]
    assert "papermill on an empty notebook: 1, 1, 20 | 2.00 × by processor | ≤ 1.5 × | no |" in rows[3]
    assert "- **workbench --help**: " in text
    assert "| import | 0.30 | 0: 1, 10: 2, 100: 4 |" in text
    assert page.CHART.read_text("utf-8").count("<circle") == 2
    with pytest.raises(KeyError, match="workbench --help"):
        page.page(json.loads(page.DATA.read_text("utf-8")), {})


def test_the_page_is_that_of_its_data():
    """Figures stand in one run's data and nowhere else; no path of a machine is among them."""
    data = json.loads(page.DATA.read_text(encoding="utf-8"))
    assert page.PAGE.read_text("utf-8") == page.page(data, json.loads(page.REASONS.read_text("utf-8")))
    assert page.CHART.read_text("utf-8") == page.chart(data["growth"])
    by_work = {(each.work, each.said): each for each in PROMISES.values()}
    for row in data["rows"]:
        theirs = Spent(**row["theirs"]) if row["theirs"] else None
        one = Measured(by_work[row["work"], row["goal"]], row["size"], Spent(**row["ours"]), theirs)
        assert one.told == row["told"]
        assert one.met in (row["met"], None)  # what holds from a size on is not told again of less
    assert not re.search(r"/(home|root|work|tmp|usr)/", page.PAGE.read_text("utf-8") + json.dumps(data))

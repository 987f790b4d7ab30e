"""Behind every number that can be clicked stand the leads, or the explained amounts, that make it up."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from workbench.platform.register.facts import frame
from workbench.platform.reporting.drill import Records
from workbench.platform.reporting.registry import find, reports

pytestmark = pytest.mark.slow

PERIODS = {
    "publication": "2026-03-30",
    "targets": "2026-03",
    "conversion": "2026-03",
    "development": "2026-03-31",
    "settlement": "2026Q1",
}


def clickable(alias: str, book) -> list[tuple]:
    """Every cell of a report that leads on: the table, the row by position, the column."""
    view = find(alias).view(book, PERIODS[alias])
    return [
        (drill, place, column.key)
        for drill in find(alias).drill_tables(book, PERIODS[alias], view)
        for place in range(len(drill.rows))
        for column in drill.columns
        if drill.leads_on(place, column.key)
    ]


def test_every_report_made_of_leads_can_be_drilled():
    """Reminders, notices and trial comparisons cannot; those of customers lead to matters and months."""
    assert {report.alias for report in reports() if report.drills} == {
        *PERIODS,
        "weekly",
        "grading",
        "card",
        "inspection",
    }


@pytest.mark.parametrize("alias", sorted(PERIODS))
def test_what_is_behind_a_number_adds_up_to_it(quarter, alias):
    """Leads by their count, their vehicles or their pick-ups; amounts by the explained lines, a sample of them."""
    cells = clickable(alias, quarter)
    assert len(cells) > 20
    if alias in ("settlement", "development"):  # an explanation takes its time
        cells = random.Random(5).sample(cells, 40)
    kinds = set()
    for drill, place, column in cells:
        found, number = drill.behind(place, column), drill.rows.iloc[place][column]
        if isinstance(found, Records):
            key = "quantity" if column == "quantity" else "value"
            assert int(found.rows[key].sum()) == number, (drill.title, place, column)
            assert found.rows["number"].is_unique
            assert found.columns[-1].key in ("counts_in", "value")
            assert found.explained is (drill.title == "在办项目")  # there a project leads to its own explanation
            assert not found.explained or len(found.rows) == 1
        else:
            assert sum(told.amount for told in found) == number, (drill.title, place, column)
        kinds.add(type(found))
    assert kinds <= {Records, list}


def test_words_and_zeros_lead_nowhere(quarter):
    """A withheld count (of a publication an earlier version recorded) and a nothing cannot be clicked, nor asked for."""
    day = PERIODS["publication"]
    made = frame("publications", [{"due_on": day, "at": quarter.as_of, "totals": {"total": 1}}])
    earlier = replace(quarter, facts=quarter.facts.replace(publications=made))
    view = find("publication").view(earlier, day)
    drill = find("publication").drill_tables(earlier, day, view)[0]
    words = [place for place, value in enumerate(drill.rows["duplicate"]) if isinstance(value, str)]
    assert words
    assert not drill.leads_on(words[0], "duplicate")
    with pytest.raises(KeyError):
        drill.behind(words[0], "duplicate")


def test_a_report_without_leads_has_no_such_tables(quarter):
    """The reminders of a day."""
    assert find("reminders").drill_tables(quarter, "2026-03-31", None) == ()

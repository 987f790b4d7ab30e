"""The numbers of the weekly and the grading report lead to what adds up to them."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support import customer_world, synthetic
from workbench.platform.reporting.drill import Records
from workbench.platform.reporting.registry import find

REPORTS = {"weekly": ("2026-03-09", datetime(2026, 3, 16, 9)), "grading": ("2026Q1", datetime(2026, 4, 3, 9))}


@pytest.mark.parametrize("alias", REPORTS)
def test_what_is_behind_a_number_adds_up_to_it(alias):
    """Every clickable cell, whatever its column."""
    period, at = REPORTS[alias]
    report, book = find(alias), synthetic.book(customer_world.facts(), at)
    looked_at = 0
    for drill in report.drill_tables(book, period, report.view(book, period)):
        for place in range(len(drill.rows)):
            for column in sorted(drill.numbers):
                if drill.leads_on(place, column):
                    found = drill.behind(place, column)
                    assert isinstance(found, Records) and not found.key
                    assert found.rows["value"].sum() == drill.rows.iloc[place][column]
                    assert {each.key for each in found.columns} <= set(found.rows)
                    looked_at += 1
    assert looked_at > 3

"""Months and quarters as text."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest

from workbench.core import periods
from workbench.core.errors import WrongUse


@pytest.mark.parametrize("text", ["2026Q1", "2026q1", "2026-Q1", "2026年1季度", "2026年第一季度", " 2026/Q1 "])
def test_quarters_are_read_leniently(text: str) -> None:
    """The usual ways of writing a quarter mean the same."""
    assert periods.parse_quarter(text) == "2026Q1"


@pytest.mark.parametrize("text", ["2026-03", "2026/3", "2026年3月", "202603", "2026.03"])
def test_months_are_read_leniently(text: str) -> None:
    """The usual ways of writing a month mean the same."""
    assert periods.parse_month(text) == "2026-03"


@pytest.mark.parametrize("text", ["2026Q5", "2026", "Q1", "", "2026-03"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    """The refusal shows how to write it."""
    with pytest.raises(WrongUse, match="2026Q1"):
        periods.parse_quarter(text)


@pytest.mark.parametrize("text", ["2026-13", "2026-0", "三月", "2026Q1", "26-03"])
def test_what_is_no_month_is_refused(text: str) -> None:
    """The refusal shows how to write it."""
    with pytest.raises(WrongUse, match="2026-03"):
        periods.parse_month(text)


def test_bounds_and_neighbours() -> None:
    """First and last days, also of February in a leap year and over the turn of the year."""
    assert periods.month_bounds("2028-02") == (date(2028, 2, 1), date(2028, 2, 29))
    assert periods.quarter_bounds("2026Q4") == (date(2026, 10, 1), date(2026, 12, 31))
    assert periods.months_of("2026Q4") == ["2026-10", "2026-11", "2026-12"]
    assert (periods.next_month("2026-12"), periods.next_quarter("2026Q4")) == ("2027-01", "2027Q1")
    assert periods.months_between("2026-11", "2027-01") == ["2026-11", "2026-12", "2027-01"]
    assert periods.quarters_between("2026Q4", "2027Q1") == ["2026Q4", "2027Q1"]
    assert periods.quarters_between("2027Q1", "2026Q4") == []
    assert periods.quarter_of_day(datetime(2026, 4, 1)) == "2026Q2"


def test_months_of_a_column() -> None:
    """Each time gets its month; a missing time has none."""
    times = pd.Series(pd.to_datetime(["2026-01-31 23:59:59", None, "2026-12-01 00:00:00"]), index=[7, 8, 9])
    assert periods.month_of(times).to_dict() == {7: "2026-01", 8: None, 9: "2026-12"}
    assert periods.month_of(times.iloc[:0]).empty

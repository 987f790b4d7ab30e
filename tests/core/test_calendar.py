"""Working days of the PRC (D15)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from chinese_calendar import is_workday
from hypothesis import given
from hypothesis import strategies as st

from workbench.core import calendar
from workbench.core.errors import WrongUse


def _add(day: str, count: int, known: calendar.WorkingCalendar | None = None) -> tuple[str, bool]:
    due, soft = calendar.add_working_days(pd.Series(pd.to_datetime([day])), count, known)
    return str(due[0].date()), bool(soft[0])


def test_make_up_days_are_working_days() -> None:
    """Two working days after 12 February 2026 end on a Saturday that is worked."""
    assert _add("2026-02-12 23:59:59", 2) == ("2026-02-14", False)
    assert calendar.is_working_day(date(2026, 2, 14))
    assert not calendar.is_working_day(date(2026, 2, 16))


@given(st.dates(date(2004, 1, 1), date(2026, 12, 31)))
def test_published_years_follow_the_state_council(day: date) -> None:
    """Every day of the published years agrees with the published table."""
    assert calendar.is_working_day(day) == is_workday(day)


def test_beyond_the_last_published_year_days_are_provisional() -> None:
    """Weekends and fixed-date holidays count; the result is flagged, and nothing stops."""
    assert _add("2026-12-29", 2) == ("2026-12-31", False)
    assert _add("2026-12-30", 2) == ("2027-01-04", True)
    assert _add("2028-09-29", 2) == ("2028-10-05", True)


def test_a_calendar_file_extends_the_published_years(tmp_path: Path) -> None:
    """A year added by file is no longer provisional and knows its make-up days."""
    file = tmp_path / "2027.csv"
    file.write_text("date,kind\n2027-01-01,休\n2027-01-02,班\n", encoding="utf-8")
    known = calendar.build(calendar.read_extension(file))
    assert _add("2026-12-30", 2, known) == ("2027-01-02", False)
    assert _add("2027-12-30", 2, known) == ("2028-01-03", True)


@pytest.mark.parametrize("text", ["day,kind\n", "date,kind\n2027-13-01,休\n", "date,kind\n2027-01-01,假\n"])
def test_a_bad_calendar_file_is_refused(tmp_path: Path, text: str) -> None:
    """The refusal names the file."""
    file = tmp_path / "2027.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrongUse, match="2027.csv"):
        calendar.read_extension(file)


@pytest.mark.parametrize(
    ("years", "refused"), [(("2027",), False), (("2027", "2028"), False), (("2028",), True), (("2027", "2072"), True)]
)
def test_the_years_of_a_calendar_file_follow_the_published_ones(tmp_path: Path, years: tuple, refused: bool) -> None:
    """The next year, two of them, a year left out, a slip of the pen; a published year may be overridden."""
    file = tmp_path / "以后.csv"
    rows = "".join(f"{year}-01-01,休\n" for year in ("2026", *years))
    file.write_text(f"date,kind\n{rows}", encoding="utf-8")
    if refused:
        with pytest.raises(WrongUse, match="以后.csv"):
            calendar.read_extension(file)
    else:
        assert len(calendar.read_extension(file)) == len(years) + 1


def test_missing_dates_stay_missing() -> None:
    """A lead that was not dispatched has no due date."""
    due, soft = calendar.add_working_days(pd.Series(pd.to_datetime([None, "2026-03-05"])), 2)
    assert (due.isna().tolist(), str(due[1].date()), soft.tolist()) == ([True, False], "2026-03-09", [False, False])


def test_dates_outside_the_table_are_refused() -> None:
    """The table says so instead of guessing."""
    with pytest.raises(WrongUse):
        _add("1999-01-01", 2)


@given(st.dates(date(2005, 1, 1), date(2030, 1, 1)), st.integers(1, 30))
def test_adding_and_counting_agree(day: date, count: int) -> None:
    """There are exactly ``count`` working days after a day through its ``count``-th one."""
    start = pd.Series([pd.Timestamp(day)])
    due, _ = calendar.add_working_days(start, count)
    after = pd.date_range(start.iloc[0], due.iloc[0], inclusive="right")
    assert sum(calendar.is_working_day(one.date()) for one in after) == count

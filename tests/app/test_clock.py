"""Times as people and Excel write them."""

from __future__ import annotations

import pytest

from workbench.app.clock import as_iso, is_bare_date


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2026/3/5 9:30", "2026-03-05T09:30:00"),
        ("2026/3/5 9:30:07", "2026-03-05T09:30:07"),
        ("2026-3-5 9:30", "2026-03-05T09:30:00"),
        ("2026.3.5 9:30", "2026-03-05T09:30:00"),
        ("2026年3月5日 9:30", "2026-03-05T09:30:00"),
        ("2026年3月5日", "2026-03-05"),
        ("2026/3/5", "2026-03-05"),
        ("2026/3/5 下午 2:05", "2026-03-05T14:05:00"),
        ("2026/3/5 下午 14:05", "2026-03-05T14:05:00"),
        ("2026/3/5 上午 12:05", "2026-03-05T00:05:00"),
        ("2026/3/5 12:05 PM", "2026-03-05T12:05:00"),
        ("46086", "2026-03-05"),
        ("46086.3958333333", "2026-03-05T09:30:00"),
        ("46086.9999999", "2026-03-06T00:00:00"),
    ],
)
def test_excel_s_ways_are_understood(written, iso):
    """As a Chinese Excel saves a cell into a CSV; a day without a time stays one."""
    assert as_iso(f" {written} ") == iso
    assert is_bare_date(as_iso(written)) == ("T" not in iso)


@pytest.mark.parametrize(
    "written",
    [
        "3/5/2026 9:30",
        "2026/13/5",
        "2026/2/29 9:00",
        "2026/3/5 25:00",
        "2026/3/5 上午 13:00",
        "26/3/5",
        "昨天",
        "",
        "2026-03-05T09:30:00+08:00",
    ],
)
def test_what_is_not_sure_stays_as_it_is(written):
    """Day and month in another order, days and hours there are none of; ISO is left alone."""
    assert as_iso(written) == written

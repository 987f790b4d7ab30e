"""What the publication (6.1) and the conversion report (6.5) count."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest

from tests.support.situations import facts_of
from workbench.app.policy import load_policy
from workbench.capabilities.contracts.conversion import table
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.publication.publications import counts, latest_due_date, reasons
from workbench.core.periods import end_of_day

GOOD = {"verdict": "有效", "expires": date(2026, 12, 31)}


def _day(number: int, hour: int = 9) -> datetime:
    return datetime(2026, 1, number, hour)


STORY = {
    "leads": {
        "A": {
            "at": _day(5),
            "dispatched": _day(5, 10),
            "answers": [{"at": _day(6), **GOOD}],
            "contracts": [
                {"month": "2026-01", "signed": date(2026, 1, 20), "picked": 3, "at": date(2026, 2, 1)},
                {"month": "2026-02", "signed": date(2026, 1, 20), "picked": 4, "at": date(2026, 3, 1)},
            ],
        },
        "B": {"at": _day(8), "by": "D2", "customer": "客户A"},
        "C": {"at": _day(9), "quantity": 1},
        "D": {"at": _day(10, 23), "dispatched": _day(11), "answers": [{"at": _day(12), "verdict": "无效"}]},
        "E": {"at": _day(11), "dispatched": _day(11), "answers": [{"at": _day(12), **GOOD}], "applied": [_day(12)]},
        "F": {"at": _day(12), "by": "P1", "quantity": 8, "dispatched": _day(12), "answers": [{"at": _day(12), **GOOD}]},
        "G": {"at": _day(13), "by": "P1"},
    }
}


def _states():
    return derive(facts_of(STORY), datetime(2026, 4, 1), load_policy())


@pytest.mark.parametrize(
    ("on", "latest"),
    [
        (date(2026, 1, 9), date(2025, 12, 30)),  # the year before
        (date(2026, 1, 10), date(2026, 1, 10)),  # the day itself
        (date(2026, 3, 1), date(2026, 2, 28)),  # a month without a 30th (D14)
        (date(2026, 5, 31), date(2026, 5, 30)),
    ],
)
def test_the_latest_publication_day_is_proposed(on: date, latest: date) -> None:
    """6.1: also early in a month, before its first publication day."""
    assert latest_due_date(on, load_policy()) == latest


def test_publication_counts_add_up() -> None:
    """Every received lead is valid, invalid (duplicates included) or pending; 5.5 is shown apart."""
    until = date(2026, 1, 20)
    all_of_it = counts(_states(), None, end_of_day(until))
    assert all_of_it.to_dict("split")["data"] == [
        ["D1", "经销商", 4, 2, 2, 0, 0, 1],
        ["D2", "经销商", 1, 0, 1, 1, 0, 0],
        ["P1", "部门", 2, 1, 0, 0, 1, 0],
    ]
    assert (all_of_it["total"] == all_of_it[["valid", "invalid", "pending"]].sum(axis=1)).all()
    second = counts(_states(), end_of_day(date(2026, 1, 10)), end_of_day(until))
    assert second.to_dict("split")["data"] == [["D1", "经销商", 1, 1, 0, 0, 0, 1], ["P1", "部门", 2, 1, 0, 0, 1, 0]]


def test_publication_reasons_name_clauses() -> None:
    """Each lead that does not count has its clause."""
    assert reasons(_states(), None, datetime(2026, 2, 1)).to_dict("split")["data"] == [
        ["D1", "5.4", 1],
        ["D1", "5.5", 1],
        ["D1", "6.3", 1],
        ["D2", "5.1", 1],
    ]


def test_conversion_sets_pick_ups_against_quantity_sought() -> None:
    """Pick-ups of the months over the quantity of all projects received by then, as an exact fraction."""
    lines = facts_of(STORY).contracts
    first = table(_states(), lines, ["2026-01"], ["reporter"])
    assert first.to_dict("split")["data"] == [
        ["D1", 2, 24, 1, 12, 24, 3, 3, Fraction(3, 24)],
        ["P1", 1, 8, 0, 0, 8, 0, 0, Fraction(0)],
    ]
    both = table(_states(), lines, ["2026-02"], ["category"])
    assert both.to_dict("split")["data"] == [["政府采购", 3, 32, 1, 12, 32, 4, 7, Fraction(4, 32)]]

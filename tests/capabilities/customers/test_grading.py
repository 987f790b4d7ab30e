"""Grades of customers by their share of the company's sales."""

from __future__ import annotations

from datetime import date

import pytest

from workbench.app.policy import load_policy
from workbench.capabilities.customers.grading import grades
from workbench.core.errors import WrongUse

SHARE = load_policy().value("key_account_share", date(2026, 3, 31))


def test_grades_follow_the_share_of_sales():
    """Five per cent itself is no key account; the limits of A and B are inclusive."""
    sales = [15.0, 14.9, 10.0, 9.9, 5.01, 5.0, None]
    assert grades(sales, SHARE, 100.0, (0.15, 0.1)) == ["A", "B", "B", "C", "C", "一般客户", ""]
    assert grades(sales, SHARE, 100.0) == ["大客户"] * 5 + ["一般客户", ""]
    assert grades([1.0, 3.0], SHARE) == ["大客户", "大客户"]


@pytest.mark.parametrize(("sales", "total"), [([10.0, 5.0], 14.0), ([-1.0], 100.0), ([0.0], None), ([None], 0.0)])
def test_sales_that_make_no_sense_are_refused(sales, total):
    """A share of less than the whole, negative sales, or nothing at all."""
    with pytest.raises(WrongUse):
        grades(sales, SHARE, total)

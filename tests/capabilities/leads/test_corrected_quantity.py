"""A corrected quantity keeps the lead's place, except where the lead was invalid by 5.4 before (D40)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from workbench.app.policy import load_policy
from workbench.capabilities.leads.lifecycle import derive
from workbench.platform.register.facts import Facts

POLICY = load_policy()
FIRST = datetime(2026, 1, 5, 9)
DAY = timedelta(days=1)


def versions(*quantities: int, customers: tuple[str, ...] = ()) -> Facts:
    """A lead and its corrections, one a day, each with a place of its own, as the register gives them."""
    names = customers or ("甲",) * len(quantities)
    lead = [
        row(1, number, FIRST + number * DAY, size, name)
        for number, (size, name) in enumerate(zip(quantities, names, strict=True))
    ]
    other = row(2, 0, FIRST + timedelta(hours=1), 10, "甲", reporter="D2")
    return Facts.of(
        units=[
            {"code": code, "name": code, "kind": "经销商", "state": "在用", "since": FIRST} for code in ("D1", "D2")
        ],
        leads=[*lead, other],
    )


def row(lead: int, version: int, at: datetime, quantity: int, customer: str, reporter: str = "D1") -> dict:
    """A version of a lead."""
    return {
        "lead": lead,
        "version": version + 1,
        "number": f"DK{lead}",
        "reporter": reporter,
        "filed_at": at,
        "received_at": at,
        "ranked_at": at,
        "file": "a.xlsx",
        "row": lead,
        "customer": customer,
        "customer_key": customer,
        "category": "政府采购",
        "province": "安徽省",
        "city": "芜湖市",
        "quantity": quantity,
    }


def placed(facts: Facts, policy=POLICY) -> tuple[datetime, str]:
    """When the corrected lead counts as received, and its status."""
    state = derive(facts, FIRST + 20 * DAY, policy).loc[1]
    return state["received_at"].to_pydatetime(), state["status"]


@pytest.mark.parametrize(
    ("quantities", "days"),
    [
        ((10, 12), 0),
        ((10, 12, 15), 0),
        ((3, 10), 0),  # 3 vehicles are enough
        ((2, 10), 1),  # invalid by 5.4 before
        ((2, 10, 12), 1),
        ((10, 2, 10), 2),
        ((10, 12, 2), 0),
    ],
)
def test_a_corrected_quantity_keeps_the_place_unless_it_was_too_small(quantities, days):
    """The other dealer's lead of an hour later stays behind it, or comes first."""
    received, status = placed(versions(*quantities))
    assert received == FIRST + days * DAY
    expected = "无效" if quantities[-1] < 3 else "重复" if days else "已接收"
    assert status == expected


def test_another_customer_loses_the_place_whatever_the_quantity():
    """The identity decides, not the quantity that changed with it."""
    assert placed(versions(10, 12, customers=("乙", "甲"))) == (FIRST + DAY, "重复")


def test_a_quarter_approved_before_keeps_its_order():
    """What was received up to the end of such a quarter is read as it was: the corrected row is as new."""
    assert placed(versions(10, 12), POLICY.as_settled({"dealer_taxi": "review"})) == (FIRST + DAY, "重复")

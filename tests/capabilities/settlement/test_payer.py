"""Who acknowledges a payment works for the unit that pays (4.4, 4.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from workbench.capabilities.settlement.payers import ADMINISTRATION, FINANCE
from workbench.capabilities.settlement.payment import acknowledge
from workbench.core.errors import WrongUse

AT = datetime(2026, 4, 20, 9)


@pytest.mark.parametrize(
    ("section", "payer", "code"),
    [
        (FINANCE, FINANCE, "not_approved"),
        (FINANCE, ADMINISTRATION, "not_your_payment"),
        ("F01", FINANCE, "not_approved"),
        ("F01", ADMINISTRATION, "not_your_payment"),
        (None, ADMINISTRATION, "not_approved"),
    ],
)
def test_a_payer_acknowledges_for_the_own_unit(staffed, section, payer, code):
    """By its name or its code in the directory; who is bound to none goes on, and is refused for what comes next."""
    rows = [{"单位代码": "F01", "单位名称": FINANCE, "单位类型": "部门"}]
    staffed.receive(staffed.file("单位名录", "财务.xlsx", {}, rows), "2026-01-03T09:00:00", code=0)
    with staffed.opened() as session, pytest.raises(WrongUse) as refused:
        payer_session = replace(session, sole=False, role="payer", section=section)
        acknowledge(payer_session, "2026Q1", payer, 0, 0, date(2026, 4, 20), "记-1", AT)
    assert refused.value.code == code

"""Reasons stay on record in clear: none of the commands that take one keeps a phone or an account in it."""

from __future__ import annotations

import re

import pytest

from tests.support.office import lead
from tests.support.source import ROOT
from workbench.core.errors import WrongUse
from workbench.core.reasons import kept_reason

TYPED = ["请拨 139-8765-4321", "一三九八七六五四三二一", "邮件 liu@example.com", "座机 3831234"]


@pytest.mark.parametrize("reason", TYPED)
def test_a_way_to_reach_somebody_is_refused(reason):
    """In whatever way it is written; a colleague and a date may be named."""
    with pytest.raises(WrongUse) as refused:
        kept_reason(reason, "no_reason/of_request")
    assert refused.value.code == "personal_reason"
    assert not re.search(r"\d{4}|三九|liu", str(refused.value))
    assert kept_reason(" 经王经理 2026-01-05 核对 ", "no_reason/of_request") == "经王经理 2026-01-05 核对"


def test_no_reason_is_kept_past_that(staffed):
    """Through a command; and nothing in the program trims a reason by itself."""
    number = staffed.receive(staffed.leads("D001", "一.xlsx", [lead("江城公交")]), "2026-01-05T09:00:00")["number"]
    staffed.run("withdraw-import", number, "--reason", TYPED[0], code=2)
    assert "电话" in staffed.said and "139" not in staffed.said
    own = [path for path in (ROOT / "workbench").rglob("*.py") if "reason.strip()" in path.read_text(encoding="utf-8")]
    assert [path.name for path in own] == ["reasons.py"]

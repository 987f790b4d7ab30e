"""How final a quarter's numbers are, by what was submitted, sent back, approved and paid; which inputs have not come."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from tests.support import synthetic
from workbench.capabilities.contracts.outstanding import registers_missing
from workbench.capabilities.leads.standing import has_begun, not_applied, standing, unanswered
from workbench.capabilities.targets.outstanding import targets_missing
from workbench.platform.regulation.settled_periods import Proceeding

SUBMITTED, DECIDED, PAID = (datetime(2026, 4, day, 10) for day in (7, 9, 20))
APPROVAL = {"2026Q1": {"edition": "DKHW080004/4", "readings": {}, "as_of": SUBMITTED, "at": DECIDED}}


@pytest.fixture(scope="module")
def book():
    return synthetic.book(synthetic.facts(leads=60, seed=5), datetime(2026, 4, 3, 9))


@pytest.mark.parametrize(
    ("known", "approved", "says"),
    [
        (None, {}, "暂定：2026年第1季度尚未报批，以后收到的资料仍会改变这些数字。"),
        (Proceeding(("文员", SUBMITTED)), {}, "已报批：2026年第1季度已由 文员 于 2026-04-07 10:00 报批，等待批准。"),
        (
            Proceeding(("文员", SUBMITTED), ("领导", DECIDED)),
            {},
            "暂定：2026年第1季度已由 领导 于 2026-04-09 10:00 退回，须重新报批。",
        ),
        (
            Proceeding(("文员", SUBMITTED), None, ("领导", DECIDED), (("财务计划部", PAID),)),
            APPROVAL,
            "正式：2026年第1季度已由 领导 于 2026-04-09 10:00 批准，数额不再改变；已兑现：财务计划部（2026-04-20）；待兑现：综合管理部。",
        ),
        (
            None,
            APPROVAL,
            "正式：2026年第1季度已于 2026-04-09 10:00 批准，数额不再改变；待兑现：财务计划部、综合管理部。",
        ),
    ],
)
def test_the_state_of_a_quarter(book, known, approved, says):
    """Provisional, submitted, sent back, approved by whom and when, and who has paid."""
    seen = replace(book, proceedings={"2026Q1": known} if known else {}, approved=approved)
    assert standing(seen, "2026Q1", ["财务计划部", "综合管理部"]) == says


def test_a_quarter_that_goes_on_is_provisional(book):
    """Whatever else is known."""
    assert standing(book, "2026Q2").startswith("暂定：2026年第2季度尚未结束")


def test_answers_owed_are_counted_by_section(book):
    """The same as a count over the statuses, late ones apart."""
    waiting = book.states[book.states["status"] == "待甄别"]
    assert len(waiting)
    owed = Counter(waiting["section"])
    late = Counter(waiting.loc[waiting["due_on"] < "2026-04-03", "section"])
    names = dict(zip(book.facts.units["code"], book.facts.units["name"], strict=True))
    parts = [f"{names[s]} {owed[s]} 条" + (f"（逾期 {late[s]} 条）" if late[s] else "") for s in sorted(owed)]
    assert unanswered(book, book.states) == (f"T5《大客户信息甄别反馈表》：{'，'.join(parts)}",)
    assert unanswered(book, book.states.iloc[:0]) == ()


def test_registers_targets_and_applications_that_have_not_come(book):
    """Named by month, department and number; nothing is said where nothing is missing."""
    returns = book.facts.returns
    without = replace(book, facts=book.facts.replace(returns=returns[returns["month"] != "2026-02"]))
    assert registers_missing(without, ["2026-01", "2026-02"]) == (
        "T2《合同登记汇总表》：2026-02（逾期，应于 2026-03-02 前）",
    )
    assert registers_missing(book, ["2026-01", "2026-02"]) == ()
    targets = book.facts.targets
    bare = replace(book, facts=book.facts.replace(targets=targets[targets["unit"] != "B003"]))
    assert targets_missing(bare, ["2026-03"]) == ("T4《目标信息量分解调整表》：区域三部 未下达",)
    assert targets_missing(book, ["2026-03"]) == ()
    open_ = ((book.states["status"] == "已立项") & (book.states["reporter_kind"] == "经销商")).sum()
    assert not_applied(book.states) == (f"T3《大客户项目申报表》：经销商项目 {open_} 个尚未申报",)
    assert (has_begun(book, "2025-12"), has_begun(book, "2026-01")) == (False, True)

"""The cover of a quarter against the last one: figures beside figures, why, who must act, counted from the lines themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from tests.support.approved_quarter import approved, stored
from workbench.capabilities.settlement import settlement_report
from workbench.platform.regulation.settled_periods import Proceeding

REWARDS = ("7.1.1", "7.2.1", "7.2.2")


@pytest.fixture(scope="module")
def lines(quarter):
    return stored(quarter)


@pytest.fixture(scope="module")
def book(quarter, lines):
    """The first quarter approved, looked at from the end of the second."""
    how_far = Proceeding(("文员", datetime(2026, 4, 7, 9)), None, ("领导", datetime(2026, 4, 9, 9)))
    return replace(approved(quarter, lines), proceedings={"2026Q1": how_far})


@pytest.fixture(scope="module")
def second(book):
    return settlement_report.view(book, "2026Q2")


def test_every_figure_has_that_of_the_last_quarter_beside_it(second, lines):
    """Sums of the stored lines of the quarter before, by clause."""
    gains = [line for line in lines if line["clause"] in REWARDS]
    dealers = [line for line in gains if line["clause"] == "7.1.1"]
    total = {
        name: sum(line["amount"] for line in part) for name, part in (("all", lines), ("gains", gains), ("d", dealers))
    }
    expected = [total["gains"], total["d"], total["gains"] - total["d"], total["all"] - total["gains"], total["all"], 0]
    marks = sum(line["clause"] == "7.3.4" for line in lines)
    assert [figure.before.value for figure in second.figures] == [*expected, marks]
    assert {figure.before.word for figure in second.figures} == {"上季度"}


def test_why_names_the_clauses_that_moved_most(second, lines):
    """Amounts and counts by clause of both quarters, the largest difference first."""
    then, count = Counter(), Counter(line["clause"] for line in lines)
    for line in lines:
        then[line["clause"]] += line["amount"]
    now = dict(zip(second.clauses["clause"], second.clauses["amount"], strict=True))
    order = sorted((clause for clause in now if now[clause] != then[clause]), key=lambda c: (-abs(now[c] - then[c]), c))
    sentence = second.briefing.why
    assert [part.split("条（")[0] for part in sentence.split("第")[1:]] == order[:4]
    for clause in order[:4]:
        assert f"{abs(now[clause] - then[clause]):,} 元（" in sentence.split(f"第{clause}条")[1]
        assert f"上季度 {count[clause]} 笔" in sentence.split(f"第{clause}条")[1].split("；")[0]


def test_the_first_quarter_has_nothing_to_be_compared_with(book, lines):
    """An approved one says by whom and when, who still has to pay, and whose rewards are not split."""
    view = settlement_report.view(book, "2026Q1")
    assert view.briefing.changed == "没有可以比较的上期数据。"
    assert view.briefing.state == (
        "正式：2026年第1季度已由 领导 于 2026-04-09 09:00 批准，数额不再改变；待兑现：财务计划部、综合管理部。"
    )
    given = Counter()
    for line in lines:
        if line["clause"] in ("7.2.1", "7.2.2"):
            given[line["party"]] += line["amount"]
    split = set(book.facts.allocations["unit"]) if len(book.facts.allocations) else set()
    open_ = [unit for unit, amount in given.items() if amount > 0 and unit not in split]
    assert view.briefing.act.startswith("财务计划部、综合管理部：兑现（第4.4、4.5条）；")
    assert f"分配 {len(open_)} 个部门的奖励（第7.2.3条）" in view.briefing.act
    assert view.briefing.missing == ()


def test_who_must_act_before_approval(book):
    """The section submits; after that the leader approves; what is missing is asked for."""
    view = settlement_report.view(book, "2026Q2")
    assert view.briefing.act.startswith("大客户主管部门：核对后报批（第4.3.3条）；有关单位：补交")
    assert [part.split("《")[0] for part in view.briefing.missing][0] == "T2"
    sent = Proceeding(("文员", datetime(2026, 7, 2, 9)))
    waiting = settlement_report.view(replace(book, proceedings={**book.proceedings, "2026Q2": sent}), "2026Q2")
    assert waiting.briefing.act.startswith("分管领导：审批（第4.3.3条）")
    assert waiting.briefing.state.startswith("已报批：2026年第2季度已由 文员 于 2026-07-02 09:00 报批")

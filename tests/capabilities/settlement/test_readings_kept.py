"""Readings that were added or corrected: what a quarter approved before keeps, and what the sentences say of them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.support.situations import facts_of
from workbench.app.policy import load_policy
from workbench.capabilities.leads.explain import of_lead
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.settlement.basis import Basis
from workbench.capabilities.settlement.explain_lines import of_line
from workbench.capabilities.settlement.settlement import settle

pytestmark = pytest.mark.whole

POLICY = load_policy()
AS_OF = datetime(2026, 7, 10, 18)
OLD = {"cap_month_at_target": False, "conversion_basis": "project", "repeat_project_reward": False}


def answered(day: int, expires: date | None = date(2026, 12, 31), **more) -> dict:
    return {"at": datetime(2026, 1, day, 9), "verdict": "有效", "expires": expires, **more}


def told(answers: list[dict], by: str = "D1", **more) -> dict:
    """One lead of ten vehicles, four of them picked up in March."""
    line = {"month": "2026-03", "signed": date(2026, 2, 20), "picked": 4, "at": date(2026, 4, 1)}
    story = {"at": datetime(2026, 1, 5, 9), "by": by, "quantity": 10, "dispatched": datetime(2026, 1, 5, 10)}
    return {"leads": {"A": {**story, "answers": answers, "contracts": [line], **more}}}


def lines(situation: dict, policy=POLICY, clauses=("7.1.1", "7.2.1", "7.2.2", "7.3.2a")) -> list[tuple]:
    """Clause, party and amount of the first quarter's lines."""
    found = settle(facts_of(situation), "2026Q1", AS_OF, policy).lines
    return [(line.clause, line.party, line.amount) for line in found if line.clause in clauses]


def test_an_undated_lead_and_a_date_left_out_are_read_as_before_in_an_approved_quarter():
    """No project without a date then; a later answer without one took it away and was fined."""
    before = POLICY.as_settled(OLD)
    undated, left_out = told([answered(6, None)]), told([answered(6), answered(20, None, person="李四")])
    assert lines(undated) == [("7.1.1", "D1", 1000), ("7.3.2a", "开发责任人", -100)]
    assert lines(undated, before) == [("7.3.2a", "开发责任人", -100)]
    assert lines(left_out) == [("7.1.1", "D1", 1000)]
    assert lines(left_out, before) == [("7.3.2a", "李四", -100)]


@pytest.mark.parametrize(("kept", "steps"), [({"cap_month_at_target": True}, 0), ({"cap_month_at_target": False}, 5)])
def test_the_key_that_was_replaced_keeps_its_meaning(kept, steps):
    """An approval under cap_month_at_target counts each month at most at its target, also where none fell short."""
    story = {"at": datetime(2026, 1, 5, 9), "by": "P1", "quantity": 5, "answers": [answered(6)]}
    situation = {
        "leads": {name: {**story, "customer": name} for name in "ABC"},
        "targets": [["P1", f"2026-0{month}", amount, "分解", date(2026, 1, 1)] for month, amount in ((1, 2),)],
    }
    amount = [("7.2.1", "P1", 200 * steps)] if steps else []
    assert lines(situation, POLICY.as_settled(kept)) == amount


def test_a_month_without_a_target_counted_in_quarters_approved_before():
    """Three leads against two, and one more in a month without a target: 150 % now, 200 % then."""
    story = {"by": "P1", "quantity": 5}
    leads = {
        name: {**story, "at": datetime(2026, month, 5, 9), "answers": [answered(6)]}
        for name, month in zip("ABCD", (1, 1, 1, 2))
    }
    situation = {"leads": leads, "targets": [["P1", "2026-01", 2, "分解", date(2026, 1, 1)]]}
    for lead in situation["leads"].values():
        lead["answers"] = [{**answered(6), "at": datetime(2026, 2, 20)}]
    assert lines(situation) == [("7.2.1", "P1", 1000)]
    situation["targets"][0][2] = 3
    assert lines(situation) == []
    assert lines(situation, POLICY.as_settled(OLD)) == [("7.2.1", "P1", 600)]


def sentences(situation: dict, policy, clause: str) -> str:
    """The explanation of the first line of a clause in the first quarter."""
    facts = facts_of(situation)
    line = next(line for line in settle(facts, "2026Q1", AS_OF, policy).lines if line.clause == clause)
    return "\n".join(
        step.text for step in of_line(line, Basis(policy, facts, derive(facts, AS_OF, policy)), "2026Q1").steps
    )


def of_the_lead(situation: dict, policy=POLICY) -> str:
    """The explanation of the lead."""
    facts = facts_of(situation)
    return "\n".join(step.text for step in of_lead(facts, derive(facts, AS_OF, policy), 1, AS_OF, policy).steps)


def test_each_reading_says_in_a_sentence_what_it_did():
    """D5, D9, D13, D30, D40, D42 in the line and in the lead."""
    verified = told([answered(6, verified=5)])
    assert "核实标的量 5 台，转化率以此为分母" in sentences(verified, POLICY, "7.1.1")
    assert "核实标的量 5 台，转化率以此为分母" in of_the_lead(verified)
    undated = told([answered(6, None)])
    assert "合同登记后立项 LXA，照常得奖（口径 D42）" in sentences(undated, POLICY, "7.1.1")
    assert "未注明到期日期，合同登记后立项 LXA（口径 D42）" in of_the_lead(undated)
    assert "保留以前注明的 2026-12-31（口径 D42）" in of_the_lead(told([answered(6), answered(20, None)]))
    to_date = POLICY.with_readings(conversion_vehicles="to_date")
    assert "本季度提车 4 台，转化率按至季度末的累计 4 台计算（口径 D30）" in sentences(verified, to_date, "7.1.1")
    earns = POLICY.with_readings(excluded_earns=True)
    excluded = told([answered(6)], applied=[datetime(2026, 1, 11)])
    assert "因第5.5条不计入信息量，仍可得奖（口径 D9）" in sentences(excluded, earns, "7.1.1")
    joint = POLICY.with_readings(joint_cap=1000)
    assert "P1 的完成率奖励与项目奖励合并封顶，完成率奖励之后余 1000 元（口径 D13）" in sentences(
        told([answered(6)], by="P1"), joint, "7.2.2"
    )
    late = told([{**answered(6), "at": datetime(2026, 2, 2, 9)}])
    confirmed = POLICY.with_readings(counts_in="confirmation")
    assert "于 2026-02-02 09:00 确认有效，计入确认当月 2026-02（口径 D5）" in of_the_lead(late, confirmed)
    assert "计入接收当月 2026-01" in of_the_lead(late)

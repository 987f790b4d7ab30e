"""Leaks: steps with clocks, whom they touch by the trail, a wrong entry corrected, two persons under one number."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support.disclosures import asked, other
from tests.support.office import Office

LEAK = {
    "事件编号": "XL-1",
    "泄露人员": "王泄露",
    "所在单位代码": "B001",
    "泄露日期": datetime(2026, 1, 6),
    "大客户部内部人员": "是",
}
DAY = ("--from", "2026-01-05T00:00:00", "--to", "2026-01-08")


def told(office: Office, *rows: dict, name: str = "泄露.xlsx", at: str = "2026-01-07T09:00:00") -> dict:
    """T13 as it comes in."""
    return office.receive(office.file("信息泄露事件登记表", name, {"编制人": "李"}, list(rows)), at)


@pytest.fixture
def office(consented) -> Office:
    """Two leads; the clerk works at 10:30 on 8 January 2026."""
    return consented


def lines(office: Office) -> list[tuple]:
    """What the quarter proposes by 7.3.4."""
    found = office.ask("settle", "2026Q1", "--as-of", "2026-01-08T10:30:00", code=None)["lines"]
    return [(line["party"], line["ref"], line["amount"]) for line in found if line["clause"] == "7.3.4"]


def test_steps_have_clocks_from_when_it_was_found(office):
    """Found by the receipt of the form unless somebody says when; late steps are named and the list ends with 1."""
    told(office, LEAK)
    (row,) = office.ask("incidents", "list", code=1)
    assert row["steps"]["控制"] == {"done_at": None, "due": "2026-01-08T09:00:00", "late": True}
    assert row["steps"]["告知客户"] == {"done_at": None, "due": "2026-01-10T09:00:00", "late": False}
    assert "500" in row["proposal"] and "2026Q1" in row["proposal"]
    office.run("incidents", "step", "XL-1", "发现", "--at", "2026-01-07T15:00:00", "--note", "例行检查发现")
    office.run("incidents", "step", "XL-1", "控制", "--at", "2026-01-08T09:00:00", "--note", "停用账号")
    office.run("incidents", "step", "XL-1", "上报", "--note", "已报分管领导")
    (row,) = office.ask("incidents", "list", code=0)
    assert [(step, said["late"]) for step, said in row["steps"].items()] == [
        ("发现", False),
        ("控制", False),
        ("上报", False),
        ("告知客户", False),
    ]
    due = office.ask("due", "--on", "2026-01-10", code=None)
    assert "XL-1" in str(due)


@pytest.mark.slow
def test_the_customers_affected_are_found_from_the_trail(office, become):
    """Who revealed, dispatched or handed over what in the time named; by one person, or by everybody."""
    number = office.by_customer()["江城客运公司"]["number"]
    asked(office, {})
    told(office, {**LEAK, "涉及信息编号": other(office)})
    office.run("reveal", number, "--reason", "核对")
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "在卷")
    office = become("文员")
    office.run("disclosures", "hand-over", "PL2026-001", "--out", "披露")
    office.run("dispatch", "--at", "2026-01-08T10:00:00", "--out", "转交")
    rows = become("审计员").ask("incidents", "affected", "XL-1", *DAY, code=0)
    assert {row["customer"]: [act["act"] for act in row["acts"]] for row in rows} == {
        "江城客运公司": ["查看", "披露", "转交"],
        "滨江物流集团": ["转交"],
    }
    nobody = office.ask("incidents", "affected", "XL-1", *DAY, "--by", "核实员")
    assert [(row["customer"], row["acts"]) for row in nobody] == [("滨江物流集团", [])]
    office.run("incidents", "affected", "XL-9", *DAY, code=2)
    office.run("incidents", "affected", "XL-1", "--from", "2026-01-09", "--to", "2026-01-08", code=2)


@pytest.mark.slow
def test_two_persons_under_one_number_are_two_and_a_wrong_entry_is_corrected(office):
    """Each has his line; a later row of the same number and person takes the place of the earlier, which stays on record."""
    assert told(office, LEAK, {**LEAK, "泄露人员": "赵泄露"})["accepted"] == 2
    assert lines(office) == [("王泄露", "XL-1", -500), ("赵泄露", "XL-1", -500)]
    outsider = {**LEAK, "泄露人员": "赵 泄露", "大客户部内部人员": "否"}
    got = told(office, outsider, name="更正.xlsx", at="2026-01-08T09:00:00")
    assert [finding["code"] for finding in got["findings"]] == ["incident_corrected"]
    assert lines(office) == [("王泄露", "XL-1", -500)]
    assert [row["proposal"] is None for row in office.ask("incidents", "list", code=None)] == [False, True]
    again = told(office, outsider, {**LEAK, "泄露日期": datetime(2026, 1, 5)}, name="再.xlsx", at="2026-01-08T10:00:00")
    assert [finding["code"] for finding in again["findings"]] == ["already_registered", "incident_corrected"]
    assert [row["happened_on"] for row in office.ask("incidents", "list", code=None)] == ["2026-01-05", "2026-01-06"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("XL-9", "控制", "--note", "x"), "没有泄露事件"),
        (("XL-1", "善后", "--note", "x"), "不在可选之列"),
        (("XL-1", "控制", "--note", " "), "理由"),
        (("XL-1", "控制", "--note", "已致电 13900001111"), "电话"),
        (("XL-1", "控制", "--note", "x", "--at", "2026-01-05T09:00:00"), "早于泄露日期"),
    ],
)
def test_what_cannot_be_is_refused(office, arguments, said):
    """Nothing is recorded."""
    told(office, LEAK)
    office.run("incidents", "step", *arguments, code=2)
    assert said in office.said
    (row,) = office.ask("incidents", "list", code=None)
    assert row["steps"]["控制"]["done_at"] is None


def test_who_may(office, become):
    """Approver and auditor look; verifier and analyst do not; only clerk and custodian record."""
    told(office, LEAK)
    for user, looks in (("领导", 1), ("审计员", 1), ("核实员", 2), ("分析员", 2)):
        become(user).run("incidents", "list", code=looks)
        office.run("incidents", "step", "XL-1", "控制", "--note", "x", code=2)

"""T14: an appeal against a settled amount, decided by another person; the difference comes with the next open quarter."""

from __future__ import annotations

import pytest

from tests.support.appeals import LATE, appeal, codes, lines, played
from tests.support.office import Office
from tests.support.raw_reading import in_clear, read_all
from tests.support.staff import PEOPLE
from tests.support.vault import Vault
from workbench.platform.register.keys import unlock
from workbench.platform.register.names import Names

TYPED = ("江城客运公司刘主任（13812345678）可以证明", "身份证110101199003071234")
SHOWN = "江城客运公司刘主任（138****5678）可以证明"


def test_an_upheld_appeal_is_a_difference_in_the_next_open_quarter(staffed, set_clock):
    """Taken in with a number and a date to decide by; the closed quarter stays; settled once."""
    office = played(staffed)
    assert codes(appeal(office, "早.xlsx", [LATE])) == [("not_approved", "B7")]
    set_clock("2026-04-09T17:00:00")
    office.run("settle", "2026Q1", "--as-of", "2026-04-09", "--approve")
    before = office.run("settle", "2026Q1", "--json")
    receipt = appeal(office, "申诉.xlsx", [LATE, (*LATE[:3], "2026-03-20", "金额有误", -50, "只晚了几分钟")])
    assert (receipt["accepted"], receipt["returned"]) == (2, 0)
    assert "SS2026Q1-001" in receipt["findings"][0]["message"] and "2026-04-27" in receipt["findings"][0]["message"]
    assert codes(appeal(office, "再.xlsx", [LATE], "2026-04-14")) == [("already_appealed", "E7")]
    listed = office.ask("appeals", "list", code=1)
    assert [(row["number"], row["outcome"], row["settled"], row["claimed"]) for row in listed] == [
        ("SS2026Q1-001", "待裁定", -100, 0),
        ("SS2026Q1-002", "待裁定", -100, -50),
    ]
    assert [row["grounds"] for row in listed] == [LATE[-1], "只晚了几分钟"]
    set_clock("2026-04-21T17:00:00")
    rule = ("appeals", "rule", "SS2026Q1-001")
    for wrong, said in (
        (("可以", "--reason", "停电属实"), "裁定应为"),
        (("成立", "--reason", " "), "写明裁定理由"),
        (("部分成立", "--reason", "停电"), "--amount"),
        (("成立", "--amount", "0", "--reason", "停电"), "--amount"),
        (("部分成立", "--amount", "-100", "--reason", "停电"), "之间"),
        (("成立", "--reason", "停电", "--at", "2026-04-12"), "早于"),
    ):
        office.run(*rule, *wrong, code=2)
        assert said in office.said, wrong
    office.run("appeals", "rule", "SS2026Q1-009", "成立", "--reason", "停电", code=2)
    assert "没有申诉" in office.said
    assert "应核 0 元" in office.run(*rule, "成立", "--reason", "停电属实", "--at", "2026-04-20T10:00:00")
    office.run("appeals", "rule", "SS2026Q1-002", "不成立", "--reason", "不属实", "--at", "2026-04-20T10:00:00")
    office.run(*rule, "不成立", "--reason", "反悔", "--at", "2026-04-21T10:00:00", code=2)
    assert "已裁定" in office.said
    assert "SS2026Q1-001" in office.run("appeals", "list")
    set_clock("2026-07-09T17:00:00")
    adjusted = {key: amount for key, amount in lines(office, "2026Q2", "2026-07-09").items() if key[3]}
    assert adjusted == {("7.3.2b", "郑策", "2026-03-10", "2026Q1"): 100}
    office.run("settle", "2026Q2", "--as-of", "2026-07-09", "--approve")
    assert office.run("settle", "2026Q1", "--json") == before
    assert office.ask("settlement", "status", code=0)[0]["signed"]
    assert not [key for key in lines(office, "2026Q3", "2026-10-09") if key[3]]
    with office.opened() as session:
        assert session.register.verify_audit() == []


def test_what_is_not_admissible_goes_back_with_its_cell(staffed, set_clock):
    """Late, unknown, misfit and mistyped appeals; one good row among them is taken."""
    office = played(staffed)
    set_clock("2026-04-09T17:00:00")
    office.run("settle", "2026Q1", "--as-of", "2026-04-09", "--approve")
    number = office.by_customer()["江城客运公司"]["number"]
    rows = [
        ("第一季", *LATE[1:]),
        (*LATE[:3], "2026-03-11", *LATE[4:]),
        (*LATE[:4], "应奖未奖", 1000, "理由"),
        ("2026Q1", "7.1.1", "D8", number, "应奖未奖", 1000, "理由"),
        ("2026Q1", "7.1.1", "D002", number, "应奖未奖", 1000, "理由"),
        ("2026Q1", "7.2.1", "B001", "2026Q2", "应奖未奖", 200, "理由"),
        ("2026Q1", "7.1.1", "D001", number, "应奖未奖", 1000, "理由"),
    ]
    receipt = appeal(office, "申诉.xlsx", rows)
    assert (receipt["accepted"], receipt["returned"]) == (1, 6)
    assert codes(receipt) == [
        ("bad_quarter", "B7"),
        ("no_such_line", "E8"),
        ("kind_does_not_fit", "F9"),
        ("kind_does_not_fit", "F9"),
        ("wrong_sign", "G9"),
        ("unknown_unit", "D10"),
        ("other_reporter", "E11"),
        ("other_ref", "E12"),
        ("appeal_received", "E13"),
    ]
    assert codes(appeal(office, "迟.xlsx", [LATE], "2026-04-24")) == [("appeal_too_late", "B7")]
    assert not any("理由" in finding["message"] for finding in receipt["findings"])


def test_neither_the_submitter_nor_the_clerk_decides(become, set_clock, monkeypatch):
    """The clerk who submitted may not even try; an approver who approved another's numbers may."""
    office = played(become("文员"))
    set_clock("2026-04-09T17:00:00")
    office.run("settlement", "submit", "2026Q1", "--as-of", "2026-04-09", "--accept", "登记表未返回，照章处罚")
    become("领导").run("settlement", "approve", "2026Q1")
    receipt = appeal(become("文员"), "申诉.xlsx", [LATE])
    assert receipt["accepted"] == 1
    set_clock("2026-04-14T09:00:00")
    office.run("appeals", "rule", "SS2026Q1-001", "成立", "--reason", "停电", code=2)
    assert "无权裁定申诉" in office.said
    with monkeypatch.context() as patched:
        patched.setattr("workbench.platform.access.session.allowed", lambda role, action: True)
        office.run("appeals", "rule", "SS2026Q1-001", "成立", "--reason", "停电", code=2)
        assert "由您本人报批" in office.said
    become("领导").run("appeals", "rule", "SS2026Q1-001", "成立", "--reason", "停电属实")
    assert [row["ruled_by"] for row in office.ask("appeals", "list", code=0)] == ["领导"]


def appealed(become, set_clock) -> Office:
    """Two appeals with personal data among their grounds, brought in by the clerk."""
    office = played(become("文员"))
    set_clock("2026-04-09T17:00:00")
    office.run("settlement", "submit", "2026Q1", "--as-of", "2026-04-09", "--accept", "登记表未返回，照章处罚")
    become("领导").run("settlement", "approve", "2026Q1")
    other = (*LATE[:3], "2026-03-20", "不应处罚", 0)
    receipt = appeal(become("文员"), "申诉.xlsx", [(*LATE[:-1], TYPED[0]), (*other, TYPED[1])])
    assert receipt["accepted"] == 2
    return office


def test_who_rules_reads_the_grounds_without_phones(become, set_clock):
    """A mask where an identity number stands in them; nothing for an analyst; a line of the list for people."""
    appealed(become, set_clock)
    for name, told in (("领导", [SHOWN, "***"]), ("文员", [SHOWN, "***"]), ("分析员", [None, None])):
        assert [row["grounds"] for row in become(name).ask("appeals", "list", code=1)] == told
    assert SHOWN in become("领导").run("appeals", "list", code=1)


@pytest.mark.parametrize(
    ("name", "opens"), [("文员", {SHOWN, *TYPED}), ("领导", {SHOWN}), ("审计员", {SHOWN}), ("分析员", set())]
)
def test_the_keys_a_role_holds_open_no_more_of_the_grounds(become, set_clock, name, opens):
    """Every cell, and every value its keys open, by the formulas of the file: what was typed is for the holders of personal data."""
    path = appealed(become, set_clock).folder / "登记册.db"
    vault = Vault(path, unlock(path, name, PEOPLE[name][1])[1])
    assert in_clear(vault, {"SS2026Q1-001"}) and not in_clear(vault, {SHOWN, *TYPED, "刘主任", "13812345678"})
    found = read_all(vault)
    assert {text for text in (SHOWN, *TYPED) if text in found} == opens


def test_in_a_register_whose_names_stand_in_clear_the_grounds_do_not(staffed, set_clock, monkeypatch):
    """One of an earlier version that was not brought over: sealed as before, and a mask for who reads the list."""
    office = played(staffed)
    set_clock("2026-04-09T17:00:00")
    office.run("settle", "2026Q1", "--as-of", "2026-04-09", "--approve")
    monkeypatch.setattr(Names, "sealed", False)
    appeal(office, "申诉.xlsx", [LATE])
    assert [row["grounds"] for row in office.ask("appeals", "list", code=1)] == ["***"]
    with office.opened() as session:
        vault = Vault(office.folder / "登记册.db", session.register.keys)
        assert not in_clear(vault, {LATE[-1]}) and LATE[-1] in read_all(vault)

"""A wrongly imported file is taken back by two people; an earlier moment shows it as it was."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.support.office import lead

FACTORY = "江城机械厂"
VALID = {"甄别结论": "有效", "到期日期": datetime(2026, 12, 31), "项目责任人": "何项目"}


def play(office) -> None:
    """A lead of the first dealer by file 2, a project since 6 January by file 3; a duplicate of the second by file 4."""
    office.receive(office.leads("D001", "一.xlsx", [lead(FACTORY)]), "2026-01-05T09:00:00")
    office.run("dispatch", "--at", "2026-01-05T18:00:00", "--out", office.folder / "转交")
    for path in office.answer(office.folder / "转交", {FACTORY: VALID}):
        office.receive(path, "2026-01-06T09:00:00")
    office.receive(office.leads("D002", "二.xlsx", [lead(FACTORY)], date(2026, 1, 7)), "2026-01-07T09:00:00")


@pytest.fixture
def two(staffed, prepared):
    """The two dealers, in a register with a single user."""
    prepared(staffed.folder, "a project and its duplicate", lambda: play(staffed))
    return staffed


@pytest.fixture
def two_among_many(become, staffed, prepared):
    """The two dealers, in a register with a staff; a clerk is working."""
    become("文员")
    prepared(staffed.folder, "a project and its duplicate, with a staff", lambda: play(staffed))
    return staffed


def statuses(office, *more: object) -> dict[str, str]:
    """The status of each unit's lead."""
    return {row["reporter"]: row["status"] for row in office.ask("leads", *more)}


def test_one_asks_another_confirms_and_the_next_in_line_is_first(two_among_many, become):
    """Until somebody else confirms, everything stays; afterwards the lead is none, and was one before."""
    two = two_among_many
    take_back = ("withdraw-import", "2", "--reason", "误导入", "--at")
    two.run(*take_back, "2026-01-08T09:00:00", code=1)
    assert statuses(two) == {"D001": "已立项", "D002": "重复"}
    two.run(*take_back, "2026-01-08T10:00:00", code=2)
    become("领导")
    two.run(*take_back, "2026-01-08T11:00:00", code=0)
    become("文员")
    assert statuses(two) == {"D002": "已接收"}
    assert statuses(two, "--as-of", "2026-01-08T10:59:00") == {"D001": "已立项", "D002": "重复"}
    assert two.ask("settle", "2026Q1", "--as-of", "2026-02-01T09:00:00", code=None)["lines"]
    become("审计员")
    two.run("audit", "verify", code=0)


def test_what_repeated_the_file_stands_once_somebody_with_the_keys_is_at_work(two_among_many, become):
    """The approver who confirms cannot copy the contact; the clerk's next import does. The number stays."""
    two = two_among_many
    tea, on = lead("皖南茶业", 联系方式="13900003306"), date(2026, 1, 8)
    first = two.receive(two.leads("B001", "茶一.xlsx", [tea], on), "2026-01-08T09:00:00", code=0)
    two.receive(two.leads("B001", "茶二.xlsx", [tea], on), "2026-01-09T09:00:00", code=0)
    number = two.by_customer()["皖南茶业"]["number"]
    take_back = ("withdraw-import", first["number"], "--reason", "误导入", "--at")
    two.run(*take_back, "2026-01-10T09:00:00", code=1)
    become("领导")
    two.run(*take_back, "2026-01-10T10:00:00", code=0)
    assert "皖南茶业" not in two.by_customer()
    become("文员")
    two.receive(two.leads("B001", "别的.xlsx", [lead("和县公园", 联系方式="13900003307")], on), "2026-01-12T09:00:00")
    got = two.by_customer()["皖南茶业"]
    assert (got["number"], got["received_at"], got["status"]) == (number, "2026-01-09T09:00:00", "已接收")
    assert two.by_customer(as_of="2026-01-09T12:00:00")["皖南茶业"]["received_at"] == "2026-01-08T09:00:00"
    become("审计员")
    two.run("audit", "verify", code=0)


def test_a_sole_user_does_both_and_is_told_so(two):
    """A file that nobody asked about cannot be declined; an unknown number is refused."""
    two.run("withdraw-import", "4", "--reason", "误导入", "--decline", code=2)
    two.run("withdraw-import", "99", "--reason", "误导入", code=2)
    two.run("withdraw-import", "4", "--reason", "误导入", "--at", "2026-01-08T09:00:00", code=0)
    assert "一个用户" in two.said and statuses(two) == {"D001": "已立项"}


def test_a_withdrawn_answer_leaves_the_lead_to_be_answered(two):
    """The section's file is taken back: the lead waits again, and the same answer in a new file is taken."""
    two.run("withdraw-import", "3", "--reason", "误导入", "--at", "2026-01-06T12:00:00", code=0)
    assert statuses(two)["D001"] == "待甄别"
    (path,) = two.answer(two.folder / "转交", {FACTORY: {**VALID, "到期日期": datetime(2027, 6, 30)}})
    assert two.receive(path, "2026-01-08T09:00:00")["accepted"] == 1
    assert statuses(two)["D001"] == "已立项"


def test_a_hand_over_taken_back_gives_the_lead_back_for_a_new_term(two):
    """Nobody is late: the first section's term ended with the hand-over, the second's with the word that took it back (D41)."""
    tea, on = lead("皖南茶业", 联系方式="13900003306"), date(2026, 1, 8)
    two.receive(two.leads("B001", "茶.xlsx", [tea], on), "2026-01-08T09:00:00", code=0)
    two.run("dispatch", "--at", "2026-01-08T18:00:00", "--out", two.folder / "转交二")
    number = two.by_customer()["皖南茶业"]["number"]
    header = {"申请单位代码": "S002", "申请人": "经办人", "申请日期": datetime(2026, 1, 9)}
    row = {"信息编号": number, "客户名称": "皖南茶业", "变更事项": "转交其他科室", "新值": "S001", "理由": "试验理由"}
    over = two.receive(two.file("信息变更申请单", "转交.xlsx", header, [row]), "2026-01-09T09:00:00", code=0)
    two.run("withdraw-import", over["number"], "--reason", "误导入", "--at", "2026-01-12T09:00:00", code=0)
    for section, taken in (("S001", 0), ("S002", 1)):
        said = {"信息编号": number, "客户名称": "皖南茶业", **VALID}
        answer = two.file("甄别反馈表", f"{section}.xlsx", {"科室代码": section, "反馈人": "孙反馈"}, [said])
        assert two.receive(answer, "2026-01-14T09:00:00")["accepted"] == taken
    lines = two.ask("settle", "2026Q1", "--as-of", "2026-02-01T09:00:00", code=None)["lines"]
    assert number not in [line["ref"] for line in lines]
    two.run("audit", "verify", code=0)


@pytest.mark.slow
def test_a_withdrawn_file_of_an_approved_quarter_gives_adjustments(first_quarter):
    """The quarter stays as it was approved; the next one takes back what rested on the file."""
    approved = first_quarter.ask("settle", "2026Q1", "--approve", "--as-of", "2026-04-05T09:00:00", code=None)
    with first_quarter.opened() as session:
        files = session.register.read("document", ["document", "name"]).set_index("name")["document"]
    first_quarter.run(
        "withdraw-import", files["合同1月.xlsx"], "--reason", "误导入", "--at", "2026-04-06T09:00:00", code=0
    )
    again = first_quarter.ask("settle", "2026Q1", "--as-of", "2026-04-07T09:00:00", code=None)
    assert again["lines"] == approved["lines"]
    later = first_quarter.ask("settle", "2026Q2", "--as-of", "2026-04-07T09:00:00", code=None)["lines"]
    back = [line for line in later if line["clause"] == "7.1.1" and line["adjusts"] == "2026Q1"]
    assert [line["amount"] for line in back] == [-1000]

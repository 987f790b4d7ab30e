"""A report under one unit's code and another unit's name is held: nobody is credited until a person has spoken."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support.office import UNITS, lead

OTHER = next(row[1] for row in UNITS if row[0] == "D002")
FACTORY = "江城机械厂"


def report(office, name: str, unit_name: str, code: str = "D001"):
    """A T1 under a code, with this name of the unit."""
    header = {"单位代码": code, "单位名称": unit_name, "提报人": "李提报", "提报日期": datetime(2026, 1, 5)}
    return office.file("大客户信息记录表", name, header, [lead(FACTORY)])


@pytest.fixture
def held(staffed, prepared):
    """A report of D001 that gives the name of D002, received on 5 January."""
    prepared(staffed.folder, "code of one unit, name of another", lambda: play(staffed))
    return staffed


def play(office) -> None:
    receipt = office.receive(report(office, "混.xlsx", OTHER), "2026-01-05T09:00:00", code=1)
    (finding,) = receipt["findings"]
    assert finding["code"] == "unit_name_of_another" and finding["clause"] == "5.2" and finding["cell"]
    assert "D001" in finding["message"] and "D002" in finding["message"]


def number_of(office) -> str:
    """The number of the lead."""
    return office.by_customer()[FACTORY]["number"]


def test_it_is_held_counts_for_nobody_and_is_not_dispatched(held):
    """待复核 under 5.2, in the list of reviews with its ground, explained, and nothing is handed over."""
    row = held.by_customer()[FACTORY]
    assert (row["status"], row["clause"], row["counts_in"]) == ("待复核", "5.2", None)
    (review,) = held.ask("review")
    assert review["number"] == row["number"] and "分属两个单位" in review["ground"]
    assert "D002" in held.run("explain", row["number"])
    held.run("dispatch", "--at", "2026-01-05T18:00:00", "--out", held.folder / "转交")
    assert held.by_customer()[FACTORY]["status"] == "待复核"


@pytest.mark.parametrize(("verdict", "status", "clause"), [("受理", "已接收", None), ("无效", "无效", "5.2")])
def test_a_person_says_whether_the_code_is_right(held, verdict, status, clause):
    """受理 credits the code's unit, 无效 nobody; its place of receipt stays."""
    held.run("decide", number_of(held), verdict, "--reason", "已电话核实", "--at", "2026-01-06T09:00:00")
    row = held.by_customer()[FACTORY]
    assert (row["status"], row["clause"], row["reporter"]) == (status, clause, "D001")


def test_a_change_of_unit_gives_it_to_the_one_named(held):
    """更改提报单位, decided, credits D002 by the first receipt."""
    number = number_of(held)
    asked = {"信息编号": number, "客户名称": FACTORY, "变更事项": "更改提报单位", "新值": "D002", "理由": "代码误填"}
    header = {"申请单位代码": "D002", "申请人": "经办人", "申请日期": datetime(2026, 1, 6)}
    held.receive(held.file("信息变更申请单", "变更.xlsx", header, [asked]), "2026-01-06T09:00:00")
    (request,) = held.ask("changes", "list")
    held.run("changes", "decide", request["number"], "同意", "--reason", "属实", "--at", "2026-01-06T10:00:00")
    row = held.by_customer()[FACTORY]
    assert (row["status"], row["reporter"], row["received_at"][:10]) == ("已接收", "D002", "2026-01-05")


def test_a_corrected_file_releases_it(held):
    """The same row under its own unit's name is received, in its first place."""
    receipt = held.receive(report(held, "改.xlsx", UNITS[0][1]), "2026-01-06T09:00:00")
    assert "unit_name_of_another" not in {finding["code"] for finding in receipt["findings"]}
    row = held.by_customer()[FACTORY]
    assert (row["status"], row["received_at"][:10]) == ("已接收", "2026-01-05")


@pytest.mark.parametrize("typed", ["合肥北城 销售服务店", "合肥北城銷售服務店", "合肥北城销售服务店有限公司"])
def test_the_name_of_another_is_known_however_it_is_typed(staffed, typed):
    """Spaces, traditional characters, a company's suffix: it is the second dealer's name under the first one's code."""
    got = staffed.receive(report(staffed, "混.xlsx", typed), "2026-01-05T09:00:00", code=1)
    assert [item["code"] for item in got["findings"]] == ["unit_name_of_another"]
    assert staffed.by_customer()[FACTORY]["status"] == "待复核"


@pytest.mark.parametrize(("typed", "code"), [("没有这家店", "unit_name_differs"), (f" {UNITS[0][1]} ", None)])
def test_a_name_that_is_nobodys_is_a_warning(staffed, typed, code):
    """A name no unit has is said and credited; the own name with spaces is the own name."""
    receipt = staffed.receive(report(staffed, "名.xlsx", typed), "2026-01-05T09:00:00")
    assert [finding["code"] for finding in receipt["findings"]] == ([code] if code else [])
    assert staffed.by_customer()[FACTORY]["status"] == "已接收"

"""A quarter on its way: submitted by the clerk, approved or sent back by the approver, signed, and fixed."""

from __future__ import annotations

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from tests.support.office import PASSPHRASE, Office, lead
from workbench.platform.register.keys import unlock

pytestmark = pytest.mark.slow

PEOPLE = {"文员": ("clerk", "清晨的集市飘着豆浆香 one"), "领导": ("approver", "山谷里传来三声钟响 three")}
NIL = ("2026-01", "2026-02", "2026-03")


@pytest.fixture
def as_(staffed, monkeypatch, prepared):
    """Become the clerk, the approver or the custodian; the quarter has one lead that was dispatched and answered."""
    custodian = unlock(staffed.folder / "登记册.db", None, PASSPHRASE)[0]

    def work() -> None:
        staffed.receive(staffed.leads("B001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
        staffed.run("dispatch", "--at", "2026-01-05T10:00:00", "--out", staffed.folder / "转交")
        for user, (role, words) in PEOPLE.items():
            monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", words)
            staffed.run("users", "add", user, "--role", role, "--user", custodian)

    prepared(staffed.folder, "a quarter to approve", work)
    monkeypatch.setenv("WORKBENCH_SIMULATION", "1")  # times behind the clock need no reason then

    def become(user: str | None) -> Office:
        monkeypatch.setenv("WORKBENCH_USER", user or custodian)
        monkeypatch.setenv("WORKBENCH_PASSPHRASE", PEOPLE[user][1] if user else PASSPHRASE)
        return staffed

    return become


def answered(office: Office) -> None:
    """The feedback and the three contract registers come in."""
    verdicts = {"江城客运公司": {"甄别结论": "有效", "到期日期": "2026-06-30", "项目责任人": "冯行"}}
    for path in office.answer(office.folder / "转交", verdicts):
        office.run("import", path, "--received-at", "2026-01-06T09:00:00")
    for month in NIL:
        nil = office.file("合同登记汇总表", f"合同{month}.xlsx", {"月份": month}, [])
        office.run("import", nil, "--received-at", f"2026-04-0{month[-1]}T09:00:00")


def test_a_quarter_passes_from_one_person_to_another(as_):
    """Open items are listed and need a reason; the maker cannot approve; what is approved is what was submitted."""
    office = as_("文员")
    office.run("settlement", "submit", "2026Q1", "--as-of", "2026-04-10", code=2)
    assert "合同登记汇总表尚未返回：2026-01、2026-02、2026-03" in office.said and "1 条信息科室尚未反馈" in office.said
    answered(office)
    draft = office.ask("settle", "2026Q1", "--as-of", "2026-04-10")
    sent = office.ask("settlement", "submit", "2026Q1", "--as-of", "2026-04-10", code=0)
    assert [item["code"] for item in sent["open"]] == ["back_dated"] and sent["lines"] == draft["lines"] != []
    office.run("settlement", "approve", "2026Q1", code=2)
    assert "无权批准核算" in office.said
    assert [row["state"] for row in office.ask("settlement", "status", code=0)] == ["已报批"]
    office = as_("领导")
    office.run("settlement", "submit", "2026Q1", "--as-of", "2026-04-10", code=2)
    approved = office.ask("settle", "2026Q1", "--approve", code=0)  # the other spelling
    assert approved["lines"] == draft["lines"]
    (row,) = office.ask("settlement", "status", code=0)
    assert (row["state"], row["submitted_by"], row["decided_by"], row["signed"]) == ("已批准", "文员", "领导", True)
    assert row["reason"] is None and "NaN" not in office.run("settlement", "status", "--json")
    assert office.ask("settle", "2026Q1")["lines"] == draft["lines"]
    office.run("settlement", "approve", "2026Q1", code=2)
    assert "已批准" in office.said


def test_a_submission_is_sent_back_and_comes_again(as_):
    """With a reason; until it comes again there is nothing to approve."""
    office = as_("文员")
    office.run("settlement", "submit", "2026Q1", "--as-of", "2026-04-10", "--accept", "科室出差，先报")
    office = as_("领导")
    office.run("settlement", "return", "2026Q1", "--reason", " ", code=2)
    office.run("settlement", "return", "2026Q1", "--reason", "请催科室")
    office.run("settlement", "approve", "2026Q1", code=2)
    assert "尚未报批" in office.said
    (row,) = office.ask("settlement", "status", code=0)
    assert (row["state"], row["reason"], row["decided_by"]) == ("已退回", "请催科室", "领导")
    answered(as_("文员"))
    office.run("settlement", "submit", "2026Q1", "--as-of", "2026-04-12")
    as_("领导").run("settlement", "approve", "2026Q1")
    assert "已批准" in office.run("settlement", "status")


def test_what_changed_since_is_not_approved(as_):
    """A file that comes later with an earlier time of receipt changes the numbers: back to the maker."""
    answered(as_("文员"))
    office = as_("文员")
    office.run("settlement", "submit", "2026Q1", "--as-of", "2026-04-10")
    late = office.leads("B001", "补.xlsx", [lead("滨江物流集团", 联系方式="13900001112")])
    office.receive(late, "2026-03-20T09:00:00", code=0)
    office.run("dispatch", "--at", "2026-03-20T10:00:00", "--out", office.folder / "转交二")
    as_("领导").run("settlement", "approve", "2026Q1", code=2)
    assert "与报批的数字不同" in office.said


def test_an_edited_line_shows_in_the_status(as_):
    """With the file key in hand: the signature does not hold any more."""
    answered(as_("文员"))
    office = as_("文员")
    office.run("settlement", "submit", "2026Q1", "--as-of", "2026-04-10")
    as_("领导").run("settlement", "approve", "2026Q1")
    keys = unlock(office.folder / "登记册.db", "领导", PEOPLE["领导"][1])[1]
    connection = sqlcipher.connect(str(office.folder / "登记册.db"), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{keys.file.hex()}'\"")
    connection.execute("UPDATE settlement_line SET amount = amount + 1000 WHERE position = 0")
    connection.close()
    assert [row["signed"] for row in office.ask("settlement", "status", code=1)] == [False]


def test_a_sole_user_submits_and_approves_in_one_step(staffed):
    """Both signatures stand, open items are listed with the submission."""
    staffed.receive(staffed.leads("B001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
    staffed.run("settle", "2026Q1", "--as-of", "2026-04-10", "--approve")
    (row,) = staffed.ask("settlement", "status", code=0)
    assert (row["state"], row["signed"]) == ("已批准", True)
    with staffed.opened() as session:
        open_ = session.register.read("submission", ["open"])["open"][0]
        assert set(open_) == {"register_missing", "not_dispatched", "back_dated"}

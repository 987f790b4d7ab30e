"""After the approval: a department's reward is split to the yuan, each payer acknowledges, and the quarter is carried out."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from tests.support.appeals import LATE, appeal
from tests.support.appeals import TITLES as APPEALED
from tests.support.office import Office, lead
from tests.support.templates import with_columns
from workbench.capabilities.settlement.allocations import allocated
from workbench.capabilities.settlement.payment import to_carry_out

pytestmark = pytest.mark.slow

TITLES = ("部门代码", "部门名称", "姓名", "分配金额(元)")
CUSTOMERS = ("江城客运公司", "滨江物流集团", "望江机械厂", "皖南茶业公司")
NIL = ("2026-01", "2026-02", "2026-03")


@pytest.fixture
def approved(staffed, prepared) -> Office:
    """2026Q1 with a department at 133 % (600 yuan) and nine missed publications (900 yuan), approved."""

    def work() -> None:
        months = {f"{month}月": 1 for month in range(1, 13)}
        row = {"单位代码": "B001", "单位名称": "区域一部", "责任人": "周正", "全年目标": 12, **months}
        targets = staffed.file("目标信息量分解调整表", "目标.xlsx", {"年度": 2026, "类型": "分解"}, [row])
        staffed.receive(targets, "2026-01-02T10:00:00", code=0)
        rows = [lead(name, 联系方式=f"1390000111{number}") for number, name in enumerate(CUSTOMERS)]
        staffed.receive(staffed.leads("B001", "一.xlsx", rows), "2026-01-05T09:00:00", code=0)
        staffed.run("dispatch", "--at", "2026-01-05T10:00:00", "--out", staffed.folder / "转交")
        good = {"甄别结论": "有效", "到期日期": "2026-06-30", "项目责任人": "冯行"}
        for path in staffed.answer(staffed.folder / "转交", dict.fromkeys(CUSTOMERS, good)):
            staffed.run("import", path, "--received-at", "2026-01-06T09:00:00")
        for month in NIL:
            nil = staffed.file("合同登记汇总表", f"合同{month}.xlsx", {"月份": month}, [])
            staffed.run("import", nil, "--received-at", f"2026-0{int(month[-1]) + 1}-02T09:00:00")

    prepared(staffed.folder, "a quarter to pay", work)
    return staffed


def shares(office: Office, name: str, rows: list[tuple], quarter: str = "2026Q1", at: str = "2026-04-15") -> dict:
    """Import a T15."""
    header = {"季度": quarter, "分管领导": "赵副总", "分配日期": datetime.fromisoformat(at)}
    file = office.file("部门奖金分配表", name, header, [dict(zip(TITLES, row, strict=True)) for row in rows])
    return office.receive(file, f"{at}T09:00:00")


def pay(office: Office, *more: object, code: int = 0, quarter: str = "2026Q1") -> str:
    """`settlement pay` on a fixed day."""
    office.run("settlement", "pay", quarter, "--at", "2026-04-20T09:00", *more, code=code)
    return office.said


def test_a_quarter_is_carried_out_to_the_yuan(approved):
    """Nothing before the approval; the split adds up or goes back; each payer once, with the exact amounts."""
    early = shares(approved, "早.xlsx", [("B001", "区域一部", "周正", 600)])
    assert [finding["code"] for finding in early["findings"]] == ["not_approved"]
    administration = ("--payer", "综合管理部", "--reference", "记-0420")
    assert "尚未批准" in pay(approved, *administration, code=2)
    approved.run("settlement", "payable", "2026Q1", code=2)
    assert "尚未批准" in approved.said
    approved.run("settle", "2026Q1", "--as-of", "2026-04-10", "--approve")
    due = approved.ask("settlement", "payable", "2026Q1", code=0)
    assert due == {
        "quarter": "2026Q1",
        "payable": [{"payer": "综合管理部", "paid": 600, "collected": 900}],
        "unallocated": ["B001"],
    }
    exact = ("--paid", 600, "--collected", 900)
    assert "尚未分配：B001" in pay(approved, *administration, *exact, code=2)
    wrong = shares(approved, "少.xlsx", [("B001", "区域一部", "周正", 400), ("B001", "区域一部", "王平", 199)])
    assert (wrong["accepted"], wrong["returned"]) == (0, 2)
    assert "奖励 600 元，分配合计 599 元" in wrong["findings"][0]["message"] and wrong["findings"][0]["cell"]
    other = shares(approved, "别部.xlsx", [("B002", "区域二部", "吴平", 100), ("B001", "区域一部", "周正", 600)])
    assert (other["accepted"], other["returned"]) == (1, 1)  # a department without a reward has nothing to split
    again = shares(approved, "改.xlsx", [("B001", "区域一部", "周正", 400), ("B001", "区域一部", "王平", 200)])
    assert (again["accepted"], again["returned"]) == (2, 0)
    same = shares(
        approved, "再.xlsx", [("B001", "区域一部", "周正", 400), ("B001", "区域一部", "王平", 200)], at="2026-04-16"
    )
    assert (same["accepted"], same["unchanged"]) == (0, 2)
    for amounts in (("--paid", 600), ("--paid", 599, "--collected", 900), ("--paid", -300)):
        assert "应发放 600 元、收缴 900 元" in pay(approved, *administration, *amounts, code=2)
    assert "凭证号" in pay(approved, "--payer", "综合管理部", "--reference", " ", *exact, code=2)
    assert "晚于今天" in pay(approved, *administration, *exact, "--on", "2026-04-21", code=2)
    assert "早于核算数据的截止日 2026-04-10" in pay(approved, *administration, *exact, "--on", "2026-04-09", code=2)
    assert "兑现部门应为" in pay(approved, "--payer", "人事部", "--reference", "1", *exact, code=2)
    assert "没有需要财务计划部" in pay(approved, "--payer", "财务计划部", "--reference", "1", code=2)
    approved.run("settlement", "pay", "2026Q1", "--at", "2026-04-20T09:00", *administration, *exact)
    assert [row["state"] for row in approved.ask("settlement", "status", code=0)] == ["已兑现"]
    assert "不能重复登记" in pay(approved, *administration, *exact, code=2)
    late = shares(approved, "晚.xlsx", [("B001", "区域一部", "王平", 600)], at="2026-05-15")
    assert [finding["code"] for finding in late["findings"]] == ["already_paid"]
    with approved.opened() as session:
        kept = session.register.read("allocation", ["unit", "person", "amount", "leader"])
        assert kept.values.tolist() == [
            ["B001", "周正", 600, "赵副总"],
            ["B001", "周正", 400, "赵副总"],
            ["B001", "王平", 200, "赵副总"],
            ["B001", "周正", 400, "赵副总"],
            ["B001", "王平", 200, "赵副总"],
        ]
        counts = allocated(session.register, "2026Q1")
        assert counts[["person", "amount"]].values.tolist() == [["周正", 400], ["王平", 200]]
        assert session.register.verify_audit() == []


def test_lists_show_what_stands_in_added_columns(approved, tmp_path):
    """Of shares (T15) and appeals (T14): title and value, a mask for a personal one; without them the lists are as they were."""
    approved.run("settlement", "shares", "2026Q1", code=2)
    approved.run("settle", "2026Q1", "--as-of", "2026-04-10", "--approve")
    assert approved.ask("settlement", "shares", "2026Q1", code=0) == approved.ask("appeals", "list", code=0) == []
    approved.blanks = tmp_path / "新表"
    ground = {"key": "ground", "title": "分配依据", "kind": "text"}
    with with_columns(tmp_path, "bonus_allocation", [ground]):
        approved.run("templates", "--out", approved.blanks, code=0)
        header = {"季度": "2026Q1", "分管领导": "赵副总", "分配日期": datetime(2026, 4, 15)}
        row = {**dict(zip(TITLES, ("B001", "区域一部", "周正", 600), strict=True)), "分配依据": "出勤"}
        file = approved.file("部门奖金分配表", "分配.xlsx", header, [row])
        assert approved.receive(file, "2026-04-15T09:00:00")["accepted"] == 1
    (share,) = approved.ask("settlement", "shares", "2026Q1", code=0)
    assert share == {"unit": "B001", "person": "周正", "amount": 600, "leader": "赵副总", "more": {"分配依据": "出勤"}}
    witness = {"key": "witness", "title": "证人电话", "kind": "phone", "personal": True}
    with with_columns(tmp_path, "reward_appeal", [witness]):
        approved.run("templates", "--out", approved.blanks, code=0)
        row = {**dict(zip(APPEALED, LATE, strict=True)), "证人电话": "13955557777"}
        file = approved.file("奖惩申诉表", "申诉.xlsx", {"申诉人": "郑策", "申诉日期": datetime(2026, 4, 16)}, [row])
        assert approved.receive(file, "2026-04-16T09:00:00")["accepted"] == 1
    (appealed,) = approved.ask("appeals", "list", code=1)
    assert (appealed["outcome"], appealed["more"]) == ("待裁定", {"证人电话": "***"})


def test_an_incomplete_share_gives_its_department_back(approved):
    """A row without an amount: the others of the department wait with it."""
    approved.run("settle", "2026Q1", "--as-of", "2026-04-10", "--approve")
    got = shares(approved, "缺.xlsx", [("B001", "区域一部", "周正", 600), ("B001", "区域一部", "王平", None)])
    assert (got["accepted"], got["returned"]) == (0, 2)
    bad = shares(approved, "季度错.xlsx", [("B001", "区域一部", "周正", 600)], quarter="第一季")
    assert [(finding["code"], bool(finding["cell"])) for finding in bad["findings"]] == [("bad_quarter", True)]


def test_another_deputy_than_the_lists_name_is_said(approved):
    """T6 names 赵副总, spaces and titles apart; once the people list has deputies, only they are (T21)."""
    approved.run("settle", "2026Q1", "--as-of", "2026-04-10", "--approve")

    def said(leader: str, at: str) -> list[tuple]:
        header = {"季度": "2026Q1", "分管领导": leader, "分配日期": datetime.fromisoformat(at)}
        row = dict(zip(TITLES, ("B001", "区域一部", "周正", 600), strict=True))
        got = approved.receive(approved.file("部门奖金分配表", f"{leader}{at}.xlsx", header, [row]), f"{at}T09:00:00")
        assert got["returned"] == 0
        return [(finding["code"], bool(finding["cell"])) for finding in got["findings"]]

    other = [("other_leader", True)]
    assert (said("赵 副总", "2026-04-15"), said("钱副总", "2026-04-16")) == ([], other)
    deputy = {"姓名": "孙分管", "单位代码": "B001", "岗位": "分管领导", "开始日期": datetime(2026, 3, 1)}
    approved.receive(approved.file("人员名录", "人员.xlsx", {}, [deputy]), "2026-04-16T12:00:00")
    assert (said("孙分管", "2026-04-17"), said("赵副总", "2026-04-18")) == ([], other)


def waiting(office: Office, on: str) -> dict[str, tuple[str, str, str]]:
    """Period, day and state of what waits for approval, payment or a ruling."""
    rows = office.ask("due", "--on", on)["tasks"]
    return {
        row["task"]: (row["period"], row["due_on"], row["state"])
        for row in rows
        if row["task"] in ("approval", "payment", "ruling")
    }


def test_what_waits_for_another_person_is_due(approved, set_clock):
    """A submission from its day, an approved quarter until it is carried out, an appeal until the end of its term."""
    set_clock("2026-04-10T09:00:00")
    approved.run("settlement", "submit", "2026Q1", "--as-of", "2026-04-10T08:00", "--accept", "逾期各项已核对")
    assert waiting(approved, "2026-04-10") == {"approval": ("2026Q1", "2026-04-10", "到期")}
    assert waiting(approved, "2026-04-11") == {"approval": ("2026Q1", "2026-04-10", "逾期")}
    set_clock("2026-04-13T09:00:00")
    approved.run("settlement", "approve", "2026Q1")
    assert waiting(approved, "2026-04-13") == {"payment": ("2026Q1", "2026-04-13", "到期")}
    row = ("2026Q1", "7.3.2b", "郑策", "2026-03-10", "不应处罚", 0, "当日停电")
    assert appeal(approved, "申诉.xlsx", [row], at="2026-04-14")["accepted"] == 1
    number, due, _ = waiting(approved, "2026-04-14")["ruling"]
    day = date.fromisoformat(due)
    states = {step: waiting(approved, str(day + timedelta(days=step)))["ruling"][2] for step in (-1, 0, 1)}
    assert states == {-1: "将到期", 0: "到期", 1: "逾期"}
    set_clock("2026-04-15T09:00:00")
    approved.run("appeals", "rule", number, "不成立", "--reason", "查无停电")
    assert "ruling" not in waiting(approved, "2026-04-16")
    shares(approved, "分.xlsx", [("B001", "区域一部", "周正", 600)], at="2026-04-16")
    set_clock("2026-04-20T09:00:00")
    administration = ("--payer", "综合管理部", "--reference", "记-0420", "--paid", 600, "--collected", 900)
    approved.run("settlement", "pay", "2026Q1", "--at", "2026-04-20T09:00", *administration)
    assert waiting(approved, "2026-04-21") == {}


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([("7.1.1", "D001", 1000), ("7.1.1", "D002", 1000)], [("财务计划部", 2000, 0)]),
        ([("7.1.1", "D001", 1000), ("7.1.1", "D002", -1000)], [("财务计划部", 1000, 1000)]),
        ([("7.1.1", "D001", 1000), ("7.1.1", "D001", -1000)], []),
        ([("7.1.1", "D001", 1000), ("7.1.1", "D001", -3000)], [("财务计划部", 0, 2000)]),
        ([("7.2.1", "B001", 600), ("7.2.2", "B001", -200), ("7.3.1", "何某", -100)], [("综合管理部", 400, 100)]),
        ([("7.3.1", "何某", 100), ("7.3.1", "王某", -100), ("7.3.4", "王某", -500)], [("综合管理部", 100, 600)]),
    ],
)
def test_what_is_owed_back_is_collected(lines, wanted):
    """Party by party: the rest of its rewards is paid, what it owes back is collected; a returned penalty is paid out."""
    table = to_carry_out(pd.DataFrame(lines, columns=["clause", "party", "amount"]))
    assert list(table.itertuples(index=False, name=None)) == wanted
    assert int(table["paid"].sum() - table["collected"].sum()) == sum(amount for *_, amount in lines)


def test_two_who_pay_or_rule_at_once(approved, set_clock):
    """One of them does it, the other hears that it is done; in the register it stands once."""
    set_clock("2026-04-13T09:00:00")
    approved.run("settle", "2026Q1", "--as-of", "2026-04-10", "--approve")
    row = ("2026Q1", "7.3.2b", "郑策", "2026-03-10", "不应处罚", 0, "当日停电")
    assert appeal(approved, "申诉.xlsx", [row], at="2026-04-14")["accepted"] == 1
    shares(approved, "分.xlsx", [("B001", "区域一部", "周正", 600)], at="2026-04-16")
    number = approved.ask("appeals", "list")[0]["number"]
    pays = ("settlement", "pay", "2026Q1", "--at", "2026-04-20T09:00", "--payer", "综合管理部", "--reference", "记-1")
    for arguments, table, words in (
        (("appeals", "rule", number, "不成立", "--reason", "查无停电", "--at", "2026-04-20T09:00"), "ruling", "已裁定"),
        ((*pays, "--paid", "600", "--collected", "900"), "payment", "不能重复登记"),
    ):
        command = [sys.executable, "-m", "workbench", *arguments]
        both = [subprocess.Popen(command, cwd=approved.folder, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        said = [process.communicate()[1] for process in both]
        assert sorted(process.returncode for process in both) == [0, 2], said
        assert words in "".join(said)
        with approved.opened() as session:
            assert session.register.count(table, {}) == 1
            assert session.register.verify_audit() == []


def test_a_leak_that_becomes_known_later_leaves_an_approved_quarter_as_it_was(approved):
    """Lines, marks and all: it is a difference of the next quarter, and counts there."""
    approved.run("settle", "2026Q1", "--as-of", "2026-04-10", "--approve")
    before = approved.run("settle", "2026Q1", "--json")
    row = {"事件编号": "XL-1", "泄露人员": "孙某", "泄露日期": datetime(2026, 2, 11), "大客户部内部人员": "是"}
    approved.receive(approved.file("信息泄露事件登记表", "泄露.xlsx", {}, [row]), "2026-05-02T09:00:00", code=0)
    assert approved.run("settle", "2026Q1", "--json") == before
    assert json.loads(before)["marks"] == {}
    later = approved.ask("settle", "2026Q2", "--as-of", "2026-07-10")
    assert later["marks"] == {"孙某": 1}
    assert [line["adjusts"] for line in later["lines"] if line["clause"] == "7.3.4"] == ["2026Q1"]

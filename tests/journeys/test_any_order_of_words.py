"""What people say by command, change in the directory or take back stands in every order of import (D4).

Files that rest on such a word are brought in before it or after it; the word has its own recorded time.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support.first_quarter import VALID
from tests.support.office import UNIT_TITLES, UNITS, contract, lead
from tests.support.orders import (
    SIGNED,
    Deed,
    answers,
    in_order,
    outcome,
    received,
    register,
    reports,
    request,
    said,
)

pytestmark = pytest.mark.slow


def decisions(office) -> dict[str, Deed]:
    """d: a suspicion is put aside; w: the lead it rested on is withdrawn later that day; t: dispatch; a: an answer."""
    number = reports(office)
    at = ("--reason", "属实", "--at", "2026-01-05T11:00:00")
    return {
        "d": said(office, "decide", number["东湖农场"], "不重复", *at),
        "w": received(
            office, request(office, "撤回.xlsx", "D001", number["江城公交"], "江城公交", "撤回"), "2026-01-05T12:00:00"
        ),
        "t": said(office, "dispatch", "--at", "2026-01-05T17:00:00", "--out", office.folder / "转交"),
        "a": received(
            office, answers(office, "答.xlsx", number, 东湖农场=VALID, 和县公园=VALID), "2026-01-06T09:00:00"
        ),
    }


@pytest.mark.parametrize("order", ["dwta", "wdta", "adtw", "awdt"])
def test_decisions_by_command(staffed, order):
    """A decision of 11 o'clock is one on the leads as they were then; what waited for it or the dispatch is taken in."""
    in_order(decisions(staffed), order)
    rows, lines = outcome(staffed)
    assert [row[:2] + row[3:] for row in rows] == [
        ("东湖农场", "D002", "已立项", "None", "2026-01"),
        ("和县公园", "D002", "已立项", "None", "2026-01"),
        ("江城公交", "D001", "已撤回", "None", "None"),
        ("滨江机械厂", "D001", "待甄别", "None", "None"),
    ]
    assert [line[:3] for line in lines if line[0] == "7.3.1"] == [("7.3.1", "冯行", "滨江机械厂 D001")]
    assert [(row["matter"], row["state"]) for row in staffed.ask("changes", "list")] == [("撤回", "已生效")]
    staffed.run("audit", "verify", code=0)


def hand_over(office) -> dict[str, Deed]:
    """t: dispatch; h: the section hands a lead over; b: the other section's answer."""
    number = reports(office)
    header = {"科室代码": "S001", "反馈人": "王政"}
    row = {"信息编号": number["和县公园"], "客户名称": "和县公园", **VALID}
    over = request(office, "转交.xlsx", "S002", number["和县公园"], "和县公园", "转交其他科室", "S001")
    return {
        "t": said(office, "dispatch", "--at", "2026-01-05T17:00:00", "--out", office.folder / "转交"),
        "h": received(office, over, "2026-01-07T09:00:00"),
        "b": received(office, office.file("甄别反馈表", "答.xlsx", header, [row]), "2026-01-09T09:00:00"),
    }


@pytest.mark.parametrize("order", ["thb", "hbt", "bht"])
def test_a_hand_over_brought_in_before_the_dispatch(staffed, order):
    """It waits for the dispatch, and the other section's answer for it; nobody is late for the lead (D41)."""
    in_order(hand_over(staffed), order)
    rows, lines = outcome(staffed)
    assert [row[3] for row in rows if row[0] == "和县公园"] == ["已立项"]
    assert "和县公园 D002" not in [line[2] for line in lines if line[0] == "7.3.1"]
    staffed.run("audit", "verify", code=0)


def passed_on(office) -> dict[str, Deed]:
    """u: the first dealer goes over to the second; p: an application by the second; r: a contract of both dealers' leads."""
    number = reports(office)
    office.run("dispatch", "--at", "2026-01-05T17:00:00", "--out", office.folder / "转交")
    first = answers(office, "答.xlsx", number, 江城公交=VALID, 滨江机械厂=VALID, 和县公园=VALID)
    office.receive(first, "2026-01-06T09:00:00")
    old = dict(zip(UNIT_TITLES, UNITS[0], strict=True))
    gone = {**old, "状态": "停用", "承继单位代码": "D002", "生效日期": datetime(2026, 1, 15)}
    header = {"单位代码": "D002", "单位名称": "合肥北城销售服务店", "申报人": "李", "申报日期": datetime(2026, 1, 16)}
    asked = {"信息编号": number["江城公交"], "客户名称": "江城公交", "车型": "轿车", "申报数量(台)": 12}
    lines = [
        contract(number["江城公交"], "江城公交", SIGNED, 5, 单位代码="D002"),
        contract(number["和县公园"], "和县公园", SIGNED, 5, 单位代码="D002"),
    ]
    return {
        "u": received(office, office.file("单位名录", "名录二.xlsx", {}, [gone]), "2026-01-14T09:00:00"),
        "p": received(office, office.file("大客户项目申报表", "申报.xlsx", header, [asked]), "2026-01-16T09:00:00"),
        "r": received(office, register(office, "合同.xlsx", "2026-01", *lines), "2026-02-02T09:00:00"),
    }


@pytest.mark.parametrize("order", ["upr", "rpu", "pru"])
def test_a_unit_passed_on_after_what_rests_on_it(staffed, order):
    """Application and contract of the successor are taken in once the directory that names it is (D36, D34)."""
    in_order(passed_on(staffed), order)
    rows, lines = outcome(staffed)
    assert [row[:2] + row[3:4] for row in rows if row[1] == "D002" and row[0] != "东湖农场"] == [
        ("和县公园", "D002", "提车中"),
        ("江城公交", "D002", "提车中"),
        ("滨江机械厂", "D002", "已立项"),
    ]
    assert [line for line in lines if line[0] in ("7.1.1", "7.3.3") and line[2] != "2026-02"] == [
        ("7.1.1", "D002", "和县公园 D002", 1000),
        ("7.1.1", "D002", "江城公交 D002", 1000),
    ]
    staffed.run("audit", "verify", code=0)


def brought_apart(office) -> dict[str, Deed]:
    """g: a lead is given to the other dealer and given back by the directory; r: a contract of both dealers' leads.

    u: the second dealer is out of use from before the register, in the first one's favour.
    """
    number = reports(office)
    office.run("dispatch", "--at", "2026-01-05T17:00:00", "--out", office.folder / "转交")
    office.receive(answers(office, "答.xlsx", number, 江城公交=VALID, 和县公园=VALID), "2026-01-06T09:00:00")
    old = dict(zip(UNIT_TITLES, UNITS[1], strict=True))
    gone = {**old, "状态": "停用", "承继单位代码": "D001", "生效日期": datetime(2026, 1, 15)}
    back = {**old, "状态": "在用", "生效日期": datetime(2026, 1, 25)}
    lines = [
        contract(number["江城公交"], "江城公交", SIGNED, 5, 单位代码="D002"),
        contract(number["和县公园"], "和县公园", SIGNED, 5, 单位代码="D002", 合同编号="HT-2"),
    ]
    return {
        "u": received(office, office.file("单位名录", "名录二.xlsx", {}, [gone]), "2026-01-14T09:00:00"),
        "v": received(office, office.file("单位名录", "名录三.xlsx", {}, [back]), "2026-01-24T09:00:00"),
        "r": received(office, register(office, "合同.xlsx", "2026-01", *lines), "2026-02-02T09:00:00"),
    }


@pytest.mark.parametrize("order", ["uvr", "ruv", "vru"])
def test_a_directory_that_comes_late_gives_a_line_no_other_unit(staffed, order):
    """Who never had the lead has no line of it; who had it before has one, whichever file came in first (D36)."""
    in_order(brought_apart(staffed), order)
    _, lines = outcome(staffed)
    assert [line for line in lines if line[0] == "7.1.1"] == [("7.1.1", "D001", "和县公园 D001", 1000)]
    staffed.run("audit", "verify", code=0)


def files_taken_back(office) -> dict[str, Deed]:
    """Files that others repeat, replace or rest on, and the words by which they are taken back (capitals).

    A, B: a report that another repeats; C: an answer that a prolonging and a contract rest on; E: a contract of the wrong
    lead, in whose place another dealer's was returned; F: an application that was made twice.
    """
    number = reports(office)
    office.run("dispatch", "--at", "2026-01-05T17:00:00", "--out", office.folder / "转交")
    office.receive(answers(office, "答.xlsx", number, 江城公交=VALID, 和县公园=VALID), "2026-01-06T09:00:00")
    dated = answers(office, "机械.xlsx", number, 滨江机械厂={**VALID, "到期日期": datetime(2026, 2, 1)})
    header = {"单位代码": "D001", "单位名称": "芜湖江南销售服务店", "申报人": "李", "申报日期": datetime(2026, 1, 16)}
    asked = [{"信息编号": number["江城公交"], "客户名称": "江城公交", "车型": "轿车", "申报数量(台)": 12}]
    applied = [office.file("大客户项目申报表", f"申报{place}.xlsx", header, asked) for place in "一二"]
    tea = lead("皖南茶业", 联系方式="13900003306")
    later = {"on": datetime(2026, 1, 8).date()}
    paths = {
        "a": (office.leads("B001", "茶一.xlsx", [tea], **later), "2026-01-08T09:00:00"),
        "b": (office.leads("B001", "茶二.xlsx", [tea], **later), "2026-01-09T09:00:00"),
        "c": (dated, "2026-01-07T09:00:00"),
        "l": (
            request(
                office, "延长.xlsx", "S002", number["滨江机械厂"], "滨江机械厂", "延长到期日期", datetime(2026, 9, 1)
            ),
            "2026-01-12T09:00:00",
        ),
        "m": (
            register(
                office,
                "机械合同.xlsx",
                "2026-01",
                contract(number["滨江机械厂"], "滨江机械厂", SIGNED, 5, 合同编号="HT-3"),
            ),
            "2026-02-02T08:00:00",
        ),
        "e": (
            register(
                office, "错合同.xlsx", "2026-01", contract(number["江城公交"], "江城公交", SIGNED, 5), 报送方式="补报"
            ),
            "2026-02-02T09:00:00",
        ),
        "g": (
            register(
                office,
                "对合同.xlsx",
                "2026-01",
                contract(number["和县公园"], "和县公园", SIGNED, 5, 单位代码="D002"),
                报送方式="补报",
            ),
            "2026-02-02T10:00:00",
        ),
        "f": (applied[0], "2026-01-16T09:00:00"),
        "h": (applied[1], "2026-01-17T09:00:00"),
    }

    def back(name: str) -> Deed:
        def take() -> None:
            with office.opened() as session:
                files = session.register.read("document", ["document", "name"]).set_index("name")["document"]
            office.run(
                "withdraw-import", files[paths[name][0].name], "--reason", "误导入", "--at", "2026-02-10T09:00:00"
            )

        return take

    return {name: received(office, *each) for name, each in paths.items()} | {
        name.upper(): back(name) for name in "acef"
    }


@pytest.mark.parametrize(
    "order",
    [
        "clabfhmegACEF",
        "cClmaAbfFheEg",
        "gmelhbfacACEF",
        "gelbhfFaAcEmC",
    ],
)
def test_what_rested_on_files_that_were_taken_back(staffed, order):
    """As if they had never come: the repetition is the report, what rested on the answer or the contract is judged anew."""
    in_order(files_taken_back(staffed), order)
    rows, lines = outcome(staffed)
    assert [row for row in rows if row[0] != "东湖农场"] == [
        ("和县公园", "D002", "2026-01-05T10:30:00", "提车中", "None", "2026-01"),
        ("江城公交", "D001", "2026-01-05T09:00:00", "已申报", "None", "2026-01"),
        ("滨江机械厂", "D001", "2026-01-05T09:00:00", "待甄别", "None", "None"),
        ("皖南茶业", "B001", "2026-01-09T09:00:00", "已接收", "None", "None"),
    ]
    assert [line for line in lines if line[0] in ("7.1.1", "7.3.3") and line[2] != "2026-02"] == [
        ("7.1.1", "D002", "和县公园 D002", 1000)
    ]
    staffed.run("audit", "verify", code=0)

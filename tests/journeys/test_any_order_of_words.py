"""What people say by command, change in the directory or take back stands in every order of import (D4).

Files that rest on such a word are brought in before it or after it; the word has its own recorded time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.first_quarter import VALID
from tests.support.office import UNIT_TITLES, UNITS, contract, lead

BUS, MILL = lead("江城公交"), lead("滨江机械厂", 联系方式="13900003302")
LAKE, PARK = lead("东湖农场", 联系方式="13900003304"), lead("和县公园", 联系方式="13900003305")
SIGNED = datetime(2026, 1, 20)
Deed = Callable[[], Any]


def outcome(office) -> tuple[list, list]:
    """Statuses, counts and amounts, by customers in place of numbers."""
    rows = office.ask("leads", "--as-of", "2026-04-05")
    name = {row["number"]: f"{row['customer']} {row['reporter']}" for row in rows}
    columns = ("customer", "reporter", "received_at", "status", "clause", "counts_in")
    settled = office.ask("settle", "2026Q1", "--as-of", "2026-04-05")["lines"]
    lines = [(line["clause"], line["party"], name.get(line["ref"], line["ref"]), line["amount"]) for line in settled]
    return sorted(tuple(str(row[column]) for column in columns) for row in rows), sorted(lines)


def in_order(deeds: dict[str, Deed], order: str) -> None:
    """Do what the letters of an order name, one after another."""
    assert sorted(order) == sorted(deeds)
    for letter in order:
        deeds[letter]()


def received(office, path: Path, at: str) -> Deed:
    return lambda: office.receive(path, at)


def said(office, *words: object) -> Deed:
    return lambda: office.run(*words, code=None)


def reports(office) -> dict[str, str]:
    """Leads of two dealers, by customer their numbers; the second dealer's is suspected by its phone."""
    office.receive(office.leads("D001", "甲.xlsx", [BUS, MILL]), "2026-01-05T09:00:00", code=0)
    office.receive(office.leads("D002", "乙.xlsx", [{**LAKE, "联系方式": BUS["联系方式"]}]), "2026-01-05T10:00:00")
    office.receive(office.leads("D002", "丙.xlsx", [PARK]), "2026-01-05T10:30:00", code=0)
    return {row["customer"]: row["number"] for row in office.ask("leads")}


def answers(office, name: str, number: dict[str, str], **verdicts: dict) -> Path:
    """What the second section answers for leads, on the blank."""
    rows = [{"信息编号": number[who], "客户名称": who, **said} for who, said in verdicts.items()]
    return office.file("甄别反馈表", name, {"科室代码": "S002", "反馈人": "孙反馈"}, rows)


def request(office, name: str, unit: str, number: str, customer: str, matter: str, value: object = None) -> Path:
    header = {"申请单位代码": unit, "申请人": "经办人", "申请日期": datetime(2026, 1, 5)}
    row = {"信息编号": number, "客户名称": customer, "变更事项": matter, "新值": value, "理由": "试验理由"}
    return office.file("信息变更申请单", name, header, [row])


def register(office, name: str, month: str, *lines: dict, **header: str) -> Path:
    return office.file("合同登记汇总表", name, {"月份": month, **header}, list(lines))


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


@pytest.mark.parametrize("order", ["dwta", "wdta", "adtw", pytest.param("awdt", marks=pytest.mark.slow)])
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


@pytest.mark.parametrize("order", ["thb", "hbt", pytest.param("bht", marks=pytest.mark.slow)])
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


@pytest.mark.parametrize("order", ["upr", "rpu", pytest.param("pru", marks=pytest.mark.slow)])
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


@pytest.mark.parametrize("order", ["uvr", "ruv", pytest.param("vru", marks=pytest.mark.slow)])
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
        pytest.param("gmelhbfacACEF", marks=pytest.mark.slow),
        pytest.param("gelbhfFaAcEmC", marks=pytest.mark.slow),
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


def out_of_use(office, **more: object) -> dict[str, Deed]:
    """u: the first dealer is out of use from the 8th, and again in use from the 20th (v); it reports on the 9th (l) and the
    21st (n); the second dealer reports a customer of both on the 10th (o).
    """
    reports(office)
    old = dict(zip(UNIT_TITLES, UNITS[0], strict=True))
    tea, pond = lead("皖南茶业", 联系方式="13900003306"), lead("塘口渔场", 联系方式="13900003307")

    def directory(name: str, **state: object) -> Path:
        return office.file("单位名录", name, {}, [{**old, **state}])

    def report(unit: str, day: int, *rows: dict) -> Path:
        return office.leads(unit, f"{day}日.xlsx", list(rows), on=datetime(2026, 1, day).date())

    return {
        "u": received(office, directory("停用.xlsx", 状态="停用", **more), "2026-01-08T09:00:00"),
        "l": received(office, report("D001", 9, tea, pond), "2026-01-09T09:00:00"),
        "o": received(office, report("D002", 10, tea), "2026-01-10T09:00:00"),
        "v": received(office, directory("在用.xlsx", 状态="在用"), "2026-01-20T09:00:00"),
        "n": received(office, report("D001", 21, pond), "2026-01-21T09:00:00"),
    }


@pytest.mark.parametrize("order", ["ulovn", "lonuv", "nlovu", pytest.param("vlnuo", marks=pytest.mark.slow)])
@pytest.mark.parametrize("successor", [None, "D002"])
def test_a_report_of_a_unit_that_was_out_of_use_already(staffed, order, successor):
    """It is refused in the order of receipt, and counts no more where it came in before; what repeats it stands itself (D36)."""
    in_order(out_of_use(staffed, **({"承继单位代码": successor} if successor else {})), order)
    rows, _ = outcome(staffed)
    assert [row[:4] for row in rows] == [
        ("东湖农场", "D002", "2026-01-05T10:00:00", "待复核" if successor else "已接收"),
        ("和县公园", "D002", "2026-01-05T10:30:00", "已接收"),
        ("塘口渔场", "D001", "2026-01-21T09:00:00", "已接收"),
        ("江城公交", successor or "D001", "2026-01-05T09:00:00", "已接收" if successor else "已撤回"),
        ("滨江机械厂", successor or "D001", "2026-01-05T09:00:00", "已接收" if successor else "已撤回"),
        ("皖南茶业", "D002", "2026-01-10T09:00:00", "已接收"),
    ]
    staffed.run("audit", "verify", code=0)


def test_a_report_refused_since_counts_again_without_the_directory_that_said_so(staffed):
    """The directory's receipt names the report; taken back, it leaves the leads as they were."""
    deeds = out_of_use(staffed)
    deeds["l"]()
    said = deeds["u"]()
    (remark,) = [each for each in said["remarks"] if each["code"] == "refused_since"]
    assert "9日.xlsx" in remark["message"] and "D001" in remark["message"]
    assert "皖南茶业" not in staffed.by_customer()
    deeds["o"]()
    assert staffed.by_customer()["皖南茶业"]["reporter"] == "D002"
    staffed.run("withdraw-import", said["number"], "--reason", "误导入", "--at", "2026-01-11T09:00:00", code=0)
    found = {(row["customer"], row["reporter"]): row["status"] for row in staffed.ask("leads")}
    assert found["皖南茶业", "D001"] == "已接收" and found["皖南茶业", "D002"] == "重复"
    staffed.run("audit", "verify", code=0)


def asked_twice(office) -> dict[str, Deed]:
    """f, s: the same request twice, decided on by d; F: the first file is taken back; p: one of another lead."""
    number = reports(office)
    park, lake = (number[name] for name in ("和县公园", "东湖农场"))
    first, second = (request(office, f"更改{n}.xlsx", "D002", park, "和县公园", "更改提报单位", "D001") for n in "一二")
    other = request(office, "更改三.xlsx", "D002", lake, "东湖农场", "更改提报单位", "D001")

    def back() -> None:
        with office.opened() as session:
            files = session.register.read("document", ["document", "name"]).set_index("name")["document"]
        at = ("--reason", "误导入", "--at", "2026-01-06T12:00:00")
        office.run("withdraw-import", files["更改一.xlsx"], *at, code=0)

    def decide() -> None:
        (asked,) = [each for each in office.ask("changes", "list") if each["lead"] == park]
        at = ("--reason", "属实", "--at", "2026-01-08T09:00:00")
        office.run("changes", "decide", asked["number"], "同意", *at, code=0)

    return {
        "f": received(office, first, "2026-01-06T09:00:00"),
        "s": received(office, second, "2026-01-06T10:00:00"),
        "F": back,
        "p": received(office, other, "2026-01-07T09:00:00"),
        "d": decide,
    }


@pytest.mark.parametrize("order", ["fsFpd", "sfFpd", "fpsFd"])
def test_a_request_that_repeats_one_that_was_taken_back(staffed, order):
    """The second file asks for itself then; until then both are one request, which is decided once (D4)."""
    in_order(asked_twice(staffed), order)
    asked = staffed.ask("changes", "list")
    assert sorted((row["at"][5:16], row["state"]) for row in asked) == [
        ("01-06T10:00", "同意"),
        ("01-07T09:00", "待决定"),
    ]
    assert len({row["number"] for row in asked}) == 2
    rows, _ = outcome(staffed)
    assert [row[1] for row in rows if row[0] == "和县公园"] == ["D001"]
    staffed.run("audit", "verify", code=0)


@pytest.mark.parametrize("order", ["fs", "sf"])
def test_the_same_request_twice_is_listed_and_decided_once(staffed, order):
    """The receipt of the second names the first, whose time it is; taken back once it was decided on, it leaves the other to
    be decided anew: somebody else may have asked."""
    deeds = asked_twice(staffed)
    deeds[order[0]]()
    (first,) = staffed.ask("changes", "list")
    got = deeds[order[1]]()
    assert (got["unchanged"], [each["code"] for each in got["findings"]]) == (1, ["already_requested"])
    (asked,) = staffed.ask("changes", "list")
    assert (asked["number"], asked["at"], asked["state"]) == (first["number"], "2026-01-06T09:00:00", "待决定")
    deeds["d"]()
    (asked,) = staffed.ask("changes", "list")
    assert asked["state"] == "同意" and staffed.by_customer()["和县公园"]["reporter"] == "D001"
    deeds["F"]()
    (asked,) = staffed.ask("changes", "list")
    if order == "fs":
        assert (asked["at"], asked["state"]) == ("2026-01-06T10:00:00", "待决定")
        assert staffed.by_customer()["和县公园"]["reporter"] == "D002"
    staffed.run("audit", "verify", code=0)

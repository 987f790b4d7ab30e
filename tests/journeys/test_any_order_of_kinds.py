"""Files of different templates that rest on each other come in in any order: what was received first decides (D4)."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pytest

from tests.support.first_quarter import VALID
from tests.support.office import contract, lead

pytestmark = pytest.mark.slow

BUS, MILL = lead("江城公交"), lead("滨江机械厂", 联系方式="13900003302")
LAKE = lead("东湖农场", 联系方式="13900003304")
ORDERS = ["backwards", *range(1, 8)]


def begun(office) -> None:
    """Reports of two dealers, handed to their section."""
    office.receive(office.leads("D001", "甲.xlsx", [BUS, MILL]), "2026-01-05T09:00:00", code=0)
    office.receive(office.leads("D002", "乙.xlsx", [LAKE]), "2026-01-05T10:00:00", code=0)
    office.run("dispatch", "--at", "2026-01-05T17:00:00", "--out", office.folder / "转交")


def answer(office, name: str, **verdicts: dict) -> object:
    """What the section answers, in a file of its own."""
    (path,) = office.answer(office.folder / "转交", verdicts)
    return path.rename(path.with_name(name))


def register(office, month: str, *lines: dict, **header: str) -> object:
    name = f"合同{month}{lines[0]['客户名称']}.xlsx"
    return office.file("合同登记汇总表", name, {"月份": month, **header}, list(lines))


def resting_on_each_other(office) -> list[tuple]:
    """A lead found invalid, then valid, applied for, under contract; a contract of two reporters' leads; a lead found valid,
    then invalid before its contract was registered."""
    number = {row["customer"]: row["number"] for row in office.ask("leads")}
    bus, lake, mill = (number[name] for name in ("江城公交", "东湖农场", "滨江机械厂"))
    header = {"单位代码": "D001", "单位名称": "芜湖江南销售服务店", "申报人": "李", "申报日期": datetime(2026, 1, 13)}
    asked = [{"信息编号": bus, "客户名称": "江城公交", "车型": "轿车", "申报数量(台)": 12}]
    signed = datetime(2026, 1, 20)
    return [
        (office.leads("D002", "丙.xlsx", [{**BUS, "联系方式": "13900003309"}]), "2026-01-05T08:00:00"),
        (
            answer(office, "一.xlsx", 江城公交={"甄别结论": "无效"}, 滨江机械厂=VALID, 东湖农场=VALID),
            "2026-01-06T09:00:00",
        ),
        (answer(office, "二.xlsx", 江城公交=VALID), "2026-01-09T09:00:00"),
        (office.file("大客户项目申报表", "申报.xlsx", header, asked), "2026-01-13T09:00:00"),
        (register(office, "2026-01", contract(bus, "江城公交", signed, 5)), "2026-02-02T09:00:00"),
        (
            register(office, "2026-01", contract(lake, "东湖农场", signed, 5, 单位代码="D002"), 报送方式="补报"),
            "2026-02-03T09:00:00",
        ),
        (answer(office, "三.xlsx", 滨江机械厂={"甄别结论": "无效"}), "2026-02-10T09:00:00"),
        (register(office, "2026-02", contract(mill, "滨江机械厂", signed, 5, 合同编号="HT-2")), "2026-03-02T09:00:00"),
    ]


def in_order(files: list[tuple], order: str | int) -> list[tuple]:
    """Files in an order of import: the last received first, or shuffled."""
    return files[::-1] if order == "backwards" else Random(order).sample(files, len(files))


@pytest.mark.parametrize("order", ORDERS)
def test_statuses_counts_and_amounts_are_the_same(staffed, prepared, order):
    """One file for January has a line of the lead found valid in time: it is a return whenever it comes in; the one for
    February has a line of a lead found invalid: it is none (D44)."""
    prepared(staffed.folder, "begun", lambda: begun(staffed))
    for path, at in in_order(resting_on_each_other(staffed), order):
        staffed.receive(path, at)
    rows = staffed.ask("leads", "--as-of", "2026-04-05")
    assert sorted((row["customer"], row["reporter"], row["status"], row["counts_in"]) for row in rows) == [
        ("东湖农场", "D002", "已立项", "2026-01"),
        ("江城公交", "D001", "提车中", "2026-01"),
        ("江城公交", "D002", "待复核", None),
        ("滨江机械厂", "D001", "无效", None),
    ]
    number = {(row["customer"], row["reporter"]): row["number"] for row in rows}
    lines = staffed.ask("settle", "2026Q1", "--as-of", "2026-04-05")["lines"]
    assert [(line["clause"], line["ref"], line["amount"]) for line in lines if line["clause"] != "7.3.2b"] == [
        ("7.1.1", number["江城公交", "D001"], 1000),
        ("7.3.3", "2026-02", -100),
    ]
    staffed.run("audit", "verify", code=0)


def test_a_project_is_not_withdrawn_by_its_reporter_alone(staffed, prepared):
    """The request comes in before the answer that had made the lead a project: it waits for the section's consent (D35)."""
    prepared(staffed.folder, "begun", lambda: begun(staffed))
    number = staffed.by_customer()["江城公交"]["number"]
    header = {"申请单位代码": "D001", "申请人": "经办人", "申请日期": datetime(2026, 1, 14)}
    row = {"信息编号": number, "客户名称": "江城公交", "变更事项": "撤回", "理由": "试验理由"}
    staffed.receive(staffed.file("信息变更申请单", "撤回.xlsx", header, [row]), "2026-01-14T09:00:00")
    assert staffed.by_customer()["江城公交"]["status"] == "已撤回"
    staffed.receive(answer(staffed, "一.xlsx", 江城公交=VALID), "2026-01-06T09:00:00")
    assert staffed.by_customer()["江城公交"]["status"] == "已立项"
    (asked,) = staffed.ask("changes", "list")
    assert asked["state"] == "待决定"
    staffed.run("changes", "decide", asked["number"], "同意", "--reason", "属实", "--at", "2026-01-15T09:00:00")
    assert staffed.by_customer()["江城公交"]["status"] == "已撤回"


def test_what_a_section_found_invalid_comes_back_corrected_before_its_answer_does(staffed, prepared):
    """The corrected row is returned while its lead waits with the section, and is a new report once the answer is in."""
    prepared(staffed.folder, "begun", lambda: begun(staffed))
    better = staffed.leads("D001", "甲更正.xlsx", [{**BUS, "需求车型": "客车"}, MILL])
    got = staffed.receive(better, "2026-01-08T09:00:00", code=1)
    assert [item["code"] for item in got["findings"]] == ["unchanged", "already_dispatched"]
    got = staffed.receive(answer(staffed, "一.xlsx", 江城公交={"甄别结论": "无效"}), "2026-01-06T09:00:00", code=None)
    assert "taken_since" in [item["code"] for item in got["remarks"]]
    rows = [row for row in staffed.ask("leads") if row["customer"] == "江城公交"]
    assert sorted((row["status"], row["received_at"][5:10]) for row in rows) == [("已接收", "01-08"), ("无效", "01-05")]
    with staffed.opened() as session:
        phones = session.register.read("lead", ["lead", "phone"]).groupby("lead")["phone"].agg(set)
    assert all(phones)
    staffed.run("audit", "verify", code=0)

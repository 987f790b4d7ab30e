"""Corrected, sorted, re-sent, tied and copied files of every kind give the same register in any order (D4)."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

import pytest

from tests.support.first_quarter import VALID
from tests.support.office import contract, lead

pytestmark = pytest.mark.slow

BUS, MILL = lead("江城公交"), lead("滨江机械厂", 联系方式="13900003302")
SMALL = lead("皖南茶业", 联系方式="13900003303", **{"标的量(台)": 2})
LAKE, PARK = lead("东湖农场", 联系方式="13900003304"), lead("和县公园", 联系方式="13900003305")
BETTER = [{**BUS, "需求车型": "客车"}, {**MILL, "标的量(台)": 20}]
ORDERS = ["as received", "backwards", 1]


def in_order(files: list[tuple], order: str | int) -> list[tuple]:
    """Files with their times of receipt in one of the orders of import."""
    files = sorted(files, key=lambda file: file[1])
    if order == "backwards":
        return files[::-1]
    return files if isinstance(order, str) else Random(order).sample(files, len(files))


def reports(office) -> list[tuple]:
    """Before the dispatch: a report, its correction, that one sorted; a tie; copies with earlier and later times."""
    first = office.leads("D001", "甲.xlsx", [BUS, MILL, SMALL])
    tied = office.leads("D002", "丙.xlsx", [PARK])
    late = office.leads("D002", "丁.xlsx", [LAKE])
    return [
        (first, "2026-01-05T09:00:00"),
        (first, "2026-01-05T13:00:00"),
        (office.leads("D001", "甲更正.xlsx", BETTER), "2026-01-05T11:00:00"),
        (office.leads("D001", "甲排序.xlsx", BETTER[::-1]), "2026-01-05T12:00:00"),
        (office.leads("D001", "六日.xlsx", [{**SMALL, "标的量(台)": 5}], date(2026, 1, 6)), "2026-01-06T08:00:00"),
        (office.leads("B001", "乙.xlsx", [LAKE, PARK]), "2026-01-05T10:00:00"),
        (tied, "2026-01-05T10:00:00"),
        (tied, "2026-01-05T10:30:00"),
        (late, "2026-01-05T15:00:00"),
        (late, "2026-01-05T08:00:00"),
    ]


def answers(office) -> list[tuple]:
    """The sections' answers: without a date on time, with one later, each received twice, and repeated in between."""
    undated = {name: {**VALID, "到期日期": None} for name in ("江城公交", "滨江机械厂", "皖南茶业", "东湖农场")}
    (first,) = office.answer(office.folder / "转交", undated)
    bare = first.rename(first.with_name("先.xlsx"))
    (second,) = office.answer(
        office.folder / "转交", {**dict.fromkeys(undated, VALID), "滨江机械厂": {"甄别结论": "无效"}}
    )
    dated = second.rename(second.with_name("后.xlsx"))
    (third,) = office.answer(office.folder / "转交", {**undated, "江城公交": VALID})
    return [
        (bare, "2026-01-07T09:00:00"),
        (bare, "2026-01-09T09:00:00"),
        (third.rename(third.with_name("中.xlsx")), "2026-01-10T09:00:00"),
        (dated, "2026-01-12T09:00:00"),
        (dated, "2026-01-13T09:00:00"),
    ]


def registers(office, number: dict[str, str]) -> list[tuple]:
    """A month's register, the same handed in anew without a line, and a copy of each with another time."""
    lines = [
        contract(number["江城公交"], "江城公交", datetime(2026, 1, 20), 5),
        contract(number["皖南茶业"], "皖南茶业", datetime(2026, 1, 21), 2, 合同编号="HT-2"),
    ]
    first = office.file("合同登记汇总表", "合同.xlsx", {"月份": "2026-01"}, lines)
    anew = office.file("合同登记汇总表", "合同重报.xlsx", {"月份": "2026-01", "报送方式": "重报"}, lines[:1])
    return [
        (first, "2026-02-04T09:00:00"),
        (first, "2026-02-02T09:00:00"),
        (anew, "2026-02-05T09:00:00"),
        (anew, "2026-02-03T09:00:00"),
    ]


def requests(office, number: dict[str, str]) -> list[tuple]:
    """Applications and a withdrawal, received more than once."""
    applied = office.file(
        "大客户项目申报表",
        "申报.xlsx",
        {"单位代码": "D001", "单位名称": "芜湖江南销售服务店", "申报人": "李提报", "申报日期": datetime(2026, 1, 12)},
        [{"信息编号": number["江城公交"], "客户名称": "江城公交", "车型": "轿车", "申报数量(台)": 12}],
    )
    header = {"申请单位代码": "D001", "申请人": "经办人", "申请日期": datetime(2026, 1, 14)}
    row = {"信息编号": number["皖南茶业2"], "客户名称": "皖南茶业", "变更事项": "撤回", "理由": "试验理由"}
    back = office.file("信息变更申请单", "撤回.xlsx", header, [row])
    return [
        (applied, "2026-01-16T09:00:00"),
        (applied, "2026-01-13T09:00:00"),
        (back, "2026-01-16T09:00:00"),
        (back, "2026-01-14T09:00:00"),
    ]


def numbers(office) -> dict[str, str]:
    """Customer → lead number; the invalid report of a customer reported twice stands under its name with a 2."""
    found = {}
    for row in office.ask("leads"):
        found[row["customer"] + ("2" if row["status"] == "无效" else "")] = row["number"]
    return found


def bring_in(office, files: list[tuple], order: str | int) -> None:
    for path, at in in_order(files, order):
        office.receive(path, at)


@pytest.mark.parametrize("order", ORDERS)
def test_statuses_counts_and_amounts_are_the_same_in_every_order(staffed, order):
    """Numbers of leads aside; each kind of file is brought in by itself, for a line needs the lead it names."""
    bring_in(staffed, reports(staffed), order)
    staffed.run("dispatch", "--at", "2026-01-06T09:00:00", "--out", staffed.folder / "转交")
    bring_in(staffed, answers(staffed), order)
    number = numbers(staffed)
    bring_in(staffed, requests(staffed, number), order)
    bring_in(staffed, registers(staffed, number), order)
    rows = staffed.ask("leads", "--as-of", "2026-04-05")
    names = {row["number"]: f"{row['customer']} {row['reporter']}" for row in rows}
    got = sorted(
        (row["customer"], row["reporter"], row["received_at"][5:16], row["status"], row["counts_in"]) for row in rows
    )
    assert got == [
        ("东湖农场", "B001", "01-05T10:00", "重复", None),
        ("东湖农场", "D002", "01-05T08:00", "已立项", "2026-01"),
        ("和县公园", "B001", "01-05T10:00", "待复核", None),
        ("和县公园", "D002", "01-05T10:00", "待复核", None),
        ("江城公交", "D001", "01-05T09:00", "提车中", "2026-01"),
        ("滨江机械厂", "D001", "01-05T09:00", "无效", None),
        ("皖南茶业", "D001", "01-05T09:00", "无效", None),
        ("皖南茶业", "D001", "01-06T08:00", "已立项", "2026-01"),
    ]
    settled = staffed.ask("settle", "2026Q1", "--as-of", "2026-04-05")
    lines = sorted((line["clause"], names.get(line["ref"], line["ref"]), line["amount"]) for line in settled["lines"])
    assert [line for line in lines if line[0] != "7.3.2b"] == [
        ("7.1.1", "江城公交 D001", 1000),
        ("7.3.2a", "东湖农场 D002", -100),
        ("7.3.2a", "江城公交 D001", -100),
        ("7.3.2a", "滨江机械厂 D001", -100),
        ("7.3.2a", "皖南茶业 D001", -100),
        ("7.3.3", "2026-02", -100),
    ]

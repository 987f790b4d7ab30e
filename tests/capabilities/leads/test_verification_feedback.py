"""T5 comes back: what it shows a section, and what it must not take from one (6.3)."""

from __future__ import annotations

from datetime import datetime

import pytest
from openpyxl import load_workbook

from tests.support.office import Office, lead

PARK = lead(
    "江城公园", 区县="鸠江区", 需求车型="客车", 采购方式="公开招标", 信息内容="三月招标", 预计采购时间="2026-04"
)
BUS = lead("滨江客运", 联系方式="13900003302")
GOOD = {"甄别结论": "有效", "到期日期": datetime(2026, 12, 31), "项目责任人": "冯行"}


@pytest.fixture
def dispatched(staffed: Office) -> Office:
    """Two leads handed to the section S002 on Monday 5 January."""
    staffed.receive(staffed.leads("D001", "T1.xlsx", [PARK, BUS]), "2026-01-05T09:00:00")
    staffed.run("dispatch", "--at", "2026-01-05T17:00:00", "--out", staffed.folder / "转交")
    return staffed


def number(office: Office, customer: str) -> str:
    """The number of a customer's lead."""
    return office.by_customer()[customer]["number"]


def answer(office: Office, rows: list[dict], name: str = "T5.xlsx", at: str = "2026-01-06T10:00:00") -> dict:
    """Import answers of S002 on a blank T5."""
    return office.receive(office.file("甄别反馈表", name, {"科室代码": "S002"}, rows), at)


def statuses(office: Office) -> dict[str, str]:
    """Customer → status."""
    return {customer: row["status"] for customer, row in office.by_customer().items()}


def test_the_workbook_shows_the_section_what_was_reported(dispatched):
    """Place, vehicles, time, method and content stand beside the contact."""
    (path,) = (dispatched.folder / "转交").glob("*.xlsx")
    grid = [[cell.value for cell in line] for line in load_workbook(path).worksheets[0].iter_rows()]
    titles = next(line for line in grid if "信息编号" in line)
    shown = next(dict(zip(titles, line)) for line in grid if "江城公园" in line)
    wanted = ("第三方联系人", "联系方式", "省份", "城市", "区县", "需求车型", "预计采购时间", "采购方式", "信息内容")
    assert [shown[title] for title in wanted] == [
        "张联系",
        "13900001111",
        "安徽省",
        "芜湖市",
        "鸠江区",
        "客车",
        "2026-04",
        "公开招标",
        "三月招标",
    ]
    assert titles.index("核实标的量(台)") == titles.index("到期日期") + 1


@pytest.mark.parametrize("second", [{**GOOD}, {"甄别结论": "无效", "无效原因": "无采购计划"}])
def test_a_lead_that_stands_twice_is_returned_and_stays_open(dispatched, second):
    """Both rows, alike or not; the other lead of the file is taken."""
    park, bus = number(dispatched, "江城公园"), number(dispatched, "滨江客运")
    rows = [{"信息编号": park, **GOOD}, {"信息编号": bus, **GOOD}, {"信息编号": park, **second}]
    got = answer(dispatched, rows)
    assert (got["accepted"], got["returned"]) == (1, 2)
    assert [item["code"] for item in got["findings"]] == ["answered_twice", "answered_twice"]
    assert statuses(dispatched) == {"江城公园": "待甄别", "滨江客运": "已立项"}


@pytest.mark.parametrize("wrong_first", [True, False])
def test_a_contradiction_is_one_though_a_row_is_returned_for_its_form(dispatched, wrong_first):
    """A verdict that cannot be read contradicts the other one all the same, whichever stands lower."""
    park = number(dispatched, "江城公园")
    rows = [{"信息编号": park, "甄别结论": "无效吧"}, {"信息编号": park, **GOOD}]
    got = answer(dispatched, rows if wrong_first else rows[::-1])
    assert (got["accepted"], got["returned"]) == (0, 2)
    assert statuses(dispatched)["江城公园"] == "待甄别"


def test_another_customer_than_the_numbers_is_returned_and_the_lead_stays_open(dispatched):
    """Two numbers that changed places are found out; the right names, however written, and no name are taken."""
    park, bus = number(dispatched, "江城公园"), number(dispatched, "滨江客运")
    rows = [
        {"信息编号": bus, "客户名称": "江城公园", **GOOD},
        {"信息编号": park, "客户名称": "滨江客运", **GOOD},
    ]
    got = answer(dispatched, rows)
    assert [(item["code"], item["cell"][0]) for item in got["findings"]] == [("customer_differs", "B")] * 2
    assert statuses(dispatched) == {"江城公园": "待甄别", "滨江客运": "待甄别"}
    rows = [{"信息编号": park, "客户名称": " 江城 公园", **GOOD}, {"信息编号": bus, **GOOD}]
    got = answer(dispatched, rows, "T5更正.xlsx", "2026-01-06T11:00:00")
    assert (got["accepted"], got["findings"]) == (2, [])
    assert statuses(dispatched) == {"江城公园": "已立项", "滨江客运": "已立项"}


def test_the_verified_quantity_is_kept_and_corrected(dispatched):
    """A later file that changes nothing else is a correction; less than one vehicle is returned."""
    park = number(dispatched, "江城公园")
    answer(dispatched, [{"信息编号": park, **GOOD, "核实标的量(台)": 20}])
    assert kept(dispatched) == [(park, 20)]
    got = answer(dispatched, [{"信息编号": park, **GOOD, "核实标的量(台)": 15}], "更正.xlsx", "2026-01-07T10:00:00")
    assert (got["accepted"], [item["code"] for item in got["findings"]]) == (1, ["corrected"])
    assert kept(dispatched) == [(park, 20), (park, 15)]
    got = answer(dispatched, [{"信息编号": park, **GOOD, "核实标的量(台)": 0}], "零.xlsx", "2026-01-07T11:00:00")
    assert (got["returned"], [item["severity"] for item in got["findings"]]) == (1, ["error"])
    assert kept(dispatched) == [(park, 20), (park, 15)]


def kept(office: Office) -> list[tuple]:
    """The verified quantities the register holds, by lead number, in order."""
    with office.opened() as session:
        rows = session.register.read("added_value", ["lead", "field", "value"])
    rows = rows[rows["field"].eq("verified_quantity") & rows["value"].notna()]
    return list(zip(rows["lead"], rows["value"]))

"""Books: an account manager's week, a customer's card and a custodian's month, each one workbook, edited as people do."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support import customer_office as customers
from tests.support.customer_office import BUS, PROFILE, SALES, SCHOOL, SERVICE, UNIT, WEEKLY, item
from tests.support.edited import Edited
from tests.support.office_program import save_anew

pytestmark = pytest.mark.slow
INDEX, LOANS, LEAKS = "客户档案目录", "档案借阅登记表", "信息泄露事件登记表"
FLOW = "大客户服务流程表"


@pytest.fixture
def reported(staffed, prepared):
    """An office with a week reported."""
    prepared(staffed.folder, "a week reported", lambda: customers.report_week(staffed))
    return staffed


def made(office, book, *more):
    """A book that was filled in beforehand."""
    return Path(office.ask("books", "make", book, *more, "--out", office.folder / "工作簿", code=0)["file"])


def by_sheet(told):
    """Accepted, returned, unchanged and refused of each sheet of a receipt."""
    names = ("accepted", "returned", "unchanged", "refused")
    return {sheet["sheet"]: tuple(sheet[name] for name in names) for sheet in told["sheets"]}


def test_a_managers_week(reported):
    """T7 and T9 in one workbook: what was not touched says nothing; the rest is one import with one receipt."""
    path = made(reported, "weekly_book", "--unit", UNIT, "--manager", "许走访", "--week", "2026-03-10")
    told = reported.receive(path, "2026-03-16T08:00:00", code=0)
    assert (told["template"], told["sheets"], told["untouched"]) == ("weekly_book", [], [WEEKLY, SERVICE])
    assert [finding["code"] for finding in told["findings"]] == ["nothing_filled_in"]
    edited = Edited(path).head(WEEKLY, 填报日期=datetime(2026, 3, 16)).saved("无信息.xlsx")
    told = reported.receive(edited, "2026-03-16T08:01:00", code=0)
    assert (by_sheet(told), told["untouched"]) == ({WEEKLY: (0, 0, 0, False)}, [SERVICE])
    asked = ("weekly", "status", "2026-03-09", "--as-of", "2026-03-16T10:00")
    assert {row["manager"]: row["state"] for row in reported.ask(*asked)}["许走访"] == "按时"
    edited = (
        Edited(path)
        .row(WEEKLY, 1, **item(BUS, "走访", datetime(2026, 3, 10)))
        .row(WEEKLY, 2, **item(SCHOOL, "投诉", datetime(2026, 3, 11)))
        .row(SERVICE, 1, 办理情况="已办结", 办结日期=datetime(2026, 3, 12), 办结依据="回访")
        .saved("已填.xlsx")
    )
    told = reported.receive(edited, "2026-03-16T08:02:00", code=1)
    assert by_sheet(told) == {WEEKLY: (1, 1, 0, False), SERVICE: (1, 0, 0, False)}
    assert [(each["sheet"], each["cell"]) for each in told["findings"]] == [(WEEKLY, "J8")]
    assert reported.receive(edited, "2026-03-16T08:03:00", code=0)["accepted"] == 0
    slips = reported.folder / "回执"
    reported.run("receipt", "make", "--file", edited, "--out", slips, code=0)
    (slip,) = slips.glob("*.xlsx")
    found = json.loads(reported.run("receipt", "verify", slip, "--file", edited, "--json", code=0))
    assert found["same_file"] and {row["sheet"] for row in found["receipt"]["rows"]} == {WEEKLY, SERVICE}


def test_a_customers_card(reported):
    """T8, T10 and T18 of one customer; the month's sales of others stay; a bad sheet is refused and the rest is taken."""
    path = made(reported, "customer_card", "--customer", BUS, "--unit", UNIT, "--month", "2026-02")
    edited = (
        Edited(path)
        .row(PROFILE, 1, 行业="客运")
        .row(INDEX, 1, 档案编号="HT-1", 客户名称=BUS, 材料类别="其他", 材料名称="协议", 页数=3)
        .row(SALES, 1, **{"销售额(元)": 60})
        .saved("卡片.xlsx")
    )
    told = reported.receive(edited, "2026-03-16T08:00:00", code=2)
    assert by_sheet(told) == {PROFILE: (1, 0, 0, False), INDEX: (1, 0, 0, False), SALES: (0, 0, 0, True)}
    assert not told["refused"]
    marked = reported.folder / "批注"
    reported.run("check", edited, "--annotate", marked, code=2)
    (copy,) = marked.glob("*.xlsx")
    listed = [[cell.value for cell in line] for line in load_workbook(copy)["错误清单"].iter_rows(min_row=5)]
    assert {line[2] for line in listed} == {SALES}
    whole = customers.sales(reported, "2026-02", 1000, (SCHOOL, 60), name="全月.xlsx")
    reported.receive(whole, "2026-03-17T08:00:00", code=0)
    total = {"公司销售总额(元)": 1000}
    edited = Edited(path).head(SALES, **total).row(SALES, 1, **{"销售额(元)": 80}).saved("卡片二.xlsx")
    told = reported.receive(edited, "2026-03-18T08:00:00", code=0)
    assert by_sheet(told) == {SALES: (1, 0, 0, False)} and told["untouched"] == [PROFILE, INDEX, FLOW]
    accounts = {row["customer"]: row["share"] for row in reported.ask("customers", "grades", "2026Q1")["accounts"]}
    assert accounts == {BUS: "2/25", SCHOOL: "3/50"}


def test_a_custodians_month(reported):
    """T11, T12, T13 and T17: loans that are out are listed, what came back is all that is written."""
    row = {"档案编号": "HT-1", "客户名称": BUS, "材料类别": "其他", "材料名称": "协议"}
    index = reported.file(INDEX, "目录.xlsx", {"单位代码": UNIT}, [row])
    reported.receive(index, "2026-03-10T08:00:00", code=0)
    lent = {"档案编号": "HT-1", "借阅人": "王政", "借出日期": datetime(2026, 3, 11)}
    loans = reported.file(LOANS, "借阅.xlsx", {"单位代码": UNIT}, [lent])
    reported.receive(loans, "2026-03-11T08:00:00", code=0)
    path = made(reported, "custodian_book", "--unit", UNIT, "--month", "2026-03")
    person = {"事件编号": "XL-1", "泄露人员": "王政", "泄露日期": datetime(2026, 3, 20), "大客户部内部人员": "否"}
    edited = Edited(path).row(LOANS, 1, 归还日期=datetime(2026, 3, 21)).row(LEAKS, 1, **person).saved("月底.xlsx")
    told = reported.receive(edited, "2026-03-31T08:00:00", code=0)
    assert by_sheet(told) == {LOANS: (1, 0, 0, False), LEAKS: (1, 0, 0, False)}
    assert told["untouched"] == ["客户信息披露申请表", "培训与保密协议登记表", "客户信息管理检查整改表"]
    assert reported.ask("archive", "overdue", "--as-of", "2026-12-01") == []


def test_a_book_saved_by_another_program(reported, tmp_path):
    """LibreOffice writes every part anew, in its own formats too: what was left as it was is known, what was filled in is read."""
    path = made(reported, "weekly_book", "--unit", UNIT, "--manager", "许走访", "--week", "2026-03-10")
    rows = item(BUS, "走访", datetime(2026, 3, 10))
    filled = Edited(path).row(WEEKLY, 1, **rows).saved("已填.xlsx")
    for kind in ("xlsx", "ods"):
        save_anew([path, filled], tmp_path / kind, tmp_path, kind)
        told = reported.ask("check", tmp_path / kind, code=0)["files"]
        assert {each["file"]: (each["accepted"], each["untouched"]) for each in told} == {
            f"{path.stem}.{kind}": (0, [WEEKLY, SERVICE]),
            f"已填.{kind}": (1, [SERVICE]),
        }


def test_a_customers_page(reported, tmp_path):
    """The notebook is given the customer's number; neither his name nor a person stands in its parameters."""
    told = reported.ask("customers", "page", BUS, "--out", tmp_path, code=0)
    workbook, page, notebook, _ = map(Path, told["files"])
    assert BUS in page.read_text(encoding="utf-8") and load_workbook(workbook)["沟通与服务"]["D5"].value
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    given = ["".join(cell["source"]) for cell in cells if "injected-parameters" in cell["metadata"].get("tags", [])]
    assert len(given) == 1 and BUS not in given[0]

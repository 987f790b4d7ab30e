"""Rows with a blank where the row beside them has a text: nothing the program writes reads nan, None or NaT for it."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from tests.support.disclosures import ROW
from tests.support.first_quarter import VALID
from tests.support.office import UNITS, lead
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.platform.reporting.registry import reports

pytestmark = pytest.mark.slow

NOTHING = re.compile(r"(?<![A-Za-z])(?:nan|NaN|NaT|None|<NA>)(?![A-Za-z])")
PERIODS = {
    "publication": "2026-03-30",
    "targets": "2026-01",
    "conversion": "2026-01",
    "development": "2026-03-31",
    "settlement": "2026Q1",
    "marks": "2026Q1",
    "reminders": "2026-03-20",
}


def wrong(path: Path) -> list[str]:
    """The texts of a workbook or page that name what is nothing, with their places."""
    if path.suffix == ".xlsx":
        cells = [cell for sheet in load_workbook(path).worksheets for line in sheet.iter_rows() for cell in line]
        found = [
            (f"{cell.parent.title} {cell.coordinate}", str(cell.value)) for cell in cells if cell.value is not None
        ]
    else:
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        found = [("", text) for text in page.find_all(string=True) if text.parent.name not in ("script", "style")]
    return [f"{path.name} {place}: {text[:60]}" for place, text in found if NOTHING.search(text)]


def gaps(office) -> None:
    """Of each template two rows, of which one leaves empty what the other fills in, and the other way round."""
    tea, pond = lead("皖南茶业", 联系方式="13900003306"), lead("塘口渔场", 联系方式="13900003307")
    more = {"区县": "鸠江区", "联系人职务": "科长", "预计采购时间": "2026年5月", "信息来源": "走访", "备注": "无"}
    rows = [{**tea, **more, "客户同意": "是"}, {**pond, "采购方式": "询价", "采购预算(万元)": 90, "竞争品牌": "别牌"}]
    office.receive(office.leads("D002", "缺项.xlsx", rows, date(2026, 2, 3)), "2026-02-03T09:00:00", code=0)
    office.run("dispatch", "--at", "2026-02-03T17:00:00", "--out", office.folder / "转交二")
    number = {row["customer"]: row["number"] for row in office.ask("leads")}
    said = {"皖南茶业": {**VALID, "备注": "已核", "核实标的量(台)": 10}, "塘口渔场": {**VALID, "项目责任人": None}}
    for path in office.answer(office.folder / "转交二", said):
        office.receive(path, "2026-02-04T09:00:00")
    apply = {"单位代码": "D002", "单位名称": UNITS[1][1], "申报人": "李申报", "申报日期": datetime(2026, 2, 12)}
    own = [{"信息编号": number[who], "客户名称": who, "车型": "轿车", "申报数量(台)": 12} for who in said]
    office.receive(
        office.file("大客户项目申报表", "缺.xlsx", apply, [{**own[0], "申请支持": "折让", "备注": "急"}, own[1]]),
        "2026-02-12T09:00:00",
    )
    line = {
        "单位代码": "D002",
        "车型": "轿车",
        "合同数量(台)": 12,
        "签订日期": datetime(2026, 2, 20),
        "本月提车量(台)": 3,
    }
    lines = [
        {**line, "合同编号": "HT-8", "信息编号": number["皖南茶业"], "客户名称": "皖南茶业", "备注": "首批"},
        {
            **line,
            "合同编号": "HT-9",
            "信息编号": number["塘口渔场"],
            "客户名称": "塘口渔场",
            "合同金额(元)": 900000,
            "累计提车量(台)": 3,
        },
    ]
    office.receive(office.file("合同登记汇总表", "缺登.xlsx", {"月份": "2026-02"}, lines), "2026-03-02T09:00:00")
    asked = [
        {**ROW, "信息编号": number[who], "申请编号": f"PL2026-{n}", "有效期至": datetime(2026, 12, 31)}
        for n, who in enumerate(["皖南茶业"] * 2, 1)
    ]
    header = {"申请单位代码": "B001", "申请人": "周正", "申请日期": datetime(2026, 2, 6)}
    rows = [{**asked[0], "备注": None}, asked[1]]
    got = office.receive(office.file("客户信息披露申请表", "披露.xlsx", header, rows), "2026-02-06T09:00:00", code=None)
    assert got["accepted"] == 2, got["findings"]
    leak = {"泄露人员": "孙某", "泄露日期": date(2026, 2, 5), "大客户部内部人员": "是"}
    told = [
        {**leak, "事件编号": "XL-1", "涉及信息编号": number["皖南茶业"], "处理意见": "批评"},
        {**leak, "事件编号": "XL-2", "所在单位代码": "S002"},
        {**leak, "事件编号": "XL-3", "经过": "外传"},
    ]
    office.receive(
        office.file("信息泄露事件登记表", "泄露.xlsx", {"编制人": "李"}, told), "2026-02-07T09:00:00", code=None
    )
    stay = {"姓名": "何项目", "单位代码": "S002", "开始日期": datetime(2026, 1, 1)}
    people = [
        {**stay, "岗位": "项目责任人"},
        {**stay, "姓名": "田离任", "岗位": "其他", "结束日期": datetime(2026, 2, 1), "备注": "调出"},
    ]
    office.receive(office.file("人员名录", "人员.xlsx", {}, people), "2026-02-08T09:00:00", code=0)


def test_nothing_that_is_written_names_a_blank(first_quarter):
    """Reports, blanks that are filled in for sections, notes of disclosure, receipts, lists and their JSON."""
    office = first_quarter
    gaps(office)
    out = office.folder / "写出"
    out.mkdir()
    with office.opened() as session:
        snapshot = open_snapshot(session, datetime(2026, 4, 5, 9))
        for report in reports():
            if report.alias in PERIODS:
                report.write(report.view(snapshot, PERIODS[report.alias]), out / f"{report.alias}.xlsx")
        files = session.register.read("document", ["document"])["document"].tolist()
    office.run("prepare-register", "2026-02", "--out", out, code=None)
    office.run("review", "--out", out, code=None)
    for number in ("PL2026-1", "PL2026-2"):
        office.run("disclosures", "decide", number, "同意", "--reason", "属实", code=0)
        office.run("disclosures", "hand-over", number, "--out", out, code=0)
    office.run("receipt", "make", *files, "--out", out, code=None)
    office.run("remind", "--on", "2026-03-20", "--out", out, code=None)
    written = [path for folder in (out, office.folder / "转交二") for path in sorted(folder.rglob("*"))]
    written = [path for path in written if path.suffix in (".xlsx", ".html")]
    assert len(written) > 20
    assert [each for path in written for each in wrong(path)] == []
    for words in (
        ("leads",),
        ("units",),
        ("disclosures", "list"),
        ("changes", "list"),
        ("appeals", "list"),
        ("added",),
    ):
        assert not re.search(r"NaN|NaT|\"nan\"|\"None\"", office.run(*words, "--json", code=None)), words
        assert not re.search(r"\bnan\b|\bNaT\b|\bNone\b", office.run(*words, code=None)), words
    settled = office.run("settle", "2026Q1", "--as-of", "2026-04-05", "--json", code=None)
    assert not re.search(r"NaN|NaT|\"nan\"|\"None\"", settled)
    assert settled.count('"7.3.4"') >= 3

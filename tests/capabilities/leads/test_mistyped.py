"""What a person may mistype gets a finding and is taken as it stands; the bound itself is still in order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support.office import contract, lead

pytestmark = pytest.mark.slow


def codes(document) -> list[tuple[str, str]]:
    """Code and cell of what was found, without errors among them."""
    (receipt,) = document["files"]
    assert receipt["returned"] == 0
    assert {each["severity"] for each in receipt["findings"] if each["code"].startswith("doubtful")} <= {"warning"}
    return [(each["code"], each["cell"]) for each in receipt["findings"] if each["code"].startswith("doubtful")]


def test_a_report_s_date_and_quantity(staffed):
    """Decades off, and 99,999 vehicles; 1,000 vehicles and a date of last year are nothing to speak of."""
    rows = [lead("江城公交", **{"标的量(台)": 99999}), lead("滨海宾馆", 联系方式="13900001001", **{"标的量(台)": 1000})]
    path = staffed.leads("D001", "远.xlsx", rows, on=date(1926, 1, 5))
    found = codes(staffed.ask("import", path, "--received-at", "2026-01-05T09:00:00", code=0))
    assert [code for code, _ in found] == ["doubtful_report_date", "doubtful_quantity"]
    assert len({cell for _, cell in found}) == 2
    path = staffed.leads("D002", "近.xlsx", [lead("北山客运", 联系方式="13900001002")], on=date(2025, 1, 4))
    assert codes(staffed.ask("import", path, "--received-at", "2026-01-05T09:00:00", code=0)) == []


def test_an_expiry_date_and_a_contract(staffed):
    """A section's date a century off; a contract of ten times the lead, and one vehicle less."""
    path = staffed.leads("D001", "一.xlsx", [lead("江城公交"), lead("滨海宾馆", 联系方式="13900001001")])
    staffed.run("import", path, "--received-at", "2026-01-05T09:00:00")
    staffed.run("dispatch", "--at", "2026-01-05T10:00:00", "--out", staffed.folder / "转交")
    last = date(2026, 1, 6) + timedelta(1826)
    days = {"江城公交": date(2126, 12, 31), "滨海宾馆": last}
    verdicts = {customer: {"甄别结论": "有效", "到期日期": day} for customer, day in days.items()}
    (form,) = staffed.answer(staffed.folder / "转交", verdicts)
    told = staffed.ask("import", form, "--received-at", "2026-01-06T09:00:00")
    assert [code for code, _ in codes(told)] == ["doubtful_expiry"]
    lines = [
        contract(row["number"], customer, date(2026, 1, 20), 0, 合同编号=f"HT-{count}", **{"合同数量(台)": count})
        for (customer, row), count in zip(sorted(staffed.by_customer().items()), (120, 119), strict=True)
    ]
    form = staffed.file("合同登记", "合同.xlsx", {"月份": "2026-01"}, lines)
    assert [code for code, _ in codes(staffed.ask("import", form, "--received-at", "2026-02-01T09:00:00"))] == [
        "doubtful_contract"
    ]


def test_a_list_of_receipts_as_excel_saves_it(staffed):
    """Times of Chinese Excel are taken; one that is none names its line."""
    path = staffed.leads("D001", "一.xlsx", [lead("江城公交")])
    inbox = path.parent / "inbox.csv"
    inbox.write_text(f"file,received_at\n{path.name},2026/1/5 下午 2:05\n", encoding="gb18030")
    (receipt,) = staffed.ask("import", path, "--inbox", inbox)["files"]
    assert receipt["received_at"] == "2026-01-05T14:05:00"
    inbox.write_text(f"file,received_at\n{path.name},5/1/2026 9:30\n", encoding="utf-8")
    staffed.run("import", path, "--inbox", inbox, code=2)
    assert "inbox.csv 第 2 行：时间“5/1/2026 9:30”无法识别" in staffed.said


def test_a_preview_says_from_what_to_what(staffed):
    """Of numbers, dates and offered words; a phone, a name or a text is not shown."""
    row = lead("江城 公交", **{"标的量(台)": "１２", "联系方式": "１３９００００１１１１", "客户类别": " 政府采购"})
    path = staffed.leads("D001", "宽.xlsx", [row])
    said = staffed.run("fix", path, "--preview")
    assert "“标的量(台)”：“１２” → 12" in said
    assert "“客户类别”：“ 政府采购” → 政府采购" in said
    assert "“联系方式”：文字，内容不显示" in said
    assert "1390000" not in said and "１３９" not in said and "江城" not in said
    found = {each["column"]: each for each in staffed.ask("fix", path, "--preview")["files"][0]["fixes"]}
    assert (found["标的量(台)"]["from"], found["标的量(台)"]["to"]) == ("１２", "12")
    assert "from" not in found["联系方式"]

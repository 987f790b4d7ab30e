"""Times behind the clock that decide money are an open item of the settlement, kept with it and printed."""

from __future__ import annotations

from datetime import datetime

import pytest
from openpyxl import load_workbook

from tests.support.first_quarter import VALID
from tests.support.office import contract, lead

pytestmark = pytest.mark.slow

BUS, LAKE, MILL = lead("江城公交"), lead("东湖农场", 联系方式="13900003304"), lead("滨江机械厂", 联系方式="13900003302")
SUBMIT = ("settlement", "submit", "2026Q1", "--as-of", "2026-04-10T09:00:00")


@pytest.fixture
def late_entries(become, set_clock):
    """A clerk's quarter with times behind the clock, some of which decide something."""
    office = become("文员")

    def enter(path, at: str, clock: str) -> None:
        set_clock(clock)
        office.ask("import", path, "--received-at", at)

    enter(office.leads("D002", "乙.xlsx", [LAKE]), "2026-01-06T09:00:00", "2026-01-06T09:00:00")
    enter(office.leads("B001", "丙.xlsx", [MILL]), "2026-01-06T08:00:00", "2026-01-06T11:00:00")  # decides nothing
    enter(office.leads("D001", "甲.xlsx", [LAKE]), "2026-01-06T08:00:00", "2026-01-06T12:00:00")  # 5.1
    set_clock("2026-01-06T13:00:00")
    office.run("dispatch", "--at", "2026-01-06T13:00:00", "--out", office.folder / "转交")
    (answer,) = office.answer(office.folder / "转交", {"东湖农场": VALID, "滨江机械厂": VALID})
    enter(answer, "2026-01-08T16:00:00", "2026-01-10T17:00:00")  # 7.3.1, due on Thursday 8 January
    enter(office.leads("D001", "丁.xlsx", [BUS]), "2026-01-31T15:00:00", "2026-02-01T10:00:00")  # 5.3
    set_clock("2026-02-02T09:00:00")
    office.run("dispatch", "--at", "2026-02-02T09:00:00", "--out", office.folder / "转交二")
    (answer,) = office.answer(office.folder / "转交二", {"江城公交": VALID})
    enter(answer, "2026-02-03T09:00:00", "2026-02-03T10:00:00")
    for month, at, clock in (
        ("2026-01", "2026-02-02T16:00:00", "2026-02-05T16:00:00"),  # 7.3.3, due on Monday 2 February
        ("2026-02", "2026-03-02T10:00:00", "2026-03-02T16:00:00"),
        ("2026-03", "2026-04-02T10:00:00", "2026-04-02T16:00:00"),
    ):
        enter(office.file("合同登记汇总表", f"合同{month}.xlsx", {"月份": month}, []), at, clock)
    set_clock("2026-04-10T09:00:00")
    return office


def test_back_dated_times_are_listed_kept_and_printed(late_entries, become, monkeypatch, set_clock):
    """What, for whom, by whom, by how long; a reason is asked for; the approver sees the same, on paper too."""
    office = late_entries
    office.run(*SUBMIT, code=2)
    assert "5 处以早于实际登记的时间计算金额" in office.said
    sent = office.ask(*SUBMIT, "--accept", "纸质回执已核对", code=0)
    (items,) = [item["inputs"]["items"] for item in sent["open"] if item["code"] == "back_dated"]
    names = {row["number"]: (row["customer"], row["reporter"]) for row in office.ask("leads")}
    got = [
        (
            item["what"],
            names.get(item["ref"], item["ref"]),
            item["clauses"],
            item["party"],
            item.get("days"),
            item.get("hours"),
        )
        for item in items
    ]
    assert got == [
        ("answer", ("滨江机械厂", "B001"), ["7.3.1"], "何项目", 2, None),
        ("answer", ("东湖农场", "D001"), ["7.3.1"], "何项目", 2, None),
        ("lead", ("东湖农场", "D001"), ["5.1"], "D001", None, 4),
        ("lead", ("江城公交", "D001"), ["5.3"], "D001", None, 19),
        ("register", "2026-01", ["7.3.3"], "陈持", 3, None),
    ]
    assert {item["by"] for item in items} == {"文员"}
    office = become("领导")
    said = office.run("settlement", "approve", "2026Q1", code=0)
    assert said.count("登记，提前") == 5 and "提前 19 小时" in said
    assert office.run("settlement", "status").count("登记，提前") == 5
    (row,) = office.ask("settlement", "status")
    assert row["back_dated"] == items
    office.run("report", "季度奖惩核算报告", "--period", "2026Q1", "--out", office.folder / "报告", code=0)
    (path,) = (each for each in (office.folder / "报告").glob("*.xlsx") if "呈批" not in each.name)
    book = load_workbook(path)
    cells = [[cell.value for cell in line] for line in book["补登时间"].iter_rows(min_row=5)]
    assert [line[0] for line in cells[:5]] == ["甄别反馈", "甄别反馈", "信息接收", "信息接收", "合同登记返回"]
    assert any("5 处以早于实际登记的时间" in str(cell.value) for line in book["封面"].iter_rows() for cell in line)
    (page,) = (office.folder / "报告").glob("*.html")
    assert "实际登记时间" in page.read_text(encoding="utf-8")


def test_a_simulation_lists_them_and_asks_for_no_reason(late_entries, monkeypatch):
    """Its times are not those of the clock."""
    monkeypatch.setenv("WORKBENCH_SIMULATION", "1")
    sent = late_entries.ask(*SUBMIT, code=0)
    assert [item["code"] for item in sent["open"]] == ["back_dated"]


def test_requests_that_took_effect_behind_the_clock(become, set_clock):
    """A prolonging and a hand-over recorded after expiry and term: by the clock no reward, and a fine (D32, D41)."""
    office = become("文员")

    def enter(path, at: str, clock: str) -> None:
        set_clock(clock)
        office.ask("import", path, "--received-at", at)

    def ask(number: str, customer: str, matter: str, value: object, unit: str):
        header = {"申请单位代码": unit, "申请人": "经办人", "申请日期": datetime(2026, 1, 8)}
        row = {"信息编号": number, "客户名称": customer, "变更事项": matter, "新值": value, "理由": "试验理由"}
        return office.file("信息变更申请单", f"{matter}.xlsx", header, [row])

    enter(office.leads("D001", "甲.xlsx", [BUS, MILL]), "2026-01-05T09:00:00", "2026-01-05T09:30:00")
    set_clock("2026-01-05T18:00:00")
    office.run("dispatch", "--at", "2026-01-05T18:00:00", "--out", office.folder / "转交")
    number = {row["customer"]: row["number"] for row in office.ask("leads")}
    (answer,) = office.answer(office.folder / "转交", {"江城公交": {**VALID, "到期日期": datetime(2026, 1, 31)}})
    enter(answer, "2026-01-06T09:00:00", "2026-01-06T10:00:00")
    over = ask(number["滨江机械厂"], "滨江机械厂", "转交其他科室", "S001", "S002")
    enter(over, "2026-01-07T17:00:00", "2026-01-12T09:00:00")
    longer = ask(number["江城公交"], "江城公交", "延长到期日期", datetime(2026, 6, 30), "S002")
    enter(longer, "2026-01-30T16:00:00", "2026-02-11T09:00:00")
    signed = contract(number["江城公交"], "江城公交", datetime(2026, 2, 10), 5)
    month = office.file("合同登记汇总表", "合同.xlsx", {"月份": "2026-02"}, [signed])
    enter(month, "2026-03-02T10:00:00", "2026-03-02T11:00:00")
    set_clock("2026-04-10T09:00:00")
    sent = office.ask(*SUBMIT, "--accept", "纸质申请单已核对", code=0)
    (items,) = [item["inputs"]["items"] for item in sent["open"] if item["code"] == "back_dated"]
    assert [(item["what"], item["ref"], item["clauses"], item["party"], item["days"]) for item in items] == [
        ("handed_over", number["滨江机械厂"], ["7.3.1"], "冯行", 4),
        ("prolonged", number["江城公交"], ["7.1.1"], "D001", 11),
    ]
    assert "延长到期日期" in office.run("settlement", "status")


def test_a_clock_that_was_set_back_hides_nothing(late_entries, set_clock):
    """The machine says January again: what is entered then was not there before what it follows."""
    office = late_entries
    set_clock("2026-01-20T09:00:00")
    office.ask("import", office.leads("D002", "戊.xlsx", [lead("南河仓储")]), "--received-at", "2026-01-20T09:00:00")
    set_clock("2026-04-10T09:00:00")
    sent = office.ask(*SUBMIT, "--accept", "纸质回执已核对", code=0)
    (items,) = [item["inputs"]["items"] for item in sent["open"] if item["code"] == "back_dated"]
    late = [(item["at"], item["recorded_at"], item["clauses"]) for item in items if item["party"] == "D002"]
    assert late == [("2026-01-20T09:00:00", "2026-02-01T10:00:00", ["5.3"])]

"""Rows that come again: which lead they are about, and that what says nothing new changes nothing (5.1, D4)."""

from __future__ import annotations

from datetime import date

import openpyxl

from tests.support.office import lead

NAME = "大客户信息记录表.xlsx"
PARK, BUS = lead("江城公园", 联系方式="13900003301"), lead("滨江客运", 联系方式="13900003302")


def standing(office) -> list[tuple]:
    """Number, customer, status and time of every lead."""
    return sorted((row["number"], row["customer"], row["status"], row["received_at"]) for row in office.ask("leads"))


def report(
    office, rows: list[dict], at: str, on: date = date(2026, 1, 5), name: str = NAME, unit: str = "D001"
) -> dict:
    """Import a report of one unit."""
    return office.receive(office.leads(unit, name, rows, on), at)


def test_another_report_under_the_same_file_name_is_another_report(staffed):
    """Row ids, date and file name agree, customer and phone do not: the leads of the first report stay."""
    report(staffed, [PARK], "2026-01-05T09:00:00")
    got = report(staffed, [BUS], "2026-01-05T15:00:00")
    assert (got["accepted"], got["findings"]) == (1, [])
    assert standing(staffed) == [
        ("DK202601-00001", "江城公园", "已接收", "2026-01-05T09:00:00"),
        ("DK202601-00002", "滨江客运", "已接收", "2026-01-05T15:00:00"),
    ]


def test_sorting_and_sending_again_changes_nothing(staffed):
    """Both rows stand in the other's place; both leads keep number and time."""
    report(staffed, [PARK, BUS], "2026-01-05T09:00:00")
    before = standing(staffed)
    got = report(staffed, [BUS, PARK], "2026-01-07T09:00:00")
    assert (got["accepted"], got["unchanged"]) == (0, 2)
    assert standing(staffed) == before


def test_a_row_of_another_day_corrects_the_lead_of_its_customer(staffed):
    """As long as the lead was not handed to a section; the place is kept."""
    report(staffed, [PARK], "2026-01-05T09:00:00")
    changed = report(staffed, [{**PARK, "需求车型": "客车"}], "2026-01-07T09:00:00", date(2026, 1, 7), "补报.xlsx")
    assert [finding["code"] for finding in changed["findings"]] == ["corrected"]
    assert standing(staffed) == [("DK202601-00001", "江城公园", "已接收", "2026-01-05T09:00:00")]


def test_a_renamed_customer_keeps_its_phone_and_is_a_warning(staffed):
    """The same row with the same phone: a correction, said more loudly than a note."""
    report(staffed, [PARK], "2026-01-05T09:00:00")
    got = report(staffed, [{**PARK, "客户名称": "望江机械厂"}], "2026-01-06T09:00:00")
    assert [(item["code"], item["severity"]) for item in got["findings"]] == [("corrected", "warning")]
    assert standing(staffed) == [("DK202601-00001", "望江机械厂", "已接收", "2026-01-06T09:00:00")]


def test_another_customer_elsewhere_under_an_agents_phone_is_another_report(staffed):
    """The row's id, date and phone agree, customer and city do not; a corrected city of one customer is a correction."""
    report(staffed, [PARK], "2026-01-05T09:00:00")
    got = report(staffed, [{**PARK, "客户名称": "庐阳商贸", "城市": "合肥市"}], "2026-01-05T15:00:00")
    assert (got["accepted"], got["findings"]) == (1, [])
    assert [row[1:3] for row in standing(staffed)] == [("江城公园", "已接收"), ("庐阳商贸", "已接收")]
    got = report(staffed, [{**PARK, "城市": "马鞍山市"}], "2026-01-05T16:00:00")
    assert [item["code"] for item in got["findings"]] == ["corrected"] and len(standing(staffed)) == 2


def test_a_copied_row_is_another_lead(staffed):
    """Its hidden id was copied with it, twice; the first row keeps the id, and a correction of it stays possible."""
    school, mill = lead("皖南茶业", 联系方式="13900003303"), lead("望江机械厂", 联系方式="13900003304")
    path = staffed.leads("D001", NAME, [PARK, school, mill])
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    (tag,) = [cell for line in sheet.iter_rows() for cell in line if cell.value == "行标识"]
    first = next(cell.row for line in sheet.iter_rows() for cell in line if cell.value == "江城公园")
    for row in (first + 1, first + 2):
        sheet.cell(row, tag.column).value = sheet.cell(first, tag.column).value
    book.save(path)
    got = staffed.receive(path, "2026-01-05T09:00:00")
    assert got["accepted"] == 3
    assert [(item["code"], item["row"]) for item in got["findings"]] == [
        ("copied_row", first + 1),
        ("copied_row", first + 2),
    ]
    report(staffed, [{**PARK, "客户名称": "江城植物园"}], "2026-01-06T09:00:00")
    assert [row[:2] for row in standing(staffed)] == [
        ("DK202601-00001", "江城植物园"),
        ("DK202601-00002", "皖南茶业"),
        ("DK202601-00003", "望江机械厂"),
    ]


def test_a_lead_found_invalid_and_corrected_is_a_new_report(staffed):
    """It gets a number of its own and the new time, and is handed to the section again; the old one stays invalid."""
    report(staffed, [PARK], "2026-01-05T09:00:00")
    staffed.run("dispatch", "--at", "2026-01-05T10:00:00", "--out", staffed.folder / "转交1")
    (answer,) = staffed.answer(staffed.folder / "转交1", {"江城公园": {"甄别结论": "无效", "无效原因": "空号"}})
    staffed.receive(answer, "2026-01-06T09:00:00", code=0)
    assert report(staffed, [{**PARK, "联系方式": "13900003399"}], "2026-01-07T09:00:00")["accepted"] == 1
    staffed.run("dispatch", "--at", "2026-01-07T10:00:00", "--out", staffed.folder / "转交2")
    assert standing(staffed) == [
        ("DK202601-00001", "江城公园", "无效", "2026-01-05T09:00:00"),
        ("DK202601-00002", "江城公园", "待甄别", "2026-01-07T09:00:00"),
    ]


def test_an_own_duplicate_says_that_it_is_ones_own(staffed):
    """The same customer twice in one sheet."""
    got = report(staffed, [PARK, {**PARK, "标的量(台)": 20}], "2026-01-05T09:00:00")
    messages = [item["message"] for item in got["findings"] if item["code"] == "duplicate"]
    assert messages == ["该客户的信息本单位已先行提报（DK202601-00001），按第5.1条不重复计算。"]


def test_a_file_brought_in_late_meets_the_leads_as_they_stood(staffed):
    """After the dispatch: what was received before it still corrects and comes first, what was received after it does not."""
    report(staffed, [PARK, BUS], "2026-01-05T09:00:00")
    staffed.run("dispatch", "--at", "2026-01-05T10:00:00", "--out", staffed.folder / "转交")
    other = {"on": date(2026, 1, 4), "name": "另一份.xlsx"}
    early = report(staffed, [{**PARK, "需求车型": "客车"}], "2026-01-05T08:00:00", **other)
    between = report(staffed, [{**BUS, "需求车型": "客车"}], "2026-01-05T09:30:00")
    late = report(staffed, [{**BUS, "需求车型": "货车"}], "2026-01-05T10:30:00")
    got = [[item["code"] for item in receipt["findings"]] for receipt in (early, between, late)]
    assert got == [["received_first"], ["corrected"], ["already_dispatched"]]
    assert standing(staffed) == [
        ("DK202601-00001", "江城公园", "待甄别", "2026-01-05T08:00:00"),
        ("DK202601-00002", "滨江客运", "待甄别", "2026-01-05T09:00:00"),
    ]

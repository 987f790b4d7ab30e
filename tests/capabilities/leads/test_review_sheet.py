"""The review workbook shows both leads side by side, so that a person can decide without opening anything else."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from tests.support.office import lead

ONE = {"需求车型": "轿车", "标的量(台)": 12, "联系方式": "13955556666", "区县": "镜湖区"}
OTHER = {"需求车型": "客车", "标的量(台)": 20, "联系方式": "13955557777"}


@pytest.fixture
def suspected(staffed):
    """Two leads with close names in one city; the later waits for a person."""
    staffed.receive(staffed.leads("D001", "甲.xlsx", [lead("芜湖星辰科技有限公司", **ONE)]), "2026-01-05T10:00")
    staffed.receive(staffed.leads("D002", "乙.xlsx", [lead("芜湖星晨科技有限公司", **OTHER)]), "2026-01-06T10:00")
    return staffed


def sheet_row(office) -> tuple[object, dict[str, object]]:
    """The workbook and the row of its only pair, by title."""
    office.run("review", "--out", "复核", code=1)
    (path,) = (office.folder / "复核").glob("*.xlsx")
    lines = [[cell.value for cell in line] for line in load_workbook(path).worksheets[0].iter_rows()]
    top = next(place for place, line in enumerate(lines) if "复核结论" in line)
    return path, dict(zip(lines[top], lines[top + 1]))


def test_both_sides_show_what_was_reported(suspected):
    """Category, place, model, quantity, time of receipt and the phone with its middle hidden; no phone in full."""
    _, row = sheet_row(suspected)
    names = ("客户类别", "地区", "需求车型", "标的量(台)", "联系方式(部分)")
    assert [row[name] for name in names] == ["企事业单位", "安徽省 芜湖市", "客车", 20, "139****7777"]
    assert [row[f"对方{name}"] for name in names] == ["企事业单位", "安徽省 芜湖市 镜湖区", "轿车", 12, "139****6666"]
    assert [f"{row[name]:%m-%d %H}" for name in ("接收时间", "对方接收时间")] == ["01-06 10", "01-05 10"]


def test_a_workbook_of_version_4_1_is_taken_in(suspected):
    """Without the further columns and with the titles of before."""
    path, _ = sheet_row(suspected)
    book = load_workbook(path)
    sheet, stamp = book.worksheets[0], book["_表单"]
    heads = next(line for line in sheet.iter_rows() if any(cell.value == "复核结论" for cell in line))
    next(cell for cell in heads if cell.value == "复核结论").offset(1).value = "不重复"
    for cell in reversed(heads):
        title = str(cell.value).removeprefix("对方")
        if title in ("客户类别", "地区", "需求车型", "标的量(台)", "联系方式(部分)"):
            sheet.delete_cols(cell.column)
    for cell in sheet[heads[0].row]:
        cell.value = str(cell.value or "").replace("接收时间", "收到时间") or None
    next(line for line in stamp.iter_rows() if line[0].value == "version")[1].value = "4.1"
    book.save(old := suspected.folder / "旧复核.xlsx")
    told = suspected.receive(old, "2026-01-07T10:00", code=0)
    assert (told["accepted"], told["findings"]) == (1, [])
    assert {row["status"] for row in suspected.ask("leads")} == {"已接收"}


def test_a_phone_whose_owner_withdrew_his_consent_is_not_shown(suspected):
    """Not even its outer digits, on either side, nor to a program; the other one's is."""
    number = suspected.by_customer()["芜湖星辰科技有限公司"]["number"]
    suspected.ask("consent", "withdraw", number, "--reason", "客户来函", code=0)
    _, row = sheet_row(suspected)
    assert (row["联系方式(部分)"], row["对方联系方式(部分)"]) == ("139****7777", "已撤回同意")
    told = str(suspected.ask("review", code=1))
    assert "6666" not in told and "139****7777" in told

"""诚信黑点告知书 and the recorded split on the allocation sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.support import synthetic
from tests.support.synthetic import AFTER
from workbench.capabilities.settlement import marks_report as marks
from workbench.capabilities.settlement import settlement_report as settlement
from workbench.capabilities.settlement.settlement import settlement_of
from workbench.platform.register.facts import Facts, frame

pytestmark = pytest.mark.whole


def leaking(*days: str, annulled: str | None = None) -> synthetic.Book:
    """An office in which 孙某 leaks on these days, an outsider on the first of them."""
    told = [
        {
            "number": f"XL-{place}",
            "person": "孙某",
            "unit": "S002",
            "happened_on": day,
            "inside": True,
            "at": day,
            "file": "泄露.xlsx",
            "row": 5,
        }
        for place, day in enumerate(days, 1)
    ]
    told += [{**each, "number": "XL-0", "person": "外人", "inside": False} for each in told[:1]]
    ruled = [
        {
            "appeal": "SS1",
            "quarter": "2025Q4",
            "clause": "7.3.4",
            "party": "孙某",
            "ref": annulled,
            "amount": 0,
            "at": "2026-01-05",
        }
    ]
    facts = Facts.of(units=synthetic.units(), incidents=told, rulings=ruled if annulled else [])
    return synthetic.book(facts, AFTER)


def cells(path, sheet: str) -> list[list]:
    """A sheet's values from the first data row on, to the first empty line."""
    rows = [[cell.value for cell in row] for row in load_workbook(path)[sheet].iter_rows(min_row=5)]
    return [row for row in rows if row[0] is not None]


def test_a_quarter_without_a_leak_has_its_sheet_too(tmp_path):
    """Nothing known at all, nothing in this quarter, and one mark that an appeal annulled: a sheet that says so."""
    for book in (leaking(), leaking("2025-11-03"), leaking("2026-02-10", annulled="XL-1")):
        view = marks.view(book, "2026Q1" if len(book.facts.incidents) > 1 else "2025Q4")
        assert (len(view.notices), len(view.advice)) == (0, 0)
        marks.write(view, tmp_path / "黑点.xlsx")
        assert load_workbook(tmp_path / "黑点.xlsx")["告知"]["A5"].value == "本季度没有诚信黑点。"


def test_the_third_mark_is_recommended_for_a_person_to_decide(tmp_path):
    """Day by day with its running number; the recommendation names all three and leaves the decision blank."""
    view = marks.view(leaking("2025-11-03", "2026-02-10", "2026-03-05"), "2026Q1")
    assert view.notices[["number", "marks", "penalty"]].values.tolist() == [["XL-2", 2, 500], ["XL-3", 3, 500]]
    marks.write(view, tmp_path / "黑点.xlsx")
    (advice,) = cells(tmp_path / "黑点.xlsx", "辞退建议")
    assert advice[:2] == ["孙某", 3]
    assert "XL-1（2025-11-03）\nXL-2（2026-02-10）\nXL-3（2026-03-05）" in advice
    assert advice[5:8] == [None, None, None]


def test_below_the_limit_nobody_is_named(tmp_path):
    """Two marks; three of which one was annulled; three, the last in another quarter."""
    for days, annulled, period in (
        (("2026-02-10", "2026-03-05"), None, "2026Q1"),
        (("2025-11-03", "2026-02-10", "2026-03-05"), "XL-1", "2026Q1"),
        (("2025-11-03", "2025-12-10", "2026-03-05"), None, "2025Q4"),
    ):
        view = marks.view(leaking(*days, annulled=annulled), period)
        assert (len(view.notices), len(view.advice)) == (2, 0)
    marks.write(view, tmp_path / "黑点.xlsx")
    assert cells(tmp_path / "黑点.xlsx", "辞退建议")[0][0] == "没有人达到建议辞退的数目。"


def test_the_recorded_split_stands_on_the_allocation_sheet(quarter, tmp_path, recalculate):
    """Newest file of a department only; complete where it adds up; LibreOffice agrees with what is shown."""
    plain = settlement.view(quarter, "2026Q1")
    due = plain.departments.loc[plain.departments["amount"] > 0, ["unit", "amount"]].values.tolist()
    (first, amount), (second, other) = due[0], due[1]
    split = [
        (first, "旧人", amount, 7),
        (first, "甲", amount - 60, 8),
        (first, "乙", 60, 8),
        *((second, f"第{number}人", other - 6 if number == 6 else 1, 9) for number in range(7)),
    ]
    rows = pd.DataFrame(split, columns=["unit", "person", "amount", "document"])
    told = frame("allocations", rows.assign(quarter="2026Q1", leader="赵", at=datetime(2026, 4, 2)))
    book = replace(quarter, facts=quarter.facts.replace(allocations=told))
    settlement.write(settlement.view(book, "2026Q1"), tmp_path / "分配.xlsx")
    for path in (tmp_path / "分配.xlsx", recalculate(tmp_path / "分配.xlsx")):
        sheet = load_workbook(path, data_only=True)["分配表"]
        assert [sheet[f"E{row}"].value for row in (5, 6, 7)] == ["甲", "乙", None]
        assert (sheet["F5"].value, sheet["H5"].value, sheet["H10"].value) == (amount - 60, "相符", "相符")
        assert [sheet[f"E{row}"].value for row in (10, 16)] == ["第0人", "第6人"]
        assert sheet["H17"].value == (f"差 {due[2][1]} 元" if len(due) > 2 else "相符")


def test_nobody_is_advised_where_the_unit_is_not_known(tmp_path):
    """Three marks without a unit: told, not recommended; the sheet names them so."""
    book = leaking("2026-01-10", "2026-02-10", "2026-03-05")
    bare = synthetic.book(book.facts.replace(incidents=book.facts.incidents.assign(unit=None)), AFTER)
    view = marks.view(bare, "2026Q1")
    assert view.notices["marks"].tolist() == [1, 2, 3] and view.advice.empty
    notes = [note.code for note in settlement_of(bare, "2026Q1").notes]
    assert "marks_unclear" in notes and "dismissal_recommended" not in notes
    assert marks.view(book, "2026Q1").advice["marks"].tolist() == [3]


def test_each_person_has_a_page_that_says_how_to_appeal(tmp_path):
    """Nobody reads another one's marks: a page ends with each person, and the heading and the term are repeated on each."""
    told = [
        {
            "number": f"XL-{place}",
            "person": person,
            "unit": unit,
            "happened_on": f"2026-02-1{place}",
            "inside": True,
            "at": f"2026-02-1{place}",
            "file": "泄露.xlsx",
            "row": place,
        }
        for place, (person, unit) in enumerate(
            (("孙某", "S002"), ("李某", "S001"), ("孙某", "S002"), ("周某", "S003")), 1
        )
    ]
    book = synthetic.book(Facts.of(units=synthetic.units(), incidents=told), AFTER)
    marks.write(marks.view(book, "2026Q1"), tmp_path / "黑点.xlsx")
    sheet = load_workbook(tmp_path / "黑点.xlsx")["告知"]
    people = [row[0] for row in cells(tmp_path / "黑点.xlsx", "告知")]
    assert people == ["周某", "孙某", "孙某", "李某"]
    assert [each.id for each in sheet.row_breaks.brk] == [5, 7]
    assert sheet.print_title_rows == "$1:$4"
    assert "批准后 10 个工作日内提出《奖惩申诉表》" in sheet["A3"].value

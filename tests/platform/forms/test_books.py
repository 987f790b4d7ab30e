"""Workbooks with several official sheets: what is declared, which sheets are read, what was left as it was handed out."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from tests.support.customer_office import BUS, MANAGER, SCHOOL, SERVICE, UNIT, WEEKLY, item
from tests.support.edited import Edited
from workbench.app.checking import check_files
from workbench.app.policy import load_policy
from workbench.platform.forms.books import books
from workbench.platform.forms.fixing import fix_file
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write_book import Filled, build_blank_books, write_book

ROOT = Path(__file__).resolve().parents[3]
ON = date(2026, 3, 9)
HEAD = {"unit": UNIT, "manager": MANAGER, "week": ON}
MATTER = {"row_id": "FW000001", "number": "FW000001", "happened_on": ON, "customer": BUS, "kind": "投诉"}


@pytest.fixture
def week(tmp_path):
    """A week's book with a head and an open matter."""
    filled = {"weekly_report": Filled(HEAD), "service_record": Filled({"unit": UNIT}, [MATTER])}
    return write_book(books()["weekly_book"], tmp_path / "每周.xlsx", filled, policy=load_policy(), on=ON)


def said(path):
    """The receipt of a checked file, and code, sheet and cell of what is wrong in it."""
    (receipt,) = check_files([path], load_policy())
    return receipt, [(finding.code, finding.sheet, finding.cell) for finding in receipt.findings]


def test_every_book_holds_templates_that_exist():
    """A form is one word of the declaration; each stands in one book at most."""
    held = [form for book in books().values() for form in book.forms]
    assert set(held) <= set(templates()) and len(held) == len(set(held))
    assert [book.order for book in books().values()] == sorted(book.order for book in books().values())


def test_the_same_book_has_the_same_bytes(tmp_path):
    """Blank books are written alike whenever and wherever."""
    one = build_blank_books(tmp_path / "一", load_policy(), date(2026, 1, 1))
    two = build_blank_books(tmp_path / "二", load_policy(), date(2026, 11, 25))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    assert [path.stem for path in one] == [book.title for book in books().values()]


def test_what_nobody_touched_says_nothing(week):
    """No row, no error: a sheet as it was handed out is passed over, a book of such sheets says so."""
    receipt, found = said(week)
    assert (receipt.untouched, receipt.sheets, found) == ([WEEKLY, SERVICE], [], [("nothing_filled_in", None, None)])
    told = Edited(week).row(WEEKLY, 1, **item(BUS, "走访", datetime(2026, 3, 9))).saved("填.xlsx")
    receipt, found = said(told)
    assert (receipt.accepted, receipt.untouched, found) == (1, [SERVICE], [])
    assert (receipt.template, [sheet.template for sheet in receipt.sheets]) == ("weekly_book", ["weekly_report"])


def test_a_head_alone_is_a_nil_return(week):
    """The day of reporting is what tells it from a sheet nobody touched."""
    receipt, found = said(Edited(week).head(WEEKLY, 填报日期=datetime(2026, 3, 16)).saved("无.xlsx"))
    assert (receipt.untouched, [sheet.accepted for sheet in receipt.sheets], found) == ([SERVICE], [0], [])


def test_each_finding_names_its_sheet_and_marks_stand_in_all(week, tmp_path):
    """One marked copy, coloured and commented in every sheet, with one list."""
    edited = Edited(week).row(WEEKLY, 1, **item(BUS, "走访", "昨天")).row(SERVICE, 1, 完成期限="月底")
    path = edited.saved("错.xlsx")
    receipt, found = said(path)
    assert {sheet for _, sheet, _ in found} == {WEEKLY, SERVICE} and receipt.returned == 2
    check_files([path], load_policy(), annotate_to=tmp_path / "批注")
    copy = load_workbook(tmp_path / "批注" / "错_批注.xlsx")
    assert copy[WEEKLY]["B7"].comment and copy[SERVICE]["I6"].comment
    listed = [line[2].value for line in copy["错误清单"].iter_rows(min_row=5)]
    assert sorted(set(listed)) == sorted({WEEKLY, SERVICE})
    assert {sheet for _, sheet, _ in said(tmp_path / "批注" / "错_批注.xlsx")[1]} == {WEEKLY, SERVICE}


def test_one_bad_head_refuses_its_sheet_alone(week):
    """The others are taken; the file is not refused."""
    edited = Edited(week).head(WEEKLY, 所属周=None).row(SERVICE, 1, 办理情况="办理中").saved("缺.xlsx")
    receipt, found = said(edited)
    assert {sheet.sheet: sheet.refused for sheet in receipt.sheets} == {WEEKLY: True, SERVICE: False}
    assert not receipt.refused and receipt.must_act() and found[0][:2] == ("missing_header", WEEKLY)


def test_sheets_renamed_copied_taken_out_and_added(week, tmp_path):
    """A renamed sheet is known by its head; two of one form are refused; one that is gone says nothing; others are named."""
    edited = Edited(week).row(WEEKLY, 1, **item(SCHOOL, "走访", datetime(2026, 3, 9)))
    edited.book[WEEKLY].title = "本周"
    edited.book.create_sheet("另记")["B2"] = "字"
    receipt, found = said(edited.saved("改名.xlsx"))
    assert (receipt.accepted, found) == (1, [("other_sheet", "另记", "B2")])
    edited.book.copy_worksheet(edited.book["本周"])
    receipt, _ = said(edited.saved("两张.xlsx"))
    assert [sheet.refused for sheet in receipt.sheets] == [True]
    del edited.book["本周"], edited.book["本周 Copy"]
    receipt, _ = said(edited.saved("取出.xlsx"))
    assert (receipt.sheets, receipt.untouched) == ([], [SERVICE])


def test_the_obvious_is_put_right_in_every_sheet(week, tmp_path):
    """One copy for the whole book."""
    edited = Edited(week).row(WEEKLY, 1, **item(BUS, "走访", "２０２６-03-09")).row(SERVICE, 1, 责任人="王  政")
    fixes, copy = fix_file(edited.saved("全角.xlsx"), tmp_path / "更正")
    assert [(fix.sheet, fix.cell) for fix in fixes] == [(WEEKLY, "B7"), (SERVICE, "H6")]
    assert load_workbook(copy)[WEEKLY]["B7"].value == datetime(2026, 3, 9)
    assert said(copy)[1] == []


def test_committed_books_are_fresh(tmp_path):
    """templates/ holds what the declarations give today, on whatever day."""
    fresh = build_blank_books(tmp_path, load_policy(), date(2026, 1, 1))
    committed = {path.name: _parts(path) for path in (ROOT / "templates" / "工作簿").glob("*.xlsx")}
    assert committed == {path.name: _parts(path) for path in fresh}, "run `make templates`"


def _parts(path):
    """A package's parts; packing may differ between zlibs."""
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}

"""Workbooks that went through LibreOffice or openpyxl are still the official ones."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.support.office import contract, fill, lead
from tests.support.office_program import save_anew
from tests.support.official import OFFICIAL, T1, T2, T6
from tests.support.workbooks import Reports, accepted, below, beside, refused, rules, said, table
from workbench.platform.forms.rebuilt import rebuilt

each = pytest.mark.parametrize("form", OFFICIAL, ids=lambda form: form.order)


@pytest.fixture(scope="module")
def converted(blanks, tmp_path_factory):
    """What LibreOffice saves after opening the blanks and two filled workbooks."""
    folder = tmp_path_factory.mktemp("办公")
    make = Reports(folder, blanks / T1.file)
    rows = [lead("江城公交", 预计采购时间="2026-05", **{"采购预算(万元)": 86.5}), lead("江城物流", 联系方式=None)]
    filled = make(*rows, name="已填.xlsx")
    counted = make(lead("江城公交", **{"标的量(台)": "=6*2"}), name="公式.xlsx")
    out = folder / "存过"
    save_anew([*blanks.glob("T[1-6]_*.xlsx"), filled, counted], out, folder)
    return out


def plain(formula):
    """A list's source without the quotes LibreOffice leaves off."""
    return (formula or "").replace("'", "")


def drop_downs(path):
    """Title → source and messages of every drop-down on the data sheet."""
    found = rules(load_workbook(path).worksheets[0])
    return {
        title: (plain(rule.formula1), rule.error, rule.errorStyle or "stop", rule.prompt)
        for title, rule in found.items()
        if rule.type == "list"
    }


@each
def test_libreoffice_keeps_the_drop_downs(blanks, converted, form):
    """Lists, the dependent city list and all messages are the same after LibreOffice saved the blank."""
    assert drop_downs(converted / form.file) == drop_downs(blanks / form.file)
    assert table(load_workbook(converted / form.file).worksheets[0])[1] == [*form.columns, "行标识"]


@each
def test_openpyxl_keeps_the_drop_downs(blanks, tmp_path, form):
    """Loading and saving with openpyxl, as scripts do, loses none of them."""
    load_workbook(blanks / form.file).save(tmp_path / form.file)
    assert drop_downs(tmp_path / form.file) == drop_downs(blanks / form.file)


@pytest.mark.parametrize("form", [form for form in OFFICIAL if form.header], ids=lambda form: form.order)
def test_a_blank_saved_by_libreoffice_is_recognised_and_asked_for_its_header(converted, form):
    """The stamp survives: what is missing is only the first required header value, named with its cell."""
    no = refused(converted / form.file)
    assert (no.code, no.sheet, no.cell) == ("missing_header", form.title, "C3")
    assert f"《{form.title}》C3" in no.zh


def test_an_empty_directory_saved_by_libreoffice_reads_as_empty(converted):
    """T6 has no header; its blank is a form without rows and without findings."""
    form = accepted(converted / T6.file)
    assert (form.template.order, len(form.rows), form.findings) == ("T6", 0, [])


def test_a_filled_workbook_saved_by_libreoffice_reads_the_same(converted):
    """Values, addresses, row ids and findings do not change on the way through LibreOffice."""
    before, after = accepted(converted.parent / "已填.xlsx"), accepted(converted / "已填.xlsx")
    assert after.header == before.header
    assert after.header_cells == before.header_cells
    assert after.letters == before.letters
    pd.testing.assert_frame_equal(after.rows, before.rows)
    assert after.findings == before.findings
    assert said(after) == [("missing", "I8", "error")]
    assert after.rows["phone"].isna().tolist() == [False, True]


def test_a_formula_counts_once_a_program_has_calculated_it(converted):
    """Without its result a formula returns the row; with it, it is a number like any other."""
    assert said(accepted(converted.parent / "公式.xlsx")) == [("error_cell", "L7", "error")]
    form = accepted(converted / "公式.xlsx")
    assert (said(form), form.rows["quantity"].tolist()) == ([], [12])


def test_dates_of_the_1904_calendar_are_the_same_days(lead_record, tmp_path):
    """Workbooks of old Macs count days from 1904; they are not four years off."""
    book = load_workbook(lead_record(lead("江城公交")))
    book.epoch = CALENDAR_MAC_1904
    book.save(tmp_path / "苹果.xlsx")
    assert accepted(tmp_path / "苹果.xlsx").header["reported_on"] == datetime(2026, 1, 5)


def test_days_without_a_format_count_from_1904_too(blanks, tmp_path):
    """In the head and in the table, and in a copy with the values alone; a day typed as eight digits is that day."""
    rows = [contract("DK202603-00001", "江城公交", day, 0) for day in (44573, 20260113)]
    path = fill(blanks / T2.file, tmp_path / "苹果.xlsx", {"月份": "2026-01"}, rows)
    book = load_workbook(path)
    book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    beside(sheet, "编制日期").value = 44573
    for cell in (beside(sheet, "编制日期"), below(sheet, "签订日期"), below(sheet, "签订日期", 2)):
        cell.number_format = "General"
    book.save(path)
    again, _ = rebuilt(path.read_bytes())
    again.save(tmp_path / "副本.xlsx")
    for form in (accepted(path), accepted(tmp_path / "副本.xlsx")):
        assert form.header["compiled_on"] == datetime(2026, 1, 13)
        assert form.rows["signed_on"].tolist() == [datetime(2026, 1, 13)] * 2
        assert [code for code, _, _ in said(form)] == ["serial_date", "serial_date", "date_as_text"]


def test_a_contract_register_filled_in_an_empty_blank_is_a_nil_return(blanks, tmp_path):
    """A T2 with its month and no rows is taken, with no rows and nothing to say."""
    path = fill(blanks / "T2_合同登记汇总表.xlsx", tmp_path / "空表.xlsx", {"月份": "2026年3月"}, [])
    form = accepted(path)
    assert (form.header["month"], len(form.rows), form.findings) == ("2026-03", 0, [])


def test_people_may_widen_sort_and_comment(lead_record):
    """A note, another column width and a filter are no reason to refuse a workbook."""

    def decorate(sheet):
        sheet.column_dimensions["B"].width = 60
        sheet.auto_filter.ref = "A6:T206"
        below(sheet, "备注").value = "已电话确认"

    assert said(accepted(lead_record(change=decorate))) == []

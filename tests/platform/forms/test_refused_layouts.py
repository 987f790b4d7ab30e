"""Workbooks that are not the official template, an old one, or one whose layout was changed."""

from __future__ import annotations

from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

from tests.support.office import lead
from tests.support.workbooks import accepted, below, beside, find, outcome, refused, said
from workbench.core.errors import FileRefused


def restamp(path, version, line=True):
    """The workbook with another version in its hidden stamp and its printed one."""
    book = load_workbook(path)
    book["_表单"]["B2"] = version
    if line:
        book.worksheets[0]["A1"] = f"表号：DKHW080004-附件2    版本：{version}"
    book.save(path)
    return path


def old_titles(sheet):
    """The two column titles that edition 4.0 of the form had."""
    find(sheet, "客户名称").value = "客户单位"
    find(sheet, "标的量(台)").value = "数量(台)"


def test_a_foreign_workbook_is_not_guessed_at(tmp_path):
    """Without a stamp a workbook is refused, even where its columns look right; the message lists the templates."""
    book = Workbook()
    book.active.append(["客户名称", "联系方式"])
    book.save(tmp_path / "自制.xlsx")
    no = refused(tmp_path / "自制.xlsx")
    assert (no.code, no.sheet) == ("unknown_template", "Sheet")
    assert "《大客户信息记录表》" in no.zh
    assert "请使用官方模板" in no.zh


def test_a_stamp_of_no_known_form_is_not_guessed_at(lead_record):
    """A stamp that names another template is not the official one either."""
    path = lead_record()
    book = load_workbook(path)
    book["_表单"]["B1"] = "lead_record_2"
    book.save(path)
    assert refused(path).code == "unknown_template"


def test_the_printed_stamp_is_enough(lead_record):
    """Some programs drop hidden sheets; form number and version also stand on the first line."""
    path = lead_record()
    book = load_workbook(path)
    del book["_表单"], book["_列表"], book["填表说明"]
    book.save(path)
    assert accepted(path).template.order == "T1"


@pytest.mark.parametrize("version", ["3.0", "4.2", "", "4.10"])
def test_another_version_is_refused_by_its_name(lead_record, version):
    """Neither an older nor a newer form is read as if it were the current one; both versions are named."""
    no = refused(restamp(lead_record(), version))
    assert no.code == "old_version"
    assert "现行版本为 4.1" in no.zh
    assert version in no.zh
    assert "请改用现行模板" in no.zh
    assert "4.1" in no.en


def test_an_old_version_without_its_hidden_stamp_is_refused_too(lead_record):
    """The printed line counts as much as the hidden sheet."""
    path = restamp(lead_record(), "3.0")
    book = load_workbook(path)
    del book["_表单"]
    book.save(path)
    assert refused(path).code == "old_version"


def test_version_4_0_is_migrated(lead_record):
    """The renamed columns of 4.0 are read under their new names, at their old addresses."""
    form = accepted(restamp(lead_record(lead("江城公交", **{"标的量(台)": "十二"}), change=old_titles), "4.0"))
    assert form.rows["customer"].tolist() == ["江城公交"]
    assert (form.letters["customer"], form.letters["quantity"]) == ("B", "L")
    assert said(form) == [("text_in_number", "L7", "error")]


def test_old_titles_are_not_known_in_the_current_version(lead_record):
    """A migration belongs to its version; in 4.1 the old title is a renamed column."""
    no = refused(lead_record(change=old_titles))
    assert (no.code, no.cell) == ("renamed_column", "B6")
    assert "“客户名称”" in no.zh
    assert "“客户单位”" in no.zh


@pytest.mark.parametrize(
    ("title", "other", "cell", "words"),
    [
        ("客户名称", "客户", "B6", "B6：缺少列“客户名称”，B6 处是“客户”。请恢复官方模板的列标题。"),
        ("联系方式", "电话", "I6", "I6：缺少列“联系方式”，I6 处是“电话”。请恢复官方模板的列标题。"),
        ("联系方式", "13900001111", "I6", "I6：缺少列“联系方式”，I6 处是“…”。请恢复官方模板的列标题。"),
        ("备注", None, "V6", "V6：缺少列“备注”。请恢复官方模板的列标题。"),
    ],
)
def test_a_renamed_column_is_named_with_its_cell(lead_record, title, other, cell, words):
    """The message says which title is missing, where, and what stands there instead."""
    no = refused(lead_record(change=lambda sheet: setattr(find(sheet, title), "value", other)))
    assert (no.code, no.sheet, no.cell) == ("renamed_column", "大客户信息记录表", cell)
    assert no.zh == f"提报.xlsx：《大客户信息记录表》{words}"
    assert title in no.en


def test_a_deleted_column_is_named(lead_record):
    """A column taken out with everything below it is missing by name."""
    no = refused(lead_record(change=lambda sheet: sheet.delete_cols(12)))
    assert no.code == "renamed_column"
    assert "缺少列“标的量(台)”" in no.zh
    assert "标的量(台)" in no.en


def test_a_table_without_its_titles_is_not_found(lead_record):
    """When the title row is gone nobody knows which column is which."""
    no = refused(lead_record(change=lambda sheet: sheet.delete_rows(6)))
    assert (no.code, no.sheet) == ("no_table", "大客户信息记录表")
    assert "找不到《大客户信息记录表》的列标题行" in no.zh


@pytest.mark.parametrize(("label", "cell"), [("单位代码", "C3"), ("提报日期", "I3")])
def test_a_missing_header_value_is_named_with_its_cell(lead_record, label, cell):
    """Without unit or date a report belongs to nobody; the empty cell is named."""
    no = refused(lead_record(**{label: None}))
    assert (no.code, no.sheet, no.cell) == ("missing_header", "大客户信息记录表", cell)
    assert no.zh == f"提报.xlsx《大客户信息记录表》{cell}“{label}”：表头未填写，请补填后重新提交。"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("一月五日", "not_a_date"),
        ("#REF!", "error_cell"),
        ("=TODAY()", "error_cell"),
    ],
)
def test_a_reporting_date_that_cannot_be_read_is_named_with_its_cell(lead_record, value, code):
    """Words, errors and formulas without result: the header's cell is named."""
    no = refused(lead_record(提报日期=value))
    assert (no.code, no.sheet, no.cell) == (code, "大客户信息记录表", "I3")
    assert "I3“提报日期”" in no.zh


@pytest.mark.parametrize("value", ["2026年1月5日", "2026.1.5", "20260105", "2026年1月5日（周一）", 20260105])
def test_a_reporting_date_in_any_style_is_understood(lead_record, value):
    """In the header as in a cell: taken, with a warning."""
    form = accepted(lead_record(提报日期=value))
    assert said(form) == [("date_as_text", "I3", "warning")]
    assert form.header["reported_on"] == datetime(2026, 1, 5)


def test_a_lost_header_label_is_named(lead_record):
    """A label typed over makes its value unfindable."""
    no = refused(lead_record(change=lambda sheet: setattr(find(sheet, "提报日期"), "value", "日期")))
    assert (no.code, no.sheet) == ("no_header_field", "大客户信息记录表")
    assert "“提报日期”" in no.zh


def test_optional_header_fields_may_stay_empty(lead_record):
    """Name and phone of the reporter are wanted, not needed."""
    form = accepted(lead_record(提报人=None, 提报人电话=None, 单位名称=None))
    assert (said(form), form.header["reporter_person"]) == ([], None)


def test_a_wrong_optional_header_value_only_warns(lead_record):
    """A reporter's phone stored as a number is left out with a warning at its cell."""
    form = accepted(lead_record(提报人电话=5533811234))
    assert said(form) == [("phone_as_number", "F4", "warning")]
    assert form.header["reporter_phone"] is None


def test_two_data_sheets_are_refused_by_name(lead_record):
    """Which of two tables counts is not for us to guess."""
    path = lead_record()
    book = load_workbook(path)
    book.copy_worksheet(book.worksheets[0]).title = "补充"
    book.save(path)
    no = refused(path)
    assert (no.code, no.sheet, no.cell) == ("two_sheets", "补充", "A1")
    assert "《大客户信息记录表》、《补充》" in no.zh
    assert "请只保留一张" in no.zh


def test_a_sheet_of_notes_beside_the_table_is_named(lead_record):
    """A second sheet without the column titles is nobody's table: it is not read, and its sender is told."""
    path = lead_record()
    book = load_workbook(path)
    book.create_sheet("草稿").append(["客户名称", "随便"])
    book.save(path)
    form = accepted(path)
    assert said(form) == [("other_sheet", "A1", "warning")]
    assert (form.findings[0].sheet, "《草稿》" in form.findings[0].message) == ("草稿", True)


def test_the_data_sheet_may_be_renamed(lead_record):
    """The table is found by its titles; findings name the sheet as it is called now."""
    path = lead_record(lead("江城公交", 联系方式=None))
    book = load_workbook(path)
    book.worksheets[0].title = "一月"
    book.save(path)
    (finding,) = accepted(path).findings
    assert (finding.sheet, finding.cell) == ("一月", "I7")


def test_extra_columns_are_passed_over_with_a_warning(lead_record):
    """A column of one's own, and a second column of the same title, are not read and said so."""

    def add(sheet):
        sheet["V6"], sheet["V7"] = "内部编号", "甲-7"
        sheet["W6"], sheet["W7"] = "客户名称", "另一个名字"

    form = accepted(lead_record(change=add))
    assert said(form) == [("extra_column", "V6", "warning"), ("extra_column", "W6", "warning")]
    assert [finding.message for finding in form.findings] == [
        "V6：多出的列“内部编号”不在模板中，未读取。",
        "W6：多出的列“客户名称”不在模板中，未读取。",
    ]
    assert form.rows["customer"].tolist() == ["江城公交"]


@pytest.mark.parametrize("title", ["行标识", None])
def test_a_lost_id_column_costs_the_ids_only(lead_record, title):
    """Without the hidden column rows have no id; they are still read."""

    def lose(sheet):
        find(sheet, "行标识").value = title
        below(sheet, "备注").offset(0, 1).value = None

    result = outcome(lead_record(change=lose))
    assert not isinstance(result, FileRefused)
    assert result.rows["row_id"].isna().tolist() == [True]


def test_a_value_in_the_second_cell_of_a_label_is_not_taken(lead_record):
    """The value stands right beside the label; one typed further right is a missing value."""

    def shift(sheet):
        cell = beside(sheet, "单位代码")
        sheet.unmerge_cells("C3:D3")
        sheet["D3"], cell.value = cell.value, None

    assert refused(lead_record(change=shift)).code == "missing_header"


@pytest.mark.parametrize("hidden", [3, 5, None])
def test_a_head_that_says_two_things_is_refused_with_both_cells(lead_record, hidden):
    """Seen or hidden, nobody can say which unit reports."""

    def repeat(sheet):
        sheet["B5"], sheet["C5"] = "单位代码", "D002"
        if hidden:
            sheet.row_dimensions[hidden].hidden = True

    no = refused(lead_record(change=repeat))
    assert (no.code, no.sheet, no.cell) == ("header_twice", "大客户信息记录表", "C3")
    assert "表头“单位代码”在 C3、C5 填写不一致" in no.zh and "C3" in no.en and "C5" in no.en


@pytest.mark.parametrize("again", ["D001", None])
def test_a_head_that_says_one_thing_twice_is_read(lead_record, again):
    """The same value, or a label with none beside it, contradicts nothing."""

    def repeat(sheet):
        sheet["B5"], sheet["C5"] = "单位代码", again

    result = outcome(lead_record(change=repeat))
    assert not isinstance(result, FileRefused)
    assert (result.header["unit"], result.findings) == ("D001", [])

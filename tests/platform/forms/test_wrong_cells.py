"""Wrong cells in a good workbook: each finding has its code, address and clause, and the other rows stay."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support.office import contract, fill, lead
from tests.support.official import T2, T6
from tests.support.workbooks import DATA, accepted, below, edit, find, refused, rewrite, said


def one(form):
    """The only finding of a form."""
    (finding,) = form.findings
    return finding


@pytest.mark.parametrize(
    ("title", "value", "code", "cell", "words"),
    [
        ("标的量(台)", "12台左右", "text_in_number", "L7", "是否为 12？请按数字填写，不带单位和文字。"),
        ("标的量(台)", "约１２", "text_in_number", "L7", "是否为 12？"),
        ("标的量(台)", "十二", "text_in_number", "L7", "数字单元格里是文字。请按数字填写"),
        ("标的量(台)", 2.5, "not_whole", "L7", "应为整数，不能有小数。"),
        ("标的量(台)", 1e20, "number_too_large", "L7", "数字过大，请核对后重新填写。"),
        ("标的量(台)", datetime(2026, 1, 12), "not_a_number", "L7", "请按数字重新填写"),
        ("标的量(台)", "#DIV/0!", "error_cell", "L7", "单元格是错误值"),
        ("标的量(台)", "=6*2", "error_cell", "L7", "公式没有计算结果。请填写数值或文字。"),
        ("客户名称", "#N/A", "error_cell", "B7", "单元格是错误值"),
        ("备注", "#REF!", "error_cell", "T7", "单元格是错误值"),
        ("联系方式", 5533811234, "phone_as_number", "I7", "请把单元格设为文本格式后重新填写电话"),
        ("联系方式", None, "missing", "I7", "缺少“联系方式”，不予接收（第5.2条）；请补填后重新提报。"),
        ("联系方式", "无", "missing", "I7", "缺少“联系方式”，不予接收（第5.2条）"),
        ("第三方联系人", "  ", "missing", "H7", "缺少“第三方联系人”，不予接收（第5.2条）"),
        ("第三方联系人", "——", "missing", "H7", "缺少“第三方联系人”"),
        ("客户名称", None, "missing", "B7", "缺少“客户名称”"),
        ("客户名称", "—", "missing", "B7", "缺少“客户名称”"),
        ("客户名称", " . ", "missing", "B7", "缺少“客户名称”"),
        ("客户类别", "出租车", "not_in_list", "C7", "应为：政府采购、公检法司及军警装备采购、出租"),
    ],
)
def test_a_wrong_cell_returns_its_row(lead_record, title, value, code, cell, words):
    """The finding names file, sheet, cell, column and clause and says what to do; the next row is taken."""
    form = accepted(lead_record(lead("江城公交", **{title: value}), lead("江城物流")))
    finding = one(form)
    assert (finding.code, finding.cell, finding.row, finding.severity) == (code, cell, 7, "error")
    assert (finding.file, finding.sheet, finding.clause) == ("提报.xlsx", "大客户信息记录表", "5.2")
    assert form.letters[finding.column] == cell[0]
    assert finding.message.startswith(f"{cell}“{title}”：")
    assert words in finding.message
    assert form.rows["returned"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("title", "value", "code", "cell"),
    [
        ("采购预算(万元)", "约三百万", "text_in_number", "O7"),
        ("采购方式", "招标", "not_in_list", "N7"),
        ("客户同意", "同意", "not_in_list", "S7"),
        ("预计采购时间", "第二季度", "not_a_date", "M7"),
        ("预计采购时间", "2026年5月1日", "date_as_text", "M7"),
        ("省份", "江南省", "unknown_province", "D7"),
        ("城市", "江城市", "unknown_city", "E7"),
    ],
)
def test_a_wrong_cell_of_no_weight_only_warns(lead_record, title, value, code, cell):
    """What is not required does not return the row, but the cell is named."""
    form = accepted(lead_record(lead("江城公交", **{title: value})))
    found = {(finding.code, finding.cell, finding.severity.value, finding.clause) for finding in form.findings}
    assert (code, cell, "warning", None) in found
    assert form.rows["returned"].tolist() == [False]


@pytest.mark.parametrize(
    ("value", "code", "severity", "words"),
    [
        ("2026年3月5日", "date_as_text", "warning", "已按日期理解；请设为日期格式。"),
        ("２０２６年３月５日", "date_as_text", "warning", "已按日期理解"),
        ("2026.3.5", "date_as_text", "warning", "已按日期理解"),
        ("20260305", "date_as_text", "warning", "已按日期理解"),
        ("三月五日", "not_a_date", "error", "日期没有写年份，不能推定是哪一年。"),
        ("2026-02-30", "not_a_date", "error", "不是日期。"),
        ("2026-3-5", "date_as_text", "warning", "已按日期理解；请设为日期格式。"),
        ("2026/03/05", "date_as_text", "warning", "已按日期理解"),
        (46086, "serial_date", "warning", "请把单元格设为日期格式。"),
    ],
)
def test_dates_of_contracts_as_text(blanks, tmp_path, value, code, severity, words):
    """What can be read one way only is taken with a warning, Chinese styles too; the rest is given back."""
    row = contract("DK202603-00001", "江城公交", value, 0, **{"合同数量(台)": 3})
    path = fill(blanks / T2.file, tmp_path / "合同.xlsx", {"月份": "2026-03"}, [row])
    if isinstance(value, int):  # the cell lost its date format
        edit(path, lambda sheet: setattr(below(sheet, "签订日期"), "number_format", "General"))
    form = accepted(path)
    finding = one(form)
    assert (finding.code, finding.cell, finding.severity.value) == (code, "I6", severity)
    assert words in finding.message
    day = form.rows["signed_on"][0]
    assert (day == datetime(2026, 3, 5)) if severity == "warning" else form.rows["returned"].tolist() == [True]


def test_every_finding_of_a_row_is_kept_in_order_of_its_cells(lead_record):
    """One pass names everything, left to right and top to bottom, so that a file is corrected once."""
    form = accepted(
        lead_record(
            lead("江城公交", 客户类别="公交", 联系方式=5533811234, **{"标的量(台)": "十二"}),
            lead("江城物流"),
            lead("江城驾校", 第三方联系人=None, 需求车型=None),
        )
    )
    assert said(form) == [
        ("not_in_list", "C7", "error"),
        ("phone_as_number", "I7", "error"),
        ("text_in_number", "L7", "error"),
        ("missing", "H9", "error"),
        ("missing", "K9", "error"),
    ]
    assert form.rows["returned"].tolist() == [True, False, True]


def test_a_taxi_lead_without_its_level_is_given_back(lead_record):
    """行政级别 is needed where the category is 出租, and only there."""
    form = accepted(
        lead_record(
            lead("江城出租", 客户类别="出租"),
            lead("江城物流"),
            lead("江南出租", 客户类别="出租", 行政级别="县级及以下"),
        )
    )
    assert said(form) == [("missing", "G7", "error")]
    assert accepted(lead_record(lead("江城出租", 客户类别="出租", 行政级别="县级"))).rows["returned"].tolist() == [True]


@pytest.mark.parametrize(("columns", "cells"), [(("B", "C"), "B7"), (("H", "I"), "H7")])
def test_merged_data_cells_return_their_row(lead_record, columns, cells):
    """Nobody knows to which of the cells a merged value belongs; the area is named."""
    area = f"{columns[0]}7:{columns[1]}7"
    form = accepted(lead_record(lead("江城公交"), lead("江城物流"), change=lambda sheet: sheet.merge_cells(area)))
    merged = [finding for finding in form.findings if finding.code == "merged_cells"]
    assert [(finding.cell, finding.severity.value) for finding in merged] == [(cells, "error")]
    assert f"数据区有合并单元格 {area}。请取消合并，每格单独填写。" in merged[0].message
    assert form.rows["returned"].tolist() == [True, False]


def test_cells_merged_over_several_rows_return_all_of_them(lead_record):
    """A province merged over three rows belongs to the first only; each row is named."""
    form = accepted(
        lead_record(
            lead("江城公交"), lead("江城物流"), lead("江城驾校"), change=lambda sheet: sheet.merge_cells("D7:D8")
        )
    )
    assert [cell for code, cell, _ in said(form) if code == "merged_cells"] == ["D7", "D8"]
    assert form.rows["returned"].tolist() == [True, True, False]


def test_hidden_rows_are_read_with_a_warning(lead_record):
    """A row somebody hid is still a report; its sender is told."""

    def hide(sheet):
        sheet.row_dimensions[8].hidden = True
        sheet.row_dimensions[20].hidden = True  # nothing in it

    form = accepted(lead_record(lead("江城公交"), lead("江城物流"), change=hide))
    assert said(form) == [("hidden_row", "A8", "warning")]
    assert form.rows["customer"].tolist() == ["江城公交", "江城物流"]
    assert form.rows["returned"].tolist() == [False, False]


def test_hidden_rows_of_the_head_are_read_with_a_warning(lead_record):
    """Those that hold its fields, by the first value in them, and the column titles; a title nobody reads is not told."""

    def hide(sheet):
        for row in (1, 3, 6):
            sheet.row_dimensions[row].hidden = True

    form = accepted(lead_record(change=hide))
    assert said(form) == [("hidden_row", "C3", "warning"), ("hidden_row", "A6", "warning")]
    assert form.header["unit"] == "D001"


@pytest.mark.parametrize(
    ("title", "word", "cell"),
    [("序号", "合计", "A8"), ("客户名称", "合 计", "B8"), ("客户名称", "总计：", "B8"), ("序号", "小计", "A8")],
)
def test_a_total_row_is_no_lead(lead_record, title, word, cell):
    """A row of sums is named and left out; its quantity is in no count."""
    form = accepted(lead_record(lead("江城公交"), {title: word, "标的量(台)": 12}))
    finding = one(form)
    assert (finding.code, finding.cell, finding.severity.value) == ("extra_row", cell, "error")
    assert "多余的合计行，请删除" in finding.message
    assert form.rows["customer"].tolist() == ["江城公交"]


def test_a_customer_may_have_a_total_in_its_name(lead_record):
    """Only the bare word makes a row a total."""
    assert accepted(lead_record(lead("合计科技公司"))).rows["customer"].tolist() == ["合计科技公司"]


def test_a_formula_with_its_result_is_a_value(lead_record):
    """What Excel calculated and stored is read like a typed number."""

    def calculate(raw):
        start = raw.index(b'<c r="L7"')
        old = raw[start : raw.index(b"</c>", start)]
        return raw.replace(old, old.replace(b"<v>", b"<f>6*2</f><v>"))

    form = accepted(rewrite(lead_record(lead("江城公交")), DATA, calculate))
    assert (said(form), form.rows["quantity"].tolist()) == ([], [12])


@pytest.mark.parametrize("number", [b"NaN", b"inf", b"-inf", b"1e308"])
def test_numbers_that_are_none_are_given_back(lead_record, number):
    """A hand-made file may hold values that no Excel writes; they are findings, not crashes."""

    def put(raw):
        start = raw.index(b'<c r="L7"')
        old = raw[start : raw.index(b"</c>", start)]
        return raw.replace(old, old.replace(b"<v>12</v>", b"<v>" + number + b"</v>"))

    form = accepted(rewrite(lead_record(lead("江城公交"), lead("江城物流")), DATA, put))
    assert [cell for _, cell, _ in said(form)] == ["L7"]
    assert form.rows["returned"].tolist() == [True, False]


def test_numbers_that_are_none_in_a_date_refuse_the_file(lead_record):
    """The same in the header's date is a refusal with its cell."""
    path = lead_record(change=lambda sheet: setattr(sheet["I3"], "value", 46000))
    no = refused(rewrite(path, DATA, lambda raw: raw.replace(b"<v>46000</v>", b"<v>inf</v>")))
    assert (no.code, no.cell) == ("not_a_date", "I3")


def test_a_quantity_of_zero_is_5_4s_business_and_not_the_forms(lead_record):
    """Whether a number is enough is the regulation's question; the form takes it."""
    form = accepted(lead_record(lead("江城公交", **{"标的量(台)": 0}), lead("江城物流", **{"标的量(台)": 2})))
    assert (said(form), form.rows["quantity"].tolist()) == ([], [0, 2])


def test_the_clause_of_a_finding_is_its_templates(blanks, tmp_path):
    """T6 has no clause; its missing columns cite none and do not speak of 5.2."""
    path = fill(blanks / T6.file, tmp_path / "名录.xlsx", {}, [{"单位代码": "D001", "单位类型": "经销商"}])
    finding = one(accepted(path))
    assert (finding.code, finding.cell, finding.clause) == ("missing", "B4", None)
    assert finding.message == "B4“单位名称”：缺少“单位名称”，请补填后重新提交。"


def test_prefilled_columns_are_not_judged(blanks, tmp_path):
    """In T5 only the answer is checked: a section that spoiled our columns is not sent back for it."""
    row = {
        "信息编号": "DK202601-00001",
        "标的量(台)": "十二",
        "联系方式": 13900001111,
        "甄别结论": "有效",
        "到期日期": "2026年9月30日",
    }
    path = fill(blanks / "T5_大客户信息甄别反馈表.xlsx", tmp_path / "反馈.xlsx", {"科室代码": "S001"}, [row])
    assert said(accepted(path)) == [("date_as_text", "S6", "warning")]


def test_titles_are_found_where_findings_point(lead_record):
    """The letter in an address is the column whose title it names."""
    found = {}
    path = lead_record(
        change=lambda sheet: found.update({t: find(sheet, t).column_letter for t in ("标的量(台)", "联系方式")})
    )
    assert found == {"标的量(台)": "L", "联系方式": "I"}
    assert accepted(path).letters["quantity"] == "L"

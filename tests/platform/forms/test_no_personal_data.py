"""Messages about a file never repeat a phone or a person's name from it, wherever these were typed."""

from __future__ import annotations

import json

import pytest
from openpyxl import load_workbook

from tests.support.office import fill, lead
from tests.support.official import T1, T2, T5
from tests.support.workbooks import HEADER, find, outcome
from workbench.core.errors import FileRefused
from workbench.platform.forms.annotate import annotate

NAME, PHONE, LANDLINE = "欧阳慕容", "13987654321", "0553-3831234"
SECRETS = (NAME, PHONE, "3987654321", LANDLINE, "3831234")


def words(result):
    """Everything a person or a log would see of an outcome."""
    if isinstance(result, FileRefused):
        return " ".join(map(str, (result.zh, result.en, result.code, result.sheet, result.cell, result)))
    return json.dumps([finding.as_json() for finding in result.findings], ensure_ascii=False, default=str)


def keeps_quiet(result):
    """No secret is in what is said."""
    said = words(result)
    assert not [secret for secret in SECRETS if secret in said], said
    return said


@pytest.mark.parametrize(
    "value",
    [NAME, PHONE, int(PHONE), f"{NAME} {PHONE}", f"{PHONE}台", LANDLINE],
    ids=["name", "text phone", "number phone", "both", "with unit", "landline"],
)
def test_a_person_in_the_wrong_column_is_not_repeated(lead_record, value):
    """Rows pasted one column off put names and phones where numbers, dates and choices belong: every column once."""
    row = lead("江城公交", 第三方联系人=NAME, 联系方式=PHONE, 联系人职务=LANDLINE)
    result = outcome(lead_record(*({**row, title: value} for title in T1.columns)))
    keeps_quiet(result)
    wrong = {finding.cell for finding in result.findings}
    assert {"C9", "G13", "L18", "N20", "S25"} <= wrong  # choices and the quantity


@pytest.mark.parametrize("label", ["单位代码", "单位名称", "提报人", "提报人电话", "提报日期"])
@pytest.mark.parametrize("value", [PHONE, int(PHONE), f"{NAME}{PHONE}"], ids=["text", "number", "both"])
def test_a_person_in_the_header_is_not_repeated(lead_record, label, value):
    """The same in the header block, where a wrong value refuses the whole file."""
    keeps_quiet(outcome(lead_record(**{label: value})))


@pytest.mark.parametrize("value", [PHONE, int(PHONE), f"{NAME}{PHONE}", "1398 765 4321", "139-8765-4321", LANDLINE])
def test_a_phone_among_the_column_titles_is_not_repeated(lead_record, value):
    """A row typed over the titles is refused; what stands there instead is shown without digits."""
    result = outcome(lead_record(change=lambda sheet: setattr(find(sheet, "联系方式"), "value", value)))
    assert result.code == "renamed_column"
    said = words(result)
    assert not [secret for secret in (PHONE, LANDLINE, "1398 765", "139-8765", "4321") if secret in said], said
    extra = outcome(lead_record(change=lambda sheet: setattr(sheet["V6"], "value", value)))
    assert not [secret for secret in (PHONE, LANDLINE, "1398 765", "139-8765", "4321") if secret in words(extra)]


def test_merged_hidden_and_error_rows_are_told_by_address_only(lead_record):
    """Findings about cells the parser cannot read name the cell and nothing in it."""

    def spoil(sheet):
        sheet.merge_cells("H7:I7")
        sheet.row_dimensions[8].hidden = True
        sheet["T9"] = "#DIV/0!"

    rows = [lead(f"江城{n}", 第三方联系人=NAME, 联系方式=PHONE, 备注=f"找{NAME}，{LANDLINE}") for n in "甲乙丙"]
    said = keeps_quiet(outcome(lead_record(*rows, change=spoil)))
    assert all(code in said for code in ("merged_cells", "hidden_row", "error_cell"))


@pytest.mark.parametrize(("form", "header"), [(T2, {"月份": "2026-03"}), (T5, {"科室代码": "S001"})], ids=["T2", "T5"])
def test_other_templates_keep_quiet_too(blanks, tmp_path, form, header):
    """Every column of the register and the feedback filled with a person: nothing is repeated."""
    for number, value in enumerate((NAME, PHONE, int(PHONE), f"{NAME}{PHONE}")):
        path = fill(blanks / form.file, tmp_path / f"{number}.xlsx", header, [dict.fromkeys(form.columns, value)])
        assert keeps_quiet(outcome(path)) != "[]"


def test_the_list_of_a_marked_copy_holds_no_person(blanks, tmp_path):
    """The list may be passed around: the persons stay in the data sheet, where they were."""
    row = lead("江城公交", 第三方联系人=NAME, 联系方式=int(PHONE), 客户类别=NAME, **{"标的量(台)": f"{PHONE}台"})
    result = outcome(fill(blanks / T1.file, tmp_path / "表.xlsx", HEADER, [row]))
    book = load_workbook(annotate(result, result.findings, tmp_path / "批注.xlsx"))
    texts = [str(cell.value) for line in book["错误清单"].iter_rows() for cell in line if cell.value]
    texts += [cell.comment.text for line in book.worksheets[0].iter_rows() for cell in line if cell.comment]
    assert len(result.findings) == 3
    assert not [text for text in texts for secret in SECRETS if secret in text]

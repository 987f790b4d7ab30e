"""The blank official workbooks: titles, labels, stamp, row ids, print set-up, instructions."""

from __future__ import annotations

import re
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from tests.support.official import OFFICIAL, T5
from tests.support.source import ROOT
from tests.support.workbooks import beside, column_styles, find, table
from workbench.app.policy import load_policy
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import build_blanks

COMMITTED = ROOT / "templates"
each = pytest.mark.parametrize("form", OFFICIAL, ids=lambda form: form.order)


@pytest.fixture(scope="module")
def books(blanks):
    """The loaded blanks by order."""
    return {form.order: load_workbook(blanks / form.file) for form in OFFICIAL}


@each
def test_column_titles_are_the_contract_word_for_word(books, form):
    """Every column of the official template stands there in its order, without stars, and nothing else does."""
    sheet = books[form.order].worksheets[0]
    assert table(sheet)[1] == [*form.columns, "行标识"]


@each
def test_header_labels_stand_above_the_table_with_an_empty_cell_to_their_right(books, form):
    """The header block holds exactly the official labels; each has room for its value."""
    sheet = books[form.order].worksheets[0]
    top, _ = table(sheet)
    texts = [cell.value for line in sheet.iter_rows(min_row=3, max_row=top - 1) for cell in line if cell.value]
    assert sorted(texts) == sorted(form.header)
    assert [beside(sheet, label).value for label in form.header] == [None] * len(form.header)


@each
def test_title_and_stamp_say_which_form_and_version_it_is(books, form):
    """The title is printed large; form number and version are on the sheet and, for the loader, on a hidden one."""
    book = books[form.order]
    sheet = book.worksheets[0]
    spec = next(item for item in templates().values() if item.order == form.order)
    assert (sheet.title, sheet["A2"].value) == (form.title, form.title)
    assert f"表号：{spec.form_no}" in sheet["A1"].value
    assert f"版本：{spec.version}" in sheet["A1"].value
    assert book.sheetnames == [form.title, "填表说明", "_列表", "_表单"]
    assert [page.sheet_state for page in book.worksheets] == ["visible", "visible", "hidden", "veryHidden"]
    stamp = [[cell.value for cell in line] for line in book["_表单"].iter_rows()]
    assert stamp == [["template", spec.id], ["version", spec.version], ["form_no", spec.form_no]]


def test_form_numbers_and_versions_tell_the_templates_apart():
    """No two templates share an id, a form number or a title; the loader could not tell them apart."""
    specs = list(templates().values())
    for values in ([spec.id for spec in specs], [spec.form_no for spec in specs], [spec.title for spec in specs]):
        assert len(set(values)) == len(specs)


@each
def test_every_prepared_row_has_a_hidden_id(books, form):
    """200 rows carry ids that are unique within the form, in a hidden and locked column."""
    sheet = books[form.order].worksheets[0]
    top, titles = table(sheet)
    column = len(titles)
    ids = [sheet.cell(row, column).value for row in range(top + 1, sheet.max_row + 1)]
    assert ids == [f"r{number:04d}" for number in range(1, 201)]
    letter = sheet.cell(top, column).column_letter
    assert sheet.column_dimensions[letter].hidden
    assert sheet.cell(top + 1, column).protection.locked


def test_a_line_that_no_paper_holds_is_printed_on_two_pages(blanks):
    """T8: the row's number and customer stand on both, and the form's title is whole on the first."""
    sheet = load_workbook(next(blanks.glob("T8_*"))).worksheets[0]
    assert (int(sheet.page_setup.fitToWidth), int(sheet.page_setup.fitToHeight)) == (2, 0)
    assert sheet.print_title_cols == "$A:$B"
    title = next(area for area in sheet.merged_cells.ranges if area.min_row == 2)
    widths = [sheet.column_dimensions[get_column_letter(place)].width for place in range(1, sheet.max_column + 1)]
    first, whole = sum(widths[: title.max_col]), sum(widths)
    assert whole * 2 / 5 < first <= whole / 2


@each
def test_titles_stay_in_sight_and_pages_print_in_landscape(books, form):
    """Panes are frozen below the titles, which repeat on every page; one page wide, on A3 where it is a long line; footer."""
    sheet = books[form.order].worksheets[0]
    top, titles = table(sheet)
    last = sheet.cell(top, len(titles) - 1).column_letter
    assert sheet.freeze_panes == f"C{top + 1}"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == (
        "landscape",
        8 if form.order == "T5" else 9,
    )
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert int(sheet.page_setup.fitToHeight) == 0
    assert sheet.print_title_rows == f"${top}:${top}"
    assert sheet.print_area == f"'{form.title}'!$A$1:${last}${top + 200}"
    assert "保密" in sheet.oddFooter.right.text


@each
def test_labels_are_protected_and_fields_are_not(books, form):
    """Titles and labels cannot be typed over; what people fill in can."""
    sheet = books[form.order].worksheets[0]
    assert sheet.protection.sheet
    assert all(find(sheet, text).protection.locked for text in (*form.header, *form.columns))
    assert not any(beside(sheet, label).protection.locked for label in form.header)
    given = form.columns[1:16] if form is T5 else []
    assert [title for title, style in column_styles(sheet).items() if style.protection.locked] == [*given, "行标识"]


@each
def test_the_instruction_sheet_explains_every_field(books, form):
    """A line per header field and column says where it stands and whether it must be filled."""
    sheet = books[form.order]["填表说明"]
    assert sheet["A1"].value == f"《{form.title}》填表说明"
    assert sheet["A2"].value.startswith("· ")
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    start = next(n for n, line in enumerate(lines) if line[0] == "栏目")
    assert lines[start] == ["栏目", "位置", "必填", "填写要求", "可选值"]
    fields = lines[start + 1 :]
    assert sorted(line[0] for line in fields if line[1] == "表头") == sorted(form.header)
    assert [line[0] for line in fields if line[1] == "表列"] == form.columns
    assert [line[0] for line in fields if line[1] == "表列" and line[2] == "必填"] == form.required


def test_instructions_quote_the_regulations_current_numbers(books):
    """The least quantity of 5.4 comes out of the policy, not out of the template."""
    lines = {line[0].value: line for line in books["T1"]["填表说明"].iter_rows()}
    assert lines["标的量(台)"][3].value == "至少 3 台，否则无效（第5.4条）；整数"
    assert lines["行政级别"][2].value == "出租必填"
    assert lines["行政级别"][4].value == "地市级及以上、县级及以下"


def test_a_phone_is_typed_as_text_and_a_date_as_a_date(books):
    """Number formats keep leading zeros and long phones, and show dates the same everywhere."""
    sheet = books["T1"].worksheets[0]
    formats = {title: style.number_format for title, style in column_styles(sheet).items()}
    assert (formats["联系方式"], formats["标的量(台)"], formats["客户名称"]) == ("@", "#,##0", "@")
    assert beside(sheet, "提报人电话").number_format == "@"
    assert beside(sheet, "提报日期").number_format == "yyyy-mm-dd"


def test_a_blank_holds_no_macro_no_link_and_no_formula(blanks):
    """Official workbooks carry nothing that runs, asks or calls home."""
    for path in blanks.glob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            assert not [name for name in names if re.search(r"vba|external|connections|embeddings", name)]
            assert not [name for name in names if name.startswith("xl/worksheets/") and b"<f>" in archive.read(name)]


def test_building_twice_gives_the_same_bytes(tmp_path, blanks):
    """Blanks do not depend on the clock, the folder or the order of a set."""
    again = build_blanks(tmp_path / "另一处", load_policy(), date(2026, 11, 25))
    assert [path.name for path in again] == [f"{spec.order}_{spec.title}.xlsx" for spec in templates().values()]
    assert {path.name: path.read_bytes() for path in again} == {
        path.name: path.read_bytes() for path in blanks.glob("*.xlsx")
    }


def test_committed_blanks_are_fresh(blanks):
    """templates/*.xlsx are what the specs give today: each part's bytes equal (packing may differ between zlibs)."""
    committed = {path.name: _parts(path) for path in COMMITTED.glob("*.xlsx")}
    fresh = {path.name: _parts(path) for path in blanks.glob("*.xlsx")}
    stale = sorted(name for name in committed.keys() | fresh.keys() if committed.get(name) != fresh.get(name))
    assert not stale, f"run `make templates`: {stale}"


def _parts(path):
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]

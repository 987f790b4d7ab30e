"""Blanks of version 4.1, handed out once, go on being accepted when their templates get further columns."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.support.office import contract, fill, lead
from tests.support.templates import with_columns
from tests.support.workbooks import accepted, find, refused, said
from workbench.app.policy import load_policy
from workbench.platform.forms.fingerprint import fingerprints
from workbench.platform.forms.read import parse_file
from workbench.platform.forms.reading_process import specs
from workbench.platform.forms.spec import templates
from workbench.platform.forms.table import read_table
from workbench.platform.forms.tidy import proposals
from workbench.platform.forms.write import write_form

BLANKS = Path(__file__).with_name("version_4_1")
CODE = "0123456789abcdef" * 2
FILLED = {
    "lead_record": ({"单位代码": "D001", "提报日期": datetime(2026, 1, 5)}, lead("江城公交", 备注="急")),
    "contract_register": (
        {"月份": "2026-03"},
        contract("DK202603-00001", "江城公交", datetime(2026, 3, 1), 1, **{"合同数量(台)": 3}),
    ),
    "verification_feedback": (
        {"科室代码": "S001"},
        {"信息编号": "DK202603-00001", "甄别结论": "有效", "到期日期": datetime(2026, 9, 30)},
    ),
    "organization": ({}, {"单位代码": "D001", "单位名称": "芜湖江南店", "单位类型": "经销商"}),
    "bonus_allocation": (
        {"季度": "2026Q1", "分管领导": "赵副总"},
        {"部门代码": "B001", "姓名": "周正", "分配金额(元)": 400},
    ),
}
NOTE = {"key": "note", "title": "附注", "kind": "text"}
each = pytest.mark.parametrize("template", FILLED)


def old(folder: Path, template: str) -> Path:
    """A blank of version 4.1 as it was handed out, filled in by somebody with Excel."""
    spec = templates()[template]
    header, row = FILLED[template]
    return fill(BLANKS / f"{spec.order}_{spec.title}.xlsx", folder / "旧表.xlsx", header, [row])


def values(form) -> dict:
    """The row as read, by title, where there is anything."""
    row = form.rows.iloc[0]
    shown = {column.title: row[column.key] for column in form.template.columns}
    return {title: value for title, value in shown.items() if pd.notna(value)}


@each
def test_a_blank_handed_out_once_is_accepted(tmp_path, template):
    """Nothing is said of it, and every cell is read."""
    form = accepted(old(tmp_path, template))
    assert (form.template.id, said(form)) == (template, [])
    assert set(FILLED[template][1]) == set(values(form))


@each
@pytest.mark.parametrize("version", ["4.1", "4.2"])
@pytest.mark.parametrize("at_the_end", [True, False])
def test_a_further_column_does_not_make_old_blanks_unreadable(tmp_path, template, version, at_the_end):
    """Wherever the column stands and whatever the new version is called: it is empty, the rest is read as before."""
    path = old(tmp_path, template)
    before = accepted(path)
    place = None if at_the_end else before.template.columns[-1].key
    field = {"key": "way", "title": "报送方式", "kind": "choice", "choices": ["首报", "补报"]}
    with with_columns(tmp_path, template, [NOTE], [field], before=place, version=version):
        form = accepted(path)
    assert (form.template.version, said(form), values(form)) == (version, [], values(before))
    assert form.rows["note"].tolist() == [None]
    assert (form.header["way"], form.letters) == (None, before.letters)
    assert fingerprints(form, CODE) == fingerprints(before, CODE)


def test_the_further_column_is_read_where_the_sheet_has_it(tmp_path):
    """The new blank carries it, and a row with it has another fingerprint."""
    with with_columns(tmp_path, "contract_register", [NOTE]):
        spec = templates()["contract_register"]
        paths = [
            write_form(
                spec,
                tmp_path / f"{note}.xlsx",
                {"month": "2026-03"},
                [
                    {
                        "contract": "HT-1",
                        "number": "DK202603-00001",
                        "customer": "江城公交",
                        "unit": "D001",
                        "model": "轿车",
                        "quantity": 3,
                        "signed_on": date(2026, 3, 1),
                        "picked_up": 1,
                        "note": note,
                    }
                ],
                policy=load_policy(),
                on=date(2026, 3, 1),
            )
            for note in ("甲", "乙")
        ]
        forms = [accepted(path) for path in paths]
        assert [form.rows["note"].tolist() for form in forms] == [["甲"], ["乙"]]
        assert len({tuple(fingerprints(form, CODE).values()) for form in forms}) == 2


@pytest.mark.parametrize("version", ["4.1", "4.2"])
def test_a_further_required_column_is_missed(tmp_path, version):
    """What must be filled cannot be on an old blank; it is refused with the column's name."""
    path = old(tmp_path, "lead_record")
    with with_columns(tmp_path, "lead_record", [{**NOTE, "required": True}], version=version):
        no = refused(path)
    assert no.code == "renamed_column"
    assert "缺少列“附注”" in no.zh


@pytest.mark.parametrize("version", ["4.0", "3.0", "4.3", "4", "四"])
def test_versions_that_were_never_handed_out_are_refused(tmp_path, version):
    """Older than the blanks in circulation, newer than the template, or no version at all."""
    path = old(tmp_path, "contract_register")
    book = load_workbook(path)
    book["_表单"]["B2"] = version
    book.save(path)
    with with_columns(tmp_path, "contract_register", [NOTE], version="4.2"):
        assert refused(path).code == "old_version"


@pytest.mark.parametrize("title", ["附言", None])
def test_an_optional_column_that_was_renamed_is_not_taken_for_missing(tmp_path, title):
    """Another title, or none, between the neighbours of the column: what stands below it would be lost."""
    path = old(tmp_path, "lead_record")
    book = load_workbook(path)
    find(book.worksheets[0], "竞争品牌").value = title
    book.save(path)
    no = refused(path)
    assert no.code == "renamed_column"
    assert "缺少列“竞争品牌”" in no.zh


def test_an_optional_column_taken_out_is_empty(tmp_path):
    """Somebody deletes the column with all its cells: the rest is read."""
    path = old(tmp_path, "lead_record")
    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet.delete_cols(find(sheet, "竞争品牌").column)
    book.save(path)
    form = accepted(path)
    assert values(form) == {title: value for title, value in FILLED["lead_record"][1].items()}
    assert "rivals" not in form.letters


def test_an_optional_header_label_typed_over_is_named(tmp_path):
    """A label that says something else may hold a value: it is asked for."""
    path = old(tmp_path, "lead_record")
    book = load_workbook(path)
    find(book.worksheets[0], "提报人").value = "经办"
    book.save(path)
    assert refused(path).code == "no_header_field"


def test_an_optional_header_label_taken_out_is_an_empty_field(tmp_path):
    """As on a blank that never had it."""
    path = old(tmp_path, "lead_record")
    book = load_workbook(path)
    find(book.worksheets[0], "提报人").value = None
    book.save(path)
    form = accepted(path)
    assert (form.header["reporter_person"], "reporter_person" in form.header_cells) == (None, False)


def test_old_blanks_are_tidied_as_well(tmp_path):
    """Proposals skip what the sheet does not have."""
    path = old(tmp_path, "lead_record")
    book = load_workbook(path)
    find(book.worksheets[0], "单位代码").parent["C4"].value = " 江南 店 "
    book.save(path)
    with with_columns(tmp_path, "lead_record", [NOTE], [{"key": "way", "title": "报送方式", "kind": "text"}]):
        assert [(fix.cell, fix.new) for fix in proposals(parse_file(path))] == [("C4", "江南店")]


def test_a_choice_of_columns_in_excel_may_hold_others(tmp_path):
    """A range with some of the columns and a foreign one is a choice, not a renamed form."""
    row = lead("江城公交")
    form = read_table(templates()["lead_record"], [["门店", *row], ["甲", *row.values()]])
    assert values(form) == row
    assert said(form) == [("extra_column", "A1", "warning")]


def test_the_reading_process_is_told_of_every_template(tmp_path):
    """A template that a capability brings is known to it, with what may be missing."""
    with with_columns(tmp_path, "lead_record", [NOTE]):
        assert "附注" in specs()["lead_record"]["optional"]
    assert "附注" not in specs()["lead_record"]["columns"]

"""Every official form: its blank is filled in from its own declaration and read back whole; each wrong cell is named."""

from __future__ import annotations

from datetime import date, datetime, time

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.support.office import fill
from tests.support.workbooks import accepted, table
from workbench.platform.forms.spec import templates

FORMS = [each for each in templates().values() if each.id != "lead_record"]  # which the other tests are about
DAY = datetime(2026, 3, 2)
GOOD = {
    "text": "江城一",
    "code": "A-01",
    "person": "李四",
    "phone": "13900001112",
    "integer": 3,
    "number": 2.5,
    "money": 1200,
    "date": DAY,
    "time": datetime(2026, 3, 2, 9, 30),
    "when": datetime(2026, 3, 2, 9, 30),
    "month": "2026-03",
    "year": 2026,
    "province": "安徽省",
    "city": "芜湖市",
}
BAD = {
    "integer": "约三台",
    "number": "很多",
    "money": "面议",
    "date": "下周三",
    "time": "下午",
    "when": "下午",
    "month": "三月",
    "year": "今年",
    "choice": "别的",
}


def value(field):
    """Something that belongs into a field."""
    if field.kind == "choice":
        return field.offered[0]
    return max(GOOD["integer"], field.min or 0) if field.kind == "integer" else GOOD[field.kind]


def read_back(said):
    """A read value as it was written."""
    if said is None or pd.isna(said):
        return None
    return said.to_pydatetime() if isinstance(said, pd.Timestamp) else said


def same(said, written) -> bool:
    """Whether what was read is what was written; days have no time, amounts are kept in fen."""
    said = read_back(said)
    if isinstance(said, date) and not isinstance(said, datetime):
        said = datetime.combine(said, time())
    return said == written or str(said) == str(written) or said == written * 100


def filled(blanks, tmp_path, template, **instead):
    """The form with its header and one row; ``instead``: other values by title."""
    header = {each.title: value(each) for each in template.header if each.kind in {*GOOD, "choice"}}
    row = {each.title: value(each) for each in template.columns}
    return fill(
        blanks / f"{template.order}_{template.title}.xlsx", tmp_path / f"{template.order}.xlsx", header, [row | instead]
    )


@pytest.mark.parametrize("template", FORMS, ids=lambda template: template.order)
def test_what_is_filled_in_is_read(blanks, tmp_path, template):
    """Every column of one row, and every field of the header."""
    form = accepted(filled(blanks, tmp_path, template))
    assert len(form.rows) == 1
    wrong = {
        each.title: form.rows[each.key][0] for each in template.columns if not same(form.rows[each.key][0], value(each))
    }
    assert wrong == {}
    assert {
        each.title: form.header[each.key] for each in template.header if not same(form.header[each.key], value(each))
    } == {}


@pytest.mark.parametrize("template", FORMS, ids=lambda template: template.order)
def test_a_wrong_cell_is_named(blanks, tmp_path, template):
    """What is no number, day or word of the list in any column that wants one and is not filled in beforehand: its cell."""
    spoiled = {each.title: BAD[each.kind] for each in template.columns if each.kind in BAD and not each.given}
    path = filled(blanks, tmp_path, template, **spoiled)
    sheet = load_workbook(path).worksheets[0]
    top, titles = table(sheet)
    cells = {sheet.cell(top + 1, titles.index(title) + 1).coordinate for title in spoiled}
    assert cells <= {finding.cell for finding in accepted(path).findings}

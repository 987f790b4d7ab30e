"""Phones and named persons typed where a value is kept in clear send the row back, at its cell, without being repeated."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from tests.support.office import fill, lead
from tests.support.official import T1
from tests.support.workbooks import outcome
from workbench.core.errors import FileRefused
from workbench.platform.forms.spec import templates

PLAIN = ["客户名称", "区县", "联系人职务", "需求车型", "竞争品牌", "信息来源"]
T1_KEYS = {column.title: column.key for column in templates()["lead_record"].columns}
VALUES = {
    "phone": "江城 139-8765-4321",
    "landline": "0553-3831234",
    "full width": "１３９８７６５４３２１",
    "Chinese numerals": "一三九八七六五四三二一",
    "account": "微信号：liu_zhuren88",
    "titled": "江城公交刘主任",
    "marked": "联系人：张晓明",
}
SECRETS = ("139", "8765", "383", "１３９", "一三九", "zhuren", "刘", "晓明")


def said(result) -> str:
    """Everything a person would see of an outcome."""
    return json.dumps([finding.as_json() for finding in result.findings], ensure_ascii=False, default=str)


@pytest.mark.parametrize("title", PLAIN)
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_it_sends_the_row_back_at_its_cell(lead_record, title, value):
    """Whatever the plain column, required or not; the message says where such things belong and repeats nothing."""
    result = outcome(lead_record(lead("江城物流"), {**lead("江城公交"), title: value}))
    (finding,) = [one for one in result.findings if one.code == "personal_in_clear"]
    place = list(T1.columns).index(title)
    assert (finding.cell, finding.severity.value) == (f"{chr(ord('A') + place)}8", "error")
    assert result.rows["returned"].tolist() == [False, True]
    assert "第三方联系人" in finding.message
    assert not [secret for secret in SECRETS if secret in said(result)]
    assert result.rows.iloc[1].isna()[T1_KEYS[title]]  # nothing of a returned row is kept with it


@pytest.mark.parametrize("value", ["见刘晓明", "刘晓明的朋友"])
def test_the_bare_name_of_the_rows_own_contact_is_found_elsewhere(lead_record, value):
    """It is known from its column; a firm that is called after him is his firm."""
    row = lead("刘晓明汽车租赁有限公司", 第三方联系人="刘晓明", 信息来源=value)
    result = outcome(lead_record(row))
    assert [(one.code, one.cell[0]) for one in result.findings] == [("personal_in_clear", "Q")]
    assert "晓明" not in said(result)


def test_what_only_looks_like_it_is_taken_in(lead_record):
    """Schools and hotlines with numbers, firms called after persons, models, titles, places, dates."""
    rows = [
        lead("合肥市第189中学", 信息来源="12345热线", 需求车型="SC1021A"),
        lead("王先生餐饮管理有限公司", 联系人职务="车队队长", 竞争品牌="江淮瑞风"),
        lead("张小泉剪刀有限公司", 联系人职务="采购部经理", 信息来源="客户转介绍"),
        lead("解放军第105医院", 信息来源="电话营销 2026-01-05", 区县="师宗县"),
    ]
    result = outcome(lead_record(*rows))
    assert not [one for one in result.findings if one.code == "personal_in_clear"]
    assert not result.rows["returned"].any()


@pytest.mark.parametrize("value", ["江城汽车 13987654321", "江城汽车（刘主任）"])
def test_it_refuses_the_file_in_a_header_field(lead_record, value):
    """A header is kept in clear with every file of the register."""
    result = outcome(lead_record(单位名称=value))
    assert isinstance(result, FileRefused)
    assert "139" not in str(result) and "刘" not in str(result)


@pytest.mark.parametrize("template", templates().values(), ids=lambda template: template.order)
def test_every_plain_column_of_every_template_is_looked_at(blanks, tmp_path, template):
    """A phone in any text that is read back and not sealed; in columns that name staff, a phone all the same."""
    free = ("text", "when", "code", "person")
    plain = [
        column
        for column in template.columns
        if column.kind in free and not (column.personal or column.given or column.idle)
    ]
    assert plain
    blank = next(blanks.glob(f"{template.order}_*.xlsx"))
    header = {field.title: _header(field) for field in template.header}
    path = fill(blank, tmp_path / "表.xlsx", header, [{column.title: "13987654321" for column in plain}])
    result = outcome(path)
    found = {one.column for one in result.findings if one.code == "personal_in_clear"}
    assert found == {column.key for column in plain}


def _header(field):
    """A value that a header field takes."""
    if field.offered:
        return field.offered[0]
    given = {"quarter": "2026Q1", "month": "2026-01", "year": 2026, "date": datetime(2026, 1, 5), "money": 1}
    return given.get(field.key) or given.get(field.kind) or "D001"

"""Lines under and in a table that are no records: said in one line, never a list of missing cells."""

from __future__ import annotations

import pytest

from tests.support.office import lead
from tests.support.workbooks import accepted, below, said


def typed(title, text, **others):
    """Writes a line of its own under one lead."""

    def change(sheet):
        below(sheet, title, 2).value = text
        for other, value in others.items():
            below(sheet, other, 2).value = value

    return change


@pytest.mark.parametrize(
    "label",
    ["合计", "合 计：", "总计（台）", "小计", "汇总", "本页合计", "共计 20 台", "共3家", "合计：12台", "全年累计"],
)
@pytest.mark.parametrize("title", ["序号", "客户名称", "省份"])
def test_a_line_of_totals_is_no_lead(lead_record, label, title):
    """Whatever it is called and wherever its label stands."""
    form = accepted(lead_record(lead("江城公交"), change=typed(title, label, **{"标的量(台)": 12})))
    assert [(code, severity) for code, _, severity in said(form)] == [("extra_row", "error")]
    assert form.rows["customer"].tolist() == ["江城公交"]


@pytest.mark.parametrize(
    "text",
    [
        "提报人：李某    日期：2026年1月5日",
        "单位（盖章）：",
        "单位负责人签字：",
        "部门负责人（签字）：",
        "填表日期：2026-01-05",
        "审核：王某",
        "注：以上信息属实",
        "填表说明：请逐行填写",
    ],
)
def test_a_line_of_signatures_or_a_remark_is_no_lead(lead_record, text):
    """It costs nothing and is told once."""
    form = accepted(lead_record(lead("江城公交"), change=typed("客户名称", text)))
    assert [(code, severity) for code, _, severity in said(form)] == [("signature_row", "note")]
    assert form.rows["customer"].tolist() == ["江城公交"]


@pytest.mark.parametrize(
    "name", ["汇总科技有限公司", "共和县公交公司", "备注文化传媒公司", "日期食品公司", "合计划生育办公室"]
)
def test_customers_whose_names_begin_so_are_leads(lead_record, name):
    """A word is a label only by itself."""
    assert accepted(lead_record(lead(name))).rows["customer"].tolist() == [name]


def test_a_remark_with_a_lead_behind_it_is_a_row(lead_record):
    """It is asked back cell by cell, not left out."""
    form = accepted(lead_record(lead("备注：江城公交")))
    assert form.rows["customer"].tolist() == ["备注：江城公交"]

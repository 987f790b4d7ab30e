"""Drop-downs, input messages and highlights that help while staff type."""

from __future__ import annotations

from itertools import groupby

import pytest
from openpyxl import load_workbook

from tests.support.official import CHOICES, OFFICIAL, T1, T2
from tests.support.workbooks import find, rules
from workbench.core import places

each = pytest.mark.parametrize("form", OFFICIAL, ids=lambda form: form.order)


@pytest.fixture(scope="module")
def sheets(blanks):
    """The data sheets of the blanks by order."""
    return {form.order: load_workbook(blanks / form.file).worksheets[0] for form in OFFICIAL}


@each
def test_drop_downs_offer_the_official_choices(sheets, form):
    """Each choice of the regulation is a list in its cells, in the regulation's words; wrong words are stopped."""
    lists = {title: rule for title, rule in rules(sheets[form.order]).items() if rule.type == "list"}
    fixed = {title: rule.formula1.strip('"') for title, rule in lists.items() if title not in ("省份", "城市")}
    assert fixed == {title: choices for (order, title), choices in CHOICES.items() if order == form.order}
    for title in fixed:
        assert lists[title].error == "请从下拉列表中选择。"
        assert lists[title].errorStyle in (None, "stop")
        assert lists[title].showErrorMessage


@pytest.mark.parametrize(("order", "province", "city", "row"), [("T1", "D", "E", 7), ("T6", "D", "E", 4)])
def test_the_city_list_depends_on_the_province_chosen(sheets, order, province, city, row):
    """The cities offered are the block of the chosen province in the hidden list; other names only warn."""
    found = rules(sheets[order])
    assert found["省份"].formula1 == f"'_列表'!$D$2:$D${len(places.provinces()) + 1}"
    assert found["城市"].formula1 == (
        f"OFFSET('_列表'!$B$1,MATCH(${province}{row},'_列表'!$A:$A,0)-1,0,COUNTIF('_列表'!$A:$A,${province}{row}),1)"
    )
    assert str(found["城市"].sqref) == f"{city}{row}:{city}{row + 199}"
    assert [found[title].errorStyle for title in ("省份", "城市")] == ["warning", "warning"]


def test_each_provinces_cities_stand_together_in_the_hidden_list(blanks):
    """MATCH and COUNTIF find exactly a province's cities, because they form one block."""
    lists = load_workbook(blanks / T1.file)["_列表"]
    pairs = [(a, b) for a, b, *_ in lists.iter_rows(min_row=2, values_only=True) if a]
    blocks = [(province, [city for _, city in block]) for province, block in groupby(pairs, key=lambda pair: pair[0])]
    assert blocks == [(province, list(places.cities(province))) for province in places.provinces()]
    assert [cell.value for cell in lists["D"][1 : len(blocks) + 1]] == list(places.provinces())
    assert ("安徽省", "芜湖市") in pairs


@each
def test_every_required_field_says_so_when_it_is_entered(sheets, form):
    """The input message of a required column begins with 必填 and is headed by the column's title."""
    found = rules(sheets[form.order])
    assert {title for title, rule in found.items() if (rule.prompt or "").startswith("必填")} >= set(form.required)
    for title, rule in found.items():
        assert rule.promptTitle in (title, None)
        assert rule.showInputMessage


@each
def test_messages_fit_what_excel_can_show(sheets, form):
    """Titles of at most 32 and texts of at most 255 characters; Excel repairs a workbook that has longer ones."""
    for title, rule in rules(sheets[form.order]).items():
        assert len(rule.promptTitle or "") <= 32, title
        assert len(rule.errorTitle or "") <= 32, title
        assert max(len(rule.prompt or ""), len(rule.error or ""), len(rule.formula1 or "")) <= 255, title


def test_numbers_and_dates_are_held_to_their_kind(sheets):
    """Whole numbers, amounts and dates are checked as they are typed, each with its own sentence."""
    found = rules(sheets["T2"])
    kinds = {
        title: (rule.type, rule.operator, rule.formula1)
        for title, rule in found.items()
        if rule.type not in (None, "list")
    }
    assert kinds == {
        "编制日期": ("date", "greaterThanOrEqual", "36526"),
        "合同数量(台)": ("whole", "greaterThanOrEqual", "1"),
        "合同金额(元)": ("decimal", "greaterThanOrEqual", "0"),
        "签订日期": ("date", "greaterThanOrEqual", "36526"),
        "本月提车量(台)": ("whole", "greaterThanOrEqual", "-9999"),  # returned vehicles (D37)
        "累计提车量(台)": ("whole", "greaterThanOrEqual", "0"),
    }
    assert {found[title].error for title in kinds} == {
        "请填日期，如 2026-03-05。",
        "请填整数，不带单位。",
        "请填数字，不带单位。",
    }
    assert T2.required == [
        "合同编号",
        "信息编号",
        "客户名称",
        "单位代码",
        "车型",
        "合同数量(台)",
        "签订日期",
        "本月提车量(台)",
    ]


def test_the_hint_of_a_quantity_names_the_least_that_counts(sheets):
    """5.4's number stands in the input message, and the contact's message names 5.2."""
    found = rules(sheets["T1"])
    assert found["标的量(台)"].prompt == "必填；至少 3 台，否则无效（第5.4条）；整数"
    assert found["第三方联系人"].prompt == "必填；客户方联系人姓名；缺少则不予接收（第5.2条）"
    assert found["联系方式"].prompt == "必填；以文本填写电话；缺少则不予接收（第5.2条）；电话，按文本填写"


def test_wrong_rows_turn_red_while_they_are_typed(sheets):
    """T1 colours missing contacts, small quantities, prefecture-level taxis and doubles within the sheet."""
    sheet = sheets["T1"]
    assert find(sheet, "客户名称").coordinate == "B6"
    formulas = {
        str(area.sqref): rule.formula[0]
        for area in sheet.conditional_formatting
        for rule in area.rules
        if rule.formula != ["TRUE"]
    }
    assert formulas == {
        "H7:H206": 'AND($B7<>"",$H7="")',
        "I7:I206": 'AND($B7<>"",$I7="")',
        "L7:L206": 'AND($L7<>"",$L7<3)',
        "G7:G206": 'AND($C7="出租",$G7="地市级及以上")',
        "B7:B206": 'AND($B7<>"",COUNTIFS($B$7:$B$206,$B7,$C$7:$C$206,$C7,$D$7:$D$206,$D7,$E$7:$E$206,$E7)>1)',
    }

"""T6 and T21: codes of units, categories as people list them, the people of units."""

from __future__ import annotations

from datetime import datetime

import pytest

from workbench.capabilities.organization.kinds import listed_categories
from workbench.capabilities.organization.people import People

AT = "2026-01-03T09:00:00"


@pytest.mark.parametrize("between", ["、", " 、 ", "，", ",", "；", ";", "/", "／", "|", " ", "\n", "\u3000"])
def test_categories_are_listed_as_people_type(between):
    """Every separator people use, and nothing between two of them."""
    assert listed_categories(f"政府采购{between}出租") == ["政府采购", "出租"]
    assert listed_categories(None) == listed_categories(between) == []


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("政府采购、企业事业单位", "企事业单位"),
        ("出祖／租赁", "出租"),
        ("公检法", "公检法司及军警装备采购"),
        ("驾驶学校", "驾校"),
        ("渔业", None),
        ("政府采购，公检法司及军警装备采购;出租 租赁\n驾校／企事业单位|其他", ""),
        (None, ""),
    ],
)
def test_a_category_that_is_none_is_named_at_its_cell(staffed, typed, near):
    """With the word that was meant, or all of them; the unit is taken in; so says a check without a register."""
    row = {"单位代码": "S003", "单位名称": "新科", "单位类型": "科室", "科室职能": "业务开发", "负责类别": typed}
    path = staffed.file("单位名录", "新.xlsx", {}, [row])
    receipt = staffed.receive(path, AT, code=0 if near == "" else 1)
    checked = staffed.ask("check", path)["files"][0]
    assert receipt["accepted"] == 1
    for found in (receipt["findings"], checked["findings"]):
        assert [each["code"] for each in found] == ([] if near == "" else ["unknown_category"])
        for each in found:
            assert each["cell"][0] == "I" and (near or "企事业单位、其他") in each["message"]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        *(("D-9", []), ("皖01", []), ("A" * 20, [])),
        *(("A" * 21, ["bad_unit_code"]), ("D_9", ["bad_unit_code"]), ("13800001111", ["personal_in_clear"])),
    ],
)
def test_a_new_code_is_one(staffed, code, found):
    """Letters, digits, Han characters and hyphens, at most twenty, no phone number; the phone is not repeated."""
    row = {"单位代码": code, "单位名称": "新店", "单位类型": "经销商"}
    receipt = staffed.receive(staffed.file("单位名录", "新.xlsx", {}, [row]), AT)
    assert receipt["accepted"] == (not found)
    assert [finding["code"] for finding in receipt["findings"]] == found
    assert "13800001111" not in str(receipt["findings"])


def test_the_newest_word_on_a_person_counts(staffed):
    """The same person, unit and first day again: nothing new, then the day of leaving; a wrong row goes back."""

    def people(name: str, *rows: dict) -> dict:
        return staffed.receive(staffed.file("人员名录", name, {}, list(rows)), AT)

    stay = {"姓名": "何 项目", "单位代码": "S002", "岗位": "项目责任人", "开始日期": datetime(2026, 1, 1)}
    assert people("一.xlsx", stay)["accepted"] == 1
    assert people("二.xlsx", {**stay, "姓名": "何项目"})["unchanged"] == 1
    assert people("三.xlsx", {**stay, "结束日期": datetime(2026, 1, 31)})["accepted"] == 1
    wrong = people("四.xlsx", {**stay, "单位代码": "S777"}, {**stay, "结束日期": datetime(2025, 12, 31)})
    assert [finding["code"] for finding in wrong["findings"]] == ["unknown_unit", "ends_before_it_begins"]
    with staffed.opened() as session:
        listed = People.of(session.register)
    days = [datetime(2025, 12, 31), datetime(2026, 1, 1), datetime(2026, 1, 31), datetime(2026, 2, 1)]
    assert [listed.may_be_named("何项目", "S002", day.date()) for day in days] == [False, True, True, False]
    assert listed.may_be_named("随便谁", "S001", days[0].date()) and listed.units_of("何项目") == {"S002"}

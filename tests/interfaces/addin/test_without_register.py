"""Functions that need no register, through xlwings' own call: ranges, cells, empty ones, errors, dates, many rows."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from benchmarks.functions import table
from tests.support.excel import CellError, Cells, call, column
from tests.support.office import lead
from workbench.app.policy import load_policy
from workbench.interfaces.addin.cell_errors import CELL_ERRORS
from workbench.interfaces.addin.functions import FUNCTIONS
from workbench.platform.forms.spec import templates

pytestmark = pytest.mark.usefixtures("addin_process")
TITLES = [item.title for item in templates()["lead_record"].columns]


def sheet(*rows: dict) -> Cells:
    """The official table with its titles and these rows (None: an empty row)."""
    return Cells([TITLES, *([(row or {}).get(title) for title in TITLES] for row in rows)])


def test_working_days_of_a_column():
    """Spring Festival 2026 with its make-up days; text dates, day numbers, blanks and errors."""
    days = Cells([date(2026, 2, 12), "2026-02-13", 46066, None, CellError("#REF!"), "明天", True])
    assert column("DK_WORKDAY", days, 2) == [
        datetime(2026, 2, 14),
        datetime(2026, 2, 24),
        datetime(2026, 2, 24),
        "",
        "#参数含错误值",
        "#应为日期",
        "#应为日期",
    ]
    assert call("DK_WORKDAY", Cells([[date(2026, 2, 12), date(2026, 2, 13)]]), Cells([[1, 0]])) == [
        datetime(2026, 2, 13),
        datetime(2026, 2, 13),
    ]
    assert call("DK_DUEBY", date(2026, 2, 12)) == datetime(2026, 2, 14)
    assert column("DK_WORKDAYS", Cells(["2026-02-12", "2026-02-28"]), date(2026, 2, 24)) == [3, -4]
    assert column("DK_ISWORKDAY", Cells([date(2026, 2, 14), date(2026, 2, 15), date(2026, 10, 1)])) == [
        True,
        False,
        False,
    ]
    assert column("DK_PROVISIONAL", Cells([date(2026, 12, 31), date(2027, 1, 4)])) == [False, True]
    assert call("DK_ISWORKDAY", date(1999, 1, 1)) == "#超出日历范围"
    assert call("DK_WORKDAY", date(2026, 2, 12), -1) == "#应为非负整数"
    assert call("DK_WORKDAY", date(2026, 2, 12), "两") == "#应为数字"


def test_the_regulation_in_a_cell():
    """A clause with its numbers, a parameter by either name, a reading; before the first edition there is none."""
    assert call("DK_CLAUSE", "5.4") == "第5.4条 标的量下限：标的量下限 3 台（DKHW080004/4）"
    assert call("DK_CLAUSE", 5.4) == call("DK_CLAUSE", Cells("5.4"))
    assert column("DK_PARAM", Cells(["minimum_quantity", "部门完成率", "甄别反馈期限", "每月通报日"])) == [
        3,
        "#无此参数",
        2,
        "10、20、30",
    ]
    assert call("DK_PARAM", "dealer_conversion_rate", date(2026, 1, 1)) == 0.4
    assert call("DK_PARAM", "dealer_conversion_rate", date(2007, 1, 1)) == "#早于制度生效日"
    assert call("DK_READING", "d15").startswith("两个工作日如何计算？自转交次日起")
    assert call("DK_READING", "d2A") == call("DK_READING", "D2a") != call("DK_READING", "D2")
    assert call("DK_READING", "D99") == "#无此口径"
    assert column("DK_EDITION", Cells([date(2008, 2, 14), date(2008, 2, 13)])) == ["DKHW080004/4", "#早于制度生效日"]


def test_every_clause_parameter_and_reading_has_its_text():
    """None is cut off and none fails."""
    from workbench.platform.regulation.clause import clauses

    policy = load_policy()
    texts = column("DK_CLAUSE", Cells([clause.code for clause in clauses()]))
    for clause, text in zip(clauses(), texts, strict=True):
        assert text.startswith(f"第{clause.number}条 {clause.title}")
        assert text.endswith(f"（{policy.regulation(clause.regulation).edition_on(date(2026, 3, 31))}）")
    assert not [text for text in column("DK_READING", Cells(list(policy.readings))) if text.startswith("#")]
    values = column("DK_PARAM", Cells([item.title for item in policy.parameters.values()]))
    assert not [value for value in values if isinstance(value, str) and value.startswith("#")]


def test_names_are_those_that_decide_who_is_the_same():
    """One width, simplified, without suffix; blanks stay blank."""
    names = Cells(["蕪湖 市江城（公交）有限公司", None, CellError("#N/A"), 110])
    assert column("DK_NAME", names) == ["芜湖市江城公交", "", "#参数含错误值", "110"]


def test_what_is_missing_from_numbers():
    """Columns of quantities and pick-ups, departments and dealers, wrong types."""
    said = column("DK_MISSING_PICKUPS", Cells([12, 9, 20, None, 12.5, "十"]), Cells([2, 1, 8, 1, 1, 1]))
    assert said == [
        "再提车 3 台即达 40%，奖励 1000 元（第7.1.1条）",
        "标的量 9 台，不足 10 台，不参加项目奖励（第7.1.1条）",
        "已达 40%，奖励 1000 元（第7.1.1条）",
        "",
        "#应为非负整数",
        "#应为数字",
    ]
    assert call("DK_MISSING_PICKUPS", 12, 2, "部门") == "再提车 3 台即达 40%，奖励 200 元（第7.2.2条）"
    assert call("DK_MISSING_PICKUPS", 12, 2, "科室") == "#应为经销商或部门"
    assert column("DK_MISSING_LEADS", Cells([10, 40, 0]), Cells([10, 10, 0])) == [
        "再有 1 条有效信息即达 110%，奖励 200 元（第7.2.1条）",
        "已达完成率奖励上限（第7.2.1条）",
        "目标为零，完成率无定义，不计奖（D17）",
    ]
    assert column("DK_COMPLETION_REWARD", Cells([10, 11, 12, 30]), 10) == [0, 200, 400, 1000]


def test_grades_of_a_column_of_sales():
    """The share of the whole, with and without the company's own limits."""
    assert column("DK_GRADE", Cells([10, 4, 86])) == ["大客户", "一般客户", "大客户"]
    assert column("DK_GRADE", Cells([10, 4, None, 86]), 1000, 0.08, 0.06) == ["一般客户", "一般客户", "", "A"]
    assert call("DK_GRADE", Cells([10, 4]), 10) == "#销售总额须大于零"
    assert call("DK_GRADE", Cells([10, 4]), 100, 0.2) == "#界线有误"
    assert call("DK_GRADE", Cells([10, "x"])) == "#应为数字"


def test_a_table_is_checked_as_the_command_checks_the_file(office):
    """The findings of ``workbench check`` on the filled workbook, row by row, say what the cells say."""
    rows = [
        lead("江城公司"),
        lead("江城公司", 联系方式="13900002222"),
        lead("两台公司", **{"标的量(台)": 2}),
        lead("无联系人公司", 第三方联系人=None),
        lead("电话不明公司", 联系方式="待补"),
        lead("外地公司", 省份="某省"),
        lead("文字公司", **{"标的量(台)": "十台"}),
        lead("出租公司", 客户类别="出租", 行政级别="地市级及以上"),
        lead("出租二公司", 客户类别="出租"),
        lead("类别公司", 客户类别="学校"),
        lead("日期公司", 预计采购时间="下月"),
    ]
    path = office.leads("D001", "表.xlsx", rows)
    (receipt,) = office.ask("check", path, code=1)["files"]
    first = min(finding["row"] for finding in receipt["findings"]) - 2  # the first finding is on the second row
    said = column("DK_CHECK", sheet(*rows), None, date(2026, 1, 5), first)
    assert said[:2] == ["检查结果", "通过"]
    for number in range(first + 1, first + len(rows) + 1):
        mine = [finding for finding in receipt["findings"] if finding["row"] == number]
        text = said[number - first]
        assert text.count("错误：") == sum(finding["severity"] == "error" for finding in mine), text
        assert text.count("提醒：") == sum(finding["severity"] == "warning" for finding in mine), text
        for finding in mine:
            assert finding["message"].rstrip("。").split("：", 1)[-1] in text
    assert len([text for text in said if text == "通过"]) == 1


def test_the_reporter_decides_about_taxis():
    """A department's is invalid, a dealer's is for a person to look at; unknown, it is looked at."""
    table = sheet(lead("出租公司", 客户类别="出租", 行政级别="地市级及以上", 区县=None))
    assert "5.6" in column("DK_CHECK", table, "部门")[1]
    assert "人工复核" in column("DK_CHECK", table, "经销商")[1] == column("DK_CHECK", table)[1]


def test_cells_of_a_table_that_are_empty_wrong_or_errors():
    """Blank rows stay blank, errors are named, optional columns may be missing, totals do not belong there."""
    bad = lead(
        "错误公司",
        **{"标的量(台)": CellError("#DIV/0!"), "预计采购时间": datetime(2026, 5, 1), "联系方式": 13900001111},
    )
    said = column("DK_CHECK", sheet(None, bad, {"序号": "合计"}, lead("好公司")))
    assert said[0:2] == ["检查结果", ""]
    assert "错误值" in said[2]
    assert "文本格式" in said[2]
    assert "合计行" in said[3]
    assert said[4] == "通过"
    needed = [item.title for item in templates()["lead_record"].columns if item.expected]
    assert column("DK_CHECK", Cells([needed, [lead("好公司")[title] for title in needed]])) == ["检查结果", "通过"]
    assert call("DK_CHECK", Cells([needed[1:], needed[1:]])) == "#缺少必填列"
    assert call("DK_CHECK", Cells([["甲"], ["乙"]])) == "#首行须为列标题"
    assert call("DK_CHECK", sheet(lead("a")), Cells(["部门", "部门"])) == "#应为单个值"


def test_messages_hold_no_personal_data():
    """What stands in the contact columns is not repeated in a result."""
    row = lead(
        "某公司", 第三方联系人="刘密联", 联系方式="1390000", 备注="刘密联 13900001111", **{"标的量(台)": "13900001111"}
    )
    text = column("DK_CHECK", sheet(row))[1]
    assert "刘密联" not in text
    assert "1390000" not in text


def test_ten_thousand_rows_in_one_call():
    """As many answers as rows, the bad ones found."""
    rows = table(10_000)
    said = column("DK_CHECK", Cells(rows))
    place = rows[0].index("标的量(台)")
    assert len(said) == 10_001
    small = [number for number, row in enumerate(rows) if number and row[place] < 3]
    assert len(small) > 300
    assert [number for number, text in enumerate(said) if "标的量" in text] == small


def test_ranges_of_different_length_and_whole_columns():
    """Said once, not computed for something else."""
    assert call("DK_WORKDAYS", Cells(["2026-01-01"] * 2), Cells(["2026-01-01"] * 3)) == "#行数不一致"
    assert call("DK_EDITION", Cells([None] * 200_001)) == "#请勿选整列"


@pytest.mark.parametrize("function", [each for each in FUNCTIONS if each.needs], ids=lambda each: each.name)
def test_locked_is_said_by_every_function_that_needs_the_register(function):
    """And by none that does not."""
    assert call(function.name, *["2026Q1"] * len(function.arguments)) == CELL_ERRORS["locked"].shown


@pytest.mark.parametrize("function", [each for each in FUNCTIONS if not each.needs], ids=lambda each: each.name)
def test_nothing_else_asks_for_it(function):
    """Whatever is typed, no function without a register speaks of one, and none faults."""
    for value in ("x", 3, -1.5, True, datetime(2026, 1, 5), None, CellError("#N/A")):
        result = call(function.name, *[Cells([value])] * len(function.arguments))
        assert "锁" not in str(result)
        assert "内部错误" not in str(result)


def test_a_fault_is_named_without_values(monkeypatch):
    """By type and place; what was in the cells stays out of the text."""
    from workbench.core import names

    def broken(_):
        raise ValueError("刘密联 13900001111")

    monkeypatch.setattr(names, "customer_key", broken)
    text = call("DK_NAME", "刘密联")
    assert text.startswith("#内部错误 ValueError names.py:")
    assert "刘密联" not in text

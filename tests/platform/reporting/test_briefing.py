"""What a cover says first: differences in words, the sentence on what changed, what is missing; on the sheet and on the page."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest
from openpyxl import load_workbook

from workbench.platform.reporting import page
from workbench.platform.reporting.briefing import Briefing, changes, listed
from workbench.platform.reporting.cover import cover
from workbench.platform.reporting.parts import Before, Figure, Stamp, compared, more_or_less
from workbench.platform.reporting.sheets import ReportWorkbook

STAMP = Stamp("试", "2026年03月", date(2026, 3, 31), datetime(2026, 4, 3, 9), "X/1", "1:a")


@pytest.mark.parametrize(
    ("now", "then", "style", "words"),
    [
        (12_300, 9_800, "yuan", "上月 9,800（增 2,500）"),
        (5, 7, "int", "上月 7（减 2）"),
        (7, 7, "int", "上月 7（持平）"),
        (-100, -8_300, "yuan", "上月 -8,300（少 8,200）"),
        (-300, 0, "yuan", "上月 0（多 300）"),
        (-300, 200, "yuan", "上月 200（减 500）"),
        (Fraction(9, 10), Fraction(17, 20), "rate", "上月 85.0%（升 5.0 个百分点）"),
        (Fraction(1, 3), Fraction(1, 2), "rate", "上月 50.0%（降 16.7 个百分点）"),
        (Fraction(3333, 10000), Fraction(3334, 10000), "rate", "上月 33.3%（降 不到 0.1 个百分点）"),
        # 7.16 and 7.24 are shown as one number: by that number they do not differ by a tenth
        (Fraction(716, 10000), Fraction(724, 10000), "rate", "上月 7.2%（降 不到 0.1 个百分点）"),
        (Fraction(1, 2), None, "rate", "上月 —"),
        (None, Fraction(1, 2), "rate", "上月 50.0%"),
        ("A", "B", "text", "上月 B"),
    ],
)
def test_the_last_figure_stands_beside_the_new_one(now, then, style, words):
    """With the difference in words; where one of them is not defined, without it."""
    assert Figure("数", now, style, before=Before("上月", then)).beside() == words


def test_without_a_last_period_nothing_stands_beside():
    """No row, and a sentence that says so."""
    assert Figure("数", 3).beside() == ""
    assert changes([Figure("数", 3)]) == "没有可以比较的上期数据。"


def test_the_sentence_names_what_moved_and_counts_the_rest():
    """In the order of the cards, no more than asked for; figures that are not compared are not spoken of."""
    figures = compared(
        [Figure("甲", 3), Figure("乙", 5), Figure("丙", 1), Figure("丁", 9)],
        "上期",
        [Figure("甲", 1), Figure("乙", 5), Figure("丙", 4), None],
    )
    assert changes(figures) == "甲 3，上期 1（增 2）；丙 1，上期 4（减 3）；其余 1 项持平。"
    assert changes(figures, most=1) == "甲 3，上期 1（增 2）；其余 1 项持平。"
    same = compared([Figure("甲", 3)], "上期", [Figure("甲", 3)])
    assert changes(same) == "与上期相比，主要数字没有变化。"


def test_more_or_less_of_penalties_goes_by_their_size():
    """Minus eight hundred after minus three hundred is more of it."""
    assert [more_or_less(*pair) for pair in ((-8, -3), (-3, -8), (2, 1), (1, 2), (-1, 1))] == [
        "多",
        "少",
        "增",
        "减",
        "减",
    ]


def test_only_so_many_are_listed():
    """The first ones and how many there are; words of one's own where there are none."""
    assert listed(["甲", "乙", "丙"], 2, "人", "无") == "甲、乙等 3 人"
    assert listed(["甲", "乙"], 2, "人", "无") == "甲、乙"
    assert listed([], 2, "人", "无") == "无"


def test_what_is_missing_and_what_follows():
    """A report that is made again says so; one that is made once says where later results go."""
    told = [
        dict(Briefing("一", "二", "三", "四", *more).lines())["尚缺资料"] for more in ((), (("T2",),), (("T2",), True))
    ]
    assert told == ["没有。", "T2。收到后重新生成本报告。", "T2。以后的结果列入以后各期。"]


def test_sheet_and_page_say_the_same(tmp_path):
    """The sentences above the cards, the last period's figure under the small print, on both."""
    briefing = Briefing("变了", "因为 <x>", "谁", "暂定", ("T5",))
    figure = Figure("数", 3, note="注", before=Before("上月", 1))
    with ReportWorkbook(tmp_path / "封面.xlsx", STAMP) as workbook:
        _, row = cover(workbook, "封面", [figure], briefing)
    sheet = load_workbook(tmp_path / "封面.xlsx")["封面"]
    cells = [[cell.value for cell in line if cell.value is not None] for line in sheet.iter_rows()]
    assert cells[5:10] == [list(line) for line in briefing.lines()]
    assert [cells[place] for place in (11, 12, 13, 14)] == [["数"], [3], ["注"], ["上月 1（增 2）"]]
    assert row == 16
    shown = page.briefing(briefing.lines())
    assert "<dt>原因</dt><dd>因为 &lt;x&gt;</dd>" in shown
    assert '<span class="before">上月 1（增 2）</span>' in page.cards([figure])

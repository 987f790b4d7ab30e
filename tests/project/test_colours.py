"""One home of colours, one colour per meaning, and every limit of a colour told beside it."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import BytesIO

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.support.source import PACKAGE, ROOT, modules
from workbench.capabilities.leads.development import STEPS
from workbench.core import colours
from workbench.platform.forms.annotate import FILLS
from workbench.platform.reporting import page
from workbench.platform.reporting.charts import chart
from workbench.platform.reporting.parts import Column, Stamp
from workbench.platform.reporting.sheets import LOOKS, ReportWorkbook

STAMP = Stamp("试", "2026年03月", date(2026, 3, 31), datetime(2026, 4, 3, 9), "X/1", "1:a")
HOME = PACKAGE / "core" / "colours.py"
STYLED = ("*.py", "*.css", "*.jinja", "*.html", "*.js", "*.xml", "*.bas", "*.cls", "*.svg", "*.ipynb")
WRITTEN = re.compile(
    r"#[0-9A-Fa-f]{6}\b"  # as pages and xlsxwriter have it
    r"|[\"'](?=[0-9A-F]*[A-F])(?=[0-9A-F]*[0-9])(?:FF)?[0-9A-F]{6}[\"']"  # as openpyxl has it
    r"|:\s*#[0-9A-Fa-f]{3,4}\b|\brgb\(\s*[1-9]"  # short and spelt out, in a style
    r"|\((?=[^)]*\b[12]\d\d\b)\d{1,3}, \d{1,3}, \d{1,3}\)"  # as Excel's objects have it
    r"|_color\"?[:=]\s*\"[a-z]+\"",  # by name
)

OTHERS = {'"DA0001"'}  # the number of a file in the archive


def written(text: str) -> list[str]:
    """The colours a source text writes out."""
    return [found[0] for found in WRITTEN.finditer(text) if found[0] not in OTHERS]


def test_no_other_file_writes_a_colour():
    """Workbooks, charts, pages, marked copies, Excel's sheets, notebooks: all take theirs from ``core/colours``."""
    files = [
        path
        for folder in (PACKAGE, ROOT / "notebooks")
        for kind in STYLED
        for path in folder.rglob(kind)
        if path != HOME and ".ipynb_checkpoints" not in path.parts
    ]
    assert len(files) > 300
    found = {path.name: colour for path in files if (colour := written(path.read_text(encoding="utf-8")))}
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        '{"bg_color": "#FFF2CC"}',
        'fgColor="F8CBAD"',
        "th{color:#fff}",
        "HEAD = (31, 56, 100)",
        'format(font_color="red")',
        "a{color:rgb(31,56,100)}",
    ],
)
def test_the_rule_would_notice(text: str):
    """Every way in which a colour has been written."""
    assert len(written(text)) == 1


def test_meanings_behind_cells_do_not_share_a_colour():
    """Good, bad, to be looked at, worth knowing, changed and to be filled in differ, and black words stay legible on them."""
    behind = [colours.GOOD, colours.BAD, colours.WARN, colours.NOTE, colours.CHANGED, colours.INPUT]
    assert len(set(behind)) == len(behind)
    assert [colour for colour in behind if colours.is_dark(colour)] == []
    assert {colours.bare(colours.BAD), colours.bare(colours.WARN), colours.bare(colours.NOTE)} == set(FILLS.values())
    assert (LOOKS["bad"]["bg_color"], LOOKS["warn"]["bg_color"]) == (colours.BAD, colours.WARN)


def test_a_series_has_its_colour_on_every_sheet_and_page():
    """What counts and what is measured against look alike beside whatever else is drawn."""
    assert colours.of_series(["目标", "有效"]) == (colours.AGAINST, colours.COUNTS)
    assert colours.of_series(["有效", "无效", "处理中"]) == (colours.COUNTS, colours.LOST, colours.OPEN)
    assert colours.of_series(["标的量", "合同量", "提车量"])[2] == colours.of_series(["合同登记量", "提车量"])[1]
    assert set(STEPS) <= colours.MEANING.keys()
    assert len(set(colours.of_series(STEPS))) == len(STEPS)
    many = colours.of_series([f"方案{number}" for number in range(9)])
    assert (len(many), len(set(many))) == (9, len(colours.RANKS))


def test_a_chart_and_a_page_draw_a_series_alike():
    """The same two series as a native chart and as bars of a page."""
    frame = pd.DataFrame([{"name": "甲部", "target": 4, "valid": 5}])
    held = BytesIO()
    with ReportWorkbook(held, STAMP) as workbook:
        sheet = workbook.sheet("表", [10, 10, 10], "表")
        columns = (Column("name", "部门", 10), Column("target", "目标", 10, "int"), Column("valid", "有效", 10, "int"))
        area = workbook.table(sheet, 3, columns, frame, empty="没有。")
        made = chart(workbook, "column", "目标与有效", area, "name", [("target", "目标"), ("valid", "有效")])
        sheet.insert_chart(8, 0, made)
    drawn = load_workbook(held).worksheets[0]._charts[0]
    fills = [f"#{each.graphicalProperties.solidFill.srgbClr}" for each in drawn.series]
    shown = page.bars(frame, "name", [("target", "目标"), ("valid", "有效")], title="目标与有效")
    assert fills == re.findall(r'<rect[^>]* fill="(#\w+)"', shown) == [colours.AGAINST, colours.COUNTS]


def test_a_coloured_rate_says_its_limits_on_the_sheet():
    """The limits stand above the table, with the day's numbers, and a state's colour with its word."""
    frame = pd.DataFrame([{"rate": 0.5, "state": "逾期"}], dtype=object)
    held = BytesIO()
    with ReportWorkbook(held, STAMP) as workbook:
        sheet = workbook.sheet("表", [10, 10], "表")
        columns = (Column("rate", "完成率", 10, "rate"), Column("state", "状态", 10))
        area = workbook.table(sheet, 3, columns, frame, empty="没有。")
        workbook.rate_colours(sheet, area, "rate", 1.0, 0.6)
        workbook.flag_rows(sheet, area, "state", "逾期")
    told = load_workbook(held)["表"]["A3"].value
    assert told == "颜色　绿色：不低于 100%，红色：低于 60%（比率）；红色：逾期"


def test_only_the_workbook_makes_rules_of_colour():
    """A report that set its own conditional format would tell no limits."""
    found = [
        module.name
        for module in modules()
        if "conditional_format(" in module.path.read_text(encoding="utf-8") and module.package != "platform"
    ]
    assert found == []

"""The sheets of 季度奖惩核算报告. Amounts are computed again by formulas over inputs and parameter cells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbench.capabilities.settlement import allocation_sheet, back_dated_sheet, explained_sheet
from workbench.capabilities.settlement.line_formulas import recipe
from workbench.capabilities.settlement.recipe import (
    DEALER_SHEET,
    DEPARTMENT_SHEET,
    DIFFERENT,
    PENALTY_SHEET,
    SAME,
    dates,
)
from workbench.capabilities.settlement.settlement_report import on_sheet
from workbench.platform.reporting.charts import chart, place
from workbench.platform.reporting.cover import CARD, CARD_ROWS, COLUMNS, cover, sign_off
from workbench.platform.reporting.parts import TWICE, UNDEFINED, Column, ratio
from workbench.platform.reporting.sheets import Area, ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.settlement.settlement_report import View

LINE_SHEET, PARAMETER_SHEET = "逐笔明细", "参数"
NO_LEADER = "未登记分管领导"
CLAUSES = (
    Column("clause", "条款", 11, total="合计"),
    Column("what", "事项", 32),
    Column("by", "执行部门", 14, "center"),
    Column("count", "笔数", 9, "int", "sum"),
    Column("own", "本季度(元)", 14, "yuan", "sum"),
    Column("adjusted", "以前季度\n调整(元)", 12, "yuan", "sum"),
    Column("amount", "核算金额(元)", 14, "yuan", "sum"),
    Column("again", "复算金额(元)", 14, "yuan", "sum"),
    Column("check", "核对", 10, "center"),
)
PARTIES = (
    Column("party", "对象", 16, total="合计"),
    Column("name", "名称", 32),
    Column("count", "笔数", 10, "int", "sum"),
    Column("reward", "奖励(元)", 14, "yuan", "sum"),
    Column("penalty", "处罚(元)", 14, "yuan", "sum"),
    Column("adjusted", "以前季度\n调整(元)", 14, "yuan", "sum"),
    Column("amount", "合计(元)", 14, "yuan", "sum"),
)
DEALERS = (
    Column("party", "单位代码", 10, "center", total="合计"),
    Column("name", "经销商", 32),
    Column("ref", "信息编号", 15, "center"),
    Column("project", "项目编号", 15, "center"),
    Column("received", "接收日期", 12, "date"),
    Column("quantity", "标的量\n(台)", 9, "int"),
    Column("picked_up", "本季提车\n(台)", 9, "int"),
    Column("sought", "转化率分母\n(台)", 11, "int"),
    Column("rate", "转化率", 9, "rate"),
    Column("reward", "奖励(元)", 11, "yuan", "sum"),
    Column("adjusted", "以前季度\n调整(元)", 11, "yuan", "sum"),
    Column("adjusts", "调整自", 10, "center"),
)
PENALTIES = (
    Column("clause", "条款", 9, total="合计"),
    Column("what", "事项", 25),
    Column("party", "责任人", 11, "center"),
    Column("ref", "编号", 15, "center"),
    Column("due", "期限", 12, "date"),
    Column("basis", "依据", 52),
    Column("penalty", "处罚(元)", 10, "yuan", "sum"),
    Column("adjusted", "以前季度\n调整(元)", 10, "yuan", "sum"),
    Column("adjusts", "调整自", 10, "center"),
)
MARKS = (
    Column("person", "人员", 16),
    Column("recent", "本季度新增", 12, "center"),
    Column("marks", "累计黑点", 12, "center"),
    Column("limit", "建议辞退的数目", 16, "center"),
    Column("advice", "处理意见", 40),
)
LINES = (
    Column("no", "序号", 5, "center", total="合计"),
    Column("clause", "条款", 7, "center"),
    Column("party", "对象", 8, "center"),
    Column("name", "名称", 14),
    Column("ref", "编号", 14, "center"),
    Column("adjusts", "调整自", 8, "center"),
    Column("quantity", "标的量\n(台)", 7, "int"),
    Column("part", "提车·有效\n·次数·\n应核算", 9, "int"),
    Column("whole", "标的·目标\n·已核算", 9, "int"),
    Column("place", "部门内\n序位", 6, "int"),
    Column("limit", "上限\n(元)", 7, "yuan"),
    Column("due", "期限", 11, "date"),
    Column("done", "办理或\n截至日期", 11, "date"),
    Column("amount", "核算金额\n(元)", 9, "yuan", "sum"),
    Column("again", "复算金额\n(元)", 9, "yuan", "sum"),
    Column("check", "核对", 6.5, "center"),
    Column("basis", "依据", 32),
    Column("source", "来源（文件、行或单元格）", 32),
)
COUNTED = (
    Column("party", "部门代码", 11, "center"),
    Column("number", "信息编号", 18, "center"),
    Column("received_at", "接收时间", 18, "time"),
    Column("counts_in", "计入月份", 11, "center"),
    Column("file", "来源文件", 44),
    Column("row", "行", 8, "int"),
)
READINGS = (
    Column("id", "编号", 6, "center"),
    Column("clause", "条款", 13),
    Column("question", "规章未明确的问题", 32),
    Column("chosen", "采用的口径", 50),
    Column("setting", "设置", 26),
    Column("others", "可选口径", 36),
)
PARAMETERS = (
    Column("clause", "条款", 14),
    Column("title", "参数", 32),
    Column("name", "名称", 30),
    Column("unit", "单位", 11, "center"),
    Column("value", "数值", 14, "center"),
    Column("edition", "制度版本", 16, "center"),
    Column("since", "生效日期", 13, "date"),
    Column("now", "状态", 13, "center"),
)
REMARKS = (Column("severity", "性质", 11, "center"), Column("clause", "条款", 14), Column("message", "内容", 90))


def department_columns() -> tuple[Column, ...]:
    """The sheet of the departments: who, what each clause adds, and the sums."""
    return (
        Column("unit", "部门代码", 9, "center", total="合计"),
        Column("name", "部门名称", 20),
        Column("leader", "分管领导", 11, "center"),
        *(column for clause in on_sheet(DEPARTMENT_SHEET) for column in clause.recipe.columns),
        Column("adjusted", "以前季度\n调整(元)", 11, "yuan", "sum"),
        Column("amount", "合计(元)", 11, "yuan", "sum"),
    )


def leader_columns() -> tuple[Column, ...]:
    """The same with the deputy GM first, who answers for the completion (4.2.2) and splits the reward (7.2.3)."""
    unit, name, leader, *others = department_columns()
    return (replace(leader, total=unit.total), replace(unit, total=None), name, *others)


def by_leader(departments: pd.DataFrame) -> pd.DataFrame:
    """The departments by their deputy GM; those without one last."""
    table = departments.assign(leader=departments["leader"].fillna(NO_LEADER), none=departments["leader"].isna())
    return table.sort_values(["none", "leader", "unit"], ignore_index=True).drop(columns="none")


def write_workbook(view: View, path: Path) -> None:
    """All sheets, cover first; those the formulas point at know their addresses before they are pointed at."""
    with ReportWorkbook(path, view.stamp) as workbook:
        front, row = cover(workbook, "封面", view.figures, view.briefing)
        summary = _sheet(workbook, "汇总", CLAUSES, "奖惩汇总")
        parties = _sheet(workbook, "对象合计", PARTIES, "按奖惩对象合计")
        rewards = _sheet(workbook, DEALER_SHEET, DEALERS, "经销商奖励（第7.1.1条，由财务计划部兑现）")
        by_department = department_columns()
        departments = _sheet(workbook, DEPARTMENT_SHEET, by_department, "部门奖励（第7.2条，由综合管理部兑现）")
        leaders = _sheet(workbook, "按分管领导", leader_columns(), "按分管领导（第4.2.2、7.2.3条；每位一页）")
        shares = workbook.sheet(
            "分配表", [12, 22, 14, 14, 20, 14, 20, 16], "部门奖励分配表（第7.2.3条，由分管领导分配）"
        )
        penalties = _sheet(workbook, PENALTY_SHEET, PENALTIES, "处罚（第7.3条，由综合管理部收缴；正数的调整退还）")
        marks = _sheet(workbook, "诚信黑点", MARKS, "诚信黑点（第7.3.4条）")
        details = _sheet(workbook, LINE_SHEET, LINES, "逐笔明细：金额 → 条款 → 信息 → 依据 → 来源")
        explained = explained_sheet.sheet(workbook)
        counted = _sheet(workbook, "计入信息", COUNTED, "完成率奖励计入的信息（第5.3、7.2.1条）")
        readings = _sheet(workbook, "口径说明", READINGS, "规章未明确之处所采用的口径")
        parameters = _sheet(workbook, PARAMETER_SHEET, PARAMETERS, "规章参数（复算公式引用本表）")
        remarks = _sheet(workbook, "提示", REMARKS, "说明和提示")
        cells = _parameters(workbook, parameters, view)
        lines = _lines(workbook, details, view, cells)
        reasons = explained_sheet.write(workbook, explained, view.explained, view.spoken, lines)
        explained_sheet.link(workbook, details, lines, view.lines, reasons)
        _summary(workbook, summary, view, lines)
        workbook.table(parties, 3, PARTIES, view.parties, empty="本季度没有奖惩对象。")
        paid = _with_rate(workbook, rewards, DEALERS, view.dealers, "picked_up", "sought", "本季度没有经销商奖励。")
        explained_sheet.link(workbook, rewards, paid, view.dealers, reasons)
        area = _with_rate(workbook, departments, by_department, view.departments, "valid", "target", "没有部门。")
        workbook.rate_colours(departments, area, "rate")
        _leaders(workbook, leaders, view)
        allocation_sheet.write(workbook, shares, view, area)
        fined = workbook.table(penalties, 3, PENALTIES, view.penalties, empty="本季度没有处罚。")
        explained_sheet.link(workbook, penalties, fined, view.penalties, reasons)
        workbook.table(marks, 3, MARKS, view.marks, empty="截至本季度末没有诚信黑点。")
        workbook.table(counted, 3, COUNTED, view.counted, empty="本季度没有完成率奖励。")
        workbook.table(readings, 3, READINGS, view.readings, empty="没有口径。", filtered=False)
        workbook.table(remarks, 3, REMARKS, view.remarks, empty="没有需要说明或提示的事项。")
        back_dated_sheet.write(workbook, view.back_dated)
        _front(workbook, front, row, view, lines, area)
        front.activate()


def _sheet(workbook: ReportWorkbook, name: str, columns: tuple[Column, ...], heading: str) -> Worksheet:
    return workbook.sheet(name, [column.width for column in columns], heading)


def _parameters(workbook: ReportWorkbook, sheet: Worksheet, view: View) -> dict[tuple[str, Any], str]:
    """The parameter table; gives back the cell of each parameter's value by name and day of effect."""
    area = workbook.table(sheet, 3, PARAMETERS, view.parameters, empty="没有参数。")
    cells = {}
    for offset, row in enumerate(view.parameters.itertuples()):
        line = area.first + offset
        rate = row.unit in ("%", "百分点") and not isinstance(row.value, str)
        style = "center" if not rate else "percent" if (row.value * 100).denominator == 1 else "rate"
        value = float(row.value) if style == "percent" else row.value
        workbook.put(sheet, line, area.columns["value"], value, style, "cell", "input")
        cells[row.name, row.since] = f"{PARAMETER_SHEET}!{area.cell(line, 'value', absolute=True)}"
    return cells


def _cell_of(cells: dict[tuple[str, Any], str], name: str, on: Any) -> str:
    """The cell of the value in force on a day."""
    since = max(day for known, day in cells if known == name and day <= pd.Timestamp(on))
    return cells[name, since]


def _lines(workbook: ReportWorkbook, sheet: Worksheet, view: View, cells: dict[tuple[str, Any], str]) -> Area:
    """Line by line, each amount beside the one its formula gives and a check."""
    frame = view.lines.assign(check="")
    area = workbook.table(sheet, 3, LINES, frame, empty="本季度没有奖惩。")
    sheet.freeze_panes(4, 5)
    for offset, row in enumerate(view.lines.to_dict("records")):
        line = area.first + offset
        own = recipe(row["recipe"])
        inputs = {key: area.cell(line, key) for key in ("quantity", "part", "whole", "place", "limit", "due", "done")}
        formula = own.formula.format(*[_cell_of(cells, name, on) for name, on in dates(own, row)], **inputs)
        sheet.write_formula(line, area.columns["again"], f"={formula}", workbook.look("yuan", "cell"), row["again"])
        _check(
            workbook,
            sheet,
            line,
            area.columns["check"],
            area.cell(line, "amount"),
            area.cell(line, "again"),
            row["amount"] == row["again"],
        )
    if len(area):
        workbook.check_colours(sheet, area.span("check"))
    return area


def _check(workbook: ReportWorkbook, sheet: Worksheet, row: int, column: int, one: str, other: str, same: bool) -> None:
    formula = f'=IF({one}={other},"{SAME}","{DIFFERENT}")'
    sheet.write_formula(row, column, formula, workbook.look("cell", "check"), SAME if same else DIFFERENT)


def _span(area: Area, key: str) -> str:
    """A column of the line table, as formulas on other sheets name it."""
    first, last = (area.cell(row, key, absolute=True) for row in (area.first, area.last))
    return f"{area.sheet}!{first}:{last}"


def _summary(workbook: ReportWorkbook, sheet: Worksheet, view: View, lines: Area) -> None:
    """By clause, summed live over the lines."""
    area = workbook.table(sheet, 3, CLAUSES, view.clauses.assign(check=""), empty="", filtered=False)
    for offset, row in enumerate(view.clauses.itertuples()):
        line = area.first + offset
        if len(lines):
            clause = area.cell(line, "clause")
            sums = {key: f"SUMIFS({_span(lines, key)},{_span(lines, 'clause')},{clause}" for key in ("amount", "again")}
            late = f'{sums["amount"]},{_span(lines, "adjusts")},"<>")'
            own = f"{area.cell(line, 'amount')}-{area.cell(line, 'adjusted')}"
            formulas = {"own": own, "adjusted": late, **{key: f"{each})" for key, each in sums.items()}}
            for key, formula in formulas.items():
                sheet.write_formula(
                    line, area.columns[key], f"={formula}", workbook.look("yuan", "cell"), getattr(row, key)
                )
            formula = f"=COUNTIFS({_span(lines, 'clause')},{clause})"
            sheet.write_formula(line, area.columns["count"], formula, workbook.look("int", "cell"), row.count)
        _check(
            workbook,
            sheet,
            line,
            area.columns["check"],
            area.cell(line, "amount"),
            area.cell(line, "again"),
            row.amount == row.again,
        )
    workbook.check_colours(sheet, area.span("check"))
    workbook.notes(
        sheet,
        area.last + 3,
        [
            TWICE,
            "奖励和处罚按条款区分，不按正负：以前季度的调整单列，收回的奖励为负，退还的处罚为正。",
            "复算金额由“逐笔明细”的公式按“参数”表重新计算。",
        ],
        len(CLAUSES),
    )


def _with_rate(
    workbook: ReportWorkbook,
    sheet: Worksheet,
    columns: tuple[Column, ...],
    frame: pd.DataFrame,
    part: str,
    whole: str,
    empty: str,
) -> Area:
    """A table whose rate column is a live quotient of two others."""
    area = workbook.table(sheet, 3, columns, frame.assign(rate=None), empty=empty)
    for offset, row in enumerate(frame.to_dict("records")):
        line = area.first + offset
        top, bottom = area.cell(line, part), area.cell(line, whole)
        value = ratio(row[part], row[whole]) if row[whole] else None
        formula = f'=IF(N({bottom})=0,"{UNDEFINED}",{top}/{bottom})'
        shown = UNDEFINED if value is None else float(value)
        sheet.write_formula(line, area.columns["rate"], formula, workbook.rate_look(value, "cell"), shown)
    return area


def _leaders(workbook: ReportWorkbook, sheet: Worksheet, view: View) -> None:
    """The departments of each deputy GM, on a page of their own."""
    table = by_leader(view.departments)
    area = _with_rate(workbook, sheet, leader_columns(), table, "valid", "target", "没有部门。")
    workbook.rate_colours(sheet, area, "rate")
    names = table["leader"].tolist()
    sheet.set_h_pagebreaks([area.first + place for place in range(1, len(names)) if names[place] != names[place - 1]])


def _front(workbook: ReportWorkbook, sheet: Worksheet, row: int, view: View, lines: Area, departments: Area) -> None:
    """The cover's check card, chart, remarks and sign-off."""
    first = 3 * CARD  # the free place in the second line of cards
    top = row - CARD_ROWS
    workbook.wide(sheet, top, first, first + CARD - 1, "复算核对", "card", "card_label")
    look = workbook.look("card", "card_value")
    sheet.merge_range(top + 1, first, top + 1, first + CARD - 1, "", look)
    if len(lines):
        formula = (
            f'=IF(AND(COUNTIF({_span(lines, "check")},"{SAME}")=ROWS({_span(lines, "check")}),'
            f'SUM({_span(lines, "amount")})=SUM({_span(lines, "again")})),"{SAME}","{DIFFERENT}")'
        )
    else:
        formula = f'="{SAME}"'
    sheet.write_formula(top + 1, first, formula, look, SAME if view.agrees else DIFFERENT)
    address = xl_rowcol_to_cell(top + 1, first, row_abs=True, col_abs=True)
    workbook.file.define_name("复算核对", f"={sheet.name}!{address}")
    workbook.check_colours(sheet, address)
    workbook.wide(sheet, top + 2, first, first + CARD - 1, f"{len(lines)} 笔逐笔复算", "card", "card_note")
    if len(departments):
        bars = chart(
            workbook,
            "column",
            "部门奖励（元）",
            departments,
            "name",
            [("completion", "完成率奖励"), ("project", "项目奖励")],
            labels=False,
            subtype="stacked",
        )
        place(sheet, row, 0, bars, 1000, 220)
        row += 12
    sign_off(workbook, sheet, workbook.notes(sheet, row, view.notes, COLUMNS))

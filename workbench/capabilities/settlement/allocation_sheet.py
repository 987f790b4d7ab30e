"""The allocation sheet of 季度奖惩核算报告: how each deputy GM splits a department's reward (7.2.3, T15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbench.capabilities.settlement.recipe import DEPARTMENT_SHEET, SAME
from workbench.platform.reporting.cover import sign_off
from workbench.platform.reporting.sheets import Area, ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.settlement.settlement_report import View

SHARES = 5  # blank lines per department


def write(workbook: ReportWorkbook, sheet: Worksheet, view: View, area: Area) -> None:
    """The deputy GM's allocation as recorded, blank lines to fill in where there is none, and a check that it adds up."""
    titles = ("部门代码", "部门名称", "分管领导", "应分配(元)", "姓名", "分配金额(元)", "签收", "核对")
    sheet.set_row(3, 34)
    for column, title in enumerate(titles):
        sheet.write_string(3, column, title, workbook.look("cell", "head"))
    sheet.freeze_panes(4, 2)
    sheet.repeat_rows(3)
    row, complete = 4, True
    checks: list[str] = []
    breaks: list[int] = []
    for offset, unit in enumerate(view.departments.to_dict("records")):
        if not unit["amount"]:
            continue
        if checks and len(checks) % 4 == 0:
            breaks.append(row)
        split = view.shares[view.shares["unit"] == unit["unit"]]
        last = row + max(SHARES, len(split)) - 1
        for column, value in enumerate((unit["unit"], unit["name"], unit["leader"])):
            sheet.merge_range(row, column, last, column, "", workbook.look("cell", "center"))
            sheet.write_string(row, column, value or "", workbook.look("cell", "center"))
        due = f"={DEPARTMENT_SHEET}!{area.cell(area.first + offset, 'amount', absolute=True)}"
        sheet.merge_range(row, 3, last, 3, "", workbook.look("yuan", "cell"))
        sheet.write_formula(row, 3, due, workbook.look("yuan", "cell"), unit["amount"])
        for line in range(row, last + 1):
            sheet.set_row(line, 20)
            for column, style in ((4, "text"), (5, "yuan"), (6, "text")):
                sheet.write_blank(line, column, None, workbook.look(style, "cell", "input"))
        for line, (person, amount) in enumerate(zip(split["person"], split["amount"], strict=True), row):
            workbook.put(sheet, line, 4, person, "text", "cell", "input")
            workbook.put(sheet, line, 5, amount, "yuan", "cell", "input")
        total, given = xl_rowcol_to_cell(row, 3), f"{xl_rowcol_to_cell(row, 5)}:{xl_rowcol_to_cell(last, 5)}"
        sheet.merge_range(row, 7, last, 7, "", workbook.look("cell", "check"))
        formula = f'=IF(SUM({given})={total},"{SAME}","差 "&TEXT({total}-SUM({given}),"0")&" 元")'
        lacking = unit["amount"] - int(split["amount"].sum())
        shown = f"差 {lacking} 元" if lacking else SAME
        sheet.write_formula(row, 7, formula, workbook.look("cell", "check"), shown)
        complete &= not lacking
        checks.append(xl_rowcol_to_cell(row, 7))
        row = last + 1
    if not checks:
        workbook.wide(sheet, row, 0, 7, "本季度没有需要分配的部门奖励。", "cell", "empty")
        return
    workbook.check_colours(sheet, f"H5:H{row}")
    whole, given = f"D5:D{row}", f"F5:F{row}"
    amount = int(view.departments["amount"].sum())
    look = ("cell", "total")
    sheet.set_row(row, 24)
    for column in range(8):
        sheet.write_string(row, column, "合计" if column == 0 else "", workbook.look(*look))
    sheet.write_formula(row, 3, f"=SUM({whole})", workbook.look("yuan", *look), amount)
    sheet.write_formula(row, 5, f"=SUM({given})", workbook.look("yuan", *look), int(view.shares["amount"].sum()))
    agreed = "+".join(f'({cell}="{SAME}")' for cell in checks)
    formula = f'=IF({agreed}={len(checks)},"{SAME}","未分配完")'
    sheet.write_formula(row, 7, formula, workbook.look("cell", "check"), SAME if complete else "未分配完")
    workbook.check_colours(sheet, f"H{row + 1}")
    sheet.set_h_pagebreaks(breaks)
    lines = ["在浅紫色单元格内填写姓名和金额；每个部门的分配合计必须等于应分配金额，核对列全部为“相符”后方可签署。"]
    sign_off(workbook, sheet, workbook.notes(sheet, row + 2, lines, 8), 6)

"""Marked copies: every wrong cell coloured and commented, and a list of the findings with links."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink

from workbench.core.files import whole
from workbench.core.findings import Finding, Severity
from workbench.platform.forms.read import Form

LIST = "错误清单"
WORDS = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.NOTE: "说明"}
FILLS = {
    Severity.ERROR: PatternFill("solid", fgColor="F8CBAD"),
    Severity.WARNING: PatternFill("solid", fgColor="FFF2CC"),
    Severity.NOTE: PatternFill("solid", fgColor="DDEBF7"),
}
RANK = [Severity.ERROR, Severity.WARNING, Severity.NOTE]
_EDGE = Side(style="thin", color="BFC8D6")
BOX = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)


def annotate(form: Form, findings: Sequence[Finding], out: Path) -> Path:
    """Write a copy of a read workbook with its findings on the cells and in a list sheet; the original stays."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl on parts it does not keep; the copy is for reading
        workbook = load_workbook(form.path)
    sheet = workbook[form.sheet]
    sheet.protection.sheet = False
    by_cell: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.cell:
            by_cell[finding.cell].append(finding)
    for address, here in by_cell.items():
        cell = sheet[address]
        if cell.__class__.__name__ == "MergedCell":  # only the first cell of a merged area can hold a comment
            area = next(area for area in sheet.merged_cells.ranges if address in area)
            cell = sheet.cell(area.min_row, area.min_col)
        cell.fill = FILLS[min((finding.severity for finding in here), key=RANK.index)]
        text = "\n".join(f"【{WORDS[finding.severity]}】{short(finding)}" for finding in here)
        cell.comment = Comment(text, "大客户信息工作台", height=40 + 36 * len(here), width=320)
    _list(workbook, form, findings)
    with whole(out) as part:
        workbook.save(part)
    return out


def short(finding: Finding) -> str:
    """The message without the address it starts with."""
    return re.sub(r"^[A-Z]+\d+(?:“[^”]*”)?：", "", finding.text())


def _list(workbook: Any, form: Form, findings: Sequence[Finding]) -> None:
    """The list of findings as the second sheet, each with a link to its cell."""
    sheet = workbook.create_sheet(LIST, 1)
    font = {"name": "Microsoft YaHei", "size": 10}
    sheet["A1"] = f"《{form.template.title}》错误清单"
    sheet["A1"].font = Font(**{**font, "size": 14}, bold=True, color="1F3864")
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    sheet["A2"] = f"文件：{form.file}    错误 {errors} 处，其他 {len(findings) - errors} 处"
    sheet["A2"].font = Font(**font, color="5B6B82")
    titles = {column.key: column.title for column in (*form.template.header, *form.template.columns)}
    heads = ("序号", "级别", "工作表", "单元格", "栏目", "条款", "问题与处理")
    for number, head in enumerate(heads, start=1):
        cell = sheet.cell(4, number, head)
        cell.font = Font(**font, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F3864")
        cell.border = BOX
    for number, finding in enumerate(findings, start=1):
        values = (
            number,
            WORDS[finding.severity],
            form.sheet,
            finding.cell,
            titles.get(finding.column or ""),
            finding.clause,
            short(finding),
        )
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(4 + number, column, value)
            cell.font = Font(**font)
            cell.border = BOX
            cell.alignment = Alignment(wrap_text=column == 7, vertical="top")
        sheet.cell(4 + number, 2).fill = FILLS[finding.severity]
        if finding.cell:
            link = sheet.cell(4 + number, 4)
            name = form.sheet.replace("'", "''")
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{name}'!{finding.cell}")
            link.font = Font(**font, color="0563C1", underline="single")
    for letter, width in zip("ABCDEFG", (6, 8, 22, 9, 18, 8, 78), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A5"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "4:4"

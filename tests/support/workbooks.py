"""Makes and spoils workbooks for these tests, with openpyxl, by hand in the XML, or as plain bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.office import fill, lead
from workbench.app.policy import load_policy
from workbench.capabilities.leads.screening import incomplete
from workbench.core.errors import FileRefused
from workbench.platform.forms.read import Form, read_many
from workbench.platform.forms.requirements import require

HEADER = {
    "单位代码": "D001",
    "单位名称": "芜湖江南销售服务店",
    "提报人": "李提报",
    "提报人电话": "13700002222",
    "提报日期": datetime(2026, 1, 5),
}
DATA = "xl/worksheets/sheet1.xml"
Change = Callable[[Worksheet], Any]


def find(sheet: Worksheet, text: str) -> Cell:
    """The cell with this label or column title."""
    return next(cell for line in sheet.iter_rows(max_row=30) for cell in line if cell.value == text)


def below(sheet: Worksheet, title: str, row: int = 1) -> Cell:
    """The cell ``row`` rows below a column title."""
    top = find(sheet, title)
    return sheet.cell(top.row + row, top.column)


def beside(sheet: Worksheet, label: str) -> Cell:
    """The value cell of a header label."""
    cell = find(sheet, label)
    return sheet.cell(cell.row, cell.column + 1)


def table(sheet: Worksheet) -> tuple[int, list[str]]:
    """The row of the column titles and what stands in it, the hidden row ids' title last."""
    for line in sheet.iter_rows(max_row=30):
        titles = [cell.value for cell in line if cell.value is not None]
        if titles and titles[-1] == "行标识":
            return line[0].row, titles
    raise AssertionError("no column titles")


def column_styles(sheet: Worksheet) -> dict[str, ColumnDimension]:
    """The default style of each column by its title; openpyxl keeps one for neighbours that are alike."""
    _, titles = table(sheet)
    kept = list(sheet.column_dimensions.values())
    return {title: next(style for style in kept if style.min <= n <= style.max) for n, title in enumerate(titles, 1)}


def rules(sheet: Worksheet) -> dict[str, DataValidation]:
    """The data validation of each column (200 rows of it) or header field, by its title."""
    top, titles = table(sheet)
    found = {}
    for rule in sheet.data_validations.dataValidation:
        for area in rule.sqref.ranges:
            if area.min_row > top:
                assert (area.min_row, area.max_row) == (top + 1, top + 200)
                found[titles[area.min_col - 1]] = rule
            else:
                found[sheet.cell(area.min_row, area.min_col - 1).value] = rule
    return found


def edit(path: Path, change: Change) -> Path:
    """The workbook at ``path`` after ``change(sheet)``, saved by openpyxl."""
    book = load_workbook(path)
    change(book.worksheets[0])
    book.save(path)
    return path


def rewrite(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook at ``path`` with one part's bytes changed, everything else as it was."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    return path


def outcome(path: Path, **options: Any) -> Form | FileRefused:
    """What reading one workbook comes to; a refusal is given back, not raised."""
    ((_, result),) = read_many([path], **options)
    return result


def accepted(path: Path) -> Form:
    """The form of a workbook that must not be refused; of a T1, with the cells the shipped regulation asks for."""
    result = outcome(path)
    assert isinstance(result, Form), result.zh
    if result.template.id == "lead_record":
        rows = result.rows.assign(received_at=pd.Timestamp(2026, 1, 5))
        require(result, {column: each.to_numpy(dtype=bool) for column, each in incomplete(rows, load_policy()).items()})
    return result


def refused(path: Path, **options: Any) -> FileRefused:
    """The refusal of a workbook; its two sentences name the file and say what to do."""
    result = outcome(path, **options)
    assert isinstance(result, FileRefused), result.findings
    assert result.file == path.name
    assert result.zh.startswith(path.name)
    assert result.en.startswith(path.name)
    assert "请" in result.zh
    return result


def said(form: Form) -> list[tuple[str, str | None, str]]:
    """The findings in short: code, cell, severity."""
    return [(finding.code, finding.cell, finding.severity.value) for finding in form.findings]


class Reports:
    """Fills T1 blanks in a folder."""

    def __init__(self, folder: Path, blank: Path) -> None:
        self.folder, self.blank = folder, blank

    def __call__(
        self, *rows: dict[str, Any], change: Change | None = None, name: str = "提报.xlsx", **header: Any
    ) -> Path:
        """A T1 with these rows (one valid row if none is given), then changed with openpyxl."""
        path = fill(self.blank, self.folder / name, {**HEADER, **header}, list(rows) or [lead("江城公交")])
        return edit(path, change) if change else path

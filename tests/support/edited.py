"""A workbook as somebody edits it at his desk: heads by label, rows by their number under the titles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import load_workbook


class Edited:
    """An official workbook being edited; the file itself stays as it is."""

    def __init__(self, path: Path) -> None:
        self.path, self.book = path, load_workbook(path)

    def head(self, sheet: str, **values: Any) -> Edited:
        """Fill in fields of a sheet's head."""
        page = self.book[sheet]
        for label, value in values.items():
            cell = next(cell for line in page.iter_rows(max_row=6) for cell in line if cell.value == label)
            page.cell(cell.row, cell.column + 1).value = value
        return self

    def row(self, sheet: str, number: int, **values: Any) -> Edited:
        """Fill in cells of a row."""
        page = self.book[sheet]
        line = next(line for line in page.iter_rows(max_row=10) if "行标识" in [cell.value for cell in line])
        titles = {cell.value: cell.column for cell in line}
        for title, value in values.items():
            page.cell(line[0].row + number, titles[title]).value = value
        return self

    def saved(self, name: str) -> Path:
        """The edited copy."""
        path = self.path.with_name(name)
        self.book.save(path)
        return path

"""The one way to write into a workbook through openpyxl: a text is a text, whatever it begins with.

openpyxl takes a text that begins with ``=`` for a formula, and one that XML cannot hold for a fault.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from workbench.core.texts import in_xml

LONGEST = 32_767  # characters of a cell or a comment, by the file format


def put(cell: Any, value: str | int | float | date | datetime | None) -> None:
    """Give an openpyxl cell a value; a text is never a formula, an error value or a link."""
    if isinstance(value, str):
        cell.value = None  # what was of another type leaves no trace
        cell.data_type = "s"
        cell._value = in_xml(value)[:LONGEST]
        cell.quotePrefix = cell.quotePrefix or value.startswith(("=", "+", "-", "@"))
        return
    cell.value = value


def failed(cell: Any) -> None:
    """Make a cell an error value, as one that was none to read."""
    cell.value = "#N/A"
    cell.data_type = "e"


def annotated(cell: Any, text: str, author: str, height: float, width: float) -> None:
    """Give a cell a comment."""
    from openpyxl.comments import Comment

    cell.comment = Comment(in_xml(text)[:LONGEST], author, height=height, width=width)


def linked(cell: Any, sheet: str, address: str) -> None:
    """Make a cell lead to a cell of a sheet of the same workbook; its value stays."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    name = in_xml(sheet).replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!{address}")


def kept_within(cell: Any) -> None:
    """Take from a cell a link that leads out of its workbook; its value stays."""
    if cell.hyperlink is not None and cell.hyperlink.target:
        cell.hyperlink = None

"""A template's table as bare cells, without file or header block: checked like a file's, for cells in an open workbook."""

from __future__ import annotations

from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from workbench.core.errors import WrongUse
from workbench.core.texts import all_visible
from workbench.platform.forms.addresses import letter
from workbench.platform.forms.check import Checked, check
from workbench.platform.forms.child import cleaned
from workbench.platform.forms.guard import Marks, Refused
from workbench.platform.forms.read import Form
from workbench.platform.forms.reading_process import spec_of
from workbench.platform.forms.spec import Template
from workbench.platform.forms.table_rows import table, title_of
from workbench.platform.forms.values import ERROR_VALUES


def read_table(template: Template, grid: list[list[Any]], first_row: int = 1) -> Form:
    """The rows under column titles (the first row of ``grid``), typed and checked; error values as their text.

    Columns that no rule may ask for may be missing. ``first_row``: where the titles stand in the sheet, for addresses.
    Raises WrongUse ``no_titles``, ``column_missing``.
    """
    if not {title_of(value, {}) for value in grid[0]} & {column.title for column in template.columns}:
        raise WrongUse("no_titles")
    different = chain.from_iterable({*column} for column in zip_longest(*grid))
    texts, marks = {value for value in different if value.__class__ is str}, Marks()
    whole = grid if all_visible(texts) and ERROR_VALUES.isdisjoint(texts) else [cleaned(row) for row in grid]
    for number, row in enumerate(() if whole is grid else grid[1:], start=1):
        if not ERROR_VALUES.isdisjoint(row):
            for place, value in enumerate(row):
                if value.__class__ is str and value in ERROR_VALUES:
                    marks.errors.append(f"{letter(place)}{number + 1}")
                    whole[number][place] = None
    try:
        answer = table(whole, 0, spec_of(template), {}, template.sheet, marks, partial=True)
    except Refused as no:
        raise WrongUse("column_missing", why=no.reason) from None
    _shift(answer, first_row - 1)
    (checked,) = check(template, [("", {**answer, "sheet": template.sheet, "header": None})])
    assert isinstance(checked, Checked)  # only a file's header can refuse it whole
    return Form(
        template,
        "",
        Path(),
        "",
        template.sheet,
        checked.header,
        checked.header_cells,
        checked.rows,
        checked.letters,
        checked.findings,
    )


def _shift(answer: dict[str, Any], by: int) -> None:
    """Row numbers of the sheet instead of the range."""
    for name in ("rows", "signed"):
        answer[name] = [row + by for row in answer[name]]
    for name in ("totals", "spoiled", "beside", "disguised", "struck"):
        answer[name] = [_moved(cell, by) for cell in answer[name]]


def _moved(cell: str, by: int) -> str:
    letters = cell.rstrip("0123456789")
    return f"{letters}{int(cell[len(letters) :]) + by}"

"""Which sheet of a workbook is the form: the only one, and one that people see."""

from __future__ import annotations

from typing import Any

from workbench.platform.forms.addresses import letter
from workbench.platform.forms.guard import Marks, Refused


def the_form(
    found: dict[str, int], grids: dict[str, list[list[Any]]], marks: dict[str, Marks], spec: dict[str, Any]
) -> str:
    """The sheet with the form: the only one, and one that people see. Raises Refused."""
    if not found:
        raise Refused("no_table", title=spec["title"], sheet=next(iter(grids), None))
    hidden = [name for name in found if marks.get(name, Marks()).concealed]
    if len(found) == 1 and hidden:
        raise Refused("hidden_sheet", found=[f"《{hidden[0]}》"], sheet=hidden[0], cell="A1")
    if len(found) > 1:
        key = "two_sheets/hidden" if hidden else "two_sheets"
        names, concealed = [f"《{name}》" for name in found], [f"《{name}》" for name in hidden]
        raise Refused(key, found=names, hidden=concealed, sheet=(hidden or list(found))[-1], cell="A1")
    return next(iter(found))


def first_cell(grid: list[list[Any]]) -> str | None:
    """The address of the first cell that holds something."""
    for number, row in enumerate(grid, start=1):
        for place, value in enumerate(row):
            if value is not None and not (value.__class__ is str and not value.strip()):
                return f"{letter(place)}{number}"
    return None

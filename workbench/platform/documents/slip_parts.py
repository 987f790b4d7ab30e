"""What a receipt slip holds, told in the reading process: the signed document's text, the code, a digest of what it shows.

Both functions run by name on the bytes of a received slip (``forms.reading_process.ReadingProcess.run``); ``data`` is None where
it is no slip.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from workbench.platform.documents.slip_page import Page, read_page
from workbench.platform.forms.editing import MOST_CELLS, loaded
from workbench.platform.forms.guard import Refused
from workbench.platform.forms.unlocked import unlocked

# what a slip's sheets are called: here, since the reading process loads this module and nothing that makes slips
NAME = "收件回执"
DATA_SHEET, CODE_SHEET = "_回执", "核对码"
LONGEST_DOCUMENT, MOST_VALUES = 32 << 20, 600_000  # characters; lists and records in it
PLAIN = frozenset({"General", "@", "0"})  # formats that show what a cell holds
SHEETS = frozenset({NAME, CODE_SHEET, DATA_SHEET})
_CODE = re.compile(r"[0-9a-f]{32}")
Cells = dict[tuple[int, int], Any]


def page_parts(raw: bytes) -> dict[str, Any]:
    """Of a page: ``data``, ``shown`` and ``style``."""
    try:
        page = read_page(raw.decode("utf-8"))
    except (UnicodeDecodeError, AssertionError):  # the parser's word for what is no markup
        return {"data": None}
    data = page.documents[0] if len(page.documents) == 1 else None
    return {"data": _sound(data), "shown": page_digest(page), "style": page.style}


def sheet_parts(raw: bytes, passwords: Sequence[str] = ()) -> dict[str, Any]:
    """Of a workbook: ``data``, ``code`` (None where its sheet was taken out) and ``shown``. Raises Refused.

    ``passwords``: what may open it.
    """
    cells = cells_of(unlocked(raw, passwords))
    if DATA_SHEET not in cells or NAME not in cells:
        return {"data": None}
    data = "".join(str(value) for _, value in sorted(cells[DATA_SHEET].items()))
    codes = (str(value) for value in cells.get(CODE_SHEET, {}).values() if _CODE.fullmatch(str(value)))
    return {"data": _sound(data), "code": next(codes, None), "shown": sheet_digest(cells[NAME])}


def page_digest(page: Page) -> str:
    """One hash over all that a page shows."""
    return hashlib.sha256(json.dumps(page.shown).encode()).hexdigest()


def sheet_digest(cells: Cells) -> str:
    """One hash over all that a slip's sheet shows."""
    lines = [[row, column, _plain(value)] for (row, column), value in sorted(cells.items())]
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float) else repr(value)


def _sound(text: str | None) -> str | None:
    """A document's text, unless it is none or would become more than a receipt can be."""
    if text is None or len(text) > LONGEST_DOCUMENT or text.count("{") + text.count("[") > MOST_VALUES:
        return None
    try:
        return text if isinstance(json.loads(text), dict) else None
    except (ValueError, RecursionError):
        return None


def cells_of(raw: bytes) -> dict[str, Cells]:
    """Sheet → (row, column) → value, of the cells that hold any. Raises Refused.

    What makes a sheet show something else than its values stands there as a value of its own: a number format with
    words in it, a hidden row or column, a rule that formats, a picture over the cells, a sheet that is none of ours.
    """
    try:
        workbook = loaded(raw, data_only=True)
    except Refused as no:
        if no.reason.key == "too_much_to_mark":
            raise Refused("bomb") from None
        raise
    if sum(sheet.max_row * sheet.max_column for sheet in workbook.worksheets) > MOST_CELLS:
        raise Refused("bomb")
    found = {
        sheet.title: {
            (cell.row, cell.column): cell.value if cell.number_format in PLAIN else (cell.value, cell.number_format)
            for line in sheet.iter_rows()
            for cell in line
            if cell.value not in (None, "")
        }
        for sheet in workbook.worksheets
    }
    if NAME in found:
        found[NAME] |= {(0, place): word for place, word in enumerate(_disguises(raw, workbook))}
    return found


def _disguises(raw: bytes, workbook: Any) -> list[str]:
    """Means by which the slip's sheet could show what it does not hold."""
    sheet = workbook[NAME]
    with zipfile.ZipFile(BytesIO(raw)) as package:
        found = [name for name in package.namelist() if name.startswith(("xl/drawings/", "xl/media/", "xl/charts/"))]
    found += sorted({each.title for each in [*workbook.worksheets, *workbook.chartsheets]} - SHEETS)
    found += ["hidden"] * any(
        part.hidden for part in (*sheet.row_dimensions.values(), *sheet.column_dimensions.values())
    )
    return found + ["rules"] * bool(len(sheet.conditional_formatting))

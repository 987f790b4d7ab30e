"""Put the obvious right: first a list of what would change, then what the person agreed to, and back again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workbench.app.output import text_for
from workbench.core.colours import CHANGED, rgb
from workbench.core.errors import WrongUse
from workbench.interfaces.addin import sheets
from workbench.interfaces.addin.button_call import ButtonCall
from workbench.interfaces.addin.buttons_check import OWN
from workbench.platform.forms.addresses import split
from workbench.platform.forms.guard import FIXES
from workbench.platform.forms.tidy import proposals

HEADS = (
    ("序号", 6),
    ("工作表", 22),
    ("单元格", 9),
    ("栏目", 18),
    ("原值", 34),
    ("改为", 34),
    ("是否更正", 10),
    ("结果", 12),
    ("原来的颜色", 0),
    ("原来的格式", 0),
)
SHEET, ADDRESS, OLD, NEW, WANTED, DONE, COLOUR, FORMAT = 1, 2, 4, 5, 6, 7, 8, 9
YES, FIXED, UNDONE, MOVED = "是", "已更正", "已撤销", "已变动，未改"


def preview(call: ButtonCall) -> None:
    """List what can be put right; nothing of the sheet changes. Raises WrongUse while fixes wait to be undone or kept."""
    names = [sheet.name for sheet in call.book.sheets]
    if FIXES in names and any(line[DONE] == FIXED for line in _lines(call)):
        call.confirm(text_for("addin/keep_fixes"))
    call.progress.step(text_for("addin/reading"))
    rows, last = [], call.sheet
    for number, fix in enumerate(proposals(sheets.looked_at(call.book, OWN)), start=1):
        last = call.book.sheets[fix.sheet]
        cell = last.range(fix.cell)
        rows.append(
            [
                str(number),
                fix.sheet,
                fix.cell,
                fix.title,
                fix.old,
                sheets.shown(fix.new),
                YES,
                "",
                sheets.colour_word(cell),
                cell.number_format or "",
            ]
        )
    if not rows:
        call.dialogs.message(text_for("addin/no_fixes"))
        return
    page = sheets.fresh(call.book, FIXES, last)
    hint = "尚未改动。不要更正的行，把“是否更正”改为“否”，再点“执行更正”。"
    sheets.write_list(page, f"{call.book.name} 更正清单", hint, HEADS, rows)
    for place, row in enumerate(rows):
        sheets.link(page.range((sheets.FIRST + place, ADDRESS + 1)), row[SHEET], row[ADDRESS])
    page.activate()
    call.dialogs.message(text_for("addin/fixes", count=len(rows), sheet=FIXES))


def apply(call: ButtonCall) -> None:
    """Change and colour the cells whose line says 是, where they still hold what the list says."""
    lines = _lines(call)
    now = {(fix.sheet, fix.cell): fix for fix in proposals(sheets.looked_at(call.book, OWN))}

    def one(line: list[Any], cell: Any) -> str:
        fix = now.get((line[SHEET], line[ADDRESS]))
        if line[WANTED] != YES or line[DONE] == FIXED:
            return line[DONE]
        if fix is None or fix.old != line[OLD] or sheets.shown(fix.new) != line[NEW]:
            return MOVED
        if not isinstance(fix.new, str) and cell.number_format == "@":
            cell.number_format = "yyyy-mm-dd" if isinstance(fix.new, datetime) else "General"
        sheets.put(cell, fix.new)
        cell.color = rgb(CHANGED)
        return FIXED

    count, locked = _each(call, lines, one, FIXED)
    told = [text_for("addin/fixed", count=count)]
    told += [call.offer_undo("fix_undo")] if count else []
    told += [text_for("addin/locked_sheets", sheets=locked)] if locked else []
    told += [text_for("addin/read_only")] if call.book.api.ReadOnly else []
    call.dialogs.message("\n".join(told))


def undo(call: ButtonCall) -> None:
    """Put the old values back where the cells still hold what ``apply`` wrote."""
    lines = _lines(call)

    def one(line: list[Any], cell: Any) -> str:
        if line[DONE] != FIXED:
            return line[DONE]
        if _as_shown(cell.value) != line[NEW]:
            return MOVED
        sheets.put(cell, line[OLD])  # the old value was a text and is one again
        if line[FORMAT] not in ("", "@"):
            cell.number_format = line[FORMAT]
        cell.color = sheets.colour_of(line[COLOUR])
        return UNDONE

    count, _ = _each(call, lines, one, UNDONE)
    call.dialogs.message(text_for("addin/undone", count=count))


def _as_shown(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return sheets.shown(value)


def _each(call: ButtonCall, lines: list[list[Any]], one: Any, counted: str) -> tuple[int, list[str]]:
    """Do ``one`` to each line's cell and write the outcome at the line, sheet by sheet.

    Gives how many came out ``counted``, and the sheets that a password protects.
    """
    page, count, locked = call.book.sheets[FIXES], 0, []
    names = [sheet.name for sheet in call.book.sheets]
    for name in dict.fromkeys(line[SHEET] for line in lines):
        if name not in names:
            continue
        sheet = call.book.sheets[name]
        with sheets.unprotected(sheet) as free:
            locked += [] if free else [name]
            for place, line in enumerate(lines):
                if line[SHEET] != name or not free:
                    continue
                split(line[ADDRESS])
                before, line[DONE] = line[DONE], one(line, sheet.range(line[ADDRESS]))
                count += line[DONE] == counted != before
                sheets.put(page.range((sheets.FIRST + place, DONE + 1)), line[DONE])
        sheet.activate()
    return count, locked


def _lines(call: ButtonCall) -> list[list[Any]]:
    """The list of fixes. Raises WrongUse where there is none."""
    if FIXES not in [sheet.name for sheet in call.book.sheets]:
        raise WrongUse("no_preview")
    return sheets.list_rows(call.book.sheets[FIXES], len(HEADS))

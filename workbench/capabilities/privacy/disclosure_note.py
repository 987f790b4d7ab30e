"""Papers on one page: the 客户信息披露单, what is handed to a recipient and under which conditions, and others of that look.

Same input, same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from workbench.core.colours import INK, LINE, MUTED, PALE, WARN
from workbench.platform.forms.write import FONT

TITLE = "客户信息披露单"
WIDTHS = (15, 30, 15, 30)
# a label and its value
Item = tuple[str, str]
# a heading, what stands under it, the colour of its labels
Section = tuple[str, Sequence[Item], str]


def write_note(
    path: Path | io.BytesIO, items: Sequence[Item], disclosed: Sequence[Item], terms: Sequence[str], made_at: datetime
) -> None:
    """One A4 page: the conditions (``items``), the disclosed fields, ``terms`` of use, signatures."""
    sections = [("披露的依据和条件", items, PALE), ("披露的信息", disclosed, WARN)]
    write_paper(path, TITLE, sections, terms, made_at, ("交付人签字", "接收人签字、日期"))


def write_paper(
    path: Path | io.BytesIO,
    title: str,
    sections: Sequence[Section],
    terms: Sequence[str],
    made_at: datetime,
    signers: Sequence[str] = (),
    warning: str = "含个人信息，注意保密",
) -> None:
    """One A4 page: ``sections``, ``terms``, lines for signatures, ``warning`` at the foot. All values are text.

    It is put together in memory, so that nothing passes through files in the system's temporary folder.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(path if isinstance(path, io.BytesIO) else str(path), options) as book:
        book.set_properties({"title": title, "created": made_at})
        sheet = book.add_worksheet(title)
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        page = _Page(book, sheet)
        page.title(title)
        for heading, items, colour in sections:
            page.table(heading, items, colour)
        page.terms(terms, signers)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
        sheet.center_horizontally()
        sheet.set_footer(f"&L{title}&C第 &P 页，共 &N 页&R{warning}")


class _Page:
    """The sheet while it is written, from top to bottom."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Any) -> None:
        self.book, self.sheet, self.row = book, sheet, 0

    def _format(self, **settings: Any) -> Any:
        return self.book.add_format({"font_name": FONT, "font_size": 10, "valign": "vcenter", **settings})

    def title(self, title: str) -> None:
        look = self._format(bold=True, font_size=16, align="center", font_color=INK)
        self.sheet.merge_range(0, 0, 0, 3, title, look)
        self.sheet.set_row(0, 36)
        self.row = 2

    def table(self, heading: str, items: Sequence[Item], colour: str) -> None:
        """Short values stand two in a row, long ones by themselves over the whole width."""
        top = self._format(bold=True, font_size=11, font_color=INK, bottom=2, bottom_color=INK)
        self.sheet.merge_range(self.row, 0, self.row, 3, heading, top)
        self.sheet.set_row(self.row, 22)
        self.row += 1
        box = {"border": 1, "border_color": LINE, "indent": 1}
        label = self._format(bold=True, bg_color=colour, align="right", font_color=MUTED, **box)
        value = self._format(align="left", text_wrap=True, **box)
        waiting = list(items)
        while waiting:
            pair = [waiting.pop(0)]
            if waiting and _lines(pair[0][1], WIDTHS[1]) == 1 and _lines(waiting[0][1], WIDTHS[3]) == 1:
                pair.append(waiting.pop(0))
            room = WIDTHS[1] if len(pair) == 2 else sum(WIDTHS[1:])
            self.sheet.set_row(self.row, min(400, 10 + 14 * max(_lines(text, room) for _, text in pair)))
            for place, (name, text) in enumerate(pair):
                self.sheet.write_string(self.row, 2 * place, name, label)
                if len(pair) == 1:
                    self.sheet.merge_range(self.row, 1, self.row, 3, "", value)
                self.sheet.write_string(self.row, 2 * place + 1, text, value)
            self.row += 1
        self.row += 1

    def terms(self, terms: Sequence[str], signers: Sequence[str]) -> None:
        small = self._format(font_color=MUTED, font_size=9, text_wrap=True)
        for number, line in enumerate(terms, 1):
            if (lines := _lines(f"{number}. {line}", sum(WIDTHS))) > 1:
                self.sheet.set_row(self.row, 4 + 12 * lines)
            self.sheet.merge_range(self.row, 0, self.row, 3, f"{number}. {line}", small)
            self.row += 1
        self.row += 1
        label, line = self._format(bold=True, align="right"), self._format(bottom=1)
        for place, name in enumerate(signers):
            self.sheet.write_string(self.row, 2 * place, name, label)
            self.sheet.write_blank(self.row, 2 * place + 1, None, line)
        if signers:
            self.sheet.set_row(self.row, 30)


def _lines(text: str, room: float) -> int:
    """How many lines a wrapped text takes in a cell ``room`` characters wide (a Chinese one counts two)."""
    wide = [sum(2 if ord(letter) > 0x2000 else 1 for letter in part) for part in text.split("\n")]
    return sum(max(1, -(-width // int(room - 2))) for width in wide)

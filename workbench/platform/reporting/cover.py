"""Cover and sign-off block: the first thing a manager sees and the last thing he signs."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from workbench.platform.reporting.parts import Figure
from workbench.platform.reporting.sheets import ReportWorkbook

COLUMNS, CARD = 12, 3  # a cover is twelve columns wide; a card takes three
WIDTH = 11.3
SIGNERS = ("编制", "复核", "审批")


def cover(workbook: ReportWorkbook, name: str, figures: Sequence[Figure]) -> tuple[Worksheet, int]:
    """A sheet with the title and the key figures as cards; gives back the next free row."""
    sheet = workbook.sheet(name, [WIDTH] * COLUMNS)
    stamp = workbook.stamp
    sheet.set_row(0, 40)
    workbook.wide(sheet, 0, 0, COLUMNS - 1, f"{stamp.title}　{stamp.mark}".strip(), "banner")
    sheet.set_row(1, 22)
    workbook.wide(sheet, 1, 0, COLUMNS - 1, stamp.period, "banner2")
    workbook.wide(sheet, 2, 0, COLUMNS - 1, stamp.line(), "small", "center")
    row = 4
    for start in range(0, len(figures), COLUMNS // CARD):
        cards(workbook, sheet, row, figures[start : start + COLUMNS // CARD])
        row += 4
    sheet.fit_to_pages(1, 1)
    return sheet, row


def cards(workbook: ReportWorkbook, sheet: Worksheet, row: int, figures: Sequence[Figure]) -> None:
    """One line of cards: label, value, small print."""
    sheet.set_row(row, 20)
    sheet.set_row(row + 1, 32)
    sheet.set_row(row + 2, 18)
    for number, figure in enumerate(figures):
        first, last = number * CARD, number * CARD + CARD - 1
        workbook.wide(sheet, row, first, last, figure.label, "card", "card_label")
        sheet.merge_range(row + 1, first, row + 1, last, "", workbook.look(figure.style, "card", "card_value"))
        workbook.put(sheet, row + 1, first, figure.value, figure.style, "card", "card_value")
        workbook.wide(sheet, row + 2, first, last, figure.note, "card", "card_note")


def sign_off(workbook: ReportWorkbook, sheet: Worksheet, row: int, columns: int = COLUMNS) -> int:
    """编制 / 复核 / 审批, each with a line for the signature and one for the date; the next free row."""
    workbook.wide(sheet, row, 0, columns - 1, "签署", "section")
    part = columns // len(SIGNERS)
    for offset, word in enumerate(("签字", "日期"), 1):
        sheet.set_row(row + offset, 30)
        for number, signer in enumerate(SIGNERS):
            first = number * part
            label = f"{signer}{word if word == '日期' else ''}："
            sheet.write_string(row + offset, first, label, workbook.look("sign_label"))
            last = first + part - 2
            line = "　　　　年　　月　　日" if word == "日期" else ""
            workbook.wide(sheet, row + offset, first + 1, last, line, "sign_line")
    return row + 4

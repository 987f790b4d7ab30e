"""Cover and sign-off block: the first thing a manager sees and the last thing he signs."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from workbench.core.texts import lines_needed
from workbench.platform.reporting.briefing import Briefing
from workbench.platform.reporting.parts import Figure
from workbench.platform.reporting.sheets import ReportWorkbook

COLUMNS, CARD = 12, 3  # a cover is twelve columns wide; a card takes three
CARD_ROWS = 5  # label, value, small print, the last period's figure, a gap
WIDTH = 11.3
SIGNERS = ("编制", "复核", "审批")


def cover(
    workbook: ReportWorkbook, name: str, figures: Sequence[Figure], briefing: Briefing | None = None
) -> tuple[Worksheet, int]:
    """A sheet with the title, what a manager asks first, and the key figures as cards; gives back the next free row."""
    sheet = workbook.sheet(name, [WIDTH] * COLUMNS)
    stamp = workbook.stamp
    sheet.set_row(0, 40)
    workbook.wide(sheet, 0, 0, COLUMNS - 1, f"{stamp.title}　{stamp.mark}".strip(), "banner")
    sheet.set_row(1, 22)
    workbook.wide(sheet, 1, 0, COLUMNS - 1, stamp.period, "banner2")
    workbook.wide(sheet, 2, 0, COLUMNS - 1, stamp.line(), "small", "center")
    row = 4 if briefing is None else _brief(workbook, sheet, 4, briefing)
    for start in range(0, len(figures), COLUMNS // CARD):
        cards(workbook, sheet, row, figures[start : start + COLUMNS // CARD])
        row += CARD_ROWS
    sheet.fit_to_pages(1, 1)
    return sheet, row


def _brief(workbook: ReportWorkbook, sheet: Worksheet, row: int, briefing: Briefing) -> int:
    """The sentences with their headings; the next free row."""
    workbook.wide(sheet, row, 0, COLUMNS - 1, "要点", "section")
    for line, (heading, sentence) in enumerate(briefing.lines(), row + 1):
        sheet.write_string(line, 0, heading, workbook.look("brief_heading"))
        workbook.wide(sheet, line, 1, COLUMNS - 1, sentence, "brief")
        sheet.set_row(line, 5 + 15 * lines_needed(sentence, WIDTH * (COLUMNS - 1)))
    return row + len(briefing.lines()) + 2


def cards(workbook: ReportWorkbook, sheet: Worksheet, row: int, figures: Sequence[Figure]) -> None:
    """One line of cards: label, value, small print, and the last period's figure."""
    sheet.set_row(row, 20)
    sheet.set_row(row + 1, 32)
    sheet.set_row(row + 2, 18)
    sheet.set_row(row + 3, 18)
    for number, figure in enumerate(figures):
        first, last = number * CARD, number * CARD + CARD - 1
        workbook.wide(sheet, row, first, last, figure.label, "card", "card_label")
        sheet.merge_range(row + 1, first, row + 1, last, "", workbook.look(figure.style, "card", "card_value"))
        workbook.put(sheet, row + 1, first, figure.value, figure.style, "card", "card_value")
        workbook.wide(sheet, row + 2, first, last, figure.note, "card", "card_note")
        if any(each.before is not None for each in figures):  # cards of one line are of one height
            said = figure.beside() if figure.before is not None else ""
            workbook.wide(sheet, row + 3, first, last, said, "card", "card_before")


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

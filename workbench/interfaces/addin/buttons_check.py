"""Check the sheet in front: colours and comments at the cells, a list of errors with links, the next error, help."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from workbench.app import context
from workbench.app.checking import findings_of
from workbench.app.interface import buttons
from workbench.app.manual import pages, write_page
from workbench.app.output import text_for
from workbench.core.colours import rgb
from workbench.core.errors import FileRefused, WrongUse
from workbench.core.findings import Finding
from workbench.core.state import state_folder
from workbench.interfaces.addin import sheets
from workbench.interfaces.addin.button_call import ButtonCall, Cancelled
from workbench.interfaces.addin.ribbon import GROUPS
from workbench.platform.forms.addresses import split
from workbench.platform.forms.annotate import FILLS, WORDS, short, titles_of
from workbench.platform.forms.guard import FIXES, LIST
from workbench.platform.forms.read import Form, checked
from workbench.platform.intake.outcome import sheets_of

OWN = (LIST, FIXES)  # sheets the buttons add; no part of a report
AUTHOR = "大客户信息工作台"
HEADS = (
    ("序号", 6),
    ("级别", 8),
    ("工作表", 22),
    ("单元格", 9),
    ("栏目", 18),
    ("条款", 8),
    ("问题与处理", 78),
    ("原来的颜色", 0),
)
ADDRESS, COLOUR, SHEET = 3, 7, 2  # places in a line


def check(call: ButtonCall) -> None:
    """Say of the open workbook what an import would, at its cells, sheet by sheet; earlier marks go first, values stay."""
    _clear(call)
    call.progress.step(text_for("addin/reading"))
    titles: dict[tuple[str, str], str] = {}
    try:
        read = checked(Path(call.book.name), sheets.looked_at(call.book, OWN))
        outcomes, titles = sheets_of(read), titles_of(read)
    except FileRefused as no:
        outcomes = [no]
        if no.sheet not in [item.name for item in call.book.sheets] or not no.cell:
            raise
    call.progress.step(text_for("addin/marking"))
    marked = [finding for outcome in outcomes for finding in _findings(outcome) if finding.cell]
    if marked:
        order = [sheet.name for sheet in call.book.sheets]
        marked.sort(key=lambda item: (order.index(item.sheet or ""), split(item.cell or "A1")))  # as one reads
        try:
            with call.book.app.properties(screen_updating=False):
                locked = _write(call, marked, titles)
        except Cancelled:
            _clear(call)
            raise
        errors = sum(finding.severity.value == "error" for finding in marked)
        told = [text_for("addin/marked", errors=errors, others=len(marked) - errors, sheet=LIST)]
        told += [text_for("addin/locked_sheets", sheets=locked)] if locked else [call.offer_undo("clear_marks")]
        call.dialogs.message("\n".join(told))
    else:
        call.dialogs.message(text_for("addin/no_errors"))


def _findings(outcome: Form | FileRefused) -> list[Finding]:
    """What is said of a form, its sheet named at each."""
    if isinstance(outcome, FileRefused):
        return [Finding(outcome.code, outcome.zh, sheet=outcome.sheet, cell=outcome.cell or "A1")]
    found = findings_of(outcome, context.policy())
    return [replace(finding, sheet=finding.sheet or outcome.sheet) for finding in found]


def _write(call: ButtonCall, findings: list[Finding], titles: dict[tuple[str, str], str]) -> list[str]:
    """The list, and the marks at the cells; the sheets that could not be marked, because a password protects them."""
    by_cell: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        by_cell.setdefault((finding.sheet or "", finding.cell or ""), []).append(finding)
    pages = {name: call.book.sheets[name] for name in dict.fromkeys(name for name, _ in by_cell)}
    before = {(name, cell): sheets.colour_word(pages[name].range(cell)) for name, cell in by_cell}
    rows = [
        [
            str(number),
            WORDS[item.severity],
            item.sheet or "",
            item.cell or "",
            titles.get((item.sheet or "", item.column or ""), ""),
            item.clause or "",
            short(item),
            before[item.sheet or "", item.cell or ""],
        ]
        for number, item in enumerate(findings, start=1)
    ]
    page = sheets.fresh(call.book, LIST, next(iter(pages.values())))  # the list first: from it marks can be taken back
    errors = sum(finding.severity.value == "error" for finding in findings)
    summary = f"错误 {errors} 处，其他 {len(findings) - errors} 处。“清除标记”去掉颜色、批注和本清单。"
    sheets.write_list(page, f"{call.book.name} 错误清单", summary, HEADS, rows)
    for place, finding in enumerate(findings):
        sheets.link(page.range((sheets.FIRST + place, ADDRESS + 1)), finding.sheet or "", finding.cell or "")
        page.range((sheets.FIRST + place, 2)).color = _colour(finding)
    number, locked = 0, []
    for name, sheet in pages.items():
        with sheets.unprotected(sheet) as free:
            locked += [] if free else [name]
            for (_, address), here in ((at, found) for at, found in by_cell.items() if at[0] == name):
                if not free:
                    break
                number += 1
                if number % 50 == 0:
                    call.progress.step(text_for("addin/marking"), len(by_cell))
                _mark(sheet.range(address), here)
    page.activate()
    return locked


def _mark(cell: Any, here: list[Finding]) -> None:
    """Colour and comment a cell."""
    cell.color = _colour(min(here, key=lambda item: list(FILLS).index(item.severity)))
    if cell.note is None:  # a comment of the person's own stays
        sheets.note(cell, f"{AUTHOR}\n" + "\n".join(f"【{WORDS[item.severity]}】{short(item)}" for item in here))


def _colour(finding: Finding) -> tuple[int, int, int]:
    return rgb(FILLS[finding.severity])


def clear_marks(call: ButtonCall) -> None:
    """Take back what ``check`` did: colours as they were, our comments, the list."""
    call.dialogs.message(text_for("addin/cleared" if _clear(call) else "addin/no_marks"))


def _clear(call: ButtonCall) -> bool:
    names = [sheet.name for sheet in call.book.sheets]
    if LIST not in names:
        return False
    page = call.book.sheets[LIST]
    lines = sheets.list_rows(page, len(HEADS))
    for name in dict.fromkeys(line[SHEET] for line in lines):
        if name not in names:
            continue
        sheet = call.book.sheets[name]
        with sheets.unprotected(sheet) as free:
            for address, colour in {line[ADDRESS]: line[COLOUR] for line in lines if line[SHEET] == name}.items():
                if not free:
                    break
                cell = sheet.range(address)
                cell.color = sheets.colour_of(colour)
                if cell.note is not None and cell.note.text.startswith(AUTHOR):
                    cell.note.delete()
        sheet.activate()
    page.delete()
    return True


def next_error(call: ButtonCall) -> None:
    """Go to the next cell of the list of errors, after its last one to the first. Raises WrongUse without a list."""
    names = [sheet.name for sheet in call.book.sheets]
    if LIST not in names:
        raise WrongUse("not_checked")
    lines = sheets.list_rows(call.book.sheets[LIST], len(HEADS))
    places = list(dict.fromkeys((line[SHEET], line[ADDRESS]) for line in lines if line[SHEET] in names))
    if not places:
        raise WrongUse("not_checked/empty")
    chosen = call.book.app.selection
    here = chosen and (chosen.sheet.name, chosen.get_address(False, False).split(":")[0])
    sheet, address = places[(places.index(here) + 1) % len(places)] if here in places else places[0]
    call.book.sheets[sheet].activate()
    call.book.sheets[sheet].range(address).select()


def help_page(call: ButtonCall) -> None:
    """A new workbook that says what each button does and which command does the same; the manual's pages open from it."""
    rows = [[GROUPS[item.group], item.label, item.tip, item.command] for item in buttons()]
    manual = len(rows)
    rows += [["手册", each.title, "点左边的标题，打开带图的一页。", f"workbench help {each.title}"] for each in pages()]
    page = call.show_list(
        "大客户信息工作台：按钮与命令",
        "没有 Excel 时，用右列的命令做同样的事。",
        (("组", 12), ("按钮", 14), ("作用", 60), ("命令", 44)),
        rows,
    )
    for place, each in enumerate(pages(), manual):
        made = write_page(each, state_folder(os.environ) / "manual")
        call.in_excel(partial(sheets.open_from, page.range((sheets.FIRST + place, 2)), made))

"""Buttons on the register: unlock, lock, import, statuses, suspected duplicates, dispatch. Thin over the platform."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from workbench.app import context, run_log, settings, unlock
from workbench.app.done import dispatched
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.core.colours import CHANGED, rgb
from workbench.core.messages import SEMICOLON, SPACE, Message, joined
from workbench.interfaces.addin import sheets
from workbench.interfaces.addin.button_call import ButtonCall, Cancelled
from workbench.interfaces.addin.buttons_intake import passwords_for

MARK = rgb(CHANGED)
WORDS = {"error": "错误", "warning": "提醒", "note": "说明"}
STATUS = {"状态": "status", "依据条款": "clause", "计入月份": "counts_in"}
NUMBER = "信息编号"


def open_register(call: ButtonCall) -> str:
    """Ask for what is missing, unlock, and remember register and user; the user's name. Raises RegisterError, Cancelled."""
    known = settings.read()
    path = common.register or known.get("register", "")
    if not path or not context.register_place(path).is_file():
        chosen = call.dialogs.file(text_for("addin/choose_register"), path)
        if not chosen:
            raise Cancelled
        path = chosen
    user = common.user or call.ask(text_for("addin/user_name"), known.get("user", ""))
    secret = call.secret(text_for("addin/passphrase_of", user=user))
    name = unlock.unlock(context.register_place(path), user, secret, call.now)
    settings.keep(register=str(path), user=name)
    return name


def unlock_register(call: ButtonCall) -> None:
    """Unlock for functions and buttons of this Excel, and say how the last unattended run went."""
    name = open_register(call)
    with unlock.current(call.now) as session:
        register = session.register.path
    told = [text_for("addin/unlocked", register=register.name, user=name)]
    if run := run_log.last_run(context.report_folder(register=register)):
        told.append(run_log.sentence(run).text(common.lang))
    call.dialogs.message("\n".join(told))


def lock(call: ButtonCall) -> None:
    """Close the register."""
    unlock.lock()
    call.dialogs.message(text_for("addin/locked"))


def import_workbook(call: ButtonCall) -> None:
    """Take the open workbook in as received now, and say in a new workbook what became of each row."""
    from workbench.platform.intake.batch import Arrival, import_files

    path = call.file_as_received()
    opening = passwords_for(call, [path])
    with call.session() as session:
        call.progress.step(text_for("addin/reading"))
        call.progress.say(text_for("addin/reading"))  # from here on it is done as a whole
        (receipt,) = import_files(session, [Arrival(path, call.now)], passwords=opening)
    if receipt.refused:
        refused = joined([finding.original for finding in receipt.findings], SEMICOLON)
        call.dialogs.message(Message.of("addin/refused", why=refused).text(common.lang, "excel"))
        return
    again = Message.of("addin/unchanged", count=receipt.unchanged) if receipt.unchanged else ""
    counts = {"accepted": receipt.accepted, "returned": receipt.returned, "again": again}
    summary = Message.of("addin/imported", at=call.now, **counts)
    call.deed = summary.text(common.lang)
    if receipt.findings:
        rows = [
            [
                str(number),
                WORDS[item.severity.value],
                item.sheet or "",
                item.cell or "",
                item.clause or "",
                item.message,
            ]
            for number, item in enumerate(receipt.findings, start=1)
        ]
        heads = (("序号", 6), ("级别", 8), ("工作表", 22), ("单元格", 9), ("条款", 8), ("说明", 90))
        call.show_list(f"{receipt.file} 导入结果", str(summary), heads, rows)
    call.dialogs.message(call.deed)


def receipt(call: ButtonCall) -> None:
    """The signed receipt of the open workbook, issued and written to a folder, and opened."""
    from workbench.platform.documents.receipt_slip import write
    from workbench.platform.documents.receipts import issue_for

    path = call.file()  # not saved anew: that would be other bytes than were received
    with call.session() as session:
        session.require("import")
    folder = call.folder(text_for("addin/folder_of_receipts"))  # the register is in nobody's way while a window is open
    with call.session() as session:
        made = write(issue_for(session, [], [path]), folder)
    call.deed = text_for("addin/receipt", folder=folder)
    call.show(next(file for file in made if file.suffix == ".xlsx"))
    call.dialogs.message(call.deed)


def statuses(call: ButtonCall) -> None:
    """Fill the status columns beside the lead numbers of the sheet in front; without numbers, list all leads anew.

    Columns that are there are filled, what changed is coloured with the old text in a comment;
    missing columns are added on the right.
    """
    from workbench.capabilities.leads.listing import list_leads

    sheet = call.in_excel(lambda: call.sheet)  # the one in front now: others may be looked at meanwhile
    with call.session() as session:
        call.progress.step(text_for("addin/reading_register"))
        table = list_leads(session, session.latest()).astype(object).where(lambda frame: frame.notna(), "")
    grid = call.in_excel(lambda: sheets.cells(sheet))
    top = next((place for place, row in enumerate(grid[:40]) if NUMBER in row), None)
    if top is None:
        _list_all(call, table)
        return
    states = table.set_index("number")
    titles = [str(value).strip() for value in grid[top]]
    numbers = [str(row[titles.index(NUMBER)]).strip() for row in grid[top + 1 :]]
    changed = 0
    with sheets.unprotected(sheet) as free:
        if not free:
            call.dialogs.message(text_for("addin/protected"))
            return
        for title, column in STATUS.items():
            changed += _fill(call, sheet, titles, title, top, numbers, states[column], grid)
    unknown = sum(bool(number) and number not in states.index for number in numbers)
    strange = SPACE[common.lang] + text_for("addin/unknown_numbers", count=unknown) if unknown else ""
    call.dialogs.message(text_for("addin/statuses", count=changed) + strange)


def _fill(
    call: ButtonCall,
    sheet: Any,
    titles: list[str],
    title: str,
    top: int,
    numbers: list[str],
    new: pd.Series,
    grid: list,
) -> int:
    """One status column; how many cells changed."""
    if title not in titles:
        titles.append(title)
        call.in_excel(lambda: sheets.put(sheet.range((top + 1, len(titles))), title))
    place, count = titles.index(title), 0
    for offset, number in enumerate(numbers, start=top + 1):
        if number not in new.index:
            continue
        row = grid[offset]
        old, value = (str(row[place]) if place < len(row) else ""), str(new[number])
        if old == value:
            continue
        call.in_excel(partial(_set, sheet, (offset + 1, place + 1), value, old))
        count += bool(old)
    return count


def _set(sheet: Any, at: tuple[int, int], value: str, old: str) -> None:
    """A cell's new status, marked where it had an ``old`` one; the same, however often it is done."""
    cell = sheet.range(at)
    sheets.put(cell, value)
    if old:
        cell.color = MARK
        if cell.note is not None:
            cell.note.delete()
        sheets.note(cell, f"原为：{old}")


def _list_all(call: ButtonCall, table: pd.DataFrame) -> None:
    heads = (
        ("信息编号", 16),
        ("客户名称", 30),
        ("客户类别", 14),
        ("提报单位", 10),
        ("文件", 30),
        ("行", 6),
        ("接收时间", 18),
        ("状态", 10),
        ("依据条款", 10),
        ("计入月份", 10),
    )
    more = table.pop("more").tolist() if "more" in table else []
    added = list(dict.fromkeys(title for held in more for title in held))
    rows = [[str(value) for value in row] for row in table.itertuples(index=False)]
    rows = [row + [str(held.get(title, "")) for title in added] for row, held in zip(rows, more or [{}] * len(rows))]
    heads += tuple((title, 14) for title in added)
    call.show_list("信息状态", f"截至 {call.now:%Y-%m-%d %H:%M}，共 {len(rows)} 条。", heads, rows)


def review(call: ButtonCall) -> None:
    """Write the review workbook, suspected duplicates side by side, and open it."""
    from workbench.capabilities.leads.reviews import write_reviews

    with call.session() as session:
        session.require("review")
    folder = call.folder(text_for("addin/folder_of_reviews"))
    with call.session() as session:
        path = write_reviews(session, session.latest(), folder)
    if path is None:
        call.dialogs.message(text_for("addin/no_reviews"))
        return
    call.deed = text_for("addin/made", file=path.name, folder=path.parent)
    call.show(path)
    call.dialogs.message(text_for("addin/reviews"))


def dispatch(call: ButtonCall) -> None:
    """Hand first reports to the sections, and say how many each got and where the workbooks are."""
    from workbench.capabilities.leads.dispatching import dispatch

    with call.session() as session:
        session.require("dispatch")
    folder = call.folder(text_for("addin/folder_of_feedback"))
    call.confirm(text_for("addin/confirm_dispatch"))
    with call.session() as session:
        done = dispatch(session, call.now, folder)
    call.dialogs.message("\n".join(dispatched(done)))

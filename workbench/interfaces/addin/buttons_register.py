"""Buttons on the register: unlock, lock, import, statuses, suspected duplicates, dispatch. Thin over the platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from workbench.app.options import common
from workbench.interfaces.addin import settings, sheets, unlock
from workbench.interfaces.addin.button_call import ButtonCall, Cancelled

MARK = (226, 239, 218)
WORDS = {"error": "错误", "warning": "提醒", "note": "说明"}
STATUS = {"状态": "status", "依据条款": "clause", "计入月份": "counts_in"}
NUMBER = "信息编号"


def open_register(call: ButtonCall) -> str:
    """Ask for what is missing, unlock, and remember register and user; the user's name. Raises RegisterError, Cancelled."""
    known = settings.read()
    path = common.register or known.get("register", "")
    if not path or not Path(path).is_file():
        chosen = call.dialogs.file("选择登记册文件", path)
        if not chosen:
            raise Cancelled
        path = chosen
    user = common.user or call.ask("用户名", known.get("user", ""))
    secret = call.secret(f"用户“{user}”的口令")
    name = unlock.unlock(Path(path), user, secret, call.now)
    settings.keep(register=str(path), user=name)
    return name


def unlock_register(call: ButtonCall) -> None:
    """Unlock for functions and buttons of this Excel."""
    name = open_register(call)
    with unlock.current(call.now) as session:
        register = session.register.path.name
    call.dialogs.message(f"已解锁登记册 {register}，用户“{name}”。闲置后自动锁定。")


def lock(call: ButtonCall) -> None:
    """Close the register."""
    unlock.lock()
    call.dialogs.message("登记册已锁定。")


def import_workbook(call: ButtonCall) -> None:
    """Take the open workbook in as received now, and say in a new workbook what became of each row."""
    from workbench.platform.intake.batch import Arrival, import_files

    path = call.file_as_received()
    with call.session() as session:
        call.progress.step("读取")  # here, not as the readers' progress: Excel is to be spoken to from this thread only
        (receipt,) = import_files(session, [Arrival(path, call.now)])
    if receipt.refused:
        call.dialogs.message("；".join(finding.text() for finding in receipt.findings))
        return
    again = f"，未变 {receipt.unchanged} 行" if receipt.unchanged else ""
    summary = f"收到 {call.now:%Y-%m-%d %H:%M:%S}；接收 {receipt.accepted} 行，退回 {receipt.returned} 行{again}。"
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
        page = call.book.app.books.add().sheets[0]
        sheets.write_list(page, f"{receipt.file} 导入结果", summary, heads, rows)
    call.dialogs.message(summary)


def receipt(call: ButtonCall) -> None:
    """The signed receipt of the open workbook, issued and written to a folder, and opened."""
    from workbench.platform.documents.receipt_slip import write
    from workbench.platform.documents.receipts import issue_for

    path = call.file()  # not saved anew: that would be other bytes than were received
    with call.session() as session:
        session.require("import")
        folder = call.folder("收件回执存放在哪个文件夹？")
        made = write(issue_for(session, [], [path]), folder)
    call.show(next(file for file in made if file.suffix == ".xlsx"))
    call.dialogs.message(f"回执已写到 {folder}。请连同登记册公钥（workbench audit key）交给提报单位。")


def statuses(call: ButtonCall) -> None:
    """Fill the status columns beside the lead numbers of the sheet in front; without numbers, list all leads anew.

    Columns that are there are filled, what changed is coloured with the old text in a comment;
    missing columns are added on the right.
    """
    from workbench.capabilities.leads.listing import list_leads

    with call.session() as session:
        call.progress.step("读取登记册")
        table = list_leads(session, session.latest()).astype(object).where(lambda frame: frame.notna(), "")
    grid = sheets.cells(call.sheet)
    top = next((place for place, row in enumerate(grid[:40]) if NUMBER in row), None)
    if top is None:
        _list_all(call, table)
        return
    states = table.set_index("number")
    titles = [str(value).strip() for value in grid[top]]
    numbers = [str(row[titles.index(NUMBER)]).strip() for row in grid[top + 1 :]]
    changed = 0
    with sheets.unprotected(call.sheet) as free:
        if not free:
            call.dialogs.message("本表设有保护口令，不能填写状态。请先撤销保护，或在没有编号的表上点“刷新状态”另列。")
            return
        for title, column in STATUS.items():
            changed += _fill(call.sheet, titles, title, top, numbers, states[column], grid)
    unknown = sum(bool(number) and number not in states.index for number in numbers)
    call.dialogs.message(
        f"状态有变化 {changed} 处（绿底）。" + (f"{unknown} 个编号不在登记册中，未填。" if unknown else "")
    )


def _fill(sheet: Any, titles: list[str], title: str, top: int, numbers: list[str], new: pd.Series, grid: list) -> int:
    """One status column; how many cells changed."""
    if title not in titles:
        titles.append(title)
        sheets.put(sheet.range((top + 1, len(titles))), title)
    place, count = titles.index(title), 0
    for offset, number in enumerate(numbers, start=top + 1):
        if number not in new.index:
            continue
        row = grid[offset]
        old, value = (str(row[place]) if place < len(row) else ""), str(new[number])
        if old == value:
            continue
        cell = sheet.range((offset + 1, place + 1))
        sheets.put(cell, value)
        if old:
            count += 1
            cell.color = MARK
            if cell.note is not None:
                cell.note.delete()
            sheets.note(cell, f"原为：{old}")
    return count


def _list_all(call: ButtonCall, table: pd.DataFrame) -> None:
    heads = (
        ("信息编号", 16),
        ("客户名称", 30),
        ("客户类别", 14),
        ("提报单位", 10),
        ("文件", 30),
        ("行", 6),
        ("收到时间", 18),
        ("状态", 10),
        ("依据条款", 10),
        ("计入月份", 10),
    )
    more = table.pop("more").tolist() if "more" in table else []
    added = list(dict.fromkeys(title for held in more for title in held))
    page = call.book.app.books.add().sheets[0]
    rows = [[str(value) for value in row] for row in table.itertuples(index=False)]
    rows = [row + [str(held.get(title, "")) for title in added] for row, held in zip(rows, more or [{}] * len(rows))]
    heads += tuple((title, 14) for title in added)
    sheets.write_list(page, "信息状态", f"截至 {call.now:%Y-%m-%d %H:%M}，共 {len(rows)} 条。", heads, rows)


def review(call: ButtonCall) -> None:
    """Write the review workbook, suspected duplicates side by side, and open it."""
    from workbench.capabilities.leads.reviews import write_reviews

    with call.session() as session:
        session.require("review")
        folder = call.folder("复核表存放在哪个文件夹？")
        path = write_reviews(session, session.latest(), folder)
    if path is None:
        call.dialogs.message("没有待复核的信息。")
        return
    call.show(path)
    call.dialogs.message("选好每行的结论后先保存，再点“导入本工作簿”交回。")


def dispatch(call: ButtonCall) -> None:
    """Hand first reports to the sections, and say how many each got and where the workbooks are."""
    from workbench.capabilities.leads.dispatching import dispatch

    with call.session() as session:
        session.require("dispatch")
        folder = call.folder("甄别反馈表存放在哪个文件夹？（含联系人，注意保密）")
        call.confirm("转交会记入登记册，并开始计算甄别时限（第6.3条）。是否继续？")
        done = dispatch(session, call.now, folder)
    lines = [
        f"转交 {sum(done.sections.values())} 条。",
        *(f"{name}：{count} 条" for name, count in done.sections.items()),
    ]
    lines += [f"类别“{name}”有 {count} 条没有负责的科室，未转交。" for name, count in done.unassigned.items()]
    lines += [f"{path.name} 已存在，未覆盖；如不是本批的表，请信息管理员补发第 {done.batch} 批。" for path in done.kept]
    call.dialogs.message("\n".join(lines))

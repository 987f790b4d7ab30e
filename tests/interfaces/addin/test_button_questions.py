"""Buttons that ask the register: the same answers as the commands, in new workbooks, personal fields masked."""

from __future__ import annotations

import pytest

from tests.support.desktop import excel
from tests.support.person import press
from workbench.app import settings
from workbench.app.options import take_common

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("addin_process")]


def listed(book, title: str) -> list[list[str]]:
    """The lines of the new workbook whose title begins so."""
    page = book.app.books.active.sheets[0].impl.sheet
    assert str(page["A1"].value).startswith(title)
    return [[str(cell.value or "") for cell in row] for row in page.iter_rows(min_row=5)]


def choose(book, text: str) -> None:
    """The person has a cell with this text chosen."""
    book.sheets[0].range("A1").value = text
    book.sheets[0].range("A1").select()


def test_what_is_due_is_what_the_command_says(unlocked_quarter, monkeypatch):
    """Same duties in the same order, with what to do; in an Excel that only its own settings tell of the register."""
    settings.keep(
        folder=str(unlocked_quarter.folder)
    )  # the last one anything was written to is not that of the reports
    book = excel().books.add()
    with monkeypatch.context() as excel_alone:
        excel_alone.delenv("WORKBENCH_REGISTER")
        take_common([])
        (told,) = press("due_today", book)
    rows = listed(book, "今日待办")
    command = unlocked_quarter.ask("due", code=1)
    open_ = [task for task in command["tasks"] if task["state"] != "已完成"]
    shown = [[row[1], row[2], row[3], row[6]] for row in rows]
    asked = [[task["due_on"], task["title"], task["period"], task["do"]] for task in open_]
    assert sorted(shown) == sorted(asked) and len(rows) > 3
    printed = unlocked_quarter.run("due", code=1).splitlines()
    lines = [line.split()[1:3] for line in printed if line[:2] in ("逾期", "到期", "将到")]
    assert [row[1:3] for row in rows] == lines
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)
    assert told.startswith(f"待办 {len(rows)} 项")


def test_why_explains_the_chosen_cell(unlocked_quarter):
    """A lead by its number needs no quarter; a unit asks for one; what is unknown is a sentence."""
    number = unlocked_quarter.ask("leads")[0]["number"]
    book = excel().books.add()
    choose(book, number)
    press("why", book, "")
    rows = [row[0] for row in listed(book, f"为什么：{number}")]
    command = unlocked_quarter.run("explain", number).splitlines()
    assert [line.strip() for line in rows if line] == [line.strip() for line in command if line]
    press("why", book, "D001", "2026Q1")
    assert len(listed(book, "为什么：D001")) > 3
    count = len(book.app.books)
    assert press("why", book, "没有这个", "2026Q1")[0] and len(book.app.books) == count


def test_a_customer_is_looked_up_by_the_chosen_cell(unlocked_quarter):
    """Field by field with sources; nothing personal in full; an unknown one is a sentence."""
    customer = unlocked_quarter.ask("leads")[0]["customer"]
    book = excel().books.add()
    choose(book, customer)
    press("find_customer", book, "")
    command = unlocked_quarter.ask("customers", "show", customer)
    shown = listed(book, command["customer"])
    assert len(shown) == len(command["fields"]) + sum(len(person) for person in command["contacts"])
    assert press("find_customer", book, "没有这家公司")[0]


def test_a_statement_is_made_and_opened(unlocked_quarter):
    """Into the folder the person names, for the unit in the chosen cell."""
    book = excel().books.add()
    choose(book, "D001")
    folder = unlocked_quarter.folder / "对账"
    folder.mkdir()
    (told,) = press("statement", book, "", "2026Q1", str(folder))[-1:]
    assert told.startswith("已生成") and list(folder.glob("*.xlsx"))
    assert book.app.books.active.name in told

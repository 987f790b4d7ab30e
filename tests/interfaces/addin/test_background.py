"""Work that goes on beside Excel: the button returns at once, one at a time, cells do not wait for it."""

from __future__ import annotations

import threading
import time

import pytest

from tests.support.desktop import excel
from tests.support.excel import call
from tests.support.office import CLOCK, PASSPHRASE
from tests.support.person import Person
from workbench.app.interface import buttons
from workbench.interfaces.addin import background, callbacks, excel_link, unlock

pytestmark = pytest.mark.usefixtures("addin_process")
AT_ONCE = ["check", "next_error", "clear_marks", "fix_preview", "fix_apply", "fix_undo", "help"]


def test_only_what_works_on_the_sheet_keeps_excel_waiting():
    """Whatever asks the register, or makes something, goes on beside Excel."""
    assert [item.id for item in buttons() if not item.background] == AT_ONCE


def test_a_long_work_returns_at_once_and_a_second_one_is_refused(monkeypatch):
    """Excel gets its answer before the work is done; meanwhile another one is not begun, afterwards it is."""
    go_on, done, told = threading.Event(), [], []
    book = excel().books.add()
    people = []

    def person():
        people.append(Person())
        return people[-1]

    def work(press) -> None:
        go_on.wait(20)
        done.append(threading.current_thread().name)

    monkeypatch.setattr(excel_link, "workbook", lambda window, name: book)
    monkeypatch.setattr(excel_link, "changed", lambda: told.append(len(done)))
    monkeypatch.setattr(callbacks, "on_screen", person)
    monkeypatch.setattr(callbacks, "resolve", lambda code: work)
    callbacks.run("settlement", 7, book.name)
    assert done == []
    callbacks.run("import", 7, book.name)
    assert people[-1].told == ["“季度奖惩”还在进行。请等它完成，或在它的窗口中取消。"]
    go_on.set()
    for thread in [each for each in threading.enumerate() if each.name == "button"]:
        thread.join(20)
    assert done == ["button"] and told == [1]
    assert background.begin("下一个", lambda: done.append("next")) is None
    deadline = time.monotonic() + 10
    while len(done) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert done == ["button", "next"]


def test_a_cell_does_not_wait_for_a_work_on_the_register(staffed, standing_clock, monkeypatch):
    """It says so within moments, and has its answer when the work is through."""
    monkeypatch.setattr(unlock, "BUSY_SECONDS", 0.1)
    unlock.unlock(staffed.folder / "登记册.db", None, PASSPHRASE, CLOCK)
    inside, leave = threading.Event(), threading.Event()

    def work() -> None:
        with unlock.current(CLOCK):
            inside.set()
            leave.wait(20)

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    assert call("DK_STATUS", "X") == "#登记册忙"
    leave.set()
    thread.join()
    assert call("DK_STATUS", "X") == "#无此信息"

"""Work that goes on beside Excel: the button returns at once, one at a time, cells do not wait for it."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.desktop import excel
from tests.support.excel import call
from tests.support.office import CLOCK, PASSPHRASE
from tests.support.person import Person
from workbench.app import unlock
from workbench.app.interface import buttons
from workbench.interfaces.addin import background, callbacks, excel_link
from workbench.interfaces.addin.windows import Windows

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
    """All cells together say so within moments, and have their answers when the work is through."""
    monkeypatch.setattr(unlock, "BUSY_SECONDS", 0.5)
    unlock.unlock(staffed.folder / "登记册.db", None, PASSPHRASE, CLOCK)
    inside, leave = threading.Event(), threading.Event()

    def work() -> None:
        with unlock.current(CLOCK):
            inside.set()
            leave.wait(20)

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    begun = time.monotonic()
    assert {call("DK_STATUS", "X") for _ in range(50)} == {"#登记册忙"}
    assert time.monotonic() - begun < 2  # one waited, not each of them
    leave.set()
    thread.join()
    assert call("DK_STATUS", "X") == "#无此信息"


def test_the_register_can_be_locked_while_something_else_goes_on(monkeypatch):
    """A report that runs, or a box nobody answered, does not keep the keys in memory."""
    go_on, done = threading.Event(), []
    monkeypatch.setattr(excel_link, "workbook", lambda window, name: excel().books.add())
    monkeypatch.setattr(callbacks, "on_screen", Person)
    works = {"lock": lambda press: done.append("lock"), "other": lambda press: go_on.wait(20)}
    monkeypatch.setattr(callbacks, "resolve", lambda code: works["lock" if code.endswith(":lock") else "other"])
    callbacks.run("settlement", 7, "x")
    callbacks.run("lock", 7, "x")
    deadline = time.monotonic() + 10
    while not done and time.monotonic() < deadline:
        time.sleep(0.01)
    assert done == ["lock"] and background.still_at_work() == "季度奖惩"
    go_on.set()
    for thread in [each for each in threading.enumerate() if each.name == "button"]:
        thread.join(20)
    assert background.still_at_work() is None


def test_a_workbook_that_is_gone_is_told(monkeypatch):
    """What goes wrong before a button's work begins is said and written down; Excel had its answer long before."""
    people, told = [], []

    def person():
        people.append(Person())
        return people[-1]

    def gone(window, name):
        raise KeyError(name)

    monkeypatch.setattr(excel_link, "workbook", gone)
    monkeypatch.setattr(excel_link, "changed", lambda: told.append(1))
    monkeypatch.setattr(callbacks, "on_screen", person)
    callbacks.run("settlement", 7, "机密.xlsx")
    for thread in [each for each in threading.enumerate() if each.name == "button"]:
        thread.join(20)
    (said,) = people[-1].told
    assert "季度奖惩" in said and "KeyError" in said and "机密" not in said and told == [1]


def test_a_python_without_windows_says_so(monkeypatch):
    """Nobody waits for a window that cannot come."""
    monkeypatch.setitem(sys.modules, "tkinter", None)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Windows().message, "在吗")
        assert isinstance(asked.exception(timeout=20), ImportError)

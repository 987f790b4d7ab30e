"""An Excel that is busy when it should be told: it is asked again for a while, and a deed that is done is never told as failed."""

from __future__ import annotations

import ast
import importlib.util
import time
import types
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlwings

from tests.support.desktop import excel
from tests.support.office import CLOCK, PASSPHRASE, lead
from tests.support.person import Person, press
from workbench.app import settings, unlock
from workbench.app.options import common, take_common
from workbench.core.errors import WrongUse
from workbench.interfaces.addin import callbacks, excel_link, patience, progress
from workbench.interfaces.addin.patience import ATTEMPTS, BUSY, CALL_REJECTED, IGNORED, ExcelBusy, patiently

pytestmark = pytest.mark.usefixtures("addin_process")
DONE = "以上已经办完，不必重做"


class ComError(Exception):
    """What pywin32 raises: a code, and where the called program itself refused, its own code at the end of a tuple."""

    def __init__(self, hresult: int, scode: int | None = None) -> None:
        super().__init__(hresult)
        self.hresult = hresult
        self.excepinfo = None if scode is None else (0, None, None, None, 0, scode)


class Refusing:
    """Does something, after having refused ``times``."""

    def __init__(self, work, times: int, fault: Exception | None = None) -> None:
        self.work, self.left, self.asked = work, times, 0
        self.fault = fault or ComError(CALL_REJECTED)

    def __call__(self, *values, **named):
        self.asked += 1
        if self.left > 0:
            self.left -= 1
            raise self.fault
        return self.work(*values, **named)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Nobody waits here."""
    monkeypatch.setattr(patience, "PAUSE", 0.001)
    monkeypatch.setattr(patience, "LONGEST", 0.3)


@pytest.fixture
def book():
    """A new workbook in front."""
    return excel().books.add()


def pressed(monkeypatch, book, work) -> list[str]:
    """What a person is told whose button does this work."""
    person = Person()
    monkeypatch.setattr(callbacks, "resolve", lambda code: work)
    callbacks.run_button("settlement", book, person)
    return person.told


@pytest.mark.parametrize(
    "fault",
    [*(ComError(code) for code in sorted(BUSY)), ComError(-2147352567, IGNORED)],
    ids=["rejected", "cell", "later", "cell, as Excel's own word"],
)
def test_each_way_of_being_busy_is_waited_for(fault):
    """Refused four times, done once; the person is told of the waiting once."""
    step, waits = Refusing(lambda: "done", 4, fault), []
    assert patiently(step, waiting=lambda: waits.append(1)) == "done"
    assert step.asked == 5 and waits == [1]


def test_the_waiting_has_an_end_and_other_faults_have_none_of_it():
    """Whoever edits a cell all day keeps no thread of ours; what is wrong for another reason is told at once."""
    never = Refusing(lambda: "done", 10**6)
    begun = time.monotonic()
    with pytest.raises(ExcelBusy):
        patiently(never, 0.1)
    assert time.monotonic() - begun < 5 and never.asked > 2
    gone = Refusing(lambda: "done", 3, ComError(-2147023174))  # Excel was closed
    with pytest.raises(ComError):
        patiently(gone)
    assert gone.asked == 1


@pytest.mark.parametrize(("refusals", "shown"), [(0, True), (5, True), (10**6, False)])
def test_a_report_that_is_made_is_told_as_made(monkeypatch, book, tmp_path, refusals, shown):
    """Refused for a moment: opened all the same. Refused throughout: the person reads what is done and where it is."""
    book.save(tmp_path / "报告.xlsx")
    opened = Refusing(lambda path: path, refusals)
    monkeypatch.setattr(type(book.app.books), "open", lambda self, path: opened(path))

    def work(call):
        call.deed = "已生成 报告.xlsx，在 D:\\报告 中。"
        call.show(tmp_path / "报告.xlsx")
        call.dialogs.message(call.deed)

    (told,) = pressed(monkeypatch, book, work)
    assert told.startswith("已生成 报告.xlsx") and (DONE not in told) is shown
    assert shown or "Excel 一直在忙" in told


def test_a_list_is_made_once_however_often_excel_refuses(monkeypatch, book):
    """Refused in the middle of writing: written again into the same new workbook, no second one beside it."""
    from workbench.interfaces.addin import sheets

    real = sheets.put
    put = Refusing(real, 0)

    def now_and_then(*values):
        put.left = 1 if put.asked in (1, 4, 9) else 0
        return put(*values)

    monkeypatch.setattr(sheets, "put", now_and_then)
    before = len(book.app.books)

    def work(call):
        call.show_list("标题", "说明", (("甲", 6), ("乙", 6)), [["1", "2"], ["3", "4"]])

    assert pressed(monkeypatch, book, work) == []
    assert len(book.app.books) == before + 1
    page = book.app.books[-1].sheets[0]
    assert page.range("A1").value == "标题" and page.range((5, 1), (6, 2)).value == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (ComError(-2147023174), "没有在 Excel 里显示（ComError"),
        (WrongUse("not_checked"), "还没有错误清单"),
        (ComError(CALL_REJECTED), "Excel 一直在忙"),
    ],
)
def test_whatever_fails_after_a_deed_is_told_behind_it(monkeypatch, book, fault, word):
    """Excel was closed, a later part is refused, Excel is busy."""

    def work(call):
        call.deed = "收到 3 行。"
        raise fault

    (told,) = pressed(monkeypatch, book, work)
    assert told.startswith("收到 3 行。\n" + DONE) and word in told


@pytest.mark.slow
def test_an_import_is_told_as_done_though_excel_shows_nothing(staffed, standing_clock, monkeypatch):
    """Somebody edits a cell from the press of the button on: the rows are in, and the person reads so."""
    path = staffed.leads("D001", "一月.xlsx", [lead("甲公司"), lead("乙公司", 联系方式=None)])
    app = excel()
    book = app.books.open(str(path))

    def busy(self):
        raise ExcelBusy

    monkeypatch.setattr(type(app.books), "add", busy)
    take_common([])
    monkeypatch.setattr(common, "register", None)
    with staffed.opened() as session:
        settings.keep(register=str(staffed.folder / "登记册.db"), user=session.user)
    (told,) = press("import", book, "", PASSPHRASE)
    assert told.startswith(f"收到 {CLOCK:%Y-%m-%d %H:%M:%S}；接收 1 行，退回 1 行。\n以上已经办完，不必重做。")
    assert [row["customer"] for row in staffed.ask("leads")] == ["甲公司"]


def test_before_a_deed_nothing_is_told_as_done(monkeypatch, book):
    """What to do about a busy Excel, and the button's name."""

    def work(call):
        raise ExcelBusy

    (told,) = pressed(monkeypatch, book, work)
    assert DONE not in told and "“季度奖惩”没有做完" in told and "再点一次" in told


def test_progress_that_cannot_be_shown_ends_nothing(monkeypatch, book):
    """The status bar is given back by the add-in anyway."""
    person = Person()
    monkeypatch.setattr(callbacks, "resolve", lambda code: lambda call: call.dialogs.message("办完"))

    class Bar:
        @property
        def status_bar(self):
            return ""

        @status_bar.setter
        def status_bar(self, value):
            raise progress.ExcelRefuses

    callbacks.run_button("settlement", book, person, progress.Progress(Bar(), "季度奖惩"))
    assert person.told == ["办完"]


def test_the_lock_is_told_until_excel_hears_it(monkeypatch):
    """Until then the cells show what they showed; a later change is told instead of an earlier one."""
    for timer in excel_link._pending:  # what an earlier test left to be told
        timer.cancel()
        timer.join(10)
    heard: list[str] = []
    run = Refusing(lambda macro, user: heard.append(user), 6)
    monkeypatch.setattr(xlwings, "apps", {7: SimpleNamespace(api=SimpleNamespace(Run=run))})
    monkeypatch.setattr(excel_link, "_excel", [7])
    monkeypatch.setattr(excel_link, "_pending", [])
    excel_link._tell()
    assert heard == [""] and run.asked == 7 and unlock.status() is None
    run.left = 10**6
    monkeypatch.setattr(excel_link, "TELL_FOR", 0.05)
    excel_link._tell()  # gives up, quietly
    later = SimpleNamespace()

    def other_change(macro, user):
        excel_link._pending[:] = [later]
        raise ComError(CALL_REJECTED)

    run.left, run.work, run.asked = 0, other_change, 0
    monkeypatch.setattr(excel_link, "TELL_FOR", 60.0)
    excel_link._tell()
    assert run.asked == 1 and heard == [""]


def wrappers() -> types.SimpleNamespace:
    """xlwings' own classes that repeat rejected calls, taken out of its module for Windows, with stand-ins for pywin32."""
    source = Path(importlib.util.find_spec("xlwings").submodule_search_locations[0], "_xlwindows.py")
    wanted = ("COMRetryMethodWrapper", "ExcelBusyError", "COMRetryObjectWrapper")
    tree = ast.parse(source.read_text(encoding="utf-8"))
    kept = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name in wanted]
    assert len(kept) == 3
    names = {
        "types": types,
        "N_COM_ATTEMPTS": ATTEMPTS,
        "pywintypes": SimpleNamespace(com_error=ComError),
        "pythoncom": SimpleNamespace(ole_error=ComError),
        **{name: type(name, (), {}) for name in ("CDispatch", "CoClassBaseClass", "DispatchBaseClass")},
    }
    exec(compile(ast.Module(kept, []), str(source), "exec"), names)  # noqa: S102
    return SimpleNamespace(**{name: names[name] for name in wanted})


def test_xlwings_asks_a_bounded_number_of_times():
    """By its own setting it would ask for ever, as fast as it can: a thread of ours at full load while a cell is edited."""
    wrapped = wrappers()
    few, never = Refusing(lambda: 1, 5), Refusing(lambda: 1, 10**6)
    assert wrapped.COMRetryMethodWrapper(few)() == 1 and few.asked == 6
    with pytest.raises(ComError):
        wrapped.COMRetryMethodWrapper(never)()
    assert never.asked == int(ATTEMPTS)

    class Api:
        _oleobj_ = SimpleNamespace(GetIDsOfNames=Refusing(lambda *_: 1, 10**6))

    with pytest.raises(wrapped.ExcelBusyError) as raised:
        _ = wrapped.COMRetryObjectWrapper(Api()).Saved
    assert patience.is_busy(raised.value)

"""Our windows on a real screen (a virtual one where Xvfb is installed): on top, in Chinese, answered while work goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import tkinter

import pytest

from workbench.interfaces.addin.windows import Windows

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def screen():
    """A screen; tests that need one are left out where there is none."""
    if os.environ.get("DISPLAY"):
        yield
        return
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("no screen and no Xvfb")
    process = subprocess.Popen([program, ":77", "-screen", "0", "1280x800x24"], stderr=subprocess.DEVNULL)
    os.environ["DISPLAY"] = ":77"
    time.sleep(2)
    yield
    del os.environ["DISPLAY"]
    process.kill()
    process.wait()


def answering(windows: Windows, do) -> dict:
    """What a window looked like when it was open, and ``do`` done to it in the thread of the windows."""
    seen: dict = {}

    def visit() -> None:
        top = next(each for each in windows._root.winfo_children() if each.winfo_class() == "Toplevel")
        every = [top]
        for each in every:
            every += each.winfo_children()
        kinds = {
            kind: [each for each in every if each.winfo_class() == kind] for kind in ("TButton", "TEntry", "TLabel")
        }
        seen["buttons"] = [each.cget("text") for each in kinds["TButton"]]
        seen["label"] = kinds["TLabel"][0].cget("text")
        seen["show"] = [each.cget("show") for each in kinds["TEntry"]]
        seen["owner"] = str(top.transient())
        seen["owner_mapped"] = bool(windows._root.winfo_viewable())
        do(top, kinds)

    windows._jobs.put(lambda: windows._root.after(300, visit))  # before the question that follows
    return seen


def test_a_passphrase_is_asked_on_top_owned_unseen_and_in_chinese(screen, monkeypatch):
    """The window belongs to one that is mapped and on top; what is typed is not shown."""
    asked = []
    monkeypatch.setattr(
        tkinter.Toplevel, "attributes", lambda self, *given: asked.append(given)
    )  # no manager obeys here

    def type_in(top, kinds) -> None:
        kinds["TEntry"][0].insert(0, "口令 one")
        kinds["TButton"][0].invoke()

    with Windows() as windows:
        seen = answering(windows, type_in)
        assert windows.secret("用户“张三”的口令") == "口令 one"
    assert seen["label"] == "用户“张三”的口令" and seen["buttons"] == ["确定", "取消"] and seen["show"] == ["●"]
    assert asked == [("-topmost", True)] and seen["owner"] == "." and seen["owner_mapped"]


def test_closing_a_window_is_no_answer(screen):
    """Neither a line nor a choice."""
    with Windows() as windows:
        answering(windows, lambda top, kinds: kinds["TButton"][1].invoke())
        assert windows.ask("哪一季度？", "2026Q1") is None
        answering(windows, lambda top, kinds: kinds["TButton"][2].invoke())
        assert windows.choose("怎样导入？", ["一", "二", "三"]) == 2


def test_a_long_work_shows_how_far_it_is_and_can_be_cancelled(screen):
    """The window answers while the work goes on in another thread; what is final can no longer be cancelled."""
    with Windows() as windows:
        windows.show_progress("运行笔记本", 3, 12)
        assert not windows.cancelled()
        seen = answering(windows, lambda top, kinds: kinds["TButton"][0].invoke())
        deadline = time.monotonic() + 10
        while not windows.cancelled() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert windows.cancelled() and seen["buttons"] == ["取消"] and seen["label"] == "运行笔记本"
        windows.show_progress("登记", final=True)
    assert windows._root is None and not windows._thread.is_alive()

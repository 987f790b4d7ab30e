"""What a scheduled run leaves behind: its log, what `due` says of it, and word of a failure by mail."""

from __future__ import annotations

import ctypes
import json
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest

from tests.support.office import lead
from workbench.app import desktop_notice
from workbench.app.run_log import LOG, last_run, logged
from workbench.core.errors import WrongUse

ON = "2026-01-21"


@pytest.fixture
def folder(staffed):
    """Where the register's reports go."""
    return staffed.folder / "登记册.db.reports"


def test_a_run_says_when_it_began_and_how_it_ended(staffed, folder):
    """Two lines in the log; `due` ends with one about it, in words and in JSON; without a run it says nothing of one."""
    assert "上次自动运行" not in staffed.run("due", "--on", ON, code=None)
    staffed.run("due", "--on", ON, "--run", code=None)
    began, ended = map(json.loads, (folder / LOG).read_text(encoding="utf-8").splitlines())
    assert set(began) == {"began"}
    assert ended["began"] == began["began"] <= ended["ended"]
    assert ended["failed"] == []
    assert f"办成 {ended['done']} 项，没有失败" in staffed.run("due", "--on", ON, code=None).splitlines()[-1]
    assert staffed.ask("due", "--on", ON)["last_run"] == ended


def test_a_run_that_was_cut_off_is_seen(staffed, folder):
    """A line that began and none that ended; a line written by half is passed over."""
    with logged(folder):
        pass
    text = (folder / LOG).read_text(encoding="utf-8").splitlines()
    (folder / LOG).write_text("\n".join([*text, text[0], '{"began": "20']), encoding="utf-8")
    assert last_run(folder).ended is None
    assert "没有结束" in staffed.run("due", "--on", ON, code=None).splitlines()[-1]


def test_the_keyboard_is_no_good_end(folder):
    """A run that somebody stopped has failed."""
    with pytest.raises(KeyboardInterrupt), logged(folder):
        raise KeyboardInterrupt
    assert last_run(folder).failed == ["KeyboardInterrupt"]


def told(box) -> str:
    """The one mail's text."""
    (mail,) = box.mails
    assert mail.rcpt_tos == ["ops@example.org"]
    return message_from_bytes(mail.content, policy=policy.default).get_content()


def test_a_task_that_fails_is_told_within_the_run(staffed, folder, mail_server, monkeypatch):
    """The sentence goes into the log, to the operator, and stands in the last line of `due`."""
    box = mail_server(staffed.folder, "unit,address\n")
    monkeypatch.setenv("WORKBENCH_OPERATOR_MAIL", "ops@example.org")
    leads = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    staffed.receive(leads, "2026-01-05T09:00:00", code=0)
    (folder / "信息提报情况通报_2026-01-20.xlsx").mkdir(parents=True)  # something stands in its way
    staffed.run("due", "--on", ON, "--run", code=1)
    run = last_run(folder)
    assert run.told
    assert ["2026-01-20" in sentence for sentence in run.failed] == [True]
    assert "江城" not in told(box)
    assert all(sentence in told(box) for sentence in run.failed)
    assert "失败 1 项：" in staffed.run("due", "--on", ON, code=None).splitlines()[-1]


def test_a_register_that_does_not_open_is_told(staffed, folder, mail_server, monkeypatch):
    """The run is refused before it began with anything; the operator hears of it all the same, and no passphrase."""
    box = mail_server(staffed.folder, "unit,address\n")
    monkeypatch.setenv("WORKBENCH_OPERATOR_MAIL", "ops@example.org")
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "not this one")
    staffed.run("due", "--on", ON, "--run", code=2)
    assert last_run(folder).failed[0] in told(box)
    assert "not this one" not in told(box) + (folder / LOG).read_text(encoding="utf-8")


def test_word_that_does_not_go_out_is_said(staffed, folder, monkeypatch):
    """Without a server the failure stands in the log, marked as not told."""
    monkeypatch.setenv("WORKBENCH_OPERATOR_MAIL", "ops@example.org")
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "not this one")
    staffed.run("due", "--on", ON, "--run", code=2)
    assert last_run(folder).told is False


class Library:
    """A library of Windows: what is called, with plain values; it answers with a handle, or with nothing."""

    def __init__(self, calls: list, answer: int) -> None:
        self.calls, self.answer, self.known = calls, answer, {}

    def __getattr__(self, name):
        def call(*given):
            self.calls.append((name, *(_plain(each) for each in given)))
            return self.answer

        return self.known.setdefault(name, call)


def _plain(value):
    """What C gets, as Python has it."""
    if isinstance(value, ctypes.Array):
        return list(value)
    return getattr(value, "value", value) if not hasattr(value, "_obj") else "answer"


def windows(answer: int = 7) -> tuple[SimpleNamespace, list]:
    """Windows' libraries and the calls of them."""
    calls: list = []
    return SimpleNamespace(wtsapi32=Library(calls, answer), advapi32=Library(calls, answer)), calls


def test_a_failure_is_shown_on_the_screen_and_kept_in_the_event_log_of_windows(folder, monkeypatch):
    """By Windows' own calls, without waiting for anybody; the log says that it was shown."""
    libraries, calls = windows()
    monkeypatch.setattr(desktop_notice, "libraries", lambda: libraries)
    with pytest.raises(WrongUse), logged(folder):
        raise WrongUse("running")
    run = last_run(folder)
    assert run.shown is True and run.told is None
    title = "大客户工作台：自动运行失败"
    text = f"{run.began:%Y-%m-%d %H:%M} 开始的自动运行没有全部办成：\n\n{run.failed[0]}"
    assert calls == [
        ("RegisterEventSourceW", None, "workbench"),
        ("ReportEventW", 7, 1, 0, 1, None, 1, 0, [f"{title}\n{text}"], None),
        ("DeregisterEventSource", 7),
        ("WTSSendMessageW", 0, 0xFFFFFFFF, title, 2 * len(title), text, 2 * len(text), 0x30, 0, "answer", 0),
    ]


def test_a_sound_run_shows_nothing(folder, monkeypatch):
    """Nor does one on another system."""
    libraries, calls = windows()
    monkeypatch.setattr(desktop_notice, "libraries", lambda: libraries)
    with logged(folder):
        pass
    assert calls == [] and last_run(folder).shown is None
    assert desktop_notice.show("a", "b", windows()[0]) is True
    monkeypatch.undo()
    assert desktop_notice.show("a", "b") is None


def test_a_windows_that_shows_nothing_is_noted(folder, monkeypatch):
    """Neither the log nor the screen took it."""
    libraries, _ = windows(0)
    monkeypatch.setattr(desktop_notice, "libraries", lambda: libraries)
    with pytest.raises(WrongUse), logged(folder):
        raise WrongUse("running")
    assert last_run(folder).shown is False

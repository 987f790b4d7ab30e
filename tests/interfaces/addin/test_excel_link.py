"""What Excel is told when the register is unlocked, locked or changed: the ribbon shows it, formulas ask again."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
import xlwings

from tests.support.office import CLOCK, PASSPHRASE
from workbench.app import unlock
from workbench.interfaces.addin import excel_link
from workbench.interfaces.addin.computer import NAME

pytestmark = pytest.mark.usefixtures("addin_process")


@pytest.fixture
def told(monkeypatch) -> list[tuple[str, str]]:
    """What the Excel that started this Python was told."""
    heard: list[tuple[str, str]] = []
    app = SimpleNamespace(api=SimpleNamespace(Run=lambda macro, user: heard.append((macro, user))))
    monkeypatch.setattr(xlwings, "apps", {4711: app})
    monkeypatch.setattr(excel_link, "_excel", [4711])
    monkeypatch.setattr(unlock, "watchers", [excel_link.changed])
    monkeypatch.setattr(excel_link, "TOGETHER", 0.05)
    return heard


def wait_for(heard: list, count: int) -> None:
    """Until so many things were told, or far too long."""
    deadline = time.monotonic() + 10
    while len(heard) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)


def test_unlocking_and_locking_are_told(staffed, standing_clock, told, monkeypatch):
    """By a macro of the add-in, named with its file; what happens at once is told once; locking a locked one is nothing."""
    monkeypatch.setattr(excel_link, "TOGETHER", 3600.0)
    unlock.unlock(staffed.folder / "登记册.db", None, PASSPHRASE, CLOCK)
    user = unlock.status()
    unlock.lock()
    unlock.unlock(staffed.folder / "登记册.db", None, PASSPHRASE, CLOCK)
    assert told == [] and sum(timer.is_alive() for timer in excel_link._pending) == 1
    excel_link._tell()
    assert told == [(f"'{NAME}'!DK_Functions.ShowState", user)]
    monkeypatch.setattr(excel_link, "TOGETHER", 0.05)
    unlock.lock()
    unlock.lock()
    wait_for(told, 2)
    assert told[1:] == [(f"'{NAME}'!DK_Functions.ShowState", "")]


def test_the_timer_that_locks_is_told_too(staffed, standing_clock, told):
    """Nobody pressed anything; the ribbon shows it all the same."""
    unlock.unlock(staffed.folder / "登记册.db", None, PASSPHRASE, CLOCK, idle_minutes=0.02)
    wait_for(told, 1)
    wait_for(told, 2)
    assert [user for _, user in told] == [told[0][1], ""] and told[0][1]

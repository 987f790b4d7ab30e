"""The unlocked register: locked by hand, by time, by a change of users; what cells show then; what stays in memory."""

from __future__ import annotations

import gc
import time
import weakref
from datetime import timedelta

import pytest

from tests.support.excel import call
from tests.support.office import CLOCK, PASSPHRASE, lead
from workbench.app import unlock
from workbench.app.policy import load_policy
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.access.session import enter
from workbench.platform.register import key_file

pytestmark = pytest.mark.usefixtures("addin_process")
CLERK = "清晨的集市飘着豆浆香 one"


def open_up(office, user=None, passphrase=PASSPHRASE, **options) -> str:
    """Unlock the office's register."""
    return unlock.unlock(office.folder / "登记册.db", user, passphrase, CLOCK, **options)


def entries(office) -> int:
    """How long the trail is."""
    with enter(office.folder / "登记册.db", custodian(office), PASSPHRASE, load_policy(), CLOCK) as session:
        return session.register.count("entry")


def hire(office, monkeypatch, user: str, role: str, *more: str) -> None:
    """Another user of the register; its first one is the custodian."""
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", CLERK)
    monkeypatch.setenv("WORKBENCH_USER", custodian(office))
    office.run("users", "add", user, "--role", role, *more)


def custodian(office) -> str:
    """The first user's name."""
    return key_file.people(key_file.read(office.folder / "登记册.db"))[0]


def test_locked_is_said_in_the_cell(staffed, standing_clock, monkeypatch):
    """Before unlocking, after locking, and where the named register is missing."""
    assert call("DK_STATUS", "DK202601-00001") == "#未解锁"
    open_up(staffed)
    assert call("DK_STATUS", "DK202601-00001") == "#无此信息"
    unlock.lock()
    assert unlock.status() is None
    assert call("DK_STATUS", "DK202601-00001") == "#未解锁"
    monkeypatch.setenv("WORKBENCH_REGISTER", str(staffed.folder / "没有.db"))
    assert call("DK_STATUS", "DK202601-00001") == "#找不到登记册"


def test_a_wrong_passphrase_unlocks_nothing(staffed, standing_clock):
    """And closes what was open before."""
    open_up(staffed)
    with pytest.raises(RegisterError) as refused:
        open_up(staffed, passphrase="not this one")
    assert refused.value.code == "wrong_passphrase"
    assert call("DK_STATUS", "DK202601-00001") == "#未解锁"


def test_it_locks_itself_when_nobody_uses_it(staffed, standing_clock):
    """By the clock at the next use (a laptop that slept), with the limit that was asked for."""
    open_up(staffed, idle_minutes=10)
    standing_clock(CLOCK + timedelta(minutes=9))
    assert call("DK_STATUS", "X") == "#无此信息"
    standing_clock(CLOCK + timedelta(minutes=18))
    assert call("DK_STATUS", "X") == "#无此信息"
    standing_clock(CLOCK + timedelta(minutes=29))
    assert call("DK_STATUS", "X") == "#已自动锁定"
    assert unlock.status() is None


def test_the_limit_can_be_set_and_nonsense_is_refused(staffed, standing_clock, monkeypatch):
    """By the environment, in minutes; never without a limit."""
    monkeypatch.setenv("WORKBENCH_IDLE_MINUTES", "2")
    open_up(staffed)
    standing_clock(CLOCK + timedelta(minutes=3))
    assert call("DK_STATUS", "X") == "#已自动锁定"
    for text in ("bald", "0", "-5", "nan", "99999"):
        monkeypatch.setenv("WORKBENCH_IDLE_MINUTES", text)
        with pytest.raises(WrongUse):
            open_up(staffed)
        assert unlock.status() is None


def test_a_timer_lets_the_keys_go(staffed, standing_clock):
    """Nobody asks anything; the register, its keys and all that was read from it are gone from memory."""
    open_up(staffed, idle_minutes=0.01)
    with unlock.lookup(CLOCK, "list") as found:
        kept = [weakref.ref(found), weakref.ref(found.snapshot)]
    with unlock.current(CLOCK) as session:
        kept += [weakref.ref(session), weakref.ref(session.register), weakref.ref(session.register.keys)]
        file_key = session.register.keys.file
    del found, session
    deadline = time.monotonic() + 20
    while unlock.status() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert unlock.status() is None
    assert [ref() for ref in kept] == [None] * len(kept)
    holders = [each for each in gc.get_referrers(file_key) if each.__class__ in (dict, tuple, list)]
    assert [each for each in holders if each is not locals()] == []
    assert call("DK_STATUS", "X") == "#已自动锁定"


def test_a_use_puts_the_timer_off(staffed, standing_clock):
    """Short uses within the limit keep it open past the limit."""
    open_up(staffed, idle_minutes=0.02)
    for _ in range(8):
        time.sleep(0.3)
        assert call("DK_STATUS", "X") == "#无此信息"


def test_a_revoked_user_is_locked_out_at_once(staffed, standing_clock, monkeypatch):
    """At the next cell, without unlocking again; nothing is logged by the cell."""
    hire(staffed, monkeypatch, "文员", "clerk")
    open_up(staffed, "文员", CLERK)
    assert call("DK_STATUS", "X") == "#无此信息"
    staffed.run("users", "revoke", "文员")
    before = entries(staffed)
    assert call("DK_STATUS", "X") == "#用户已停用"
    assert call("DK_STATUS", "X") == "#用户已停用"
    assert entries(staffed) == before


def test_other_changes_of_users_ask_for_the_passphrase_again(staffed, standing_clock, monkeypatch):
    """A second user takes the sole user's rights away; a key file that is only touched changes nothing."""
    open_up(staffed)
    key_file.path_of(staffed.folder / "登记册.db").touch()
    assert call("DK_STATUS", "X") == "#无此信息"
    hire(staffed, monkeypatch, "文员", "clerk")
    assert call("DK_STATUS", "X") == "#密钥已更新"
    open_up(staffed, custodian(staffed))
    assert call("DK_STATUS", "X") == "#无权查看"  # a custodian who is not alone


def test_a_key_file_that_was_altered_locks(staffed, standing_clock):
    """By whomever, in whatever way: the passphrase is asked for again, and then the file is looked at."""
    open_up(staffed)
    path = key_file.path_of(staffed.folder / "登记册.db")
    path.write_bytes(path.read_bytes() + b"\n")
    assert call("DK_STATUS", "X") == "#密钥已更新"


@pytest.mark.parametrize(("role", "allowed"), [("support", {"list"}), ("analyst", {"list", "settle", "report"})])
def test_roles_hold_in_cells_and_refusals_are_not_logged(staffed, standing_clock, monkeypatch, role, allowed):
    """A cell asks again and again: what a role may not see is said and not written down."""
    hire(staffed, monkeypatch, "同事", role)
    open_up(staffed, "同事", CLERK)
    before = entries(staffed)
    asked = {
        "list": ("DK_STATUS", "X"),
        "report": ("DK_TARGET", "B001", "2026Q1"),
        "settle": ("DK_REWARD", "B001", "2026Q1"),
    }
    for action, formula in asked.items():
        assert (call(*formula) == "#无权查看") == (action not in allowed), action
    assert entries(staffed) == before


def test_an_analyst_is_not_told_whether_a_customer_is_there(staffed, standing_clock, monkeypatch):
    """He would find out by trying who the numbers are; names are numbers to him in every answer."""
    staffed.receive(staffed.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
    number = staffed.by_customer()["江城客运公司"]["number"]
    hire(staffed, monkeypatch, "同事", "analyst")
    open_up(staffed, "同事", CLERK)
    asked = ("企事业单位", "安徽省", "芜湖市")
    assert [call("DK_FREE", name, *asked) for name in ("江城客运公司", "客户0001")] == ["#无权查看"] * 2
    assert call("DK_LEAD", number, "客户名称") == "客户0001"


def test_a_register_that_went_away_is_said(staffed, standing_clock, tmp_path):
    """A stick was pulled: the keys go, too."""
    open_up(staffed)
    path = staffed.folder / "登记册.db"
    hidden = tmp_path / "另处.db"
    path.rename(hidden)
    assert call("DK_STATUS", "X") == "#找不到登记册"
    hidden.rename(path)
    assert unlock.status() is None

"""Passphrases: what is guessed easily here, one form for all keyboards, tries that take turns."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
import time
import unicodedata
from datetime import datetime
from types import SimpleNamespace

import pytest

from tests.support.office import PASSPHRASE, Office
from tests.support.source import ROOT
from tests.support.vault import USER, Vault, cheaply
from workbench.app.policy import load_policy
from workbench.core.errors import RegisterError
from workbench.platform.access.guessable import bits
from workbench.platform.access.session import enter
from workbench.platform.access.users import is_weak, random_code
from workbench.platform.register import failed_attempts
from workbench.platform.register.keys import create_keys, unlock
from workbench.platform.register.store import Register

NOW = datetime(2026, 11, 23, 9)
COMPOSED, DECOMPOSED = (
    "Café auf dem Möwenhügel am Fluss",
    unicodedata.normalize("NFD", "Café auf dem Möwenhügel am Fluss"),
)
WEAK = {
    "a name in pinyin and a birthday": "zhangwei19900101",
    "a name and a birthday": "张伟19900101",
    "pinyin with its tones": "zhāngwěi19900101",
    "an address": "wei.zhang@chery.com",
    "another well-known line and a year": "李白乘舟将欲行2026",
    "the department and the year": "Dakehu@2026",
    "letters as signs": "D@kehu2026!",
    "the regulation": "DKHW080004",
    "the program": "Workbench2026!",
    "words of the work": "xiaoshougongsi2026",
    "a well-known line": "床前明月光疑是地上霜",
    "a well-known line in pinyin": "chuangqianmingyueguang",
    "a well-known line by its first letters": "cqmyg2026",
    "a phone": "13812345678",
    "a name and a phone": "wang13812345678",
    "a phone with hyphens": "138-1234-5678 abc",
    "a day in words": "张伟1990年1月1日",
    "what everybody here types": "WoAiNi5201314",
    "one key": "aaaaaaaaaaaaaaaaaaaa",
    "a row of keys": "abcdefghijklmnopqrst",
    "wide letters": "Ｄａｋｅｈｕ２０２６",
    "nothing": "",
}
OWN = ["chenshouxin1988", "shouxinchen1988", "csx19880808!", "陈守信2026", "chen.shouxin@1988"]
STRONG = [
    PASSPHRASE,
    "规则 试验 9!x Long",
    "第二人 口令 7!q Long",
    "ein Satz für die Vorführung 42",
    "口令 only for the register tests",
    "清晨的集市飘着豆浆香 one",
    "山间小站的灯还亮着",
    "xK9#mQ2$vLw7",
    "qingchen de jishi piaozhe doujiangxiang",
]


@pytest.mark.parametrize("title", WEAK)
def test_what_is_guessed_easily_here_is_weak(title):
    """By somebody who knows the company, pinyin, and how people choose."""
    assert is_weak(WEAK[title])


@pytest.mark.parametrize("passphrase", OWN)
def test_the_users_own_name_is_worth_little(passphrase):
    """In characters, in pinyin, by its first letters, family name first or last."""
    assert is_weak(passphrase, "陈守信")
    assert bits(passphrase, ["陈守信"]) < bits(passphrase, ["王小明"])


@pytest.mark.parametrize("passphrase", STRONG)
def test_several_words_or_a_sentence_are_strong(passphrase):
    """Also where a name or a word of the work is one of them."""
    assert not is_weak(passphrase, "陈守信")


def test_a_random_passphrase_is_always_strong():
    """The one that is offered, too."""
    assert not [code for code in (random_code(4, 5) for _ in range(300)) if is_weak(code)]


@pytest.fixture
def empty(tmp_path, monkeypatch, capsys, blanks) -> Office:
    """No register yet."""
    monkeypatch.setenv("WORKBENCH_REGISTER", str(tmp_path / "登记册.db"))
    monkeypatch.setenv("WORKBENCH_USER", "陈守信")
    monkeypatch.delenv("WORKBENCH_SIMULATION", raising=False)
    monkeypatch.chdir(tmp_path)
    return Office(tmp_path, blanks, capsys)


@pytest.mark.parametrize("passphrase", ["Dakehu@2026", "chenshouxin1988"])
def test_init_refuses_a_weak_passphrase_and_offers_one(empty, passphrase, monkeypatch):
    """Nothing is made; the offered one is good."""
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", passphrase)
    empty.run("init", code=2)
    assert "口令太弱" in empty.said and passphrase not in empty.said
    assert [path.name for path in empty.folder.glob("登记册*")] == []
    offered = empty.said.split("：")[1].split()[0]
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", offered)
    empty.run("init")
    assert "登记册.db" in {path.name for path in empty.folder.glob("登记册*")}


def test_a_rehearsal_may_have_a_weak_one(empty, monkeypatch):
    """A simulation is marked as one for good: there it is only said."""
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "Dakehu@2026")
    monkeypatch.setenv("WORKBENCH_SIMULATION", "1")
    empty.run("init")
    assert "容易被猜出" in empty.said


@pytest.mark.parametrize("made", [COMPOSED, DECOMPOSED, "\ufeff" + COMPOSED])
@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
def test_a_passphrase_typed_on_another_keyboard_opens(made, typed, tmp_path):
    """However its letters are composed; a byte order mark of an editor is no part of it."""
    with cheaply():
        enter_made(tmp_path / "册.db", made)
    enter(tmp_path / "册.db", USER, typed, load_policy(), NOW).close()


def enter_made(path, passphrase: str) -> None:
    """A register whose first user chose this passphrase."""
    from workbench.platform.access.session import create

    create(path, USER, passphrase, load_policy(), NOW).close()


@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
def test_a_slot_made_before_there_was_one_form_keeps_opening(typed, tmp_path):
    """It was sealed with the letters as they came."""
    with cheaply():
        keys = create_keys(tmp_path / "册.db", USER, DECOMPOSED)
    Register.create(tmp_path / "册.db", keys).close()
    assert unlock(tmp_path / "册.db", USER, typed)[0] == USER


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("床前的台灯很暗 x7".encode("gbk"), "不是 UTF-8 编码（可能是 GBK"),
        ("床前的台灯很暗 x7".encode("utf-16"), "是 UTF-16 编码"),
        ("plain letters only".encode("utf-16-le"), "是 UTF-16 编码"),
    ],
)
def test_a_passphrase_file_in_another_encoding_is_named(raw, words, empty, monkeypatch):
    """Never read as other letters."""
    monkeypatch.delenv("WORKBENCH_PASSPHRASE", raising=False)
    (empty.folder / "口令.txt").write_bytes(raw)
    empty.run("--passphrase-file", empty.folder / "口令.txt", "init", code=2)
    assert words in empty.said


def test_a_file_with_a_byte_order_mark_is_the_same_passphrase(empty, monkeypatch):
    """As Windows' editor saves it."""
    monkeypatch.delenv("WORKBENCH_PASSPHRASE", raising=False)
    (empty.folder / "口令.txt").write_bytes(b"\xef\xbb\xbf" + PASSPHRASE.encode() + b"\r\n")
    empty.run("--passphrase-file", empty.folder / "口令.txt", "init")
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    empty.run("users", "list")


def test_bytes_in_the_environment_are_named(empty):
    """A terminal in GBK gives bytes that are no text."""
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "init"],
        env={
            **os.environb,
            b"WORKBENCH_PASSPHRASE": "床前的台灯很暗 x7".encode("gbk"),
            b"PYTHONPATH": str(ROOT).encode(),
        },
        capture_output=True,
        text=True,
        cwd=empty.folder,
    )
    assert done.returncode == 2 and "不是 UTF-8 编码" in done.stderr and "Traceback" not in done.stderr


@pytest.fixture
def guarded(tmp_path, monkeypatch) -> Vault:
    """A register, and a memory of the machine of its own."""
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path / "state"))
    return Vault.make(tmp_path / "册" / "登记册.db", 0) if (tmp_path / "册").mkdir() is None else None


def wrong(vault: Vault) -> None:
    """One wrong passphrase."""
    with pytest.raises(RegisterError):
        enter(vault.path, USER, "not this one", load_policy(), NOW)


@pytest.mark.parametrize("deleted", [failed_attempts.path_of, failed_attempts.second_path_of])
def test_deleting_the_notes_does_not_shorten_the_waiting(deleted, guarded, monkeypatch):
    """They are kept twice; the next opening still takes all of them into the trail, and clears both."""
    waited: list[float] = []
    monkeypatch.setattr("workbench.platform.access.session.time.sleep", waited.append)
    for _ in range(5):
        wrong(guarded)
        deleted(guarded.path).unlink()
    wrong(guarded)
    assert waited == [0, 0, 0, 1, 2, 4]
    with enter(guarded.path, USER, "a passphrase of several words", load_policy(), NOW) as session:
        (detail,) = session.register.read("entry", ["detail"], where={"action": "wrong_passphrase"})["detail"]
    assert len(detail["tries"]) == 6
    assert failed_attempts.recorded(guarded.path) == []


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({"user": USER, "at": "2026-01-05T09:00:00+08:00"}),
        json.dumps({"user": "\ud800", "at": "2026-01-05T09:00:00"}),
        json.dumps({"user": USER, "at": 5}),
        "[" * 100_000,
        "9" * 5_000,
        "\0",
        "{}",
    ],
    ids=["zoned time", "half a character", "no time", "deep", "long number", "NUL", "empty"],
)
def test_a_note_that_cannot_be_read_locks_nobody_out(line, guarded, monkeypatch):
    """It is left out among the others, whoever put it there: wrong passphrases are answered as such, the right one opens."""
    waited: list[float] = []
    monkeypatch.setattr("workbench.platform.access.session.time.sleep", waited.append)
    wrong(guarded)
    for path in (failed_attempts.path_of(guarded.path), failed_attempts.second_path_of(guarded.path)):
        path.write_text(line + "\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    wrong(guarded)
    assert len(failed_attempts.recorded(guarded.path)) == 2
    with enter(guarded.path, USER, "a passphrase of several words", load_policy(), NOW) as session:
        (detail,) = session.register.read("entry", ["detail"], where={"action": "wrong_passphrase"})["detail"]
    assert len(detail["tries"]) == 2


def test_parallel_tries_take_turns(guarded, monkeypatch):
    """Ten at once wait as ten in a row do: each knows of those before it."""
    waited: list[float] = []
    monkeypatch.setattr("workbench.platform.access.session.time.sleep", waited.append)
    threads = [threading.Thread(target=wrong, args=(guarded,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waited == [0, 0, 0, 1, 2, 4, 8, 16, 30, 30]


HOLDING = """
import sys, time
from pathlib import Path
from workbench.platform.register import failed_attempts
with failed_attempts.turn(Path(sys.argv[1]), sys.argv[2]):
    print("in", flush=True)
    time.sleep(float(sys.argv[3]))
"""


def test_another_process_waits_for_its_turn_and_another_user_does_not(guarded):
    """The lock is between processes, and for one user."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(guarded.path), USER, "1.5"], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert holder.stdout is not None and holder.stdout.readline() == b"in\n"
    start = time.monotonic()
    with failed_attempts.turn(guarded.path, "别人"):
        other = time.monotonic() - start
    with failed_attempts.turn(guarded.path, USER):
        same = time.monotonic() - start
    holder.wait()
    assert other < 0.7 < 1.0 < same


def test_a_folder_that_cannot_be_written_is_no_fault(guarded, monkeypatch):
    """A wrong passphrase is answered as one wherever its note cannot be kept."""
    monkeypatch.setattr("workbench.platform.register.failed_attempts.os.open", _refused)
    wrong(guarded)
    assert failed_attempts.recorded(guarded.path) == []


def _refused(*_: object) -> int:
    raise PermissionError("read only")


@pytest.mark.parametrize(
    ("number", "turns", "code"), [(36, 12, "tries_in_turn"), (13, 12, "tries_in_turn"), (22, 1, None)]
)
def test_on_windows_a_turn_is_not_waited_for_for_ever(number, turns, code, tmp_path, monkeypatch):
    """With a stand-in: a lock somebody holds is asked for twelve times, then said; where there are no locks, once."""
    asked = []

    def locking(*_: object) -> None:
        asked.append(1)
        raise OSError(errno.EDEADLK if number == 36 else number, "stand-in")

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_LOCK=1))
    for module in ("core.turns", "platform.register.failed_attempts"):
        monkeypatch.setattr(f"workbench.{module}.sys", SimpleNamespace(platform="win32"))
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path / "state"))
    said = None
    try:
        with failed_attempts.turn(tmp_path / "r.db", "文员"):
            pass
    except RegisterError as error:
        said = error.code
    assert (len(asked), said) == (turns, code)

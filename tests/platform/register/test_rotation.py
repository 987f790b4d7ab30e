"""Keys are rotated: nobody's passphrase changes, who was revoked is shut out, and a cut-off leaves one whole register."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from tests.support.office import CLOCK, PASSPHRASE, lead
from tests.support.source import ROOT
from workbench.app.policy import load_policy
from workbench.core.errors import RegisterError
from workbench.platform.access import backups
from workbench.platform.access import users as people
from workbench.platform.access.session import Session, enter
from workbench.platform.register import key_file, key_slots, members, rotation
from workbench.platform.register.keys import unlock
from workbench.platform.register.store import Register

CLERK, CLERKS_WORDS = "文员", "清晨的集市飘着豆浆香 one"
ANALYST, ANALYSTS_WORDS = "分析员", "蓝色的帆船绕过灯塔 two"
POLICY = load_policy()


@pytest.fixture
def staff(staffed, monkeypatch, prepared):
    """An office with a clerk and an analyst, and one lead."""
    user = unlock(staffed.folder / "登记册.db", None, PASSPHRASE)[0]

    def work() -> None:
        staffed.receive(staffed.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
        for name, role, words in ((CLERK, "clerk", CLERKS_WORDS), (ANALYST, "analyst", ANALYSTS_WORDS)):
            monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", words)
            staffed.run("users", "add", name, "--role", role, "--user", user)

    prepared(staffed.folder, "a clerk, an analyst and a lead", work)
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", ANALYSTS_WORDS)
    monkeypatch.setenv("WORKBENCH_USER", user)
    return staffed


def path(staff) -> Path:
    """The register."""
    return staff.folder / "登记册.db"


def opened(staff, user: str | None = None, words: str = PASSPHRASE) -> Session:
    """A session of somebody, the custodian by default."""
    return enter(path(staff), user or os.environ["WORKBENCH_USER"], words, POLICY, CLOCK)


def proven(staff) -> tuple[int, int]:
    """The register is whole for everybody; entries and leads it holds."""
    with opened(staff) as session:
        assert session.register.verify_audit() == []
        assert session.register.read("lead", ["phone"])["phone"].tolist() == ["13900001111"]
        counted = session.register.count("entry"), session.register.count("lead")
    with opened(staff, CLERK, CLERKS_WORDS) as session:
        assert session.register.read("lead", ["contact"])["contact"].tolist() == ["张联系"]
    with opened(staff, ANALYST, ANALYSTS_WORDS) as session:
        assert session.register.count("lead") == 1 and not session.register.keys.fields
    return counted


def test_nothing_changes_for_those_who_stay(staff, monkeypatch):
    """The same passphrases, the same leads, one history through both files; new values are sealed under the new key."""
    with opened(staff) as session:
        head, old = session.register.head(), session.register.keys
    staff.run("rotate")
    entries, _ = proven(staff)
    with opened(staff) as session:
        register, keys = session.register, session.register.keys
        assert register.verify_audit(head) == []
        assert register.read("entry", ["action"])["action"].tolist()[-1] == "rotate"
        assert keys.file != old.file and sorted(keys.fields) == [1, 2] and keys.fields[1] == old.fields[1]
        assert keys.former == (old.file,) and keys.next_file is None
        assert (keys.audit, keys.index, keys.house) == (old.audit, old.index, old.house)
    words = staff.folder / "口令.txt"
    words.write_text(CLERKS_WORDS, encoding="utf-8")
    monkeypatch.delenv("WORKBENCH_PASSPHRASE")
    second = staff.leads("D001", "二.xlsx", [lead("江城驾校", 客户类别="驾校", 联系方式="13900001112")])
    staff.run("import", second, "--received-at", "2026-01-06T09:00:00", "--user", CLERK, "--passphrase-file", words)
    with opened(staff) as session:
        assert session.register._fetch("SELECT DISTINCT version FROM subject_key WHERE wrapped <> x''") == [(2,)]
        assert session.register.read("lead", ["phone"])["phone"].tolist() == ["13900001111", "13900001112"]
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    staff.run("rotate")
    with opened(staff) as session:
        assert sorted(session.register.keys.fields) == [1, 2, 3]
    assert staff.ask("audit", "verify", code=0)["breaches"] == []
    assert sorted(item.name for item in staff.folder.glob("登记册.db*")) == ["登记册.db", "登记册.db.keys"]
    assert path(staff).stat().st_mode & 0o077 == 0
    assert entries < len(staff.ask("audit", "show"))


def test_who_was_revoked_is_shut_out_of_what_comes_after(staff):
    """With the old key file, his passphrase and the old keys in hand, the clerk reads nothing of the new file."""
    kept = staff.folder / "带走"
    kept.mkdir()
    for item in staff.folder.glob("登记册.db*"):
        shutil.copy2(item, kept / item.name)
    old = unlock(kept / "登记册.db", CLERK, CLERKS_WORDS)[1]
    staff.run("users", "revoke", CLERK)
    old = replace(old, generation=key_file.read(path(staff))["generation"])  # a program of his own would not mind
    with Register.open(path(staff), old) as register:
        assert register.read("lead", ["contact"])["contact"].tolist() == ["张联系"]  # revoked, and yet
    staff.run("rotate")
    with pytest.raises(RegisterError) as refused:
        Register.open(path(staff), old)
    assert refused.value.code == "not_a_register"
    with opened(staff, ANALYST, ANALYSTS_WORDS) as session:
        new = session.register.keys
    slot = next(slot for slot in key_file.read(path(staff))["slots"] if slot["user"] == ANALYST)
    with pytest.raises(RegisterError):  # what is handed to another opens with no key of his
        key_slots.decrypt_register_keys(new.register_id, slot, old.own)


def test_only_a_custodian_rotates(staff, monkeypatch):
    """The clerk is refused and logged."""
    monkeypatch.setenv("WORKBENCH_USER", CLERK)
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", CLERKS_WORDS)
    staff.run("rotate", code=2)
    assert "无权" in staff.said


def test_a_register_others_have_open_is_not_rotated(staff, monkeypatch):
    """A sentence says so; nothing changed, and both go on."""
    monkeypatch.setattr(rotation, "PATIENCE", 0.05)
    before = key_file.path_of(path(staff)).read_bytes()
    with opened(staff, CLERK, CLERKS_WORDS) as other:
        staff.run("rotate", code=2)
        assert "正被其他程序打开" in staff.said
        assert other.register.count("lead") == 1
        with other.transaction("close", CLOCK, month="2026-01"):
            pass
    assert key_file.path_of(path(staff)).read_bytes() == before
    proven(staff)


class Cut(BaseException):
    """The power goes."""


STEPS = {
    "before the copy": (Register, "lock_exclusively"),
    "in the copy": (Register, "export"),
    "in the proof": (rotation, "_prove"),
    "before the exchange": (rotation, "_exchange"),
}


@pytest.mark.parametrize("step", [*STEPS, "after the first key file", "after the exchange", "before the last key file"])
def test_cut_off_anywhere_one_register_is_left(step, staff, monkeypatch):
    """Whichever step was the last, everybody opens the register, and the custodian's next opening tidies up."""
    before = proven(staff)
    owner, name = STEPS.get(step, (rotation, "_exchange") if "exchange" in step else (members, "reissue_keys"))
    genuine, calls = getattr(owner, name), []

    def cut(*arguments, **named):
        calls.append(name)
        if step in STEPS:
            raise Cut
        if step == "before the last key file" and len(calls) < 2:
            return genuine(*arguments, **named)
        if step != "before the last key file":
            genuine(*arguments, **named)
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, cut)
        with pytest.raises(Cut):
            staff.run("rotate")
    for user, words in ((CLERK, CLERKS_WORDS), (ANALYST, ANALYSTS_WORDS)):  # before any custodian came by
        with opened(staff, user, words) as session:
            assert session.register.count("lead") == 1
    with opened(staff, CLERK, CLERKS_WORDS) as session:
        pending = session.register.keys.next_file is not None
        assert pending is (
            step
            in ("after the first key file", "before the exchange", "after the exchange", "before the last key file")
        )
        backups.make(session, staff.folder / "备份")
        if pending:  # nobody changes the key file before a custodian has tidied up
            with pytest.raises(RegisterError) as refused:
                people.set_passphrase(session, "河边的柳树发了新芽 seven")
            assert refused.value.code == "rotation_pending"
    after = proven(staff)
    assert after[0] >= before[0]
    with opened(staff) as session:
        assert session.register.keys.next_file is None
        assert session.register.keys.file not in session.register.keys.former
    proven(staff)
    staff.run("rotate")  # and the next one goes through
    proven(staff)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_killed_rotations_leave_one_whole_register(seed, staff):
    """A process that rotates again and again is killed at a random moment; the register it leaves is whole."""
    for number in range(2):
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.support.worker",
                "rotate",
                str(path(staff)),
                os.environ["WORKBENCH_USER"],
                PASSPHRASE,
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        timer = threading.Timer(random.Random(seed * 10 + number).uniform(0.05, 1.2), process.kill)
        timer.start()
        done = process.stdout.read().count("done")
        assert process.wait() == -9
        timer.cancel()
        proven(staff)
        with opened(staff) as session:
            rotated = session.register.count("entry", {"action": "rotate"})
        assert rotated >= done


def test_what_others_wrote_before_the_lock_is_in_the_new_file(staff):
    """The custodian has read the trail; somebody else writes and closes; then the keys are rotated."""
    with opened(staff) as session:
        before = len(session.register.read("entry"))
        with opened(staff, CLERK, CLERKS_WORDS) as other, other.transaction("close", CLOCK, month="2026-01"):
            pass
        people.rotate(session)
    with opened(staff) as session:
        actions = session.register.read("entry")["action"].tolist()
    assert len(actions) == before + 2 and actions[-2:] == ["close", "rotate"]


@pytest.mark.slow
def test_writers_lose_nothing_while_keys_are_rotated(staff):
    """Two processes keep opening, writing and closing; what they were told is kept is in the last file."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.worker", "visit", str(path(staff)), CLERK, CLERKS_WORDS, "10"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    rotated = 0
    while any(writer.poll() is None for writer in writers):
        try:
            with opened(staff) as session:
                people.rotate(session)
            rotated += 1
        except RegisterError as refused:
            assert refused.code in ("in_use", "renewed"), refused.code
    told = sum(int(writer.stdout.read().split()[-1]) for writer in writers)
    assert [writer.returncode for writer in writers] == [0, 0]
    with opened(staff) as session:
        kept = session.register.count("entry", {"action": "close"})
        assert session.register.verify_audit() == []
    assert kept == told > 0
    assert rotated > 0


def test_a_backup_of_before_is_still_tested_by_the_custodian(staff, monkeypatch):
    """The clerk is told to back up anew; after that his test passes."""
    staff.run("backup", "--to", staff.folder / "备份")
    staff.run("rotate")
    staff.run("backup", "test", "--from", staff.folder / "备份")
    monkeypatch.setenv("WORKBENCH_USER", CLERK)
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", CLERKS_WORDS)
    staff.run("backup", "test", "--from", staff.folder / "备份", code=2)
    assert "轮换过密钥" in staff.said
    staff.run("backup", "--to", staff.folder / "新备份")
    staff.run("backup", "test", "--from", staff.folder / "新备份")


def test_a_full_disk_leaves_the_register_as_it_was(staff, monkeypatch):
    """The copy does not fit: a sentence, no leftovers."""

    def full(self, target, file_key):
        target.write_bytes(b"x")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Register, "export", full)
    staff.run("rotate", code=2)
    assert "空间不足" in staff.said
    assert not list(staff.folder.glob(".backup-*"))
    proven(staff)


def test_nobody_gets_keys_by_putting_his_own_lock_on_anothers_slot(staff):
    """An analyst can write a genuine key file (he holds the file key); the certificates stop him all the same."""
    with opened(staff, ANALYST, ANALYSTS_WORDS) as session:
        keys = session.register.keys
    genuine = key_file.read(path(staff))

    def attempt(change) -> str:
        forged = {**genuine, "slots": [dict(slot) for slot in genuine["slots"]]}
        change(forged, {slot["user"]: slot for slot in forged["slots"]})
        key_file.write(path(staff), forged, keys.file)
        codes = []
        for user, words in ((ANALYST, ANALYSTS_WORDS), (os.environ["WORKBENCH_USER"], PASSPHRASE)):
            try:
                with opened(staff, user, words) as session:
                    if user != ANALYST:
                        rotation.rotate(session.register, lambda *_: None)
                    codes.append(session.role)
            except RegisterError as refused:
                codes.append(refused.code)
        key_file.write(path(staff), genuine, keys.file)
        return "/".join(codes)

    def become_clerk(_, by_name):
        by_name[ANALYST]["role"] = "clerk"

    def own_lock(_, by_name):
        by_name[CLERK]["box"] = by_name[ANALYST]["box"]

    def own_lock_with_vow(_, by_name):
        by_name[CLERK] |= {name: by_name[ANALYST][name] for name in ("box", "vow", "sign")}

    def own_house(forged, by_name):
        seed = bytes(32)
        mine = key_slots.new_slot(keys.register_id, seed, ANALYST, "clerk", None, ["personal"], ANALYSTS_WORDS)
        mine = key_slots.encrypt_register_keys(
            keys.register_id, key_slots.public_of(seed), mine, keys.keys_for(mine["holds"])
        )
        by_name[ANALYST].clear()
        by_name[ANALYST].update(mine)
        forged["house"] = key_slots.public_of(seed)

    assert attempt(become_clerk).split("/")[0] in ("wrong_passphrase", "damaged_sidecar")
    assert attempt(own_lock) == "roster_changed/roster_changed"
    assert attempt(own_lock_with_vow) == "roster_changed/roster_changed"
    assert attempt(own_house).split("/")[1] == "damaged_sidecar"
    proven(staff)


def test_an_old_file_put_back_is_not_opened_with_a_former_key(staff):
    """Former keys open backups in a test, never the register itself."""
    before = path(staff).read_bytes()
    staff.run("rotate")
    path(staff).write_bytes(before)
    with pytest.raises(RegisterError) as refused:
        opened(staff)
    assert refused.value.code == "not_a_register"


def test_the_old_key_opens_nothing_of_the_new_file(staff):
    """Seen with a bare connection."""
    with opened(staff) as session:
        old = session.register.keys.file
    staff.run("rotate")
    connection = sqlcipher.connect(str(path(staff)))
    connection.execute(f"PRAGMA key = \"x'{old.hex()}'\"")
    with pytest.raises(sqlcipher.DatabaseError):
        connection.execute("SELECT count(*) FROM lead").fetchone()
    connection.close()

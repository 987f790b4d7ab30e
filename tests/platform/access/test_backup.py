"""Backups: made while others write, proven, thinned out, tested, put back; what is damaged or foreign is refused."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.backups import NOW, POLICY, made, opened
from tests.support.office import PASSPHRASE, lead
from workbench.core.errors import WorkbenchError
from workbench.platform.access import backups
from workbench.platform.register import backup
from workbench.platform.register.backup import retained
from workbench.platform.register.key_file import path_of as key_file_path


@pytest.fixture
def worked(staffed, prepared):
    """A register with two leads."""
    rows = [lead("江城客运公司"), lead("江城驾校", 客户类别="驾校", 联系方式="13900001112")]
    leads = staffed.leads("D001", "一.xlsx", rows)
    prepared(staffed.folder, "two leads", lambda: staffed.receive(leads, "2026-01-05T09:00:00"))
    return staffed


def code_of(path: Path, target: Path, user: str | None = None, passphrase: str = PASSPHRASE) -> str:
    """The code a restoration is refused with; nothing stands at the target then."""
    with pytest.raises(WorkbenchError) as refused:
        backups.restore(path, target, user, passphrase, POLICY, NOW)
    assert not target.exists() and not list(target.parent.glob(".backup-*"))
    return refused.value.code


def test_destroyed_and_put_back_the_register_answers_as_before(worked):
    """By the commands: back up, lose the register, restore, verify; the restoration stands in the trail."""
    before = worked.ask("leads")
    file = worked.ask("backup", "--to", worked.folder / "U盘", code=0)["file"]
    assert worked.ask("backup", "test", "--to", worked.folder / "U盘", code=0)["file"] == file
    for part in worked.folder.glob("登记册.db*"):
        part.unlink()
    worked.run("leads", code=2)
    worked.run("restore", file, "--to", worked.folder / "登记册.db")
    assert worked.ask("leads") == before
    assert worked.ask("audit", "verify", code=0)["breaches"] == []
    actions = [row["action"] for row in worked.ask("audit", "show")]
    assert actions[-1] == "restore" and "backup" not in actions  # the backup itself was noted after the copy
    assert (worked.folder / "登记册.db").stat().st_mode & 0o077 == 0


def test_a_backup_holds_nothing_readable(worked):
    """No name, no phone, no passphrase, in the file or its name."""
    raw = made(worked).read_bytes()
    for value in ("张联系", "13900001111", "江城客运", PASSPHRASE):
        assert value.encode() not in raw


def test_the_list_names_this_registers_backups_only(worked, tmp_path):
    """Other registers' backups and other files in the folder are left alone, also by the rotation."""
    folder = worked.folder / "备份"
    folder.mkdir()
    (folder / "说明_20200101-000000.wbk").write_bytes(b"not ours")
    first = made(worked)
    assert [row["file"] for row in worked.ask("backup", "list", "--to", folder, code=0)] == [str(first)]
    later = made(worked, NOW + timedelta(hours=1))
    assert {path.name for path in folder.iterdir()} == {later.name, "说明_20200101-000000.wbk"}


def test_any_flipped_byte_is_refused(worked):
    """Sampled over the whole file, header to end: what is restored is what was backed up, or nothing."""
    path, target = made(worked), worked.folder / "新.db"
    whole, codes = path.read_bytes(), []
    for at in [*range(0, len(whole), len(whole) // 14), len(whole) - 1]:
        bent = bytearray(whole)
        bent[at] ^= 0x40
        path.write_bytes(bent)
        try:
            backups.restore(path, target, None, PASSPHRASE, POLICY, NOW)
        except WorkbenchError as refused:
            codes.append(refused.code)
            assert not target.exists()
        else:  # a time or a comment of the container: the content is proven the same
            with opened(target) as session:
                assert session.register.verify_audit() == []
                assert session.register.count("lead") == 2
            for part in (target, key_file_path(target)):
                part.unlink()
    assert len(codes) > 12
    assert set(codes) <= {"not_a_backup", "damaged_sidecar", "wrong_passphrase"}


def test_a_truncated_backup_is_refused(worked):
    """However much of it is left."""
    path = made(worked)
    whole = path.read_bytes()
    for share in (0, 1, 50, 99):
        path.write_bytes(whole[: len(whole) * share // 100])
        assert code_of(path, worked.folder / "新.db") == "not_a_backup"


def test_what_cannot_be_restored_is_refused_with_its_reason(worked):
    """Wrong passphrase, unknown user, no backup, a place that is taken, a folder that is missing."""
    path, target = made(worked), worked.folder / "新.db"
    assert code_of(path, target, passphrase="wrong") == "wrong_passphrase"
    assert code_of(path, target, user="无此人") == "unknown_user"
    assert code_of(worked.folder / "收件" / "一.xlsx", target) == "not_a_backup"
    with pytest.raises(WorkbenchError) as taken:
        backups.restore(path, worked.folder / "登记册.db", None, PASSPHRASE, POLICY, NOW)
    assert taken.value.code == "exists"
    with pytest.raises(WorkbenchError) as missing:
        backups.restore(path, worked.folder / "没有" / "新.db", None, PASSPHRASE, POLICY, NOW)
    assert missing.value.code == "no_folder"


def test_a_second_copy_that_went_its_own_way_is_noticed(worked):
    """Two registers of one origin: the one that is not the backups' own is refused, with both named."""
    first = made(worked)
    copy = worked.folder / "另一份.db"
    backups.restore(first, copy, None, PASSPHRASE, POLICY, NOW)
    made(worked, NOW + timedelta(hours=1))
    with opened(copy) as session, pytest.raises(WorkbenchError) as refused:
        backups.make(session, worked.folder / "备份")
    assert refused.value.code == "diverged"
    with opened(copy) as session, pytest.raises(WorkbenchError) as untrue:
        backups.test(session, worked.folder / "备份")
    assert untrue.value.code == "diverged"


@pytest.mark.slow
def test_a_backup_made_while_others_write_is_one_state(worked):
    """Entries come in all the time; the copy proves whole and is a part of the history."""
    path, going = worked.folder / "登记册.db", threading.Event()

    def write() -> None:
        with opened(path) as session:
            while not going.is_set():
                with session.transaction("import", NOW) as entry:
                    month = pd.DataFrame([{"month": "2020-01", "at": NOW}])
                    entry.append("register_return", month.assign(document=1))
                time.sleep(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with opened(path) as session:
            for minute in range(3):
                backups.make(session, worked.folder / f"备份{minute}")
                backups.test(session, worked.folder / f"备份{minute}")
    finally:
        going.set()
        writer.join()
    with opened(path) as session:
        assert session.register.verify_audit() == []


def test_a_full_disk_leaves_no_backup_and_a_whole_register(worked):
    """The folder takes no more in the middle of the copy: a sentence, nothing half, nothing logged."""
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "from workbench.interfaces.cli import main; sys.exit(main(['backup', '--to', '备份']))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=worked.folder, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "空间" in done.stderr
    assert not list(worked.folder.glob("备份/*")) and not list(worked.folder.glob(".backup-*"))
    assert worked.ask("audit", "verify", code=0)["breaches"] == []
    assert "backup" not in [row["action"] for row in worked.ask("audit", "show")]


@pytest.mark.slow
def test_killed_at_any_moment_no_half_backup_is_seen(worked):
    """kill -9 at random: what stands in the folder under a backup's name is a whole one."""
    folder, chance = worked.folder / "备份", random.Random(4)
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-m", "workbench", "backup", "--to", str(folder)],
            cwd=worked.folder,
            env=os.environ.copy(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.1, 1.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
    for number, path in enumerate(folder.glob("*.wbk") if folder.exists() else ()):
        backups.restore(path, worked.folder / f"新{number}.db", None, PASSPHRASE, POLICY, NOW)
    assert worked.ask("audit", "verify", code=0)["breaches"] == []
    made(worked, NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("days", "backed_up", "tested", "codes"),
    [
        (7, None, None, []),
        (8, None, None, ["backup_overdue"]),
        (32, None, None, ["backup_overdue", "backup_test_overdue"]),
        (8, 1, None, []),
        (15, 7, None, ["backup_overdue"]),
        (40, 39, 9, []),
        (41, 40, 9, ["backup_test_overdue"]),
    ],
)
def test_an_overdue_backup_or_test_is_said(days, backed_up, tested, codes, worked):
    """Seven days without a backup, thirty-one without a test, by the actual clock; day of and day after."""
    path = worked.folder / "登记册.db"
    with opened(path) as session:
        start = session.register.read("entry", ["recorded_at"])["recorded_at"].min().to_pydatetime()
    for day, action in ((backed_up, "backup"), (tested, "backup_test")):
        if day is not None:
            with opened(path, start + timedelta(days=day)) as session, session.transaction(action, session.now):
                pass
    with opened(path, start + timedelta(days=days)) as session:
        assert [finding.code for finding in backups.overdue(session)] == codes


TIMES = st.lists(st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 23)), max_size=60)


@given(TIMES)
def test_the_rotation_keeps_few_and_the_right_ones(times):
    """The newest always; the newest of each of the last seven days that have one; at most 24 in all."""
    kept = retained(times, NOW)
    assert kept <= set(times) and len(kept) <= backup.DAILY + backup.WEEKLY + backup.MONTHLY
    assert not times or max(times) in kept
    days = sorted({at.date() for at in times}, reverse=True)[: backup.DAILY]
    assert {max(at for at in times if at.date() == day) for day in days} <= kept
    assert retained(kept, NOW) == kept


def test_a_year_of_daily_backups_comes_down_to_days_weeks_and_months():
    """Seven days, the weeks before them, the months before those."""
    times = [NOW - timedelta(days=day) for day in range(365)]
    ages = sorted((NOW - at).days for at in retained(times, NOW))
    assert ages[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert len(ages) == 21  # 7 days, 3 further weeks, 11 further months
    assert ages[-1] > 300

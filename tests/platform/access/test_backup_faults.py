"""Backups where something is against them: forged and cut files, left-overs, full disks, kills at every step."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.backups import NOW, POLICY, made, opened
from tests.support.office import PASSPHRASE
from workbench.core.errors import WorkbenchError
from workbench.platform.access import backups
from workbench.platform.register import backup
from workbench.platform.register.key_file import path_of as key_file_path

# kills itself at the n-th thing done to a file of a backup or a restored register; n = 0 counts them
KILLER = """
import os, signal, sys
from workbench.interfaces.cli import main
from workbench.platform.access import backups
at, seen = int(sys.argv[1]), 0
def watch(event, arguments):
    global seen
    path = next((str(part) for part in arguments if isinstance(part, (str, os.PathLike))), "")
    if event.partition(".")[0] in ("open", "os", "shutil", "tempfile") and any(word in path for word in (".wbk", ".backup-", "新.db")):
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
code = main(sys.argv[2:])
if not at:
    print("seen", seen)
sys.exit(code)
"""  # noqa: E501


def run(program: str, office, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A program of its own in the office's folder."""
    words = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(words, cwd=office.folder, env=os.environ.copy(), capture_output=True, text=True)


def refused(call) -> WorkbenchError:
    """What a call is refused with."""
    with pytest.raises(WorkbenchError) as caught:
        call()
    return caught.value


def restored(path: Path, target: Path) -> Path:
    """A backup put back."""
    return backups.restore(path, target, None, PASSPHRASE, POLICY, NOW)


def forge(genuine: Path, target: Path, **other: object) -> Path:
    """A backup as somebody writes it who has the folder and no key: another's parts under a manifest of his own."""
    with zipfile.ZipFile(genuine) as archive, zipfile.ZipFile(target, "w") as out:
        for name in archive.namelist():
            content = archive.read(name)
            if name == backup.MANIFEST:
                content = json.dumps({**json.loads(content), **other}).encode()
            out.writestr(name, content)
    return target


def whole(path: Path) -> None:
    """A register that opens and proves."""
    with opened(path) as session:
        assert session.register.verify_audit() == []


def test_a_left_over_log_is_not_replayed_into_the_restored_register(staffed):
    """A lost register's -wal, -shm or -journal at the target would corrupt what is put there: refused, nothing written."""
    path = made(staffed)
    for ending in ("-wal", "-shm", "-journal"):
        left = staffed.folder / f"新.db{ending}"
        left.write_bytes(b"left by a crash")
        said = refused(lambda: restored(path, staffed.folder / "新.db"))
        assert said.code == "exists" and left.name in said.zh
        assert not (staffed.folder / "新.db").exists() and not key_file_path(staffed.folder / "新.db").exists()
        left.unlink()


def test_another_key_file_is_never_overwritten_and_the_same_one_is_no_obstacle(staffed):
    """Where the register alone was lost its key file stays; one of another register is refused untouched."""
    path, target = made(staffed), staffed.folder / "新.db"
    key_file_path(target).write_bytes(b"another's")
    assert refused(lambda: restored(path, target)).code == "exists"
    assert key_file_path(target).read_bytes() == b"another's" and not target.exists()
    shutil.copyfile(key_file_path(staffed.folder / "登记册.db"), key_file_path(target))
    whole(restored(path, target))


@pytest.mark.parametrize(
    "other",
    [
        {"made_at": "2026-11-23T23:59:59"},
        {"register_head": "99:abc"},
        {"register_head": "abc"},
        {"mac": "日"},
        {"mac": None},
        {"files": [backup.COPY, backup.KEY_FILE]},
        {"rows": {"lead": 7}},
        {"generation": 9},
        {"made_at": "2026-11-23T23:59:59+08:00"},
    ],
)
def test_a_forged_backup_displaces_no_true_one(other, staffed):
    """Whoever can write the folder but has no key: not listed, not restored, and no genuine backup is removed for it."""
    first, folder = made(staffed), staffed.folder / "备份"
    forged = forge(first, folder / "登记册_20261123-235959.wbk", **other)
    with opened(staffed.folder / "登记册.db", NOW + timedelta(days=1)) as session:
        assert [one.path for one in backups.list_backups(session, folder)] == [first]
        assert refused(lambda: backups.test(session, folder)).code == "not_a_backup"
        assert backups.make(session, folder).removed == []
    assert first.exists() and forged.exists()
    assert refused(lambda: restored(forged, staffed.folder / "新.db")).code == "not_a_backup"


def test_a_damaged_newest_backup_is_said_and_no_older_one_tested_instead(staffed):
    """The test is of the newest; that an older one would still do is no comfort."""
    made(staffed)
    newest = made(staffed, NOW + timedelta(days=2))
    raw = newest.read_bytes()
    for bent in (raw[: len(raw) // 2], b"", raw[:-1000] + bytes([raw[-1000] ^ 1]) + raw[-999:]):
        newest.write_bytes(bent)
        said = staffed.run("backup", "test", "--from", staffed.folder / "备份", code=2)
        assert said == "" and newest.name in staffed.said
    assert "backup_test" not in [row["action"] for row in staffed.ask("audit", "show")]


def test_every_bit_of_the_container_is_held_to_its_meaning(staffed):
    """Headers, manifest and directory, bit by bit: unpacked as it was, or refused; never a fault of the program."""
    path = made(staffed)
    raw, bent = path.read_bytes(), path.with_name("弯_20260101-000000.wbk")
    places = [*range(140), *range(140, 2000, 29), *range(len(raw) - 330, len(raw))]
    refusals = 0
    for number, at in enumerate(places):
        changed = bytearray(raw)
        changed[at] ^= 1 << (number % 8 if 60 < number < len(places) - 330 else 3)
        bent.write_bytes(changed)
        try:
            with backup.unpacked(bent, staffed.folder):
                pass
        except WorkbenchError as error:
            assert error.code == "not_a_backup"
            refusals += 1
    assert refusals > 250


def test_a_part_that_unfolds_is_refused(staffed):
    """A backup is stored plain: nothing packed is opened, however small it looks."""
    path = made(staffed)
    bomb = path.with_name("弹_20260101-000000.wbk")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        for name in archive.namelist():
            out.writestr(name, archive.read(name))
    assert refused(lambda: restored(bomb, staffed.folder / "新.db")).code == "not_a_backup"
    assert refused(lambda: restored(path.with_name("没有.wbk"), staffed.folder / "新.db")).code == "no_such_file"


def test_two_at_the_same_second_do_not_disturb_each_other(staffed):
    """Another run's unfinished file stays, a finished one is not overwritten."""
    folder = staffed.folder / "备份"
    folder.mkdir()
    others = folder / f"登记册_{NOW:%Y%m%d-%H%M%S}.wbk.abc123.part"
    others.write_bytes(b"being written")
    first = made(staffed)
    before = first.read_bytes()
    assert refused(lambda: made(staffed)).code == "exists"
    assert others.read_bytes() == b"being written" and first.read_bytes() == before
    assert sorted(folder.iterdir()) == sorted([first, others])


def test_what_killed_runs_left_goes_after_a_day(staffed):
    """Old unfinished files and folders of this register are cleared away; young and foreign ones stay."""
    folder, day_before = staffed.folder / "备份", staffed.folder.stat().st_mtime - 2 * backup.STALE
    folder.mkdir()
    (staffed.folder / ".backup-old").mkdir()
    (staffed.folder / ".backup-young").mkdir()
    for name in ("登记册_20260101-000000.wbk.x1.part", "别人_20260101-000000.wbk.x1.part"):
        (folder / name).touch()
        os.utime(folder / name, (day_before, day_before))
    os.utime(staffed.folder / ".backup-old", (day_before, day_before))
    made(staffed)
    assert [path.name for path in staffed.folder.glob(".backup-*")] == [".backup-young"]
    assert [path.name for path in folder.glob("*.part")] == ["别人_20260101-000000.wbk.x1.part"]


def test_a_backup_that_cannot_be_removed_is_said_and_tried_again(staffed, monkeypatch):
    """In use, or a share where nobody may delete: the new backup counts, the old one stays for the next run."""
    first, unlink = made(staffed), Path.unlink

    def held(self: Path, missing_ok: bool = False) -> None:
        if self == first:
            raise PermissionError(13, "in use")
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", held)
    with opened(staffed.folder / "登记册.db", NOW + timedelta(hours=1)) as session:
        done = backups.make(session, staffed.folder / "备份")
    assert (done.removed, done.left) == ([], [first.name])
    monkeypatch.undo()
    with opened(staffed.folder / "登记册.db", NOW + timedelta(hours=2)) as session:
        assert first.name in backups.make(session, staffed.folder / "备份").removed


def test_a_file_system_without_links_does(staffed, monkeypatch):
    """exFAT sticks and some shares: the file is renamed into place, still never over another one."""

    def no_links(*_: object) -> None:
        raise PermissionError(1, "not permitted")

    monkeypatch.setattr(os, "link", no_links)
    path = made(staffed)
    assert refused(lambda: made(staffed)).code == "exists"
    whole(restored(path, staffed.folder / "新.db"))


def test_divergence_names_both_heads_and_the_way_out(staffed):
    """Whoever has to find out which register is true needs to know what differs."""
    first = made(staffed)
    copy = restored(first, staffed.folder / "另一份.db")
    newest = made(staffed, NOW + timedelta(hours=1))
    with opened(copy) as session:
        said = refused(lambda: backups.make(session, staffed.folder / "备份"))
        ours, theirs = session.register.head(), backup.read_manifest(newest)["register_head"]
        backups.make(session, staffed.folder / "另一处")
    assert said.code == "diverged" and ours[:16] in said.zh and theirs[:16] in said.zh and "换一个文件夹" in said.zh
    assert ours[:16] in said.en and theirs[:16] in said.en


def test_the_manifest_says_what_is_inside_and_nothing_about_people(staffed):
    """Rows by table and the generation are told and checked; no user, key or passphrase."""
    manifest = backup.read_manifest(made(staffed))
    assert set(manifest) == {"format", "register", "generation", "made_at", "register_head", "rows", "files", "mac"}
    assert manifest["rows"]["unit"] == 8 and manifest["rows"]["lead"] == 0
    with opened(staffed.folder / "登记册.db") as session:
        keys = session.register.keys
        text = json.dumps(manifest, ensure_ascii=False)
        held = [session.user, PASSPHRASE, *(key.hex() for key in (keys.file, keys.audit, keys.fields[1], keys.index))]
    assert [word for word in held if word in text] == []


def test_the_commands_take_their_options_where_they_belong(staffed, monkeypatch):
    """`backup make` is `backup`; `--from` names the folder; an option before the sub-command is not lost silently."""
    monkeypatch.setenv("WORKBENCH_BACKUPS", str(staffed.folder / "共享"))
    file = staffed.ask("backup", "make", code=0)["file"]
    assert Path(file).parent == staffed.folder / "共享"
    assert [row["file"] for row in staffed.ask("backup", "list", "--from", staffed.folder / "共享", code=0)] == [file]
    assert staffed.ask("backup", "test", code=0)["file"] == file
    staffed.run("backup", "--to", staffed.folder / "共享", "list", code=2)
    monkeypatch.setenv("WORKBENCH_BACKUPS", "")
    assert staffed.ask("backup", "list", code=0) == []


@pytest.mark.parametrize("share", [0.001, 0.5, 1])
def test_a_full_disk_at_any_stage_leaves_no_trace(share, staffed):
    """No room for the first page, for half the copy, or only for the copy and not for the file made of it."""
    room = int(share * (staffed.folder / "登记册.db").stat().st_size)
    full = (
        f"import resource, signal, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}));"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from workbench.interfaces.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = run(full, staffed, "backup", "--to", "备份")
    assert done.returncode == 2, done.stderr
    assert ("备份写不进" if share == 1 else "空间") in done.stderr
    assert not list(staffed.folder.glob("备份/*")) and not list(staffed.folder.glob(".backup-*"))
    path = made(staffed)
    done = run(full, staffed, "restore", path, "--to", "新.db")
    assert done.returncode == (0 if share == 1 else 2), done.stderr  # a restored register needs room for itself only
    if done.returncode:
        assert not list(staffed.folder.glob("新.db*"))
    else:
        whole(staffed.folder / "新.db")
    assert not list(staffed.folder.glob(".backup-*"))
    whole(staffed.folder / "登记册.db")


def moments(office, *command: object) -> list[int]:
    """Some of the moments at which a command touches its files: the first, two on the way, all where names are given."""
    counted = run(KILLER, office, 0, *command)
    assert counted.returncode == 0, counted.stderr
    last = int(counted.stdout.split()[-1])
    assert last > 8
    return [1, last // 3, 2 * last // 3, *range(last - 6, last + 1)]


@pytest.mark.slow
def test_killed_at_each_step_a_backup_is_whole_or_not_there(staffed):
    """kill -9 at file operations from the first to the last: what has a backup's name restores and proves."""
    for at in moments(staffed, "backup", "--to", "计数"):
        folder = staffed.folder / f"备份{at}"
        assert run(KILLER, staffed, at, "backup", "--to", folder).returncode == -signal.SIGKILL
        for path in folder.glob("*.wbk"):
            whole(restored(path, staffed.folder / f"还原{at}.db"))
        whole(staffed.folder / "登记册.db")


@pytest.mark.slow
def test_killed_at_each_step_a_restoration_is_whole_or_can_be_repeated(staffed):
    """kill -9 likewise: a register at the target opens and proves; where there is none, the same command does it."""
    path = made(staffed)
    for at in moments(staffed, "restore", path, "--to", "计数新.db"):
        target = staffed.folder / f"{at}新.db"
        assert run(KILLER, staffed, at, "restore", path, "--to", target).returncode == -signal.SIGKILL
        if not target.exists():
            restored(path, target)
        whole(target)

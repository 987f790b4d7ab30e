"""Small leaks: files with contacts are their owner's alone, memory is written nowhere, a full disk is a sentence."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.office import lead
from tests.support.source import ROOT
from workbench.core.files import whole
from workbench.interfaces.cli import main


def readable_by_others(folder: Path) -> list[str]:
    """Files below a folder that group or others may read."""
    files = [path for path in folder.rglob("*.xlsx") if path.is_file()]
    assert files
    return [path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077]


@pytest.fixture
def open_handed():
    """A person whose new files everybody may read, as the system has it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_workbooks_with_contacts_are_their_owners_alone(staffed, open_handed):
    """What goes to the sections, the suspected duplicates, marked and corrected copies of received files."""
    twins = [lead("江城客运公司"), lead("江城客运集团公司", 联系方式="12", **{"标的量(台)": "１２"})]
    path = staffed.leads("D001", "一.xlsx", twins)
    staffed.run("check", path, "--annotate", staffed.folder / "批注", code=None)
    staffed.run("fix", path, "--out", staffed.folder / "更正", code=None)
    staffed.receive(staffed.leads("D001", "二.xlsx", [lead("江城客运公司"), lead("滨江物流")]), "2026-01-05T09:00:00")
    staffed.receive(
        staffed.leads("D002", "三.xlsx", [lead("江城客运公司有限", 联系方式="13900001113")]), "2026-01-05T10:00:00"
    )
    staffed.run("dispatch", "--at", "2026-01-06T09:00:00", "--out", staffed.folder / "转交", code=None)
    staffed.run("review", "--out", staffed.folder / "复核", code=None)
    for folder in ("批注", "更正", "转交", "复核"):
        assert readable_by_others(staffed.folder / folder) == []


def test_a_file_is_private_from_its_first_byte(tmp_path, open_handed):
    """Nobody else can open it while it is written; what lay there under the passing name does not matter."""
    (tmp_path / "甲.xlsx.part").write_text("old")
    with whole(tmp_path / "甲.xlsx") as part:
        assert stat.S_IMODE(part.stat().st_mode) == 0o600 and part.read_bytes() == b""
        part.write_bytes(b"new")
    assert stat.S_IMODE((tmp_path / "甲.xlsx").stat().st_mode) == 0o600


PROBE = """
import ctypes, resource, subprocess, sys
from datetime import datetime
from pathlib import Path
from workbench.app.policy import load_policy
from workbench.platform.access.session import enter
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
dumpable = ctypes.CDLL(None).prctl
before = dumpable(3, 0, 0, 0, 0)
enter(Path(sys.argv[1]), sys.argv[2], sys.argv[3], load_policy(), datetime(2026, 11, 23, 9)).close()
child = subprocess.run(
    [sys.executable, "-c", "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"],
    capture_output=True, text=True)
print(before, dumpable(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE), child.stdout.strip())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_a_process_with_keys_is_written_into_no_dump(vault):
    """From the opening on; programs it starts are as they always are, but for the dump."""
    from tests.support.vault import PASSPHRASE, USER

    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(vault.path), USER, PASSPHRASE], capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == "1 0 (0, 0) 1", done.stderr


class Full:
    """A library that says in its own words that the disk is full."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __call__(self, *_: object, **__: object) -> None:
        try:
            raise OSError(self.number, os.strerror(self.number))
        except OSError as error:
            raise RuntimeError(error) from error


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_a_sentence_wherever_it_shows(number, monkeypatch, capsys, tmp_path):
    """Exit code 2 and what to do, not a fault of the program."""
    monkeypatch.setattr("workbench.platform.forms.write.build_blanks", Full(number))
    assert main(["templates", "--out", str(tmp_path / "模板")]) == 2
    said = capsys.readouterr().err
    assert "磁盘空间不足，文件没有写完" in said and "内部错误" not in said


def test_another_error_of_the_system_stays_a_fault(monkeypatch, capsys, tmp_path):
    """Only what a person can act on is said so."""
    monkeypatch.setattr("workbench.platform.forms.write.build_blanks", Full(errno.EIO))
    assert main(["templates", "--out", str(tmp_path / "模板")]) == 3
    assert "内部错误" in capsys.readouterr().err

"""A register that was exchanged or put back is noticed by a machine that saw it, and goes on when a person confirms."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.office import PASSPHRASE, lead

FILES = ("登记册.db", "登记册.db.keys")


@pytest.fixture
def earlier(staffed) -> Path:
    """Both files as they were before the last import, taken by a plain copy."""
    aside = staffed.folder / "旧"
    aside.mkdir()
    for name in FILES:
        shutil.copy(staffed.folder / name, aside / name)
    staffed.receive(staffed.leads("D001", "一.xlsx", [lead("江城机械厂")]), "2026-01-05T09:00:00")
    return aside


def put_back(office, aside: Path) -> None:
    """The files of another moment in the place of those in use."""
    for name in FILES:
        shutil.copy(aside / name, office.folder / name)
    for ending in ("-wal", "-shm"):
        (office.folder / f"登记册.db{ending}").unlink(missing_ok=True)


@pytest.mark.parametrize("command", ["leads", "due", "users list", "settle 2026Q1"])
def test_an_earlier_pair_of_files_is_refused(command, staffed, earlier):
    """Whatever is asked; the trail's own check names the entry that is missing, and nothing is written meanwhile."""
    put_back(staffed, earlier)
    staffed.run(*command.split(), code=2)
    assert "没有本机上次看到的第" in staffed.said
    before = [(staffed.folder / name).read_bytes() for name in FILES]
    found = staffed.ask("audit", "verify", code=1)
    assert [breach["code"] for breach in found["breaches"]] == ["anchor"]
    assert before == [(staffed.folder / name).read_bytes() for name in FILES]


def test_a_person_confirms_and_the_trail_says_so(staffed, earlier):
    """A reason is needed; afterwards the machine goes by what is there, and there is nothing more to confirm."""
    put_back(staffed, earlier)
    staffed.run("trust", "--reason", " ", code=2)
    staffed.run("leads", code=2)
    staffed.run("trust", "--reason", "按备份恢复", code=0)
    assert staffed.ask("leads", code=0) == []
    with staffed.opened() as session:
        rows = session.register.read("entry", ["detail"], where={"action": "trust"})["detail"]
    assert [row["reason"] for row in rows] == ["按备份恢复"]
    staffed.run("trust", "--reason", "再来一次", code=2)
    assert "无需确认" in staffed.said


def test_another_register_in_the_place_is_refused(staffed, earlier, monkeypatch):
    """One made elsewhere with the same user and passphrase, brought into the place of the one in use."""
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    other = staffed.folder / "别处"
    other.mkdir()
    staffed.run("--register", other / FILES[0], "init", code=None)
    put_back(staffed, other)
    staffed.run("leads", code=2)
    assert "不是本机上次打开的那个登记册" in staffed.said


def test_a_machine_that_never_saw_it_cannot_know(staffed, earlier, monkeypatch, tmp_path):
    """Another state folder has no note; an unreadable one is none."""
    put_back(staffed, earlier)
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path / "elsewhere"))
    staffed.run("leads", code=0)
    (note,) = (tmp_path / "elsewhere" / "registers").iterdir()
    note.write_text("{", encoding="utf-8")
    staffed.run("leads", code=0)


def test_a_machine_without_a_state_folder_works(staffed, monkeypatch, tmp_path):
    """Nothing can be noted where the folder is a file; the work goes on."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path / "file"))
    staffed.run("leads", code=0)
    staffed.run("leads", code=0)


def test_who_restores_a_backup_in_its_place_knows_it(staffed, earlier):
    """The restoring machine goes on; another one that saw later entries asks."""
    staffed.run("backup", "--to", staffed.folder / "备份")
    (backup,) = (staffed.folder / "备份").glob("*.wbk*")
    staffed.receive(staffed.leads("D002", "二.xlsx", [lead("江城机械厂")]), "2026-01-06T09:00:00")
    for name in FILES:
        (staffed.folder / name).unlink()
    staffed.run("restore", backup, "--to", staffed.folder / FILES[0], code=0)
    assert len(staffed.ask("leads", code=0)) == 1

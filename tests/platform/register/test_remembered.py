"""A register that was exchanged or put back is noticed by a machine that saw it, and goes on when a person confirms."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.office import PASSPHRASE, lead
from workbench.platform.register import free_texts
from workbench.platform.register.remembered import Seen, note, recall

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
        kept = session.register.read("entry", ["entry", "detail"], where={"action": "trust"})
        rows = free_texts.told(session.register, kept["entry"].tolist(), kept["detail"].tolist())
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
    """Another machine, or one whose notes were taken away, has nothing to compare with: no promise."""
    put_back(staffed, earlier)
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path / "elsewhere"))
    staffed.run("leads", code=0)


def test_a_damaged_note_is_said_and_renewed_by_a_person(staffed, monkeypatch, tmp_path):
    """It could not tell an earlier file any more; who looked says so, and it can again."""
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path / "elsewhere"))
    staffed.run("leads", code=0)
    (note,) = (tmp_path / "elsewhere" / "registers").glob("*.json")
    whole = note.read_text(encoding="utf-8")
    for damage in ("", "{", "[]", '{"register": "x", "head": "many"}', whole[:-4]):
        note.write_text(damage, encoding="utf-8")
        staffed.run("leads", code=2)
        assert "已损坏" in staffed.said and str(note) in staffed.said
    assert staffed.ask("audit", "verify", code=0)["breaches"] == []
    staffed.run("trust", "--reason", "与留存链头核对无误", code=0)
    staffed.run("leads", code=0)
    assert json.loads(note.read_text(encoding="utf-8"))["register"] == json.loads(whole)["register"]


def test_a_machine_without_a_state_folder_works_and_says_so(staffed, monkeypatch, tmp_path):
    """Nothing can be noted where the folder is a file; the work goes on."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path / "file"))
    for _ in range(2):
        staffed.run("leads", code=0)
        assert "状态文件夹无法写入" in staffed.said


def test_who_restores_a_backup_in_its_place_knows_it(staffed, earlier):
    """The restoring machine goes on; another one that saw later entries asks."""
    staffed.run("backup", "--to", staffed.folder / "备份")
    (backup,) = (staffed.folder / "备份").glob("*.wbk*")
    staffed.receive(staffed.leads("D002", "二.xlsx", [lead("江城机械厂")]), "2026-01-06T09:00:00")
    (note,) = Path(os.environ["WORKBENCH_STATE"], "registers").glob("*.json")
    kept = note.read_text(encoding="utf-8")
    for name in FILES:
        (staffed.folder / name).unlink()
    staffed.run("restore", backup, "--to", staffed.folder / FILES[0], code=0)
    assert len(staffed.ask("leads", code=0)) == 1
    note.write_text(kept, encoding="utf-8")  # as another machine has it
    staffed.run("leads", code=2)
    assert "没有本机上次看到的第" in staffed.said


def test_files_of_before_a_rotation_are_refused_at_once(staffed, tmp_path):
    """Nobody opened the register between the rotation and the exchange."""
    aside = tmp_path / "旧"
    aside.mkdir()
    for name in FILES:
        shutil.copy(staffed.folder / name, aside / name)
    staffed.run("rotate", code=0)
    put_back(staffed, aside)
    staffed.run("leads", code=2)
    assert "没有本机上次看到的第" in staffed.said


def test_what_was_written_is_noted_though_the_process_is_killed(staffed, earlier):
    """The note follows each entry: a process that never came to close the register has left it."""
    session = staffed.opened()
    with session.transaction("backup_test", session.now):
        pass
    (note,) = Path(os.environ["WORKBENCH_STATE"], "registers").glob("*.json")
    assert json.loads(note.read_text(encoding="utf-8"))["head"] == session.register.head()
    session.register.close()


def test_a_register_moved_elsewhere_is_said_to_be_an_earlier_one(staffed, earlier, tmp_path):
    """A copy may be opened, so it is no refusal: the first time it is said what this machine saw of it elsewhere."""
    moved = tmp_path / "U盘"
    for source, said in ((staffed.folder, False), (earlier, True)):
        moved.mkdir()
        for name in FILES:
            shutil.copy(source / name, moved / name)
        staffed.run("--register", moved / FILES[0], "leads", code=0)
        assert ("较新的内容" in staffed.said) == said
        staffed.run("--register", moved / FILES[0], "leads", code=0)
        assert "较新的内容" not in staffed.said
        moved = moved.with_name("另一个U盘")


def test_two_registers_changed_for_each_other_are_refused_both(staffed, tmp_path, monkeypatch):
    """Each stands in the other's place."""
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    other = tmp_path / "另一家"
    other.mkdir()
    staffed.run("--register", other / FILES[0], "init", code=0)
    staffed.run("leads", code=0)
    for name in FILES:
        held = (staffed.folder / name).read_bytes()
        (staffed.folder / name).write_bytes((other / name).read_bytes())
        (other / name).write_bytes(held)
    for place in (staffed.folder, other):
        staffed.run("--register", place / FILES[0], "leads", code=2)
        assert "不是本机上次打开的那个登记册" in staffed.said


def test_notes_of_several_processes_never_go_backwards(tmp_path, monkeypatch):
    """Six processes note heads in any order, all the while a reader finds a whole note that only rises."""
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path / "state"))
    place = tmp_path / "登记册.db"
    work = (
        "import random, sys; from pathlib import Path; from workbench.platform.register.remembered import Seen, note\n"
        "for number in random.sample(range(1, 200), 60): assert note(Path(sys.argv[1]), Seen('r', f'{number}:{number:064x}'))"
    )
    running = [subprocess.Popen([sys.executable, "-c", work, str(place)]) for _ in range(6)]
    highest = 0
    while any(each.poll() is None for each in running):
        if seen := recall(place):
            assert seen.entry >= highest
            highest = seen.entry
    assert [each.returncode for each in running] == [0] * 6
    assert note(place, Seen("r", f"500:{500:064x}")) and note(place, Seen("r", f"499:{499:064x}"))
    assert recall(place) == Seen("r", f"500:{500:064x}")

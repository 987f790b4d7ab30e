"""A dispatch that is cut off: contacts are never on the disk without the entry that says so, and nothing stays unsent."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.office import lead, temporary_files
from workbench.capabilities.leads import dispatching

AT = "2026-01-06T09:00:00"


@pytest.fixture
def waiting(staffed, prepared):
    """Two leads of one section and one of another, waiting to be dispatched."""
    rows = [
        lead("江城客运公司"),
        lead("江城第一驾校", 客户类别="驾校", 联系方式="13900001112"),
        lead("江城水利局", 客户类别="政府采购", 联系方式="13900001113"),
    ]
    leads = staffed.leads("D001", "一.xlsx", rows)
    prepared(staffed.folder, "three leads", lambda: staffed.receive(leads, "2026-01-05T09:00:00", code=0))
    return staffed


def actions(office) -> list[str]:
    """What the trail holds, in order."""
    return [row["action"] for row in office.ask("audit", "show", code=0)]


@pytest.mark.slow
@pytest.mark.parametrize("step", [0, 1, 2], ids=["before the entry", "at the first workbook", "at the second"])
def test_killed_at_any_step_contacts_are_on_the_disk_only_with_an_entry(step, waiting):
    """kill -9: either nothing happened, or the entry stands and the missing workbooks can be issued again."""
    out = waiting.folder / "转交"
    program = (
        "import os, signal, sys\n"
        "from workbench.capabilities.leads import dispatching\n"
        f"step, calls, write = {step}, [], dispatching.write_form\n"
        "def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
        "def count(*given, **options):\n"
        "    calls.append(1)\n"
        "    return die() if len(calls) == step else write(*given, **options)\n"
        "dispatching.write_form = count\n"
        "if step == 0: dispatching.refresh = die\n"
        "from workbench.interfaces.cli import main\n"
        f"sys.exit(main(['dispatch', '--at', '{AT}', '--out', '转交']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=waiting.folder, env=os.environ.copy())
    assert done.returncode == -9
    written = sorted(path.name for path in out.glob("*.xlsx"))
    assert len(written) == max(0, step - 1)
    assert ("dispatch" in actions(waiting)) is (step > 0)
    assert waiting.by_customer()["江城客运公司"]["status"] == ("待甄别" if step else "已接收")
    if step:
        again = waiting.ask("dispatch", "--batch", "1", "--out", out, code=1 if written else 0)
        assert (again["sections"], len(again["kept"])) == ({"S001": 1, "S002": 2}, len(written))
        assert len(list(out.iterdir())) == 2
    else:
        assert len(waiting.ask("dispatch", "--at", AT, "--out", out, code=0)["files"]) == 2


def test_a_workbook_of_a_batch_is_issued_again_and_none_is_overwritten(waiting):
    """The lost one is written, the one a section has begun to fill in is left alone; the trail says who had contacts."""
    out = waiting.folder / "转交"
    first = waiting.ask("dispatch", "--at", AT, "--out", out, code=0)
    lost, begun = sorted(out.iterdir())
    whole = lost.read_bytes()
    lost.unlink()
    begun.write_bytes(b"half filled in")
    again = waiting.ask("dispatch", "--batch", first["batch"], "--out", out, code=1)
    assert (again["files"], again["kept"]) == ([str(lost)], [str(begun)])
    assert "未覆盖" in waiting.said
    assert (lost.read_bytes(), begun.read_bytes()) == (whole, b"half filled in")
    assert actions(waiting)[-2:] == ["dispatch", "dispatch_again"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--batch", "9"), "没有第 9 批"),
        (("--batch", "1", "--at", AT), "不能另定时间"),
        (("--out", "一个文件"), "没有转交"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_dispatched(arguments, words, waiting):
    """An unknown batch, a time for an old batch, a folder that is a file."""
    (waiting.folder / "一个文件").write_text("x", encoding="utf-8")
    before = actions(waiting)
    waiting.run("dispatch", *arguments, code=2)
    assert words in waiting.said
    assert actions(waiting) == before


def test_a_disk_that_fills_up_says_what_was_done_and_how_to_go_on(waiting, monkeypatch):
    """The batch stands; its workbooks are had by the command the sentence names."""

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(dispatching, "write_form", full)
        waiting.run("dispatch", "--at", AT, "--out", waiting.folder / "转交", code=2)
    assert "workbench dispatch --batch 1" in waiting.said
    assert list((waiting.folder / "转交").iterdir()) == []
    assert len(waiting.ask("dispatch", "--batch", "1", "--out", waiting.folder / "转交", code=0)["files"]) == 2


def test_no_contact_passes_through_the_temporary_folder(waiting, tmp_path, monkeypatch):
    """Workbooks with contacts are put together in memory."""
    seen = temporary_files(monkeypatch)
    waiting.run("dispatch", "--at", AT, "--out", waiting.folder / "转交")
    notes = os.environ["WORKBENCH_STATE"]  # what the machine remembers of the register: its number and head
    assert [name for name in seen if not name.startswith((str(waiting.folder), notes))] == []

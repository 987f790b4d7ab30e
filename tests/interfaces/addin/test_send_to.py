"""发送到 and the drop target on the desktop: where they are put, and what becomes of files that come that way."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from tests.support.office import lead
from tests.support.person import Person
from tests.support.windows import windows_computer
from workbench.core.errors import WrongUse
from workbench.interfaces.addin import send_to, sent_files
from workbench.interfaces.addin.pywin32 import ExcelRefuses
from workbench.interfaces.addin.send_to import FOLDERS, LINK, install, places, uninstall
from workbench.interfaces.addin.sent_files import check_sent
from workbench.interfaces.cli import main

pytestmark = pytest.mark.usefixtures("addin_process")
NOW = datetime(2026, 1, 12, 9, 30, 5)


@pytest.fixture
def windows(tmp_path):
    """A Windows computer of somebody with a Chinese name."""
    computer = windows_computer(
        tmp_path, home=tmp_path / "张三", python=tmp_path / "张三" / "w" / "Scripts" / "python.exe"
    )
    computer.python.with_name("pythonw.exe").write_bytes(b"")
    return computer


def links(place, target, arguments, told):
    """A link as a text."""
    place.write_text(f"{target}\n{arguments}\n{told}", encoding="utf-8")


def test_both_are_put_in_place_repaired_and_taken_out(windows):
    """They start Python without a console and without a shell; nothing else is written, and a second time repairs."""
    made = install(windows, links)
    assert made == places(windows) == install(windows, links)
    assert made[0].parts[-4:] == ("Microsoft", "Windows", "SendTo", LINK) and made[1].parent.name == "Desktop"
    target, arguments, _ = made[0].read_text("utf-8").splitlines()
    assert Path(target) == windows.python.with_name("pythonw.exe")
    assert arguments == f"-P -B -m {sent_files.__name__}" and "cmd" not in arguments
    assert set(uninstall(windows)) == set(made) and uninstall(windows) == []
    windows.python.with_name("pythonw.exe").unlink()
    assert Path(install(windows, links)[0].read_text("utf-8").splitlines()[0]) == windows.python


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("%USERPROFILE%\\OneDrive - 公司\\桌面", "张三/OneDrive - 公司/桌面"),
        ("%USERPROFILE%/桌面", "张三/桌面"),
        ("%COMPANYDRIVE%\\桌面", "张三/Desktop"),
    ],
    ids=["OneDrive", "Chinese", "unknown variable"],
)
def test_a_desktop_that_was_moved_is_found(windows, tmp_path, named, found):
    """As Windows' registry names it."""
    windows.registry.write(FOLDERS, "Desktop", named)
    assert places(windows)[1] == tmp_path / found / LINK


def test_what_cannot_be_put_in_place_is_told(windows, capsys):
    """Off Windows; without pywin32; where Windows refuses."""

    def refused(*_):
        raise ExcelRefuses

    for computer, writer, code in (
        (replace(windows, system="linux"), links, "no_send_to"),
        (windows, None, "no_pywin32"),
        (windows, refused, "link_not_written"),
    ):
        with pytest.raises(WrongUse) as told:
            install(computer, writer)
        assert told.value.code == code
    assert main(["sendto", "install"]) == 2 and "workbench check" in capsys.readouterr().err


def test_a_link_is_written_by_windows_own_means(monkeypatch, tmp_path):
    """The calls of pywin32's own example (win32comext/shell/demos/create_link.py), with texts as they are."""
    said = []

    class Link:
        def __getattr__(self, name):
            return lambda *values: said.append((name, *values)) or self

    com = SimpleNamespace(CoCreateInstance=lambda *_: Link(), CLSCTX_INPROC_SERVER=1, IID_IPersistFile="file")
    shell = SimpleNamespace(CLSID_ShellLink="link", IID_IShellLink="i")
    monkeypatch.setitem(sys.modules, "pythoncom", com)
    monkeypatch.setitem(sys.modules, "win32com.shell.shell", shell)
    monkeypatch.setattr(send_to.importlib, "import_module", sys.modules.__getitem__)
    send_to.write_link(tmp_path / LINK, Path("/张三/pythonw.exe"), "-P", "检查")
    assert ("SetPath", "/张三/pythonw.exe") in said and said[-1] == ("Save", str(tmp_path / LINK), 0)


@pytest.fixture
def forms(staffed, tmp_path):
    """A folder of received files, one wrong, one well; and the office that filled them."""
    folder = tmp_path / "收到的"
    folder.mkdir()
    for name, rows in (("一月.xlsx", [lead("甲公司", 联系方式=None)]), ("a&b ^%PATH%.xlsx", [lead("乙公司")])):
        staffed.leads("D001", name, rows).rename(folder / name)
    return folder


def sent(paths, *answers) -> tuple[str, list[Path]]:
    """What a person is told of what was sent, and what was opened."""
    person, opened = Person(*answers), []
    check_sent(paths, person, opened.append, NOW)
    assert person.answers == []
    return person.told[-1], opened


def test_several_files_at_once(forms, tmp_path):
    """The wrong one's marked copy opens; the files stay byte for byte; names with any signs are names."""
    before = {path.name: path.read_bytes() for path in forms.iterdir()}
    (forms / "照片.jpg").write_bytes(b"\xff\xd8\xff")
    told, opened = sent([forms / name for name in (*before, "照片.jpg")])
    assert "检查了 3 个文件，通过 1 个" in told and "一月.xlsx：" in told
    assert "照片.jpg：没有读取。" in told and "原文件没有改动" in told
    (copy,) = opened
    assert copy.parent == forms / "检查结果_20260112_093005" and "批注" in copy.name
    assert any(cell.comment for row in load_workbook(copy).worksheets[0].iter_rows() for cell in row)
    assert {name: (forms / name).read_bytes() for name in before} == before
    assert [path.suffix for path in copy.parent.iterdir() if "照片" in path.name] == [".txt"]


@pytest.mark.slow
def test_a_folder_many_files_and_a_list_that_was_cut(forms, monkeypatch):
    """A folder is looked through; many files are asked about first; what Windows cut off is said, the rest is checked."""
    monkeypatch.setattr(sent_files, "MANY", 1)
    assert sent([forms], False) == ("已取消，没有改动。", [])
    assert [path.name for path in forms.iterdir() if path.is_dir()] == []
    told, opened = sent([forms, forms / "二月.xls"], True)
    assert "检查了 2 个文件" in told and "有 1 个没有找到：二月.xls" in told and len(opened) == 1
    monkeypatch.setattr(sent_files, "OPENED", 0)
    monkeypatch.setattr(sent_files, "PART", 1)
    _, opened = sent([forms / "一月.xlsx", forms / "a&b ^%PATH%.xlsx"], True)
    assert [path.is_dir() for path in opened] == [True]


@pytest.mark.slow
def test_what_is_well_or_not_there_leaves_nothing_behind(forms):
    """No folder beside files that have nothing wrong; an icon that was only clicked says how it is used."""
    told, opened = sent([forms / "a&b ^%PATH%.xlsx"])
    assert told == "检查了 1 个文件，通过 1 个。" and opened == []
    assert "拖到这个图标上" in sent([])[0]
    assert "没有找到" in sent([forms / "x.xlsx"])[0]
    (forms / "空").mkdir()
    assert sent([forms / "空"])[0] == "所选的文件夹里没有文件。"
    assert [path.name for path in forms.iterdir() if path.is_dir()] == ["空"]


def test_a_fault_is_said_and_nothing_half_made_stays(forms, monkeypatch):
    """With the place in the program and no values of the file."""

    def broken(*_, **__):
        raise RuntimeError("机密")

    monkeypatch.setattr(sent_files, "check_files", broken)
    told, _ = sent([forms / "一月.xlsx"])
    assert "RuntimeError" in told and "机密" not in told
    assert [path for path in forms.iterdir() if path.is_dir()] == []


@pytest.mark.slow
def test_where_nothing_may_be_written_the_copies_go_home(forms, monkeypatch, tmp_path):
    """A share or a stick that can only be read."""
    real = Path.mkdir

    def mkdir(self, *more, **named):
        if self.parent == forms:
            raise PermissionError
        return real(self, *more, **named)

    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(Path, "mkdir", mkdir)
    _, (copy,) = sent([forms / "一月.xlsx"])
    assert copy.parent.parent == tmp_path


@pytest.mark.slow
def test_it_runs_without_a_console(forms, tmp_path):
    """As pythonw runs it: no standard streams at all; without tkinter it ends quietly and writes down why."""
    code = (
        "import sys; sys.stdout = sys.stderr = None; sys.modules['tkinter'] = None\n"
        "from workbench.interfaces.addin import sent_files\nsent_files.main(sys.argv[1:])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(forms / "a&b ^%PATH%.xlsx")], capture_output=True, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    logs = list(Path(os.environ["WORKBENCH_STATE"]).rglob("workbench.log"))
    assert any("ModuleNotFoundError" in log.read_text("utf-8") for log in logs)

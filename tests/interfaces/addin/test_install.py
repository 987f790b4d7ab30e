"""``workbench addin`` puts things where Excel looks, repairs, takes all of it out again, and says what is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.core.errors import WrongUse
from workbench.core.shipped import shipped
from workbench.interfaces.addin.install import (
    BLOCKING,
    NAME,
    OPTIONS,
    Computer,
    doctor,
    install,
    this_computer,
    uninstall,
    xlwings_version,
)
from workbench.interfaces.cli import main

pytestmark = pytest.mark.usefixtures("addin_process")
KEY = OPTIONS.format(version="16.0")
SHIPPED = shipped("excel") / NAME


class Registry:
    """The user's registry in a dictionary."""

    def __init__(self, **keys) -> None:
        self.keys = {KEY: {}, **keys}

    def read(self, key):
        values = self.keys.get(key)
        return None if values is None else dict(values)

    def write(self, key, name, value):
        self.keys.setdefault(key, {})[name] = value

    def delete(self, key, name):
        del self.keys[key][name]


@pytest.fixture
def windows(tmp_path) -> Computer:
    """A Windows computer of somebody with a Chinese name, whose VBA reads GBK."""
    home = tmp_path / "用户"
    python = tmp_path / "venv" / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True)
    python.write_bytes(b"")
    for bits in ("32", "64"):
        (python.parent.parent / f"xlwings{bits}-{xlwings_version(SHIPPED)}.dll").write_bytes(b"")
    return Computer("win32", home, home / "AppData" / "Roaming", python, "gbk", Registry())


def wrong(computer: Computer, **needed) -> list[str]:
    """What doctor finds wrong."""
    versions = {"xlwings": xlwings_version(SHIPPED), "pywin32": "310", **needed}
    return [f"{item.what}：{item.todo}" for item in doctor(computer, versions) if not item.well]


def test_install_puts_all_in_place_and_doctor_agrees(windows):
    """The file, Excel's OPEN value, and a configuration VBA can read; nothing outside the user's folders."""
    before = wrong(windows)
    assert any("addin install" in text for text in before)
    written = install(windows)
    assert windows.addin.read_bytes() == SHIPPED.read_bytes()
    assert all(windows.home in path.parents for path in written)
    assert windows.registry.keys[KEY] == {"OPEN": f'/R "{windows.addin}"'}
    assert windows.config.read_bytes().decode("gbk") == f'"INTERPRETER_WIN","{windows.python}"\r\n'
    assert wrong(windows) == []


def test_installing_again_repairs_and_does_not_double(windows):
    """Another interpreter, an old add-in: put right; one OPEN value."""
    install(windows)
    windows.addin.write_bytes(b"old")
    other = windows.python.with_name("python2.exe")
    other.write_bytes(b"")
    moved = replace(windows, python=other)
    assert [text for text in wrong(moved) if "不是本版本" in text] and len(wrong(moved)) == 2
    install(moved)
    assert wrong(moved) == [] and list(windows.registry.keys[KEY]) == ["OPEN"]


def test_uninstall_leaves_other_add_ins_reachable(windows):
    """Excel reads OPEN, OPEN1 … up to a gap: none may remain."""
    windows.registry.keys[KEY].update({"OPEN": '/R "A.xlam"', "Other": 1})
    install(windows)
    windows.registry.write(KEY, "OPEN2", '/R "B.xlam"')
    removed = uninstall(windows)
    assert windows.registry.keys[KEY] == {"OPEN": '/R "A.xlam"', "OPEN1": '/R "B.xlam"', "Other": 1}
    assert set(removed) == {windows.addin, windows.config} and not any(path.exists() for path in removed)
    assert uninstall(windows) == []


@pytest.mark.parametrize(
    ("spoil", "needed", "word"),
    [
        (lambda computer: computer.addin.unlink(), {}, "addin install"),
        (lambda computer: computer.config.unlink(), {}, "addin install"),
        (lambda computer: computer.registry.keys[KEY].clear(), {}, "Excel 启动时打开加载项"),
        (lambda computer: computer.python.unlink(), {}, "不存在"),
        (
            lambda computer: computer.registry.keys.update({BLOCKING.format(version="16.0"): {"VBAWarnings": 4}}),
            {},
            "IT",
        ),
        (lambda computer: next(computer.python.parents[1].glob("*.dll")).unlink(), {}, "连接库"),
        (lambda computer: None, {"xlwings": "0.30.0"}, "pip install xlwings=="),
        (lambda computer: None, {"xlwings": None}, "未安装"),
        (lambda computer: None, {"pywin32": None}, "pip install pywin32"),
    ],
)
def test_doctor_names_each_fault_and_the_way_out(windows, spoil, needed, word):
    """Well before, and afterwards exactly what was spoiled is named."""
    install(windows)
    spoil(windows)
    found = wrong(windows, **needed)
    assert found and any(word in text for text in found), found
    assert len(found) <= 2


def test_a_path_the_code_page_cannot_hold_is_refused(windows):
    """VBA would read another path than was written."""
    with pytest.raises(WrongUse) as refused:
        install(replace(windows, encoding="cp1252", python=Path("/工具/python.exe")))
    assert refused.value.code == "bad_python_path" and not windows.addin.exists()


def test_a_file_excel_holds_is_told(windows, monkeypatch):
    """With what to do."""

    def held(*_):
        raise PermissionError

    monkeypatch.setattr("shutil.copyfile", held)
    with pytest.raises(WrongUse) as refused:
        install(windows)
    assert "关闭 Excel" in refused.value.zh


def test_elsewhere_the_commands_say_so(addin_process, capsys):
    """On Linux there is no Excel: exit 2 with the way out, and doctor finds it."""
    assert this_computer().system == "linux"
    assert main(["addin", "install"]) == 2
    assert "命令" in capsys.readouterr().err
    assert main(["addin", "doctor", "--json"]) == 1
    assert not json.loads(capsys.readouterr().out)[0]["well"]
    assert main(["addin", "uninstall"]) == 0

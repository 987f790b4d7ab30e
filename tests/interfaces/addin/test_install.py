"""``workbench addin`` puts things where Excel looks, repairs, takes all of it out again, and says what is wrong."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.windows import EXCEL, KEY, MACHINE, SHIPPED, windows_computer
from workbench.core.errors import WrongUse
from workbench.interfaces.addin.checks import addin_remarks, if_used
from workbench.interfaces.addin.computer import NAME, Computer, this_computer
from workbench.interfaces.addin.install import install, uninstall, xlwings_version
from workbench.interfaces.addin.server import FAILED, GAVE_UP
from workbench.interfaces.cli import main

pytestmark = pytest.mark.usefixtures("addin_process")
FONT = {"Font": "等线,11"}


@pytest.fixture
def windows(tmp_path) -> Computer:
    """A Windows computer with Excel."""
    return windows_computer(tmp_path)


def wrong(computer: Computer, **needed) -> list[str]:
    """What doctor finds wrong."""
    versions = {"xlwings": xlwings_version(SHIPPED), "pywin32": "310", **needed}
    found = addin_remarks(computer, versions)
    return [f"{each.what}：{each.way_out('zh')}" for each in found if each.well is False]


def test_install_puts_all_in_place_and_doctor_agrees(windows):
    """The file where Excel opens and trusts it, and a configuration VBA can read; nothing else, only the user's folders."""
    before = wrong(windows)
    assert any("addin install" in text for text in before)
    written = install(windows)
    assert windows.addin.parts[-4:-1] == ("Microsoft", "Excel", "XLSTART")
    assert windows.addin.read_bytes() == SHIPPED.read_bytes()
    assert all(windows.home in path.parents for path in written)
    assert windows.registry.read(KEY) == FONT
    assert windows.config.read_bytes().decode("gbk") == f'"INTERPRETER_WIN","{windows.python}"\r\n'
    assert wrong(windows) == []


def test_installing_again_repairs(windows):
    """Another interpreter, an old add-in: put right."""
    install(windows)
    windows.addin.write_bytes(b"old")
    other = windows.python.with_name("python2.exe")
    other.write_bytes(b"")
    moved = replace(windows, python=other)
    assert [text for text in wrong(moved) if "不是本版本" in text] and len(wrong(moved)) == 2
    install(moved)
    assert wrong(moved) == []


def test_what_an_earlier_version_put_elsewhere_is_found_and_taken_out(windows):
    """File and OPEN value; other add-ins stay reachable, for Excel reads OPEN, OPEN1 … up to a gap."""
    ours = f'/R "{windows.earlier_addin}"'
    for name, value in (("OPEN", '/R "A.xlam"'), ("OPEN1", ours), ("OPEN2", '/R "B.xlam"')):
        windows.registry.write(KEY, name, value)
    windows.earlier_addin.parent.mkdir(parents=True)
    windows.earlier_addin.write_bytes(b"old")
    assert any("打开两次" in each.why.text() for each in addin_remarks(windows) if each.well is False)
    install(windows)
    assert windows.registry.read(KEY) == {**FONT, "OPEN": '/R "A.xlam"', "OPEN1": '/R "B.xlam"'}
    assert not windows.earlier_addin.exists() and wrong(windows) == []
    windows.earlier_addin.write_bytes(b"old")
    assert set(uninstall(windows)) == {windows.addin, windows.config, windows.earlier_addin}
    assert not any(path.exists() for path in (windows.addin, windows.config, windows.earlier_addin))
    assert uninstall(windows) == []


@pytest.mark.parametrize(
    ("spoil", "needed", "word"),
    [
        (lambda computer: computer.addin.unlink(), {}, "addin install"),
        (lambda computer: computer.config.unlink(), {}, "addin install"),
        (lambda computer: computer.python.unlink(), {}, "不存在"),
        (lambda computer: next(computer.python.parents[1].glob("*.dll")).unlink(), {}, "连接库"),
        (
            lambda computer: Path(f"{computer.addin}:Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3\n"),
            {},
            "解除锁定",
        ),
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


@pytest.mark.parametrize(
    ("code", "key", "word"),
    [
        (None, "start_refused", "安全软件"),
        (GAVE_UP, "start_slow", "杀毒软件"),
        (FAILED, "start_failed", "gen_py"),
        (1, "start_failed", "gen_py"),
    ],
)
def test_a_python_that_does_not_start_for_excel_is_told(windows, code, key, word):
    """Doctor tries it as Excel does: refused, too slow, or ended because something is missing."""
    install(windows)
    needed = {"xlwings": xlwings_version(SHIPPED), "pywin32": "310"}
    (told,) = [each for each in addin_remarks(replace(windows, try_start=lambda _: code), needed) if each.well is False]
    assert told.key == key and word in told.way_out("zh")


def test_a_path_the_code_page_cannot_hold_is_refused(windows):
    """VBA would read another path than was written: Python's, or that of the user's folder."""
    with pytest.raises(WrongUse) as refused:
        install(replace(windows, encoding="cp1252", python=Path("/工具/python.exe")))
    assert refused.value.code == "bad_python_path" and not windows.addin.exists()
    with pytest.raises(WrongUse) as refused:
        install(replace(windows, encoding="cp1252", python=Path("/tools/python.exe")))
    assert refused.value.code == "bad_home_path" and not windows.addin.exists()


def test_a_python_that_excel_cannot_use_is_refused_before_anything_is_written(windows):
    """Of Microsoft's Store; of 32 bits, also for a 32-bit Excel."""
    store = Path("C:/Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.13_qbz5n2kfra8p0")
    for computer, code in ((replace(windows, base=store), "store_python"), (replace(windows, bits=32), "python_32")):
        with pytest.raises(WrongUse) as refused:
            install(computer)
        assert refused.value.code == code
    assert not windows.addin.exists() and not windows.config.exists()


def signed(folder: Path, spoil: str = "") -> Path:
    """The shipped add-in with a signature beside its macros, as signtool leaves it; ``spoil``: a part that was changed, too."""
    made = folder / "signed.xlam"
    with zipfile.ZipFile(SHIPPED) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content + b" " if name in (spoil, "[Content_Types].xml") else content)
        target.writestr("xl/vbaProjectSignature.bin", b"signature")
        target.writestr("xl/vbaProjectSignatureV3.bin", b"signature")
        target.writestr("xl/_rels/vbaProject.bin.rels", b"<Relationships/>")
    return made


def test_a_signed_add_in_is_installed_known_and_kept(windows, tmp_path):
    """Where the company requires signatures; a repair of the same version leaves it, and doctor takes it as ours."""
    windows.registry.write(f"{EXCEL}\\Security", "RequireAddinSig", 1)
    install(windows)
    assert [each.key for each in addin_remarks(windows) if each.well is False and "sign" in each.key] == [
        "addins_signed"
    ]
    assert "addin_unsigned" in [each.key for each in addin_remarks(windows) if each.well is None]
    install(windows, signed(tmp_path))
    kept = windows.addin.read_bytes()
    assert kept == signed(tmp_path).read_bytes() and wrong(windows) == []
    assert "addin_signed" in [each.key for each in addin_remarks(windows) if each.well]
    install(windows)
    assert windows.addin.read_bytes() == kept
    windows.addin.write_bytes(signed(tmp_path, "xl/vbaProject.bin").read_bytes())  # of another version
    assert any("不是本版本" in text for text in wrong(windows))
    install(windows)
    assert windows.addin.read_bytes() == SHIPPED.read_bytes()


def test_what_is_not_the_signed_add_in_is_refused(windows, tmp_path):
    """Without a signature; with other macros, or another ribbon; no workbook at all."""
    text = tmp_path / "x.xlam"
    text.write_text("x")
    others = [SHIPPED, text]
    for part in ("xl/vbaProject.bin", "customUI/customUI14.xml"):
        (tmp_path / Path(part).stem).mkdir()
        others.append(signed(tmp_path / Path(part).stem, part))
    for other in others:
        with pytest.raises(WrongUse) as refused:
            install(windows, other)
        assert refused.value.code == "bad_addin" and not windows.addin.exists()


@pytest.mark.parametrize("spoil", ["under a password", "packed in another way", "unpacks to nothing"])
def test_a_spoilt_add_in_is_told_and_put_right(windows, tmp_path, spoil):
    """Parts that cannot be unpacked any more are no fault of ours: doctor tells it, and installing again repairs it."""
    install(windows, signed(tmp_path))
    raw = bytearray(windows.addin.read_bytes())
    listed, packed = raw.index(b"PK\x01\x02"), 30 + raw[26] + raw[28]  # of the first part
    place, value = {
        "under a password": (listed + 8, 1),
        "packed in another way": (listed + 10, 99),
        "unpacks to nothing": (packed, 0xFF),
    }[spoil]
    raw[place] = value
    windows.addin.write_bytes(raw)
    assert any("不是本版本" in text for text in wrong(windows))
    with pytest.raises(WrongUse) as refused:
        install(windows, windows.addin)
    assert refused.value.code == "bad_addin"
    install(windows)
    assert windows.addin.read_bytes() == SHIPPED.read_bytes()


def test_on_a_mac_it_says_so_and_writes_nothing(windows, capsys, monkeypatch):
    """Plainly, with what works there: exit 2, no fault."""
    mac = replace(windows, system="darwin", registry=None)
    monkeypatch.setattr("workbench.interfaces.addin.computer.this_computer", lambda: mac)
    assert main(["addin", "install"]) == 2
    said = capsys.readouterr().err
    assert "Mac" in said and "终端" in said and not mac.addin.exists() and not mac.config.exists()
    monkeypatch.setattr("workbench.interfaces.addin.checks.this_computer", lambda: mac)
    assert [each.well for each in if_used()] == [None]


def test_a_python_of_conda_is_told(windows):
    """It works in its own environment only."""
    (windows.base / "conda-meta").mkdir(parents=True)
    install(windows)
    assert any("conda" in text and "python.org" in text for text in wrong(windows))


@pytest.mark.parametrize(
    "python",
    ["OneDrive - 公司/venv/Scripts/python.exe", r"\\server\share\venv\Scripts\python.exe"],
    ids=["OneDrive", "UNC"],
)
def test_a_python_that_may_not_be_there_at_times_is_told(tmp_path, monkeypatch, python):
    """In a folder a cloud keeps in step, or on a share: installed all the same, and doctor says what may happen."""
    monkeypatch.chdir(tmp_path)
    computer = windows_computer(tmp_path, python=tmp_path / python if "OneDrive" in python else Path(python))
    install(computer)
    assert [each.key for each in addin_remarks(computer) if each.key == "python_place" and each.well is False]


def test_a_user_with_a_chinese_name_and_a_python_in_his_folder(tmp_path):
    """As with `%LOCALAPPDATA%\\workbench`: both are written in the code page that VBA reads."""
    home = tmp_path / "张三"
    computer = windows_computer(tmp_path, python=home / "AppData/Local/workbench/Scripts/python.exe", home=home)
    install(computer)
    assert str(computer.python).encode("gbk") in computer.config.read_bytes()
    assert wrong(computer) == []


def test_a_file_excel_holds_is_told(windows, monkeypatch):
    """With what to do."""

    def held(*_):
        raise PermissionError

    monkeypatch.setattr("shutil.copyfile", held)
    with pytest.raises(WrongUse) as refused:
        install(windows)
    assert "关闭 Excel" in refused.value.zh


def test_elsewhere_the_commands_say_so(addin_process, capsys):
    """On Linux there is no Excel: exit 2 with the way out, and doctor finds it; the whole doctor does not mind."""
    assert this_computer().system == "linux"
    assert main(["addin", "install"]) == 2
    assert "命令" in capsys.readouterr().err
    assert main(["addin", "doctor", "--json"]) == 1
    assert not json.loads(capsys.readouterr().out)[0]["well"]
    assert main(["addin", "uninstall"]) == 0
    assert [each.well for each in if_used()] == [None]


def test_the_whole_doctor_takes_the_add_in_along_where_it_is_installed(windows, monkeypatch):
    """A Windows computer without it is well; one with it is looked at."""
    monkeypatch.setattr("workbench.interfaces.addin.checks.this_computer", lambda: windows)
    assert [(each.key, each.well) for each in if_used()] == [("addin_unused", None)]
    install(windows)
    assert NAME in "".join(each.what.text() for each in if_used())
    windows.registry.write("Software\\Policies\\Microsoft\\Office\\16.0\\Common\\Security", "VBAOff", 1, MACHINE)
    assert "vba" in [each.key for each in if_used() if each.well is False]

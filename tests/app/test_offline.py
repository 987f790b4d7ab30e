"""The folder a PC without internet is set up from: what is in it for which PC, and a setup that takes nothing from elsewhere."""

from __future__ import annotations

import base64
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from workbench.app import offline
from workbench.app.doctor_machine import OURS
from workbench.app.offline import Target, collect
from workbench.core.errors import WrongUse
from workbench.core.shipped import PACKAGE
from workbench.interfaces.cli import main

# who asks for what, with the markers that real packages have
WORLD = {
    "xlwings": ["pywin32; platform_system == 'Windows'", "psutil; platform_system == 'Darwin'"],
    "keyring": ["pywin32-ctypes; sys_platform == 'win32'", "jeepney; sys_platform == 'linux'"],
    "anyio": ["psutil; extra == 'trio'", "idna"],
}
NEEDS = ["keyring", "anyio[trio]", "xlwings; extra == 'excel'", "tzdata; extra == 'lab'"]


def wheel(folder: Path, name: str, version: str, needs: list[str], body: str = "") -> Path:
    """A small wheel that says what it needs; its command ``workbench`` prints where it runs."""
    folder.mkdir(parents=True, exist_ok=True)
    module = name.replace("-", "_")
    extras = sorted(set(re.findall(r"extra == '(\w+)'", " ".join(needs))))
    meta = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *(f"Provides-Extra: {each}" for each in extras)]
    parts = {
        f"{module}.py": body or "def main():\n    print(__file__)\n",
        f"{module}-{version}.dist-info/METADATA": "\n".join([*meta, *(f"Requires-Dist: {each}" for each in needs), ""]),
        f"{module}-{version}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if name == OURS:
        scripts = f"[console_scripts]\nworkbench = {module}:main\n"
        parts[f"{module}-{version}.dist-info/entry_points.txt"] = scripts
    lines = []
    for path, text in parts.items():
        digest = base64.urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(text.encode())}")
    record = f"{module}-{version}.dist-info/RECORD"
    made = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        for path, text in parts.items():
            archive.writestr(path, text)
        archive.writestr(record, "\n".join([*lines, f"{record},,", ""]))
    return made


class Index:
    """pip, as far as it is asked here: it makes the wheels it is told to bring."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, arguments) -> None:
        self.asked.append(list(arguments))
        folder = Path(arguments[arguments.index("--dest") + 1])
        for each in arguments[arguments.index("--dest") + 2 :]:
            name, version = each.split("==")
            wheel(folder, name, version, WORLD.get(name, []))


@pytest.fixture
def ours(tmp_path) -> Path:
    """This program as a wheel."""
    return wheel(tmp_path / "ours", OURS, "0.1.0", NEEDS)


def names(folder: Path) -> set[str]:
    """The packages in a folder."""
    return {path.name.split("-")[0] for path in (folder / "wheels").glob("*.whl")}


def test_a_windows_folder_made_anywhere_holds_what_windows_needs(ours, tmp_path):
    """Markers go by the PC the folder is for; extras by what asks; pinned versions, and a hash for each wheel."""
    index = Index()
    count = collect(tmp_path / "安装包", Target(), ["excel"], ours, index)
    folder = tmp_path / "安装包"
    expected = {"key_account_workbench", "keyring", "pywin32_ctypes", "anyio", "psutil", "idna", "xlwings", "pywin32"}
    assert names(folder) == expected and count == len(expected)
    for asked in index.asked:
        assert asked[:3] == ["download", "--no-deps", "--only-binary=:all:"]
        assert asked[3:9] == ["--platform", "win_amd64", "--python-version", "3.13", "--implementation", "cp"]
    lines = (folder / "requirements.txt").read_text("utf-8").splitlines()
    hashes = {sha256(path.read_bytes()).hexdigest() for path in (folder / "wheels").glob("*")}
    assert {line.partition("sha256:")[2] for line in lines} == hashes
    assert any(line.startswith("key-account-workbench[excel]==0.1.0 --hash") for line in lines)
    assert any(line.startswith("xlwings==0.37.8 ") for line in lines)


@pytest.mark.skipif(sys.platform != "linux", reason="what Linux needs")
def test_a_folder_for_a_computer_like_this_one(ours, tmp_path):
    """Without the parts of Windows, with those of this system, and the Python that runs here."""
    collect(tmp_path / "here", Target("here"), ["lab"], ours, Index())
    assert {"jeepney", "tzdata"} < names(tmp_path / "here") and not {"pywin32", "xlwings"} & names(tmp_path / "here")
    told = json.loads((tmp_path / "here" / "offline.json").read_text("utf-8"))
    assert told == {"platform": "here", "python": "{}.{}".format(*sys.version_info), "excel": False}


def test_what_cannot_be_made_is_refused_and_leaves_nothing(ours, tmp_path, monkeypatch):
    """A folder with something in it; a package no version was tested of; no sources; a pip that fails."""
    with pytest.raises(WrongUse) as refused:
        collect(tmp_path, Target(), [], ours, Index())
    assert "不是空的" in refused.value.zh
    strange = wheel(tmp_path / "strange", OURS, "0.1.0", ["nobody-knows-this"])
    with pytest.raises(WrongUse) as refused:
        collect(tmp_path / "new", Target(), [], strange, Index())
    assert "constraints.txt" in refused.value.zh and "nobody-knows-this" in refused.value.zh
    monkeypatch.setattr(offline, "PACKAGE", tmp_path / "site-packages" / "workbench")
    with pytest.raises(WrongUse) as refused:
        collect(tmp_path / "new", Target(), [], None, Index())
    assert "--wheel" in refused.value.zh
    with pytest.raises(WrongUse) as refused:
        offline.run_pip(["download", "--no-index", "--dest", str(tmp_path / "x"), "nobody-knows-this==1"])
    assert "pip config" in refused.value.zh and "nobody-knows-this" in refused.value.zh
    assert not (tmp_path / "new").exists()


def test_what_is_named_wrongly_is_a_sentence(ours, tmp_path, capsys):
    """No wheel, another program's, a version there is none of, a file where the folder should be: exit 2, no fault."""
    text, other = tmp_path / "x.whl", wheel(tmp_path / "other", "idna", "3.10", [])
    text.write_text("x")
    renamed, spoilt = tmp_path / other.name.replace("idna", ours.name.split("-")[0]), tmp_path / "spoilt" / ours.name
    renamed.write_bytes(other.read_bytes())
    spoilt.parent.mkdir()
    spoilt.write_bytes(b"x")
    for wrong in (text, other, renamed, spoilt):
        assert main(["offline", str(tmp_path / "new"), "--wheel", str(wrong)]) == 2
        assert "不是本程序的安装文件" in capsys.readouterr().err
    for version in ("abc", "3", "3.13.1"):
        assert main(["offline", str(tmp_path / "new"), "--python", version, "--wheel", str(ours)]) == 2
        assert "3.13 这样的版本" in capsys.readouterr().err
    assert main(["offline", str(text), "--wheel", str(ours)]) == 2
    assert str(text) in capsys.readouterr().err
    with pytest.raises(WrongUse) as refused:
        collect(text / "below", Target(), [], ours, Index())
    assert refused.value.code == "folder_not_written"
    assert not (tmp_path / "new").exists()


def test_what_windows_and_its_people_read(ours, tmp_path):
    """cmd takes ASCII with its line ends and finds what it names; Notepad takes the text; setup.py is as it is here."""
    folder = tmp_path / "安装包"
    collect(folder, Target(python="3.12"), ["excel"], ours, Index())
    script = (folder / "安装.cmd").read_bytes()
    assert script.isascii() and script.count(b"\n") == script.count(b"\r\n") > 20
    text = script.decode()
    assert "Python312" in text and "py -3.12" in text and "{" not in text.replace("%~", "")
    labels = set(re.findall(r"^:(\w+)", text, re.M))
    assert labels and {each for each in re.findall(r"call :(\w+)", text)} == labels
    for name in ("README.txt", "setup.py"):
        assert name in text and (folder / name).is_file()
    readme = (folder / "README.txt").read_bytes()
    assert readme.startswith(b"\xef\xbb\xbf") and "Python 3.12，64 位" in readme.decode("utf-8-sig")
    assert (folder / "setup.py").read_bytes() == (PACKAGE / "app" / "offline_files" / "setup.py").read_bytes()


def setup_module():
    """setup.py, which stands alone."""
    spec = importlib.util.spec_from_file_location("offline_setup", PACKAGE / "app" / "offline_files" / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_python_that_will_not_do_is_told_before_anything_is_made(tmp_path):
    """Of the Store, of conda, of 32 bits, of another version; on another system. A good one is taken."""
    setup = setup_module()
    told = {"platform": "win_amd64", "python": "3.13"}
    conda = tmp_path / "Anaconda3"
    (conda / "conda-meta").mkdir(parents=True)
    store = Path("C:/Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.13_qbz5n2kfra8p0")
    good = Path("C:/Users/张三/AppData/Local/Programs/Python/Python313")
    cases = [
        ((store, (3, 13, 1), 64, "win32"), "微软商店"),
        ((conda, (3, 13, 1), 64, "win32"), "conda"),
        ((good, (3, 13, 1), 32, "win32"), "32 位"),
        ((good, (3, 12, 9), 64, "win32"), "3.12"),
        ((good, (3, 13, 1), 64, "linux"), "Windows"),
    ]
    for case, word in cases:
        assert word in setup.reason_against(told, *case)
    assert setup.reason_against(told, good, (3, 13, 1), 64, "win32") == ""
    assert setup.place_of(["D:/w"], {}) == Path("D:/w")
    assert setup.place_of([], {"LOCALAPPDATA": "C:/Users/张三/AppData/Local"}).name == "workbench"


@pytest.mark.slow
def test_it_is_set_up_from_the_folder_alone_and_a_spoilt_wheel_is_refused(ours, tmp_path):
    """Really: a new environment under a Chinese name with a space, no index, hashes; twice is an upgrade."""
    folder, place = tmp_path / "安装包", tmp_path / "张三 的程序"
    collect(folder, Target("here"), [], ours, Index())
    base = Path(sys.base_prefix) / ("python.exe" if sys.platform == "win32" else "bin/python3")

    def run() -> subprocess.CompletedProcess:
        command = [str(base), "-I", "-B", str(folder / "setup.py"), str(place)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path)

    done = run()
    assert done.returncode == 0 and "已装好" in done.stdout, done.stdout + done.stderr
    said = subprocess.run([place / "bin" / "workbench"], capture_output=True, text=True, encoding="utf-8")
    assert Path(said.stdout.strip()).is_relative_to(place)
    assert run().returncode == 0
    shutil.rmtree(place)
    wheel(folder / "wheels", "idna", next((folder / "wheels").glob("idna-*")).name.split("-")[1], [], "evil = 1\n")
    done = run()
    assert done.returncode == 1 and "重新复制" in done.stdout
    assert not (place / "bin" / "workbench").exists()


def test_the_command_says_what_is_to_be_done(ours, tmp_path, monkeypatch, capsys):
    """With the number of packages and the file to press; a refusal is exit 2."""
    monkeypatch.setattr(offline, "run_pip", Index())
    assert main(["offline", str(tmp_path / "包"), "--wheel", str(ours)]) == 0
    assert "共 8 个组件" in capsys.readouterr().out
    assert main(["offline", str(tmp_path / "包"), "--wheel", str(ours)]) == 2
    assert "不是空的" in capsys.readouterr().err

"""The wheel holds everything the program needs and runs from a folder that knows nothing of the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.source import PACKAGE, ROOT
from workbench import __version__

pytestmark = pytest.mark.slow
FINDING = {"cell", "clause", "code", "message"}
FILE = {"file", "template", "accepted", "returned", "findings"}


@dataclass(frozen=True)
class Installed:
    """A wheel, and the folder it was installed into."""

    wheel: Path
    target: Path

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run Python with the installed package, away from the checkout."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("WORKBENCH_", "COV"))}
        environment |= {"PYTHONPATH": str(self.target), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8"
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Installed:
    """Built by hatchling, installed by pip without its dependencies, without asking any registry."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    put = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-index",
            "--no-deps",
            "--no-compile",
            "--disable-pip-version-check",
            "--target",
            str(folder / "installed"),
            str(wheel),
        ],
        capture_output=True,
        text=True,
    )
    assert put.returncode == 0, put.stderr
    return Installed(wheel, folder / "installed")


def test_the_wheel_is_complete(installed):
    """Every source and data file of the package, and the templates, notebooks and add-in under ``_shipped``."""
    with zipfile.ZipFile(installed.wheel) as archive:
        names = set(archive.namelist())
    ours = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and "__pycache__" not in path.parts
    }
    assert ours <= names
    for folder, suffix in (("templates", ".yaml"), ("notebooks", ".ipynb")):
        wanted = {f"workbench/_shipped/{folder}/{path.name}" for path in (ROOT / folder).glob(f"*{suffix}")}
        assert wanted
        assert wanted <= names
    assert [name for name in names if name.startswith("workbench/_shipped/excel/")]
    assert [name for name in names if name.endswith("/licenses/LICENSE")]


def test_the_wheel_holds_nothing_else(installed):
    """No tests, no benchmarks, no caches, no keys."""
    with zipfile.ZipFile(installed.wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"workbench", f"key_account_workbench-{__version__}.dist-info"}
    assert [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".keys", ".db"))] == []


def test_the_installed_package_is_the_one_that_runs(installed, tmp_path):
    """And it finds what it shipped with inside itself."""
    code = "import workbench, workbench.core.shipped as s; print(workbench.__file__); print(s.shipped('templates'))"
    done = installed.run("-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        assert Path(line).resolve().is_relative_to(installed.target.resolve())


def test_help_works(installed, tmp_path):
    """Exit code 0 and the commands, on standard output."""
    done = installed.run("-m", "workbench", "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for command in ("init", "templates", "check", "import", "settle", "report"):
        assert command in done.stdout


def test_templates_are_written_and_checked(installed, tmp_path):
    """The blanks come out of the wheel; a filled one is checked, and the JSON document has its contract's names."""
    from datetime import datetime

    from openpyxl import load_workbook

    from tests.support.office import fill, lead

    done = installed.run("-m", "workbench", "templates", "--out", "空白", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    blanks = sorted((tmp_path / "空白").glob("*.xlsx"))
    assert len(blanks) == len(list((ROOT / "templates").glob("*.yaml")))
    assert [load_workbook(path).worksheets[0].max_row > 3 for path in blanks] == [True] * len(blanks)
    blank = next(path for path in blanks if "大客户信息记录表" in path.name)
    header = {
        "单位代码": "D001",
        "单位名称": "某店",
        "提报人": "李提报",
        "提报人电话": "13700002222",
        "提报日期": datetime(2026, 1, 5),
    }
    fill(blank, tmp_path / "已填.xlsx", header, [lead("江城公交", 第三方联系人=None), lead("江城物流")])
    done = installed.run("-m", "workbench", "check", "已填.xlsx", "--json", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    document = json.loads(done.stdout)
    assert set(document) == {"files"}
    (file,) = document["files"]
    assert set(file) >= FILE
    assert (file["file"], file["template"], file["returned"]) == ("已填.xlsx", "lead_record", 1)
    assert all(set(finding) >= FINDING for finding in file["findings"])
    returned = [finding for finding in file["findings"] if finding["clause"] == "5.2"]
    assert [finding["code"] for finding in returned] == ["missing"]
    assert returned[0]["cell"][0].isalpha()


def test_a_blank_is_checked_without_a_fault(installed, tmp_path):
    """Every blank template, unfilled, gets an answer of the contract: done, findings or refused."""
    installed.run("-m", "workbench", "templates", "--out", "空白", cwd=tmp_path)
    done = installed.run("-m", "workbench", "check", "空白", "--json", cwd=tmp_path)
    assert done.returncode in (0, 1, 2), done.stderr
    files = json.loads(done.stdout)["files"]
    assert {file["file"] for file in files} == {path.name for path in (tmp_path / "空白").rglob("*.xlsx")}
    assert all(set(file) >= FILE for file in files)
    assert all(file["accepted"] == 0 for file in files)


def test_a_file_that_is_none_of_ours_is_refused(installed, tmp_path):
    """Exit code 2, one sentence on standard error, one JSON document on standard output."""
    (tmp_path / "坏.xlsx").write_bytes(b"no workbook at all")
    done = installed.run("-m", "workbench", "check", "坏.xlsx", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert json.loads(done.stdout)["files"][0]["accepted"] == 0
    assert len(done.stderr.strip().splitlines()) == 1
    assert "坏.xlsx" in done.stderr
    done = installed.run("-m", "workbench", "check", "没有.xlsx", "--lang", "en", cwd=tmp_path)
    assert done.returncode == 2
    assert "没有.xlsx" in done.stderr
    assert "Traceback" not in done.stderr

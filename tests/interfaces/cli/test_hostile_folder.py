"""Files come by mail into folders with other things in them: nothing that lies there is ever run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source import ROOT

pytestmark = pytest.mark.process
# what the program, its reading process, a kernel and xlwings' server import first
NAMES = ("json", "pandas", "openpyxl", "zipfile", "workbench", "ipykernel", "encodings", "xlwings", "site", "typing")


@pytest.fixture
def hostile(tmp_path, blanks) -> Path:
    """A folder with an official workbook and beside it modules that leave a mark when they are run."""
    folder = tmp_path / "收件"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.py").write_text("open('run.txt', 'w').close()\n", encoding="utf-8")
    (folder / "T1.xlsx").write_bytes(next(blanks.glob("*信息记录表*.xlsx")).read_bytes())
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[bytes]:
    """A command started in the folder, with this program installed and nothing said about the folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=120)


def test_the_mark_would_be_left(hostile):
    """Python itself runs what lies beside it: the attack works where nothing is done about it."""
    run(hostile, sys.executable, "-c", "import json")
    assert (hostile / "run.txt").exists()


def test_a_check_runs_nothing_of_the_folder(hostile):
    """The command and the process that reads the workbook."""
    start = "import sys; from workbench.interfaces.cli import main; sys.exit(main(sys.argv[1:]))"
    done = run(hostile, sys.executable, "-P", "-c", start, "check", "T1.xlsx", "--json")
    (finding,) = json.loads(done.stdout)["files"][0]["findings"]
    assert (finding["code"], finding["cell"]) == ("missing_header", "C3")  # it was read: the blank is not filled in
    assert not (hostile / "run.txt").exists()


def test_a_kernel_runs_nothing_of_the_folder(hostile):
    """As a report's notebook starts it, up to the kernel's own command line."""
    from workbench.platform.reporting.kernel import OwnInterpreter

    command = OwnInterpreter().get_kernel_spec("workbench").argv
    done = run(hostile, *[part for part in command if part not in ("-f", "{connection_file}")], "--help")
    assert done.returncode == 0, done.stderr
    assert not (hostile / "run.txt").exists()

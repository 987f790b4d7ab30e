"""One Python for an Excel, whatever is open in it; a start that fails is one bounded wait and is said at once afterwards."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook
from pyopenvba import ExcelFile

from tests.support.library import ADDIN, LENT, Library, asking
from tests.support.source import ROOT
from workbench.interfaces.addin import server

pytestmark = pytest.mark.slow
NEVER = 'import time, sys\nif "workbench.interfaces.addin.server" in sys.orig_argv:\n    '


@pytest.fixture(scope="module")
def text() -> str:
    """The VBA module of the committed add-in."""
    with ExcelFile(ADDIN) as book:
        return book.get_module("DK_Functions")


@pytest.fixture
def library(tmp_path):
    """The library in an Excel, and its end."""
    made = []

    def make(lent: str = LENT) -> Library:
        made.append(Library(tmp_path, lent))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_thirty_workbooks_have_one_python(text, library, tmp_path):
    """Buttons and cells of thirty workbooks ask by one command, and a real Python serves them all."""
    app, windows = asking(text, sys.executable), library()
    Workbook().save(tmp_path / "一月^&calc.exe .xlsx")
    app.open_workbook(tmp_path / "一月^&calc.exe .xlsx")
    app.run("Ask")
    for _ in range(29):
        app.add_workbook()
        app.run("Ask")
    assert len(app.console) == 30 and len(set(app.console)) == 1
    assert all(windows.activate(command) for command in app.console)
    assert len(windows.servers) == 1 and len(windows.waited) == 1
    (process,) = windows.servers.values()
    assert process.poll() is None
    process.kill()
    process.wait()
    assert windows.activate(app.console[0]) and len(windows.servers) == 1  # one that died is started again


def test_a_dead_interpreter_costs_one_wait(text, library, tmp_path):
    """It is missing, or ends at once: the library notices within moments, fifty cells ask it once, and say why."""
    missing = str(tmp_path / "no" / "python")
    for interpreter, lent in ((missing, LENT), (sys.executable, NEVER + "sys.exit(1)")):
        windows = library(lent)
        app = asking(text, interpreter, answer=1)
        for _ in range(50):
            app.run("Ask")
        command, *told = app.console
        assert told == ["#Python 未能启动（一分钟后可再试） x"] + ["#Python 未能启动（一分钟后可再试）"] * 49
        assert not windows.activate(command) and sum(windows.waited) < 20


def test_a_python_that_hangs_ends_itself(library):
    """Where loading takes for ever the process gives up, so that the library notices long before its two minutes."""
    hang = (
        LENT
        + "import builtins\nreal = builtins.__import__\n"
        + (
            "def slow(name, *more):\n"
            "    if name.endswith('addin.callbacks'):\n        time.sleep(600)\n"
            "    return real(name, *more)\n"
            "builtins.__import__ = slow\n"
        )
    )
    windows = library(hang)
    code = "from workbench.interfaces.addin import server; server.main('x', 2.0)"
    assert not windows.activate(f'"{sys.executable}" -P -B -c "{code}"')
    assert sum(windows.waited) < 20
    (process,) = windows.servers.values()
    assert process.returncode == server.GAVE_UP < server.LONGEST_START < 120


def test_a_missing_part_is_written_down(library, tmp_path, monkeypatch):
    """Where xlwings or pywin32 cannot be loaded the process ends at once, and the log says what is missing."""
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path))
    windows = library('import sys\nsys.modules["xlwings"] = None\n')
    assert not windows.activate(server.COMMAND.replace("<python>", sys.executable))
    (process,) = windows.servers.values()
    assert process.returncode == server.FAILED
    assert "ModuleNotFoundError" in (tmp_path / "workbench.log").read_text(encoding="utf-8")


def test_a_trial_loads_everything_and_ends(tmp_path, monkeypatch):
    """With the real modules and the real command; a part that is missing, a spoilt cache, a hang and no program are told apart."""
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path))
    python = Path(sys.executable)
    assert server.try_start(python) == 0
    for lent in (
        'sys.modules["xlwings"] = None',
        "class Spoilt:\n    def find_spec(self, name, *_):\n        if name == 'xlwings':\n            raise AttributeError('CLSIDToClassMap')\nsys.meta_path.insert(0, Spoilt())",
    ):
        (tmp_path / "sitecustomize.py").write_text(f"import sys\n{lent}\n", encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
        assert server.try_start(python) == server.FAILED
    told = (tmp_path / "workbench.log").read_text(encoding="utf-8")
    assert "ModuleNotFoundError" in told and "AttributeError" in told and "CLSIDToClassMap" not in told
    (tmp_path / "sitecustomize.py").write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    assert server.try_start(python, 1.0) == server.GAVE_UP
    assert server.try_start(tmp_path / "no" / "python") is None

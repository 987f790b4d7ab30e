"""What went wrong can be found out: a small log without values, and the traceback with ``--debug``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import nbformat
import pytest

from workbench.app import faults
from workbench.core.errors import WorkbenchError
from workbench.core.state import state_folder
from workbench.interfaces.cli import main
from workbench.platform.capability import Capability, extended
from workbench.platform.interface import Command

SECRET = "张联系 13900001111"
HERE = "tests.app.test_faults"
CAPABILITY = Capability(
    name="failing", title="出错", commands=(Command("fail", run=f"{HERE}:fail", zh="出错。", en="Fail."),)
)
MOMENT = datetime(2026, 4, 3, 9)


def fail() -> int:
    """A fault of the program, on a value nobody may see."""
    raise ValueError(SECRET)


@pytest.fixture
def state(tmp_path, monkeypatch) -> Path:
    """A state folder of the test's own."""
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path / "state"))
    monkeypatch.setattr("workbench.app.clock.now", lambda: MOMENT)
    return tmp_path / "state"


def ran(*arguments: str) -> int:
    """The exit code of the failing command."""
    with extended(CAPABILITY):
        return main([*arguments, "fail"])


def test_a_fault_is_one_line_and_a_log_without_values(state, capsys):
    """The sentence names the type, the place and the log; what the fault said stands nowhere."""
    assert ran() == 3
    told = capsys.readouterr().err
    log = (state / "workbench.log").read_text(encoding="utf-8")
    assert told.startswith("程序内部错误（ValueError，") and str(state / "workbench.log") in told
    assert "已经记入的仍然有效" in told  # it does not know whether something was entered before
    assert "2026-04-03 09:00:00" in log and "ValueError" in log and f"{Path(__file__).name}:" in log
    assert SECRET not in told + log and "Traceback" not in told


@pytest.mark.parametrize("way", ["option", "environment"])
def test_the_traceback_is_shown_when_asked_for(way, state, capsys, monkeypatch):
    """``--debug`` and WORKBENCH_DEBUG show it, with the fault's own words."""
    if way == "environment":
        monkeypatch.setenv("WORKBENCH_DEBUG", "1")
    assert ran(*(["--debug"] if way == "option" else [])) == 3
    told = capsys.readouterr().err
    assert "Traceback" in told and SECRET in told


def test_the_log_stays_small(state):
    """Beyond its limit it begins anew; one older file is kept."""
    for _ in range(40):
        faults.keep_lines("ValueError", ["  x.py:1"] * 2000)
    sizes = {path.name: path.stat().st_size for path in state.iterdir()}
    assert set(sizes) == {"workbench.log", "workbench.log.1"}
    assert max(sizes.values()) <= faults.LARGEST


def test_a_log_that_cannot_be_written_is_no_second_fault(state, capsys):
    """The sentence stands alone."""
    state.write_text("a file in the way", encoding="utf-8")
    assert ran() == 3
    assert "记录见" not in capsys.readouterr().err


def test_the_state_folder_is_the_systems():
    """WORKBENCH_STATE goes before what each system has for it."""
    home = {"HOME": "/h"}
    assert state_folder({**home, "WORKBENCH_STATE": "/x"}) == Path("/x")
    assert state_folder(home, "linux") == Path("/h/.local/state/workbench")
    assert state_folder({**home, "XDG_STATE_HOME": "/s"}, "linux") == Path("/s/workbench")
    assert state_folder(home, "darwin") == Path("/h/Library/Application Support/workbench")
    assert state_folder({**home, "LOCALAPPDATA": "/l"}, "win32") == Path("/l/workbench")


@pytest.fixture
def failed(tmp_path, monkeypatch) -> WorkbenchError:
    """The refusal of a report whose notebook fails on purpose in its second code cell."""
    from workbench.platform.reporting import runs
    from workbench.platform.reporting.registry import find

    notebook = nbformat.v4.new_notebook()
    parameters = nbformat.v4.new_code_cell(
        'register: str = ""\nperiod: str = ""\nas_of: str = ""\nout_dir: str = ""\nuser: str = ""',
        metadata={"tags": ["parameters"]},
    )
    notebook.cells = [
        parameters,
        nbformat.v4.new_code_cell(f"def look(contact):\n    return 1 / 0\n\nlook({SECRET!r})"),
    ]
    monkeypatch.setattr(runs, "source", lambda report: notebook)
    with pytest.raises(WorkbenchError) as refused:
        runs.run_report(
            find("targets").name,
            register_path=tmp_path / "登记册.db",
            period="2026-03",
            as_of=MOMENT,
            out_dir=tmp_path / "out",
            user="x",
            passphrase="y",
            seal=lambda *_: {},
        )
    return refused.value


def test_a_failing_notebook_can_be_debugged(failed, state, capsys, monkeypatch):
    """Without ``--debug`` a sentence and the log, which names the cell's lines only; with it the cell's traceback."""
    assert (failed.code, "（ZeroDivisionError）" in failed.zh) == ("report_failed", True)
    faults.report_refusal(failed)
    told, log = capsys.readouterr().err, (state / "workbench.log").read_text(encoding="utf-8")
    assert "记录见" in told and "ZeroDivisionError: division" not in told
    assert "Cell In[" in log and ", line 2" in log and SECRET not in told + log
    monkeypatch.setattr(faults.common, "debug", True)
    faults.report_refusal(failed)
    told = capsys.readouterr().err
    assert "return 1 / 0" in faults._plain(told) and "division by zero" in told

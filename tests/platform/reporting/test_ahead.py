"""Kernels that are started ahead: how many, which are taken, and that nothing of a run is in one before its turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from workbench.platform.reporting import kernel, kernel_start
from workbench.platform.reporting.ahead import KernelsAhead

WAITING = """
import json, os
from workbench.platform.reporting.kernel_start import wait
wait()
print(json.dumps([os.getcwd(), {name: os.environ[name] for name in os.environ}]))
"""


@pytest.fixture
def started(monkeypatch):
    """Kernels that are none, as they are started."""
    made = []

    def start(preload):
        one = SimpleNamespace(preload=preload, alive=True, ended=False)
        one.is_alive = lambda: one.alive
        one.has_loaded = lambda asked: asked == one.preload
        one.end = lambda: setattr(one, "ended", True)
        made.append(one)
        return one

    monkeypatch.setattr(kernel, "Kernel", SimpleNamespace(start=start))
    return made


def test_one_run_starts_one_kernel(started):
    """Nobody said that there are more."""
    with KernelsAhead() as ahead:
        ahead.take(())
        ahead.begin(())
    assert len(started) == 1


def test_each_run_has_a_kernel_of_its_own_and_none_is_left_over(started):
    """Three runs, three kernels, however often a run says that it has begun; the later two waited."""
    with KernelsAhead() as ahead:
        ahead.expect(3)
        taken = []
        for _ in range(3):
            taken.append(ahead.take(("a",)))
            assert len(started) == len(taken)
            ahead.begin(("a",))
            ahead.begin(("a",))
    assert taken == started
    assert not any(each.ended for each in started)  # who takes one ends it


def test_one_that_nobody_needed_ends(started):
    """Fewer runs came than were expected."""
    with KernelsAhead(2) as ahead:
        ahead.take(())
        ahead.begin(())
    assert [each.ended for each in started] == [False, True]


@pytest.mark.parametrize(("alive", "asked"), [(False, ()), (True, ("another",))], ids=["dead", "other-modules"])
def test_one_that_cannot_serve_is_replaced(alive, asked, started):
    """A kernel that died while it waited, or has loaded other modules, costs nobody a report."""
    with KernelsAhead(2) as ahead:
        ahead.take(())
        ahead.begin(())
        started[1].alive = alive
        assert ahead.take(asked) is started[2]
    assert [each.ended for each in started] == [False, True, False]


def test_what_cannot_be_started_ahead_is_started_when_it_is_needed(monkeypatch, started):
    """No process to be had now: the next run tries, and says what is in its way."""
    start = kernel.Kernel.start
    with KernelsAhead(2) as ahead:
        ahead.take(())
        monkeypatch.setattr(kernel.Kernel, "start", lambda preload: (_ for _ in ()).throw(BlockingIOError))
        ahead.begin(())
        monkeypatch.setattr(kernel.Kernel, "start", start)
        assert ahead.take(()) is started[1]


def _waiting(said: bytes, **around: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT") if name in os.environ}
    return subprocess.run([sys.executable, "-c", WAITING], input=said, capture_output=True, env={**kept, **around})


def test_it_takes_on_the_whole_environment_of_its_run(tmp_path):
    """What was there before is gone, but for what its launcher told it; folder and secret come on its standard input."""
    given = {"PATH": os.environ["PATH"], "WORKBENCH_PASSPHRASE": "benchmark only 大客户"}
    done = _waiting(kernel_start.line(str(tmp_path), given), WORKBENCH_USER="earlier", JPY_PARENT_PID="1")
    folder, environment = json.loads(done.stdout)
    assert os.path.samefile(folder, tmp_path)
    assert environment == {**given, "JPY_PARENT_PID": "1"}


@pytest.mark.parametrize("said", [b"", b'["/", {}'], ids=["nothing", "half"])
def test_it_ends_where_nobody_is_there_any_more(said):
    """The process that started it has gone, before it said anything or in the middle."""
    done = _waiting(said)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")

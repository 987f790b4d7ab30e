"""Several reports in a row, with the kernel of the next one started while one runs."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path

import nbformat
import pytest

from tests.support import synthetic
from tests.support.report_runs import run
from workbench.core.errors import WorkbenchError
from workbench.core.shipped import shipped
from workbench.platform.reporting import kernel, registry
from workbench.platform.reporting.ahead import KernelsAhead

pytestmark = pytest.mark.slow

REPORTS = ("conversion", "targets", "development")


@pytest.fixture
def processes(monkeypatch):
    """The process id of every kernel, in the order of their start."""
    begun: list[int] = []
    start = kernel.Kernel.start.__func__

    def watched(cls, preload=()):
        one = start(cls, preload)
        begun.append(one.manager.provisioner.pid)
        return one

    monkeypatch.setattr(kernel.Kernel, "start", classmethod(watched))
    return begun


def _alike(run_, folder: Path) -> dict:
    """What a run left, without what differs between two runs of the same report anyway."""
    manifest = json.loads(run_.manifest.read_text(encoding="utf-8"))
    del manifest["files"][run_.notebook.name], manifest["signature"]["signature"], manifest["made_at"]
    notebook = nbformat.read(run_.notebook, as_version=4)
    cells = [(cell.source, cell.get("outputs"), cell.get("execution_count")) for cell in notebook.cells]
    digests = [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in run_.files if path.suffix in (".xlsx", ".html")
    ]
    return {"manifest": manifest, "cells": cells, "digests": digests, "files": sorted(os.listdir(folder))}


def test_reports_in_a_row_are_those_made_alone(quarter_register, tmp_path, processes):
    """Workbook, page, cells and manifest are the same; each has a kernel of its own, and none stays."""
    alone = [
        _alike(run(each, quarter_register, tmp_path / "alone" / each), tmp_path / "alone" / each) for each in REPORTS
    ]
    del processes[:]
    with KernelsAhead(len(REPORTS)) as ahead:
        row = [
            _alike(run(each, quarter_register, tmp_path / "row" / each, ahead=ahead), tmp_path / "row" / each)
            for each in REPORTS
        ]
    assert row == alone
    assert len(set(processes)) == len(REPORTS)
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_run_that_fails_costs_its_own_report_alone(quarter_register, tmp_path, monkeypatch):
    """The kernel of the first dies; that of the second was started meanwhile, and makes its report."""
    dying = nbformat.read(shipped("notebooks") / "信息转化率月报.ipynb", as_version=4)
    dying.cells.append(nbformat.v4.new_code_cell("import os; os._exit(9)"))
    (tmp_path / "notebooks").mkdir()
    nbformat.write(dying, tmp_path / "notebooks" / "信息转化率月报.ipynb")
    with KernelsAhead(2) as ahead:
        with monkeypatch.context() as patched:
            patched.setattr(registry, "shipped", lambda folder: tmp_path / folder)
            with pytest.raises(WorkbenchError, match="report_failed|DeadKernel"):
                run("conversion", quarter_register, tmp_path / "out", ahead=ahead)
        assert run("targets", quarter_register, tmp_path / "out", ahead=ahead).manifest.exists()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_a_kernel_that_dies_waiting_costs_nothing(quarter_register, tmp_path, processes):
    """Another one takes its place."""
    with KernelsAhead(2) as ahead:
        run("conversion", quarter_register, tmp_path, ahead=ahead)
        os.kill(processes[1], signal.SIGKILL)
        while ahead._waiting.is_alive():
            time.sleep(0.05)
        assert run("targets", quarter_register, tmp_path, ahead=ahead).manifest.exists()
    assert len(processes) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at in /proc")
def test_one_that_waits_holds_nothing_of_a_run(quarter_register, tmp_path, processes, monkeypatch):
    """Neither its command nor its environment holds the passphrase or the register; it works in a folder of its own."""
    monkeypatch.delenv("WORKBENCH_PASSPHRASE", raising=False)
    with KernelsAhead(2) as ahead:
        run("conversion", quarter_register, tmp_path, ahead=ahead)
        process = Path("/proc") / str(processes[1])
        for name in ("cmdline", "environ"):
            held = (process / name).read_bytes()
            assert held
            assert synthetic.PASSPHRASE.encode() not in held
            assert str(quarter_register).encode() not in held
        assert not (process / "cwd").resolve().is_relative_to(tmp_path)
        private = (process / "cwd").resolve()
    assert not private.exists()

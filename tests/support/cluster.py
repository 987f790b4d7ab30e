"""A real Dask cluster on this machine: a scheduler and workers, each a process of its own, started as an operator starts them."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from workbench.platform.executors.workers import Workers

ROOT = Path(__file__).resolve().parents[2]
KEEPS_NOTHING = {
    "DASK_DISTRIBUTED__WORKER__MEMORY__TARGET": "False",
    "DASK_DISTRIBUTED__WORKER__MEMORY__SPILL": "False",
}


class DaskCluster:
    """``address``: of the scheduler. ``logs``: what its processes say."""

    def __init__(
        self, folder: Path, *options: str, protocol: str = "tcp", environment: Mapping[str, str] | None = None
    ) -> None:
        self.folder, self.options, self.protocol = folder, options, protocol
        folder.mkdir(parents=True, exist_ok=True)
        self.processes: list[subprocess.Popen[bytes]] = []
        self._files = ExitStack()
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *options, **(environment or {})
        )
        self.address = self._address()

    def worker(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        """One more worker; it is there when this returns."""
        name = f"worker-{len(self.processes)}"
        more = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0", *self.options, *options)
        process = self._start("worker", self.address, "--name", name, *more, **environment)
        self._wait("Registered to:", process)
        return process

    def logs(self) -> str:
        """Everything that scheduler and workers said."""
        return "".join(path.read_text("utf-8") for path in sorted(self.folder.glob("*.log")))

    def close(self) -> None:
        """End all of it."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        self._files.close()

    def _start(self, kind: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("WORKBENCH_", "DASK_"))}
        clean |= {"PYTHONPATH": str(ROOT), "DASK_LOGGING__DISTRIBUTED": "debug", **KEEPS_NOTHING, **environment}
        path = self.folder / f"{len(self.processes):02}-{kind}.log"
        log = self._files.enter_context(path.open("wb"))
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments]
        process = subprocess.Popen(command, cwd=self.folder, env=clean, stdout=log, stderr=subprocess.STDOUT)
        process.log = path  # type: ignore[attr-defined]
        self.processes.append(process)
        return process

    def _address(self) -> str:
        start = f"{self.protocol}://127.0.0.1:"
        line = self._wait(f"Scheduler at:.*{start}", self.scheduler)
        return start + line.rpartition(":")[2].strip()

    def _wait(self, words: str, process: Any) -> str:
        """The line in which a process says this."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert process.poll() is None, process.log.read_text("utf-8")
            for line in process.log.read_text("utf-8").splitlines():
                if re.search(words, line):
                    return line
            time.sleep(0.1)
        raise AssertionError(process.log.read_text("utf-8"))


def before_each_task(monkeypatch: Any, happen: Callable[[int], object]) -> None:
    """Have something happen before a task goes to workers; it is told how many there were."""
    real, numbers = Workers.submit, count()

    def submit(self: Workers, work: Any, *given: Any) -> Any:
        happen(next(numbers))
        return real(self, work, *given)

    monkeypatch.setattr(Workers, "submit", submit)


def first_ends_its_worker(monkeypatch: Any, is_meant: Callable[[Any], bool] = lambda first: True) -> list[Any]:
    """Have the first task that is meant, by the first thing it is given, end the worker that gets it; gives back what that was."""
    real, ended = Workers.submit, []

    def submit(self: Workers, work: Any, *given: Any) -> Any:
        if not ended and is_meant(given[0]):
            ended.append(given[0])
            return real(self, os._exit, 1)
        return real(self, work, *given)

    monkeypatch.setattr(Workers, "submit", submit)
    return ended


def carried(monkeypatch: Any) -> list[bytes]:
    """The bytes of everything that workers are given from now on."""
    sent: list[bytes] = []
    real = Workers.submit

    def spy(self: Workers, work: Any, *given: Any) -> Any:
        sent.append(pickle.dumps((work, given)))
        return real(self, work, *given)

    monkeypatch.setattr(Workers, "submit", spy)
    return sent

"""One piece of work measured in a process of its own: clock, processor time of all its processes, and most memory held.

``alone("benchmarks.works:reading", folder)`` calls the function named, which makes ready and gives back what is timed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Spent:
    """Seconds of the clock and of the processor, all processes together, and MB of the largest process, its preparation
    included."""

    seconds: float
    processor: float
    peak: float


def alone(work: str, *given: Any, runs: int = 1) -> Spent:
    """The median of several runs; what it leaves in the temporary folder goes. Raises RuntimeError where the work fails."""
    command = [sys.executable, "-m", "benchmarks.measure", work, str(runs), json.dumps(given)]
    with tempfile.TemporaryDirectory() as scratch:
        own = {"PYTHONPATH": str(ROOT), "WORKBENCH_SIMULATION": "1"} | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), scratch)
        environment = {**os.environ, **own}
        environment.pop(
            "PYTHONDONTWRITEBYTECODE", None
        )  # people's Python keeps what it compiled: the libraries' is there
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{work}: {done.stderr[-2000:]}")
    return Spent(**json.loads(done.stdout.splitlines()[-1]))


def here(work: str, runs: int, given: list[Any]) -> Spent:
    """Measured in this process."""
    module, _, name = work.partition(":")
    timed = getattr(import_module(module), name)(*given)
    found = []
    for _ in range(runs):
        start, spent = time.perf_counter(), _processor()
        told = timed()
        took = time.perf_counter() - start
        # a work that counts for itself says its seconds
        found.append((told if isinstance(told, float) else took, _processor() - spent))
    middle = len(found) // 2
    return Spent(sorted(each[0] for each in found)[middle], sorted(each[1] for each in found)[middle], _peak())


def _processor() -> float:
    """Seconds of the processor of this process and those it waited for."""
    if resource is None:
        return sum(os.times()[:4])
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, _both()))


def _peak() -> float:
    """MB held at most by this process, or by the largest of those it waited for; 0 where the system does not say."""
    if resource is None:
        return 0.0
    own, others = (resource.getrusage(who).ru_maxrss for who in _both())
    status = Path("/proc/self/status")
    if status.exists():  # Linux counts in a process's own what whoever started it held
        own = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return max(own, others) / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _both() -> tuple[int, int]:
    return resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN


if __name__ == "__main__":
    print(json.dumps(asdict(here(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])))))

"""How long another writer waits while a big import runs.

``python -m benchmarks.waits REGISTER 20000`` copies a register made by ``benchmarks.growth``, imports so many rows into it in one
process and meanwhile writes small entries in another; prints the import's seconds, and the other's waits.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from benchmarks.growth import CLOCK, PASSPHRASE, forms, read_already
from workbench.app.policy import load_policy
from workbench.platform.access.session import enter
from workbench.platform.intake import batch
from workbench.platform.intake.batch import import_files

ROOT = Path(__file__).resolve().parents[1]
PAUSE = 0.2  # seconds between the other's entries
PER_FILE = 100


def write(register: str) -> None:
    """Commit small entries until told to stop; say how long each waited, in milliseconds."""
    stop = Path(register).with_name("stop")
    waits = []
    with enter(Path(register), "u", PASSPHRASE, load_policy(), CLOCK) as session:
        print("ready", flush=True)
        while not stop.exists():
            start = time.monotonic()
            with session.transaction("refused", CLOCK, wanted="import", role="custodian"):
                waits.append(time.monotonic() - start)
            time.sleep(PAUSE)
    print(" ".join(f"{wait * 1000:.1f}" for wait in waits), flush=True)


def main(path: str, rows: str, how: str = "") -> None:
    """Import and write at once. ``how``: ``inside`` does all of the work inside the transaction, as small imports do."""
    if how == "inside":
        batch.MANY_ROWS = sys.maxsize
    with tempfile.TemporaryDirectory(dir=Path(path).parent) as folder:
        register = Path(folder) / "r.db"
        for part in ("", ".keys"):
            shutil.copy(f"{path}{part}", f"{register}{part}")
        with enter(register, "u", PASSPHRASE, load_policy(), CLOCK) as session:
            made = forms(int(rows) // PER_FILE, PER_FILE, 23, datetime(2026, 11, 2, 8))
            other = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.waits", "write", str(register)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert other.stdout is not None
            assert other.stdout.readline() == "ready\n"
            with read_already(made) as arrivals:
                start = time.perf_counter()
                accepted = sum(outcome.accepted for outcome in import_files(session, arrivals))
                took = time.perf_counter() - start
            register.with_name("stop").touch()
            waits = sorted(float(wait) for wait in other.communicate()[0].split())
            assert other.returncode == 0 and accepted == int(rows)
        print(
            f"{accepted} rows in {took:.1f} s; the other wrote {len(waits)} entries, waited {waits[len(waits) // 2]:.0f} ms,"
            f" at most {waits[-1] / 1000:.2f} s"
        )


if __name__ == "__main__":
    write(sys.argv[2]) if sys.argv[1:2] == ["write"] else main(*sys.argv[1:])

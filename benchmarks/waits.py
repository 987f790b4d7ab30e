"""How long another writer waits while a big import runs.

``python -m benchmarks.waits REGISTER 20000`` copies a register made by ``benchmarks.growth``, imports so many rows into it in one
process and meanwhile writes small entries in another; prints the import's seconds, and the other's waits. With the address of an
empty database, ``postgresql://OWNER@HOST/DATABASE``, it makes a register there, which stays.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from benchmarks.growth import CLOCK, PASSPHRASE, begin, forms, read_already
from workbench.app.policy import load_policy
from workbench.core.errors import RegisterError
from workbench.platform.access.session import Session, enter
from workbench.platform.intake import batch
from workbench.platform.intake.batch import import_files
from workbench.platform.register.postgres.address import is_address, pointer

ROOT = Path(__file__).resolve().parents[1]
PAUSE = 0.2  # seconds between the other's entries
PER_FILE = 100


def write(register: str, stop: str) -> None:
    """Commit small entries until there is a file ``stop``; say how long each waited, in milliseconds. One that is told that
    others are writing tries again, and has waited all the time.
    """
    waits = []
    with enter(Path(register), "u", PASSPHRASE, load_policy(), CLOCK) as session:
        print("ready", flush=True)
        while not Path(stop).exists():
            start = time.monotonic()
            while not _written(session):
                pass
            waits.append(time.monotonic() - start)
            time.sleep(PAUSE)
    print(" ".join(f"{wait * 1000:.1f}" for wait in waits), flush=True)


def _written(session: Session) -> bool:
    try:
        with session.transaction("refused", CLOCK, wanted="import", role="custodian"):
            return True
    except RegisterError as refused:
        if refused.code != "busy":
            raise
        return False


def _prepared(place: str, folder: Path) -> Path:
    """The register to write into: a copy, or one that is made on a server."""
    if is_address(place):
        register = pointer(place)
        begin(register)
        return register
    register = folder / "r.db"
    for part in ("", ".keys"):
        shutil.copy(f"{place}{part}", f"{register}{part}")
    return register


def main(place: str, rows: str, how: str = "") -> None:
    """Import and write at once. ``how``: ``inside`` does all of the work inside the transaction, as small imports do."""
    if how == "inside":
        batch.MANY_ROWS = sys.maxsize
    near = None if is_address(place) else Path(place).parent
    with tempfile.TemporaryDirectory(dir=near) as folder:
        register, stop = _prepared(place, Path(folder)), Path(folder) / "stop"
        with enter(register, "u", PASSPHRASE, load_policy(), CLOCK) as session:
            made = forms(int(rows) // PER_FILE, PER_FILE, 23, datetime(2026, 11, 2, 8))
            other = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.waits", "write", str(register), str(stop)],
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
            stop.touch()
            waits = sorted(float(wait) for wait in other.communicate()[0].split())
            assert other.returncode == 0 and accepted == int(rows)
        print(
            f"{accepted} rows in {took:.1f} s; the other wrote {len(waits)} entries, waited {waits[len(waits) // 2]:.0f} ms,"
            f" at most {waits[-1] / 1000:.2f} s"
        )


if __name__ == "__main__":
    write(*sys.argv[2:]) if sys.argv[1:2] == ["write"] else main(*sys.argv[1:])

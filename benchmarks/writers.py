"""Four processes writing at once for a minute: what each got done, and how long it waited.

``python -m benchmarks.writers 60`` prints commits and waits (median, 99th of a hundred, longest) by process.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from workbench.app.policy import load_policy
from workbench.platform.access.session import create, enter

ROOT = Path(__file__).resolve().parents[1]
PASSPHRASE = "benchmark only"
CLOCK = datetime(2026, 10, 8, 9)
WRITERS = 4


def write(register: str, name: str, seconds: str) -> None:
    """Commit entries one after another for some seconds; say the count and each wait in milliseconds."""
    waits = []
    with enter(Path(register), "u", PASSPHRASE, load_policy(), CLOCK) as session:
        print("ready", flush=True)
        sys.stdin.readline()
        end = time.monotonic() + float(seconds)
        while time.monotonic() < end:
            start = time.monotonic()
            with session.transaction("close", CLOCK, writer=name):
                waits.append(time.monotonic() - start)
    print(" ".join(f"{wait * 1000:.1f}" for wait in waits), flush=True)


def main(seconds: str) -> None:
    """Start the writers, let them go at once, and compare what they did with what the register holds."""
    with tempfile.TemporaryDirectory() as folder:
        register = Path(folder) / "r.db"
        create(register, "u", PASSPHRASE, load_policy(), CLOCK).close()
        writers = [
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.writers", "write", str(register), f"w{number}", seconds],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(WRITERS)
        ]
        for writer in writers:
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            writer.stdin.write("go\n")
            writer.stdin.flush()
        done = []
        for number, writer in enumerate(writers):
            waits = sorted(float(wait) for wait in writer.communicate()[0].split())
            assert writer.returncode == 0
            done.append(len(waits))
            middle, high = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
            print(
                f"w{number}: {len(waits)} commits; waited {middle:.1f} ms, 99 of 100 {high:.0f} ms, {waits[-1]:.0f} ms"
            )
        with enter(register, "u", PASSPHRASE, load_policy(), CLOCK) as session:
            assert session.register.count("entry", {"action": "close"}) == sum(done)
            assert session.register.verify_audit() == []
        print(f"{sum(done)} commits, none lost; the least busy did {min(done) / max(done):.0%} of the busiest.")


if __name__ == "__main__":
    write(*sys.argv[2:]) if sys.argv[1:2] == ["write"] else main(sys.argv[1] if sys.argv[1:] else "60")

"""What signing, remembering and checking the trail costs: shares of an import, and seconds over many entries.

``python -m benchmarks.trail 20 1000`` imports 20 files of 30 rows, then makes 1,000 further entries.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd

from benchmarks import world
from workbench.app.policy import load_policy
from workbench.platform.access import persons
from workbench.platform.access.session import create, enter
from workbench.platform.intake.batch import Arrival, import_files
from workbench.platform.register import remembered, signatures, written_rows

PASSPHRASE, CLOCK = "benchmark only", datetime(2026, 10, 8, 9)


def main(files: int, entries: int) -> None:
    """Import, append, open and check; each line one figure."""
    with tempfile.TemporaryDirectory() as name, patch.dict(os.environ, {"WORKBENCH_STATE": f"{name}/state"}):
        folder, spent = Path(name), Counter[str]()
        register = folder / "r.db"
        with create(register, "u", PASSPHRASE, load_policy(), CLOCK) as session:
            with session.transaction("import", datetime(2025, 12, 1), files=world.UNITS_FILE) as entry:
                entry.append("unit", pd.DataFrame(world.units()))
            received = [Arrival(path, at) for path, at in world.submissions(folder / "in", files, 30)]
            with (
                patch.object(signatures, "sign", _watched(signatures.sign, spent, "signing")),
                patch.object(written_rows, "account", _watched(written_rows.account, spent, "accounting for rows")),
                patch.object(remembered, "note", _watched(remembered.note, spent, "remembering")),
            ):
                start = time.perf_counter()
                import_files(session, received)
                whole = time.perf_counter() - start
        print(f"import of {files} files: {whole:.2f} s")
        for what, seconds in spent.items():
            print(f"  {what}: {seconds * 1000:.1f} ms, {seconds / whole:.2%}")
        with enter(register, "u", PASSPHRASE, load_policy(), CLOCK) as session:
            spent.clear()
            with patch.object(remembered, "note", _watched(remembered.note, spent, "remembering")):
                start = time.perf_counter()
                for number in range(entries):
                    with session.transaction("backup_test", CLOCK, file=str(number)):
                        pass
                each = (time.perf_counter() - start) / entries
            print(f"one entry: {each * 1000:.2f} ms, of it remembering {spent['remembering'] / entries * 1000:.2f} ms")
        start = time.perf_counter()
        with enter(register, "u", PASSPHRASE, load_policy(), CLOCK) as session:
            print(f"opening, {entries} entries: {time.perf_counter() - start:.2f} s")
            for what, check in (
                ("every row, entry and signature", session.register.verify_audit),
                ("entries and signatures (before a report)", session.register.entry_breaches),
                ("persons and causes", lambda: persons.breaches(session.register)),
                ("all of it (before approving, paying, publishing)", lambda: persons.whole_breaches(session.register)),
            ):
                start = time.perf_counter()
                assert check() == []
                print(f"{what}: {time.perf_counter() - start:.3f} s")


def _watched(work: Callable[..., Any], spent: Counter[str], name: str) -> Callable[..., Any]:
    """A function whose time is added up."""

    def timed(*given: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return work(*given, **options)
        finally:
            spent[name] += time.perf_counter() - start  # type: ignore[assignment]

    return timed


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] or (20, 1000)))

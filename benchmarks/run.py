"""`make bench`: the speeds this project promises, as ratios against named peers in one run."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from benchmarks import functions, plain, settlement_duckdb, world
from workbench.app.policy import load_policy
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.settlement.settlement import settle
from workbench.platform.access.session import create
from workbench.platform.forms.read import read_many
from workbench.platform.intake.batch import Arrival, import_files

CLOCK = datetime(2026, 10, 8, 9)


def timed(work: Callable[[], Any], runs: int = 3) -> tuple[float, Any]:
    """The median of several runs in seconds, and the last result."""
    seconds, result = [], None
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)[len(seconds) // 2], result


def processor(work: Callable[[], Any], runs: int = 3) -> float:
    """The median of the processor time of several runs, in seconds, of this process and those that ended in it."""
    spent = []
    for _ in range(runs):
        before = sum(os.times()[:4])
        work()
        spent.append(sum(os.times()[:4]) - before)
    return sorted(spent)[len(spent) // 2]


def say(work: str, seconds: float, peer: str = "", other: float | None = None, goal: str = "") -> None:
    """One line of the table."""
    ratio = f"{seconds / other:.2f} ×" if other else ""
    print(f"| {work} | {seconds:.2f} s | {peer} | {f'{other:.2f} s' if other else ''} | {ratio} | {goal} |", flush=True)


def reading(folder: Path) -> None:
    """500 submissions of 30 rows: guard, parse, check against bare calamine and openpyxl with row loops."""
    from openpyxl import load_workbook
    from python_calamine import CalamineWorkbook

    paths = [path for path, _ in world.submissions(folder, 500, 30)]

    def calamine() -> int:
        return sum(len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) for path in paths)

    def openpyxl() -> int:
        found = 0
        for path in paths[:50]:
            for row in load_workbook(path, read_only=True).worksheets[0].iter_rows(min_row=7, values_only=True):
                found += (
                    bool(row[1])
                    and bool(row[7])
                    and bool(row[8])
                    and isinstance(row[11], (int, float))
                    and row[11] >= 3
                )
        return found

    ours, forms = timed(lambda: list(read_many(paths, workers=2)))
    assert sum(len(form.rows) for _, form in forms) == 15_000
    bare, _ = timed(calamine)
    loops, _ = timed(openpyxl)
    say("500 × 30 rows: guard, parse, check", ours, "bare calamine", bare, "≤ 2.5 ×")
    say("the same", ours, "openpyxl + row loops", loops * 10, "≤ 0.2 ×")
    ours, bare = processor(lambda: list(read_many(paths, workers=2))), processor(calamine)
    say("the same, processor time of all processes", ours, "bare calamine", bare, "≤ 2.5 ×")
    checking(paths)


def checking(paths: list[Path]) -> None:
    """`workbench check` as a process, its start included: one file, and 300."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    for count in (1, 300):
        command = [sys.executable, "-m", "workbench", "check", *map(str, paths[:count]), "--json"]

        def check(command: list[str] = command) -> None:
            done = subprocess.run(command, env=environment, capture_output=True)
            assert done.returncode in (0, 1), done.stderr

        say(f"workbench check, {count} × 30 rows", timed(check)[0])
        say("the same, processor time of all processes", processor(check))


def importing(folder: Path, leads: int, per_file: int = 100) -> None:
    """Real T1 files into an empty register, encrypted and plain."""
    made = world.submissions(folder / "in", leads // per_file, per_file, seed=2)
    arrivals = [Arrival(path, at) for path, at in made]

    def run(name: str) -> float:
        (folder / name).mkdir()
        with create(folder / name / "r.db", "u", "benchmark only", load_policy(), CLOCK) as session:
            with session.transaction("import", datetime(2025, 12, 1), files=world.UNITS_FILE) as entry:
                import pandas as pd

                entry.append("unit", pd.DataFrame(world.units()))
            start = time.perf_counter()
            receipts = import_files(session, arrivals)
            took = time.perf_counter() - start
            assert sum(receipt.accepted for receipt in receipts) == leads
        return took

    encrypted = run("encrypted")
    with plain.plain_sqlite():
        bare = run("plain")
    say(
        f"import of {leads:,} leads in {len(arrivals):,} files: read, screen, duplicates, seal, audit, commit",
        encrypted,
        "the same on plain SQLite",
        bare,
        "≤ 2 ×",
    )


def settling(leads: int) -> None:
    """A quarter's rules against hand-written SQL with the same result."""
    facts, policy = world.facts(leads).up_to(CLOCK), load_policy()
    deriving, states = timed(lambda: derive(facts, CLOCK, policy))
    whole, _ = timed(lambda: settle(facts, "2026Q3", CLOCK, policy))
    rules, result = timed(lambda: settle(facts, "2026Q3", CLOCK, policy, states=states))
    sql, peer = timed(lambda: settlement_duckdb.lines(facts, states, "2026Q3", date(2026, 7, 1), date(2026, 9, 30)))
    ours = sorted((x.clause, x.party, x.ref, x.amount) for x in result.lines if x.clause not in ("7.3.2b", "7.3.3"))
    theirs = sorted(peer.itertuples(index=False, name=None))
    assert ours == [tuple(row) for row in theirs], f"{len(ours)} lines here, {len(theirs)} by SQL"
    say(
        f"settlement rules over {leads:,} leads, {len(ours):,} lines explained",
        rules,
        "DuckDB SQL, amounts only",
        sql,
        "≤ 2 ×",
    )
    say(f"statuses of {leads:,} leads derived", deriving)
    say(f"settlement of {leads:,} leads, statuses included", whole)


def starting() -> None:
    """`workbench --help` as a process."""
    command = [sys.executable, "-m", "workbench", "--help"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    seconds, _ = timed(lambda: subprocess.run(command, env=environment, capture_output=True, check=True), 5)
    say("workbench --help", seconds, goal="≤ 0.4 s")


def main() -> None:
    """Measure everything, or at another size with --leads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    leads = parser.parse_args().leads
    print("| Work | Here | Peer | Peer's time | Ratio | Goal |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        starting()
        functions.measure(Path(folder), timed, say)
        reading(Path(folder) / "reading")
        settling(leads)
        importing(Path(folder) / "300 files", 9_000, 30)
        importing(Path(folder), leads)


if __name__ == "__main__":
    main()

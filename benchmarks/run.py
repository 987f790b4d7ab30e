"""`make bench`: every speed this project promises, against named peers in one run, and docs/performance.md.

``--quick`` goes up to 100,000 leads; without it half a million and a million leads are measured, with ``--all`` five millions; numbers name other sizes.
``--folder`` keeps the registers from one run to the next. ``--no-page`` only prints.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from benchmarks import goals, growth, page, registers, works, world
from benchmarks.goals import Measured
from benchmarks.measure import Spent, alone

W = "benchmarks.works:"
SIZES = (10_000, 100_000)
LARGEST = 300_000  # rows of the one large file
RUNS = 3  # of what takes less than a second


def starting(folder: Path) -> Iterator[Measured]:
    """What passes before anything is done."""
    nothing = alone(W + "command", "-c", "pass", runs=5)
    small = str(works.empty_register(folder / "small.db", registers.CLOCK))
    said = f"Python alone: {nothing.processor:.2g} s"
    yield Measured(goals.HELP, said, alone(W + "command", "-m", "workbench", "--help", runs=5))
    yield Measured(goals.COMMAND, said, alone(W + "small_command", small, runs=5))
    code = "import workbench.interfaces.addin.callbacks, workbench.interfaces.addin.functions"
    yield Measured(goals.ADDIN, said, alone(W + "command", "-c", code, runs=5))


def in_excel() -> Iterator[Measured]:
    """Functions for cells, in Excel's place the objects that xlwings is called with."""
    table, path = alone(W + "cells", "table", runs=7), alone(W + "cells", "conversion", runs=7)
    yield Measured(goals.TABLE, "10,000 rows", table)
    yield Measured(goals.CONVERSION, "10,000 rows", table, path)
    hundred = alone(W + "cells", "cell", runs=7)
    yield Measured(goals.CELL, "one of 100 calls", Spent(hundred.seconds / 100, hundred.processor / 100, hundred.peak))


def reporting(folder: Path) -> Iterator[Measured]:
    """Reports by papermill."""
    small = str(works.empty_register(folder / "reports.db", registers.CLOCK))
    yield Measured(
        goals.REPORT, "small register", alone(W + "report", small, runs=3), alone(W + "empty_notebook", runs=3)
    )
    alone_, ahead = (alone(W + "reports", small, each) for each in (False, True))
    yield Measured(goals.ROW, "small register", ahead, alone_)


def reading(folder: Path, files: int) -> Iterator[Measured]:
    """Small submissions, and what passes with bare libraries."""
    world.submissions(folder / "reading", files, 30)
    given, size = str(folder / "reading"), f"{files} files × 30 rows"
    ours = alone(W + "reading", given, runs=3)
    yield Measured(goals.READING, size, ours, alone(W + "calamine", given, runs=3))
    yield Measured(goals.LOOPS, size, ours, alone(W + "row_loops", given))


def importing(folder: Path, rows: int) -> Iterator[Measured]:
    """Workbooks of a hundred rows into an empty register, and another writer meanwhile."""
    world.submissions(folder / "import", rows // 100, 100, seed=2)
    given, size = str(folder / "import"), f"{rows // 100:,} files × 100 rows"
    yield Measured(goals.IMPORT, size, alone(W + "importing", given), alone(W + "bare_import", given))
    yield Measured(goals.WAIT, size, alone(W + "waiting", given))


def growing(
    folder: Path, sizes: list[int], files: int, grown: dict[str, list[tuple[int, float]]]
) -> Iterator[Measured]:
    """Imports into registers of growing size."""
    paths = growth.registers(folder, (0, *sizes))
    for goal, (count, rows) in ((goals.ONE_FILE, (1, 30)), (goals.WIDE, (files, 100))):
        growth.one_more(paths[0], 1, 30, 5)  # what is loaded once is loaded
        name, first = f"import of {count} × {rows} rows, processor s", None
        for leads, path in paths.items():
            runs = [growth.one_more(path, count, rows, 7 + count) for _ in range(RUNS if count == 1 else 1)]
            took, spent = min(runs, key=lambda run: run[1])
            ours = Spent(took, spent, 0)
            grown.setdefault(name, []).append((leads, spent))
            first = first or ours
            if leads:
                yield Measured(goal, f"{count:,} × {rows} rows, {leads:,} leads", ours, first)
                if goal is goals.ONE_FILE:
                    yield Measured(goals.AT_ONCE, f"{leads:,} leads", ours)


def settling(folder: Path, sizes: list[int], grown: dict[str, list[tuple[int, float]]]) -> Iterator[Measured]:
    """A quarter, from the encrypted register and by the rules alone."""
    for leads in sizes:
        path = registers.holding(folder / f"world-{leads}.db", leads)
        whole = alone(W + "settling", str(path))
        yield Measured(goals.SETTLE, f"{leads:,} leads", whole, leads=leads)
        yield Measured(goals.SETTLE_PEAK, f"{leads:,} leads", whole, leads=leads)
        grown.setdefault("settling a quarter from the register, processor s", []).append((leads, whole.processor))
        grown.setdefault("settling a quarter from the register, MB", []).append((leads, whole.peak))
        if leads > registers.PART:  # the facts of a whole world, as objects, are more than a PC's memory
            continue
        ours, theirs = (alone(W + name, leads, runs=3) for name in ("rules", "rules_by_hand"))
        yield Measured(goals.RULES, f"{leads:,} leads", ours, theirs)
        grown.setdefault("rules of a quarter alone, processor s", []).append((leads, ours.processor))


def told(folder: Path, leads: int) -> Iterator[Measured]:
    """The statements of two hundred dealers."""
    path = str(registers.holding(folder / f"dealers-{leads}.db", leads, 200))
    two, one = (alone(W + "statements", path, workers) for workers in (2, 1))
    yield Measured(goals.STATEMENTS, f"{leads:,} leads", two, one)


def large(folder: Path) -> Iterator[Measured]:
    """One file, as large as they come."""
    world.submissions(folder / "large", 1, LARGEST)
    yield Measured(goals.LARGE, f"{LARGEST:,} rows", alone(W + "importing", str(folder / "large")))


def main() -> None:
    """Measure everything of the sizes asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("leads", type=int, nargs="*", help="sizes of registers")
    parser.add_argument("--quick", action="store_true", help="up to 100,000 leads")
    parser.add_argument("--all", action="store_true", help="up to five million leads")
    parser.add_argument("--folder", type=Path, help="where registers are kept from one run to the next")
    parser.add_argument(
        "--settled", type=int, help="settle registers of at most so many leads; larger ones are long in the making"
    )
    parser.add_argument("--no-page", action="store_true", help="print, and leave docs/performance.md as it is")
    asked = parser.parse_args()
    sizes = asked.leads or [*SIZES, *([] if asked.quick else [500_000, 1_000_000]), *([5_000_000] if asked.all else [])]
    most, found = max(sizes), []
    grown: dict[str, list[tuple[int, float]]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        scratch, kept = Path(temporary), asked.folder or Path(temporary)
        works_ = (
            starting(scratch),
            in_excel(),
            reporting(scratch),
            reading(scratch, 500 if most >= SIZES[-1] else 100),
            importing(scratch, min(most, 100_000)),
            told(kept, 20_000),
            settling(kept, [size for size in sizes if size <= (asked.settled or most)], grown),
            growing(
                kept,
                sizes,
                10 if most < 100_000 else 100 if most < 1_000_000 else 1000,
                grown,
            ),
            *([large(scratch)] if most >= 1_000_000 else []),
        )
        for work in works_:
            for each in work:
                found.append(each)
                print(
                    f"{each.goal.work}, {each.size}: {each.told} by {each.goal.by}; goal {each.goal.said}", flush=True
                )
    if not asked.no_page:
        sort = "--quick " if asked.quick else "--all " if asked.all else ""
        settled = f" --settled {asked.settled}" if asked.settled else ""
        how = f"python -m benchmarks.run {sort}{' '.join(map(str, asked.leads))}".strip() + settled
        page.write(found, grown, datetime.now().date(), how)


if __name__ == "__main__":
    main()

"""Registers of many leads, made by imports of forms that are not read from workbooks, and the cost of one more import.

``python -m benchmarks.growth 0 100000 300000`` makes a register of each size and imports one file of 30 rows and 100 files
of 100 rows into a copy of it. ``--profile`` says where the time goes. ``benchmarks.run`` makes docs/performance.md of it.
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import io
import os
import pstats
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import world
from workbench.app.policy import load_policy
from workbench.platform.access.session import Session, create, enter
from workbench.platform.forms.check import DTYPES
from workbench.platform.forms.read import Form
from workbench.platform.forms.spec import templates
from workbench.platform.intake import batch
from workbench.platform.intake.batch import Arrival, import_files
from workbench.platform.intake.layouts import usual_letters

CLOCK = datetime(2026, 12, 31, 9)
PASSPHRASE = "benchmark only"
STEP = 100_000  # rows of one import while a register is made


def forms(files: int, per_file: int, seed: int, start: datetime) -> list[tuple[Form, datetime]]:
    """T1 as it is read from valid workbooks, with times of receipt a minute apart."""
    template = templates()["lead_record"]
    table, made = world.rows(files * per_file, seed), []
    table["quantity"] = table["quantity"].clip(lower=3)
    columns = {column.key: DTYPES.get(column.kind, "object") for column in template.columns}
    whole = pd.DataFrame(
        {
            key: (table[key] if key in table else pd.Series([None] * len(table))).astype(kind)
            for key, kind in columns.items()
        }
    ).assign(returned=False)
    reporters = [unit["code"] for unit in world.units() if unit["kind"] != "科室"]
    for number in range(files):
        at = start + timedelta(minutes=number)
        rows = whole.iloc[number * per_file : (number + 1) * per_file].reset_index(drop=True)
        # ids as every blank workbook has them; a reporter's further files go on from there, for none corrects another
        first = 1 + number // len(reporters) * per_file
        rows = rows.assign(row=range(8, 8 + per_file), row_id=[f"r{first + at:04d}" for at in range(per_file)])
        name = f"{seed}-{number:05d}.xlsx"
        header: dict[str, Any] = {field.key: None for field in template.header}
        header |= {"unit": reporters[number % len(reporters)], "reported_on": pd.Timestamp(at.date())}
        digest = hashlib.sha256(name.encode()).hexdigest()
        letters = usual_letters(template, template.version)
        made.append((Form(template, name, Path(name), digest, template.sheet, header, {}, rows, letters, []), at))
    return made


@contextmanager
def read_already(made: Sequence[tuple[Form, datetime]]) -> Iterator[list[Arrival]]:
    """Arrivals of forms; imports inside take them as read."""
    by_path = {form.path: form for form, _ in made}
    before = batch.read_many
    batch.read_many = lambda paths, **_: iter([(path, by_path[path]) for path in paths])  # type: ignore[assignment]
    try:
        yield [Arrival(form.path, at) for form, at in made]
    finally:
        batch.read_many = before


def registers(folder: Path, sizes: Sequence[int]) -> dict[int, Path]:
    """Registers with so many leads, by size, made by imports of STEP rows at most: each goes on from the one before; kept in
    ``folder`` and made once."""
    folder.mkdir(parents=True, exist_ok=True)
    held, before, most = 0, None, max(sizes)
    for leads in sorted(sizes):
        path, part = folder / f"{leads}.db", folder / f"{leads}.part.db"
        if not path.exists():
            _begin(part, before)
            with enter(part, "u", PASSPHRASE, load_policy(), CLOCK) as session:
                for at in range(held, leads, STEP):
                    count = min(STEP, leads - at)
                    start = world.START + timedelta(days=270 * at // most)
                    with read_already(forms(count // 100, 100, 1000 + at // 100, start)) as arrivals:
                        began = time.perf_counter()
                        import_files(session, arrivals)
                        print(f"  {at + count:,} leads: {time.perf_counter() - began:.1f} s", flush=True)
            _copy(part, path, move=True)
        held, before = leads, path
    return {leads: folder / f"{leads}.db" for leads in sizes}


def _begin(path: Path, before: Path | None) -> None:
    """A register that knows its units, or a copy of the one before."""
    for left in path.parent.glob(f"{path.name}*"):  # of a run that was cut off
        left.unlink()
    if before:
        _copy(before, path)
    else:
        begin(path)


def begin(path: Path) -> None:
    """Make a register that knows its units."""
    with (
        create(path, "u", PASSPHRASE, load_policy(), CLOCK) as session,
        session.transaction("import", datetime(2025, 12, 1), files=world.UNITS_FILE) as entry,
    ):
        entry.append("unit", pd.DataFrame(world.units()))


def _copy(source: Path, target: Path, *, move: bool = False) -> None:
    """A closed register with its keys, keys first."""
    for part in (".keys", ""):
        (shutil.move if move else shutil.copy)(f"{source}{part}", f"{target}{part}")


def one_more(path: Path, files: int, per_file: int, seed: int, profile: bool = False) -> tuple[float, float]:
    """Seconds and processor seconds of an import into a copy of a register, after opening it."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        copy = Path(folder) / "r.db"
        _copy(path, copy)
        with enter(copy, "u", PASSPHRASE, load_policy(), CLOCK) as session:
            return _import(session, forms(files, per_file, seed, datetime(2026, 11, 2, 8)), profile)


def _import(session: Session, made: Sequence[tuple[Form, datetime]], profile: bool) -> tuple[float, float]:
    with read_already(made) as arrivals:
        watch = cProfile.Profile()
        start, spent = time.perf_counter(), sum(os.times()[:2])
        outcomes = watch.runcall(import_files, session, arrivals) if profile else import_files(session, arrivals)
        took, spent = time.perf_counter() - start, sum(os.times()[:2]) - spent
        assert sum(outcome.accepted for outcome in outcomes) == sum(len(form.rows) for form, _ in made)
        if profile:
            text = io.StringIO()
            pstats.Stats(watch, stream=text).sort_stats("cumulative").print_stats(70)
            print(text.getvalue())
        return took, spent


def main() -> None:
    """Measure one file and a hundred files at each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("leads", type=int, nargs="*", help="sizes of registers")
    parser.add_argument("--folder", type=Path, help="where registers are kept from one run to the next")
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    sizes = asked.leads or [0, 1_000, 10_000, 100_000]
    with tempfile.TemporaryDirectory() as temporary:
        paths = registers(asked.folder or Path(temporary), sizes)
        for files, rows in ((1, 30), (100, 100)):
            one_more(paths[sizes[0]], 1, 30, 5)  # what is loaded once is loaded
            for leads in sizes:
                took, spent = one_more(paths[leads], files, rows, 7 + files, asked.profile)
                print(f"{files} × {rows} rows into {leads:,} leads: {took:.2f} s, processor {spent:.2f} s", flush=True)


if __name__ == "__main__":
    main()

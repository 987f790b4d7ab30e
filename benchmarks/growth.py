"""Registers of many leads, made by imports of forms that are not read from workbooks, and the cost of one more import.

``python -m benchmarks.growth 0 100000 300000`` makes a register of each size and imports one file of 30 rows and 100 files
of 100 rows into a copy of it. ``--profile`` says where the time goes; ``--page`` writes docs/performance.md.
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import io
import json
import os
import platform
import pstats
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlcipher3 import dbapi2 as sqlcipher

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
DOCS = Path(__file__).resolve().parents[1] / "docs"
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
    ).assign(row_id=None, returned=False)
    reporters = [unit["code"] for unit in world.units() if unit["kind"] != "科室"]
    for number in range(files):
        at = start + timedelta(minutes=number)
        rows = whole.iloc[number * per_file : (number + 1) * per_file].reset_index(drop=True)
        rows = rows.assign(row=range(8, 8 + per_file))
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


def register(folder: Path, leads: int) -> Path:
    """A register with so many leads, made by imports of STEP rows; kept in ``folder`` and made once."""
    path = folder / f"{leads}.db"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    with create(path, "u", PASSPHRASE, load_policy(), CLOCK) as session:
        with session.transaction("import", datetime(2025, 12, 1), files=world.UNITS_FILE) as entry:
            entry.append("unit", pd.DataFrame(world.units()))
        for step in range(0, leads, STEP):
            count = min(STEP, leads - step)
            start = world.START + timedelta(days=270 * step // max(leads, 1))
            with read_already(forms(count // 100, 100, 1000 + step // STEP, start)) as arrivals:
                began = time.perf_counter()
                import_files(session, arrivals)
                print(f"  {step + count:,} leads: {time.perf_counter() - began:.1f} s", flush=True)
    return path


def one_more(path: Path, files: int, per_file: int, seed: int, profile: bool = False) -> tuple[float, float]:
    """Seconds and processor seconds of an import into a copy of a register, after opening it."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        copy = Path(folder) / "r.db"
        for part in ("", ".keys"):
            shutil.copy(f"{path}{part}", f"{copy}{part}")
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


@dataclass(frozen=True)
class Measured:
    """One import into a register of ``leads``: seconds of the clock and of the processor."""

    leads: int
    files: int
    rows: int
    seconds: float
    processor: float


def slope(points: Sequence[Measured]) -> float:
    """The exponent by which processor time grows with the register, over its sizes above nought; 0 is flat, 1 linear."""
    known = [point for point in points if point.leads]
    if len(known) < 2:
        return float("nan")
    x, y = (np.log([getattr(point, name) for point in known]) for name in ("leads", "processor"))
    return float(np.polyfit(x, y, 1)[0])


def versions() -> dict[str, str]:
    """The versions that the figures rest on."""
    made = {"Python": platform.python_version(), "SQLCipher": sqlcipher.sqlite_version}
    return made | {
        name: metadata.version(name) for name in ("pandas", "numpy", "rapidfuzz", "sqlcipher3", "cryptography")
    }


def series(found: Sequence[Measured]) -> dict[tuple[int, int], list[Measured]]:
    """The figures by files and rows of the import, in order of the register's size."""
    kinds = dict.fromkeys((one.files, one.rows) for one in found)
    return {kind: [one for one in found if (one.files, one.rows) == kind] for kind in kinds}


def page(found: Sequence[Measured], day: date) -> str:
    """docs/performance.md: each size against the smallest in the same run, and the slopes."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    named = ", ".join(f"{name} {version}" for name, version in versions().items())
    lines = [
        "# Performance",
        "",
        "Made by `python -m benchmarks.growth --page`; the same figures as data: [performance.json](performance.json).",
        f"{day}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores; {named}.",
        f"Load while it ran (1, 5, 15 minutes): {load}. A load above the number of cores means other work ran beside it: then the processor's time tells more than the",
        "clock's. Other measurements are printed by `make bench`.",
        "",
        "## Imports into registers of growing size",
        "",
        "The peer of each figure is the same import into the smallest register of the same run; the goal is at most 1.3 times that.",
        "Leads are spread evenly over all cities and so are the rows of each file, which is the hardest case: every row has other",
        "neighbours, and names of one city have to be opened to be compared.",
        "",
        "| Import | Leads held | Clock | Processor | To the smallest |",
        "|---|---|---|---|---|",
    ]
    for (files, rows), points in series(found).items():
        for one in points:
            ratio = one.processor / points[0].processor
            lines.append(
                f"| {files} × {rows} rows | {one.leads:,} | {one.seconds:.2f} s | {one.processor:.2f} s | {ratio:.2f} × |"
            )
    lines += ["", "| Import | Exponent of processor time over the register's size (0: flat, 1: linear) |", "|---|---|"]
    lines += [f"| {files} × {rows} rows | {slope(points):.2f} |" for (files, rows), points in series(found).items()]
    return "\n".join([*lines, "", "![Processor time over leads held, both logarithmic](pictures/growth.svg)", ""])


def chart(found: Sequence[Measured]) -> str:
    """Processor time over the leads held, both logarithmic, as SVG."""
    known = [one for one in found if one.leads]
    wide, high, edge = 640, 400, 60
    spans = [
        (np.floor(np.log10(min(values))), np.ceil(np.log10(max(values)) + 1e-9))
        for values in ([one.leads for one in known], [one.processor for one in known])
    ]

    def at(value: float, axis: int) -> float:
        low, top = spans[axis]
        share = (np.log10(value) - low) / max(top - low, 1)
        return edge + share * (wide - 2 * edge) if axis == 0 else high - edge - share * (high - 2 * edge)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12">'
    ]
    parts.append(f'<rect width="{wide}" height="{high}" fill="white"/>')
    for axis, unit in ((0, " leads"), (1, " s")):
        for power in range(int(spans[axis][0]), int(spans[axis][1]) + 1):
            place, text = at(10.0**power, axis), f"{10.0**power:,.10g}{unit}"
            line = (place, edge, place, high - edge) if axis == 0 else (edge, place, wide - edge, place)
            spot = (place, high - edge + 18, "middle") if axis == 0 else (edge - 6, place + 4, "end")
            parts.append('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="#ccc"/>'.format(*line))
            parts.append('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'.format(*spot, text))
    for color, ((files, rows), points) in zip(("#1f5fa8", "#b8501e"), series(known).items(), strict=False):
        places = [(at(one.leads, 0), at(one.processor, 1)) for one in points]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{joined}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in places]
        x, y = places[-1]
        parts.append(f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="end" fill="{color}">{files} × {rows} rows</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Measure one file and a hundred files at each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("leads", type=int, nargs="*", help="sizes of registers")
    parser.add_argument("--folder", type=Path, help="where registers are kept from one run to the next")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--quick", action="store_true", help="up to 100,000 leads")
    parser.add_argument("--page", action="store_true", help="write docs/performance.md with its data and chart")
    asked = parser.parse_args()
    sizes = asked.leads or [0, 1_000, 10_000, 100_000, *([] if asked.quick else [300_000, 1_000_000])]
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        paths = {leads: register(asked.folder or Path(temporary), leads) for leads in sizes}
        for files, rows in ((1, 30), (100, 100)):
            one_more(paths[sizes[0]], 1, 30, 5)  # what is loaded once is loaded
            for leads in sizes:
                took, spent = one_more(paths[leads], files, rows, 7 + files, asked.profile)
                found.append(Measured(leads, files, rows, round(took, 3), round(spent, 3)))
                print(found[-1], flush=True)
    if asked.page:
        today = datetime.now().date()
        data = {"day": today.isoformat(), "versions": versions(), "imports": [asdict(one) for one in found]}
        (DOCS / "performance.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        (DOCS / "performance.md").write_text(page(found, today), encoding="utf-8")
        (DOCS / "pictures" / "growth.svg").write_text(chart(found), encoding="utf-8")


if __name__ == "__main__":
    main()

"""docs/performance.md and its chart, made of docs/performance.json, where every figure of a run has its one home.

``python -m benchmarks.page`` makes both again, as when a reason in docs/performance-reasons.json was rewritten.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from sqlcipher3 import dbapi2 as sqlcipher

from benchmarks.goals import CLOCK, PEAK, PROCESSOR, Measured

DOCS = Path(__file__).resolve().parents[1] / "docs"
DATA, REASONS, PAGE = DOCS / "performance.json", DOCS / "performance-reasons.json", DOCS / "performance.md"
CHART = DOCS / "pictures" / "growth.svg"
BY = {CLOCK: "the clock", PROCESSOR: "processor", PEAK: "memory"}
PACKAGES = (
    "pandas",
    "numpy",
    "duckdb",
    "python-calamine",
    "openpyxl",
    "papermill",
    "xlwings",
    "sqlcipher3",
    "cryptography",
)
Points = Mapping[str, Sequence[tuple[int, float]]]
COLORS = ("#1f5fa8", "#b8501e", "#2f7d4f", "#7a4fa0", "#8a6d1d", "#444444")


def versions() -> dict[str, str]:
    """The versions that the figures rest on."""
    made = {"Python": platform.python_version(), "SQLCipher": sqlcipher.sqlite_version}
    return made | {name: metadata.version(name) for name in PACKAGES}


def slope(points: Sequence[tuple[int, float]]) -> float | None:
    """The exponent by which a figure grows with the leads, over sizes above nought (0: flat, 1: linear); None of one size."""
    known = [(size, value) for size, value in points if size and value > 0]
    if len(known) < 2:
        return None
    return float(np.polyfit(*(np.log(axis) for axis in zip(*known, strict=True)), 1)[0])


def write(found: Sequence[Measured], grown: Points, day: date, how: str) -> None:
    """Leave the data of a run, the page and the chart."""
    load = [round(value, 1) for value in os.getloadavg()] if hasattr(os, "getloadavg") else []
    rows = [
        {
            "work": each.goal.work,
            "size": each.size,
            "goal": each.goal.said,
            "by": each.goal.by,
            "ours": asdict(each.ours),
            "peer": each.goal.peer,
            "theirs": asdict(each.theirs) if each.theirs else None,
            "told": each.told,
            "met": each.met,
        }
        for each in found
    ]
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    data = {"day": day.isoformat(), "how": how, "machine": machine, "load": load, "versions": versions()}
    data |= {"rows": rows, "growth": grown}
    DATA.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    main()


def main() -> None:
    """The page and the chart of the data that lie there."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    PAGE.write_text(page(data, json.loads(REASONS.read_text(encoding="utf-8"))), encoding="utf-8")
    CHART.write_text(chart(data["growth"]), encoding="utf-8")


def page(data: Mapping[str, Any], reasons: Mapping[str, str]) -> str:
    """The page itself. Raises KeyError for a goal that was missed without a reason."""
    named = ", ".join(f"{name} {version}" for name, version in data["versions"].items())
    lines = [
        "# Performance",
        "",
        f"Made by `{data['how']}`; the same figures as data: [performance.json](performance.json).",
        f"{data['day']}, {data['machine']}; {named}.",
        f"Load after it (1, 5, 15 minutes): {', '.join(map(str, data['load']))}. A load above the number of cores means that other work ran"
        " beside it: clocks then say little, and processor time, which is compared unless the goal says clock or memory, grows by a half"
        " or more.",
        "",
        "Every work and every peer is measured in a process of its own. Clock and processor time are in seconds, of all its processes"
        " together; memory is that of the largest process, its preparation included.",
        "",
        "| Work | Size | Here: clock, processor, MB | Peer: clock, processor, MB | Measured | Goal | Met |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in data["rows"]:
        peer = f"{row['peer']}: {_spent(row['theirs'])}" if row["theirs"] else "–"
        met = {True: "yes", False: "no", None: "–"}[row["met"]]
        measured = f"{row['told']} by {BY[row['by']]}"
        told = (row["work"], row["size"], _spent(row["ours"]), peer, measured, row["goal"], met)
        lines.append(f"| {' | '.join(told)} |")
    if missed := dict.fromkeys(row["work"] for row in data["rows"] if row["met"] is False):
        lines += ["", "## Goals that were missed, why, and what was tried", ""]
        lines += [f"- **{work}**: {reasons[work]}" for work in missed]
    lines += [
        "",
        "## Growth with the register",
        "",
        "Leads are spread evenly over all cities and so are the rows of each file, which is the hardest case for an import: every"
        " row has other neighbours.",
        "",
        "| Work | Exponent over the leads held (0: flat, 1: linear) | By leads |",
        "|---|---|---|",
    ]
    for name, points in data["growth"].items():
        exponent = slope(points)
        by_leads = ", ".join(f"{size:,}: {value:.3g}" for size, value in points)
        lines.append(f"| {name} | {'–' if exponent is None else f'{exponent:.2f}'} | {by_leads} |")
    return "\n".join([*lines, "", "![Growth over leads held, both axes logarithmic](pictures/growth.svg)", ""])


def _spent(spent: Mapping[str, float]) -> str:
    held = f"{spent['peak']:,.0f}" if spent["peak"] else "–"
    return f"{spent['seconds']:.3g}, {spent['processor']:.3g}, {held}"


def chart(grown: Points) -> str:
    """Each figure over the leads held, both axes logarithmic, as SVG."""
    known = {name: [(size, value) for size, value in points if size and value > 0] for name, points in grown.items()}
    known = {name: points for name, points in known.items() if points}
    wide, high, edge = 720, 460, 60
    top = 14 * len(known) + 14  # below what the lines are called
    spans = [
        (np.floor(np.log10(min(values))), np.ceil(np.log10(max(values)) + 1e-9))
        for values in ([point[axis] for points in known.values() for point in points] for axis in (0, 1))
    ]

    def at(value: float, axis: int) -> float:
        low, most = spans[axis]
        share = (np.log10(value) - low) / max(most - low, 1)
        return edge + share * (wide - 2 * edge) if axis == 0 else high - edge - share * (high - edge - top)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12">',
        f'<rect width="{wide}" height="{high}" fill="white"/>',
    ]
    for axis, unit in ((0, " leads"), (1, "")):
        for power in range(int(spans[axis][0]), int(spans[axis][1]) + 1):
            place, text = at(10.0**power, axis), f"{10.0**power:,.10g}{unit}"
            line = (place, top, place, high - edge) if axis == 0 else (edge, place, wide - edge, place)
            spot = (place, high - edge + 18, "middle") if axis == 0 else (edge - 6, place + 4, "end")
            parts.append('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="#ccc"/>'.format(*line))
            parts.append('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'.format(*spot, text))
    for number, (name, points) in enumerate(known.items()):
        color = COLORS[number % len(COLORS)]
        places = [(at(size, 0), at(value, 1)) for size, value in points]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{joined}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in places]
        exponent = slope(points)
        told = name if exponent is None else f"{name} (slope {exponent:.2f})"
        parts.append(f'<text x="{edge + 6}" y="{14 + number * 14}" fill="{color}">{told}</text>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    main()

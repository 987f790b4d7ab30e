"""Encrypted registers that hold the facts of a whole world: written table by table, not imported row by row."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from benchmarks import world
from workbench.app.policy import load_policy
from workbench.platform.access.session import Session, create

PASSPHRASE = "benchmark only"
CLOCK = datetime(2026, 10, 8, 9)
NAMES = {
    "lead": "leads",
    "dispatch": "dispatches",
    "feedback": "feedback",
    "contract_line": "contracts",
    "target": "targets",
}  # tables, and what they are called among the facts
ONCE = ("target",)  # of all parts together
MORE = {"lead": {"contact": "安女士", "phone": "13900000000"}, "target": {"year": 2026}}
STEP = 200_000  # rows that are sealed and written at once
PART = 1_000_000  # leads whose facts are made at once: some three gigabytes


def holding(path: Path, leads: int, dealers: int = world.DEALERS) -> Path:
    """A register with so many leads, their answers and contract lines, of so many dealers; made once."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with create(path, "u", PASSPHRASE, load_policy(), CLOCK) as session:
        with session.transaction("import", datetime(2025, 12, 1), files=world.UNITS_FILE) as entry:
            entry.append("unit", pd.DataFrame(world.units(dealers)))
        with session.transaction("import", datetime(2025, 12, 1), table="document") as entry:
            entry.append(
                "document", pd.DataFrame([_document(name, number) for number, name in enumerate(NAMES, start=1)])
            )
        for after in range(0, leads, PART):
            facts = world.facts(min(PART, leads - after), 1 + after // PART, dealers, after)
            for number, name in enumerate(NAMES, start=1):
                if name not in ONCE or not after:
                    _write(session, number, name, getattr(facts, NAMES[name]))
    return path


def _write(session: Session, number: int, name: str, frame: pd.DataFrame) -> None:
    frame = frame.assign(document=number, **MORE.get(name, {}))
    frame = frame.assign(row=8) if "row" not in frame else frame
    for start in range(0, len(frame), STEP):
        with session.transaction("import", CLOCK, table=name) as entry:
            entry.append(name, frame.iloc[start : start + STEP])


def _document(name: str, number: int) -> dict:
    """A file that all rows of a table are said to have come from."""
    return {
        "document": number,
        "sha256": f"{number:064d}",
        "name": f"{name}.xlsx",
        "template": name,
        "version": "1",
        "received_at": datetime(2025, 12, 1),
        "header": {},
        "accepted": 0,
        "returned": 0,
    }

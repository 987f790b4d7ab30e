"""The functions for cells through xlwings' own call path: a table of 10,000 rows, a single cell, the import."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import world
from workbench.app.policy import load_policy
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.platform.access.session import create
from workbench.platform.forms.spec import templates
from workbench.platform.intake.batch import Arrival, import_files

PASSPHRASE = "benchmark only"


def table(count: int) -> list[list[Any]]:
    """The cells of a filled 《大客户信息记录表》, column titles first."""
    columns = templates()["lead_record"].columns
    rows = world.rows(count).to_dict("records")
    for number, row in enumerate(rows, start=1):
        row["seq"], row["quantity"] = number, int(row["quantity"])
    return [[column.title for column in columns], *([row.get(column.key) for column in columns] for row in rows)]


def measure(folder: Path, timed: Callable[..., tuple[float, Any]], say: Callable[..., None]) -> None:
    """Speak one line for each promise."""
    from tests.support.excel import Cells, call, server
    from workbench.app import clock, unlock
    from workbench.interfaces.addin.wrappers import MODULE

    command = [sys.executable, "-c", "import workbench.interfaces.addin.functions"]
    seconds, _ = timed(lambda: subprocess.run(command, check=True, cwd=Path(__file__).parent.parent), 5)
    say("import of the functions for cells, as a process", seconds, goal="≤ 1.5 s")
    cells = Cells(table(10_000))
    call("DK_CHECK", cells)
    arguments = (MODULE, "DK_CHECK", (cells, None, None, None), None, Cells(None))
    seconds, said = timed(lambda: server().CallUDF(*arguments), 7)
    assert len(said) == 10_001
    say("DK_CHECK over 10,000 rows, through xlwings", seconds, goal="≤ 0.25 s")

    now = clock.now()
    made = world.submissions(folder / "t1", 20, 100)
    with create(folder / "f.db", "u", PASSPHRASE, load_policy(), now) as session:
        with session.transaction("import", datetime(2025, 12, 1), files=world.UNITS_FILE) as entry:
            entry.append("unit", pd.DataFrame(world.units()))
        import_files(session, [Arrival(path, at) for path, at in made])
        numbers = open_snapshot(session).states["number"].tolist()
    unlock.unlock(folder / "f.db", None, PASSPHRASE, now)
    call("DK_STATUS", numbers[0])
    for formula in (
        ("DK_STATUS", Cells(numbers[7])),
        ("DK_WORKDAY", Cells(datetime(2026, 2, 12)), 2),
        ("DK_REWARD", Cells("D001"), "2026Q1"),
    ):
        call(*formula)
        seconds, _ = timed(lambda formula=formula: [call(*formula) for _ in range(500)], 5)
        say(f"{formula[0]} in 500 single cells", seconds, goal="≤ 1 s (2 ms each)")
    column = Cells([numbers[n % len(numbers)] for n in range(10_000)])
    seconds, _ = timed(lambda: call("DK_STATUS", column), 5)
    say("DK_STATUS over a column of 10,000 cells", seconds, goal="≤ 0.25 s")
    unlock.lock()

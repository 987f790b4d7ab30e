"""What is measured, and the peer of each: every function makes ready and gives back what is timed (``measure.alone``)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import settlement_duckdb, world
from benchmarks.registers import CLOCK, PASSPHRASE
from workbench.app.policy import load_policy
from workbench.platform.access.session import create, enter
from workbench.platform.intake.batch import Arrival, import_files

Timed = Callable[[], Any]
REPORTS = [
    ("开发计划", "2026-10-08"),
    ("信息转化率月报", "2026-09"),
    ("月度目标分解与完成情况", "2026-09"),
    ("信息提报情况通报", "2026-09-30"),
]
QUARTER = "2026Q3"


def forms(folder: str) -> list[Path]:
    """The workbooks of a folder, in order."""
    return sorted(Path(folder).glob("*.xlsx"))


def command(*words: str) -> Timed:
    """A process of Python from its start to its end."""
    return lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True)


def reading(folder: str) -> Timed:
    """Guard, parse and check by two reading processes."""
    from workbench.platform.forms.read import read_many

    paths = forms(folder)
    return lambda: [len(form.rows) for _, form in read_many(paths, workers=2)]


def calamine(folder: str) -> Timed:
    """Peer of reading: the cells alone."""
    from python_calamine import CalamineWorkbook

    paths = forms(folder)
    return lambda: [len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) for path in paths]


def row_loops(folder: str) -> Timed:
    """Peer of reading: openpyxl and the four plainest checks row by row."""
    from openpyxl import load_workbook

    paths = forms(folder)

    def loops() -> int:
        found = 0
        for path in paths:
            for row in load_workbook(path, read_only=True).worksheets[0].iter_rows(min_row=7, values_only=True):
                whole = bool(row[1]) and bool(row[7]) and bool(row[8])
                found += whole and isinstance(row[11], (int, float)) and row[11] >= 3
        return found

    return loops


def empty_register(path: Path, now: datetime = CLOCK) -> Path:
    """A register that knows its units."""
    session = create(path, "u", PASSPHRASE, load_policy(), now, simulation=True)
    with session, session.transaction("import", datetime(2025, 12, 1), files=world.UNITS_FILE) as entry:
        entry.append("unit", pd.DataFrame(world.units()))
    return path


def importing(folder: str) -> Timed:
    """Every workbook of a folder into a register that holds nothing but units: read, screened, sealed, entered."""
    path = empty_register(Path(tempfile.mkdtemp()) / "r.db")
    return lambda: import_into(str(path), folder)


def bare_import(folder: str) -> Timed:
    """Peer of importing: calamine over the same files and a bare insert of their rows into SQLCipher."""
    from python_calamine import CalamineWorkbook
    from sqlcipher3 import dbapi2 as sqlcipher

    paths, temporary = forms(folder), tempfile.mkdtemp()

    def work() -> None:
        base = sqlcipher.connect(str(Path(temporary) / "bare.db"), isolation_level=None)
        base.execute(f"PRAGMA key = \"x'{'42' * 32}'\"")
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("CREATE TABLE lead (" + ", ".join(f"c{n}" for n in range(20)) + ")")
        base.execute("BEGIN IMMEDIATE")
        for path in paths:
            rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[7:]
            given = [[str(value) for value in (*row, *[""] * 20)[:20]] for row in rows]
            base.executemany(f"INSERT INTO lead VALUES ({', '.join('?' * 20)})", given)
        base.execute("COMMIT")
        base.close()

    return work


def settling(register: str) -> Timed:
    """A quarter from the encrypted register, as ``workbench settle`` does it: opened, read, statuses derived, settled."""
    from workbench.capabilities.settlement.approval import trial

    def work() -> None:
        with enter(Path(register), "u", PASSPHRASE, load_policy(), CLOCK) as session:
            assert trial(session, QUARTER, session.latest()).lines

    return work


def rules(leads: int) -> Timed:
    """The rules of a quarter alone, lines explained."""
    from workbench.capabilities.leads.lifecycle import derive
    from workbench.capabilities.settlement.settlement import settle

    facts, policy = world.facts(leads).up_to(CLOCK), load_policy()
    states = derive(facts, CLOCK, policy)
    return lambda: None if settle(facts, QUARTER, CLOCK, policy, states=states).lines else 1 / 0


def rules_by_hand(leads: int) -> Timed:
    """Peer of the rules: the same amounts in hand-written DuckDB SQL. Raises AssertionError where they differ."""
    from workbench.capabilities.leads.lifecycle import derive
    from workbench.capabilities.settlement.settlement import settle

    facts, policy = world.facts(leads).up_to(CLOCK), load_policy()
    states = derive(facts, CLOCK, policy)
    days = QUARTER, date(2026, 7, 1), date(2026, 9, 30)
    ours = settle(facts, QUARTER, CLOCK, policy, states=states).lines
    theirs = settlement_duckdb.lines(facts, states, *days).itertuples(index=False, name=None)
    expected = sorted((x.clause, x.party, x.ref, x.amount) for x in ours if x.clause not in ("7.3.2b", "7.3.3"))
    assert expected == sorted(tuple(row) for row in theirs)
    return lambda: settlement_duckdb.lines(facts, states, *days)


def reports(register: str, ahead: bool) -> Timed:
    """Four reports in a row; ``ahead``: the kernel of the next one starts while one runs."""
    from workbench.app.reports import run_report
    from workbench.platform.reporting.ahead import KernelsAhead

    def work() -> None:
        with tempfile.TemporaryDirectory() as out, KernelsAhead(len(REPORTS) if ahead else 0) as kernels:
            for name, period in REPORTS:
                run_report(
                    name,
                    register_path=Path(register),
                    period=period,
                    as_of=CLOCK,
                    out_dir=Path(out),
                    user="u",
                    passphrase=PASSPHRASE,
                    ahead=kernels,
                )

    return work


def report(register: str) -> Timed:
    """``workbench report`` as a process."""
    os.environ |= {"WORKBENCH_REGISTER": register, "WORKBENCH_USER": "u", "WORKBENCH_PASSPHRASE": PASSPHRASE}
    out, (name, period) = tempfile.mkdtemp(), REPORTS[0]
    return command("-m", "workbench", "report", name, "--period", period, "--as-of", CLOCK.isoformat(), "--out", out)


def empty_notebook() -> Timed:
    """Peer of a report: papermill on a notebook of nothing."""
    import nbformat

    folder = Path(tempfile.mkdtemp())
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "empty.ipynb")
    return command("-m", "papermill", str(folder / "empty.ipynb"), str(folder / "done.ipynb"))


def small_command(register: str) -> Timed:
    """``workbench units`` on a small register, as a process."""
    os.environ |= {"WORKBENCH_REGISTER": register, "WORKBENCH_USER": "u", "WORKBENCH_PASSPHRASE": PASSPHRASE}
    return command("-m", "workbench", "units")


def statements(register: str, workers: int) -> Timed:
    """The statements of 200 dealers, drawn up by one or more processes, this one included; the register is open, and what
    all statements share worked out."""
    from workbench.app.cluster import workers_in_use
    from workbench.capabilities.statements.making import make, processes_beside
    from workbench.capabilities.statements.statement import Statements

    session = enter(Path(register), "u", PASSPHRASE, load_policy(), CLOCK)
    found = Statements(session, QUARTER)
    units = [unit for unit in found.reporters() if unit.startswith("D")][:200]
    assert len(units) == 200
    for unit in units[:20]:
        found.of(unit)

    def work() -> None:
        with tempfile.TemporaryDirectory() as out, workers_in_use(processes_beside(len(units), workers)) as drawing:
            assert len(make(session, found, units, Path(out), drawing)) == len(units)

    return work


def waiting(folder: str) -> Timed:
    """The longest wait, in seconds, of another writer while the workbooks of a folder are imported."""
    waits = [0.0]
    path = empty_register(Path(tempfile.mkdtemp()) / "r.db")
    code = "import sys; from benchmarks import works; works.import_into(sys.argv[1], sys.argv[2])"

    def work() -> float:
        importer = subprocess.Popen([sys.executable, "-c", code, str(path), folder], stdout=subprocess.DEVNULL)
        with enter(path, "u", PASSPHRASE, load_policy(), CLOCK) as session:
            while importer.poll() is None:
                start = time.monotonic()
                with session.transaction("close", CLOCK, writer="another"):
                    waits.append(time.monotonic() - start)
                time.sleep(0.05)
        assert importer.returncode == 0
        return max(waits)

    return work


def import_into(register: str, folder: str) -> None:
    """Import the workbooks of a folder."""
    arrivals = [Arrival(path, world.START + pd.Timedelta(minutes=at)) for at, path in enumerate(forms(folder))]
    with enter(Path(register), "u", PASSPHRASE, load_policy(), CLOCK) as session:
        assert sum(outcome.accepted for outcome in import_files(session, arrivals)) > 0


def cells(name: str) -> Timed:
    """A function for cells through xlwings' call path: ``table`` of 10,000 rows, the same path with nothing done
    (``conversion``), or one ``cell`` a hundred times over."""
    from benchmarks.functions import table
    from tests.support.excel import Cells, call, server, udfs
    from workbench.interfaces.addin import functions
    from workbench.interfaces.addin.cell_functions import Argument, declare
    from workbench.interfaces.addin.cells import excel
    from workbench.interfaces.addin.wrappers import MODULE

    if name == "cell":
        one = Cells(datetime(2026, 2, 12))

        def hundred() -> None:
            for _ in range(100):
                call("DK_WORKDAY", one, 2)

        call("DK_WORKDAY", one, 2)
        return hundred
    given, called = Cells(table(10_000)), "DK_CHECK"
    if name == "conversion":
        echo = excel("", "", "", Argument("table", "", "", kind="table"))(lambda rows: [[""] for _ in rows])
        found, called = udfs(), "DK_NOTHING"
        declare(echo, found.xlfunc, found.xlarg, found.xlret)
        setattr(functions, called, echo.call)
    more = (given,) if name == "conversion" else (given, None, None, None)
    server().CallUDF(MODULE, called, more, None, Cells(None))
    return lambda: len(server().CallUDF(MODULE, called, more, None, Cells(None))) == 10_001 or 1 / 0

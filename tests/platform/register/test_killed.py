"""kill -9 in the middle of imports: what was committed is whole, what was not left nothing."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.office import PASSPHRASE, lead
from tests.support.source import ROOT
from workbench.app.policy import load_policy
from workbench.platform.access.session import enter

pytestmark = pytest.mark.slow
ROUNDS = 6
BATCHES = 30
ROWS = 12


@pytest.fixture
def inbox(staffed) -> Path:
    """Sixty reports of twelve leads each, told apart by customer."""
    first = staffed.leads(
        "D001", "000.xlsx", [lead(f"江城客户{row:05d}号", 联系方式=f"138{row:08d}") for row in range(ROWS)]
    )
    from openpyxl import load_workbook

    book = load_workbook(first)
    sheet = book.worksheets[0]
    cells = {cell.value: cell for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)}
    for number in range(1, 2 * BATCHES):
        for row in range(ROWS):
            cells[f"江城客户{row:05d}号"].value = f"江城客户{number * ROWS + row:05d}号"
            cells[f"138{row:08d}"].value = f"138{number * ROWS + row:08d}"
        book.save(first.with_name(f"{number:03d}.xlsx"))
    return first.parent


def killed(register: Path, inbox: Path, after: float) -> tuple[list[int], bool]:
    """Start an importer, kill it ``after`` seconds of importing; the batches it said were committed, and if it ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.worker", "import", str(register), PASSPHRASE, str(inbox)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    timer = threading.Timer(after, process.kill)
    timer.start()
    said = process.stdout.read().splitlines()
    process.wait()
    timer.cancel()
    assert process.returncode in (-9, 0)
    return [int(line.split()[1]) for line in said if line.startswith("done ")], "end" in said


def test_killed_imports_leave_whole_batches_only(staffed, inbox):
    """Six importers in a row are killed at random moments; every register they leave behind is whole."""
    register = staffed.folder / "登记册.db"
    chance, promised, interrupted = random.Random(5), set(), 0
    for _ in range(ROUNDS):
        done, ended = killed(register, inbox, chance.uniform(0.05, 0.9))
        promised |= set(done)
        interrupted += not ended
        assert promised <= whole_batches(register)
    assert interrupted >= ROUNDS // 2
    started = time.monotonic()
    killed(register, inbox, 120)
    assert time.monotonic() - started < 120
    assert whole_batches(register) == set(range(BATCHES))


def whole_batches(path: Path) -> set[int]:
    """The batches in the register; each is there with both files, all their leads, one entry, and proven."""
    with enter(path, None, PASSPHRASE, load_policy(), datetime(2026, 1, 6)) as session:
        register = session.register
        assert register.verify_audit() == []
        documents = register.read("document", ["document", "name", "entry", "accepted"], {"template": "lead_record"})
        leads = register.read("lead", ["lead", "document", "entry", "phone"])
        states = register.read("state")
        entries = register.read("entry")
    assert documents["name"].is_unique
    documents["batch"] = documents["name"].str[:3].astype(int) // 2
    assert (documents.groupby("batch").size() == 2).all()
    assert (documents.groupby("batch")["entry"].nunique() == 1).all()
    assert (documents.groupby("entry")["batch"].nunique() == 1).all()
    assert (leads.groupby("document").size() == ROWS).all()
    assert len(leads) == documents["accepted"].sum() == ROWS * len(documents)
    assert set(states["lead"]) == set(leads["lead"])
    assert leads["phone"].is_unique
    assert len(entries) == 2 + len(documents) // 2
    return set(documents["batch"])

"""kill -9 at random moments of imports, settlements, roster changes, rotations, destructions and backups, and what holds then.

``python -m benchmarks.kills 200`` runs 200 rounds. After each, the register opens, its trail verifies, every import that
was said to be committed is there whole, every approved quarter has its lines, and every backup proves.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd

from benchmarks import world
from workbench.app.policy import load_policy
from workbench.capabilities.settlement import approval as settling
from workbench.core.periods import quarter_bounds, quarter_of_month
from workbench.platform.access import backups
from workbench.platform.access import users as people
from workbench.platform.access.persons import doubt
from workbench.platform.access.session import Session, create, enter
from workbench.platform.forms.read import read_many
from workbench.platform.intake import batch as intake
from workbench.platform.register import backup, key_slots
from workbench.platform.register.cipher import DESTROYED

ROOT = Path(__file__).resolve().parents[1]
USER, PASSPHRASE = "u", "benchmark only"
CLOCK = datetime(2026, 10, 8, 9)
ROWS, BATCH = 20, 2


def office(folder: Path, files: int) -> Path:
    """A register with units and an inbox of files; its slots open at once, as guesses are not what is measured."""
    path, dear = folder / "r.db", key_slots.Cost
    cheap = replace(key_slots.Cost(), memory=32, passes=1, lanes=1)
    key_slots.Cost = lambda: cheap
    try:
        session = create(path, USER, PASSPHRASE, load_policy(), CLOCK)
    finally:
        key_slots.Cost = dear
    with session, session.transaction("import", datetime(2025, 12, 1), files=world.UNITS_FILE) as entry:
        entry.append("unit", pd.DataFrame(world.units()))
    world.submissions(folder / "in", files, ROWS)
    return path


def work(job: str, register: Path, folder: Path) -> None:
    """Do one kind of work again and again until killed, saying what is done."""
    policy = load_policy()
    files = sorted((folder / "in").glob("*.xlsx"))
    forms = dict(read_many(files)) if job == "import" else {}
    intake.read_many = lambda paths, **_: [(item, forms[item]) for item in paths]
    print("ready", flush=True)
    number = 0
    while True:
        with enter(register, USER, PASSPHRASE, policy, clock()) as session:
            said = DEEDS[job](session, files, number)
        if said is None:
            return
        print(f"done {said}", flush=True)
        number += 1


def _import(session: Session, files: list[Path], number: int) -> str | None:
    batch = files[number * BATCH : (number + 1) * BATCH]
    if not batch:
        return None
    intake.import_files(session, [intake.Arrival(file, datetime(2026, 1, 5, 9)) for file in batch])
    return str(number)


def _settle(session: Session, files: list[Path], number: int) -> str:
    """Approve the next quarter that is open."""
    done = session.register.maximum("settlement", "quarter")
    last = quarter_bounds(done)[1] if done else date(2025, 12, 31)
    quarter = quarter_of_month(f"{last + timedelta(days=1):%Y-%m}")
    at = datetime.combine(quarter_bounds(quarter)[1] + timedelta(days=10), datetime.min.time())
    settling.approve(replace(session, now=max(session.now, at)), quarter, at, at)
    return quarter


def _roster(session: Session, files: list[Path], number: int) -> str:
    """Another recovery passphrase: the one slot that comes and goes while one person goes on doing everything."""
    people.renew_recovery(session)
    return str(number)


def _destroy(session: Session, files: list[Path], number: int) -> str | None:
    """Destroy the key of a customer who still has one."""
    customers = session.register.read("lead", ["customer", "phone"])
    kept = customers.loc[customers["phone"] != DESTROYED, "customer"]
    if kept.empty:
        return None
    people.destroy_customers(session, [kept.iloc[0]], "end of term")
    return f"{session.now:%H:%M:%S.%f}"


def _rotate(session: Session, files: list[Path], number: int) -> str:
    return str(people.rotate(session))


def _backup(session: Session, files: list[Path], number: int) -> str:
    time.sleep(0.01)
    return backups.make(session, session.register.path.parent / "backups").backup.path.name


DEEDS = {
    "import": _import,
    "settle": _settle,
    "roster": _roster,
    "rotate": _rotate,
    "destroy": _destroy,
    "backup": _backup,
}


def clock() -> datetime:
    """A clock a hundred times as fast: no two backups of a run have the same second."""
    return CLOCK + timedelta(seconds=int(time.monotonic() * 100))


def killed(job: str, register: Path, folder: Path, after: float) -> tuple[list[str], bool]:
    """Start a worker and kill it ``after`` seconds of work: what it said was done, and whether it was still at it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.kills", "work", job, str(register), str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    timer = threading.Timer(after, process.kill)
    timer.start()
    said = [line.split()[1] for line in process.stdout.read().splitlines()]
    code = process.wait()
    timer.cancel()
    assert code in (0, -9), f"{job}: exit {code}"
    return said, code == -9


def prove(register: Path, promised: dict[str, set[str]]) -> None:
    """The register after a kill; AssertionError where it breaks a promise."""
    with enter(register, USER, PASSPHRASE, load_policy(), CLOCK) as session:
        held = session.register
        assert held.verify_audit() == [] and doubt(held) is None
        documents = held.read("document", ["document", "entry", "accepted", "returned"])
        leads = held.read("lead", ["document", "phone"])  # every sealed value opens, or its key is destroyed
        assert (
            (leads["phone"] == DESTROYED).sum()
            >= held.count("entry", {"action": "destroy"})
            >= len(promised["destroy"])
        )
        assert (documents.groupby("entry").size() == BATCH).all()
        assert leads.groupby("document").size().reindex(documents["document"], fill_value=0).tolist() == (
            documents["accepted"].tolist()
        )
        assert len(documents) >= BATCH * len(promised["import"])
        quarters = held.read("settlement", ["quarter", "entry"])
        assert promised["settle"] <= set(quarters["quarter"])
        assert set(held.read("settlement_line", ["quarter"])["quarter"]) <= set(quarters["quarter"])
        assert 3 * len(quarters) == held.count("closure")
        assert len(held.keys.fields) > len(promised["rotate"]) and held.keys.next_file is None
        kept = backup.list_backups(register.parent / "backups", held.keys)
        assert backup.damaged_backups(register.parent / "backups", held.keys, register.stem) == []
        if kept:
            with (
                backup.unpacked(kept[-1].path, register.parent) as (copy, manifest),
                backup.open_copy(copy, held.keys) as opened,
            ):
                backup.verify_copy(opened, manifest, kept[-1].path)


def run(rounds: int, folder: Path, seed: int = 1) -> Counter[str]:
    """Kill ``rounds`` workers, proving the register after each; how many were killed at work, by job."""
    register = office(folder, files=BATCH * max(40, rounds))
    jobs = tuple(DEEDS)
    chance, promised, cut = random.Random(seed), {job: set() for job in jobs}, Counter()
    for number in range(rounds):
        job = jobs[number % len(jobs)]
        said, at_work = killed(job, register, folder, chance.uniform(0.02, 1.0))
        promised[job] |= set(said)
        cut[job] += at_work
        prove(register, promised)
    return cut


def main(arguments: list[str]) -> None:
    """Either a worker to be killed, or all rounds."""
    if arguments[:1] == ["work"]:
        work(arguments[1], Path(arguments[2]), Path(arguments[3]))
        return
    rounds = int(arguments[0]) if arguments else 200
    with tempfile.TemporaryDirectory() as folder:
        cut = run(rounds, Path(folder))
    print(f"{rounds} rounds, killed at work: {dict(cut)}; every promise kept.")


if __name__ == "__main__":
    main(sys.argv[1:])

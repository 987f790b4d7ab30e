"""kill -9 at random moments of imports, settlements, roster changes, rotations, destructions, upgrades and backups, and what
holds then.

``python -m benchmarks.kills --rounds 200`` cuts 200 workers off at their work; one that ended before it was killed is no
round. After each, the register opens, its trail verifies, every import that was said to be committed is there whole, every
approved quarter has its lines, every backup proves, and a register of an earlier version reads as before, brought over or not.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import world
from tests.support.earlier import names_only_program
from workbench.app.policy import load_policy
from workbench.capabilities.settlement import approval as settling
from workbench.core.periods import quarter_bounds, quarter_of_month
from workbench.platform.access import backups
from workbench.platform.access import users as people
from workbench.platform.access.persons import doubt
from workbench.platform.access.session import Session, create, enter
from workbench.platform.forms.read import read_many
from workbench.platform.intake import batch as intake
from workbench.platform.register import backup, free_texts, key_slots, resealing
from workbench.platform.register.cipher import DESTROYED
from workbench.platform.register.names import TEXTS_BY

ROOT = Path(__file__).resolve().parents[1]
USER, PASSPHRASE = "u", "benchmark only"
CLOCK = datetime(2026, 10, 8, 9)
RECEIVED = datetime(2026, 1, 5, 9)
ROWS, BATCH, FIRST = 20, 2, 3  # of a file; files of an import; imports before the first round
ANSWERS = 40  # on each lead of an earlier register
TRIES = 12


def office(path: Path) -> Path:
    """A register with units; its slots open at once, as guesses are not what is measured."""
    path.parent.mkdir(exist_ok=True)
    dear = key_slots.Cost
    cheap = replace(key_slots.Cost(), memory=32, passes=1, lanes=1)
    key_slots.Cost = lambda: cheap
    try:
        session = create(path, USER, PASSPHRASE, load_policy(), CLOCK)
    finally:
        key_slots.Cost = dear
    with session, session.transaction("import", datetime(2025, 12, 1), files=world.UNITS_FILE) as entry:
        entry.append("unit", pd.DataFrame(world.units()))
    return path


def earlier_office(path: Path, files: list[Path]) -> Path:
    """A register as the version before wrote it, with what an upgrade has to seal: answers and reasons in clear."""
    with names_only_program():
        office(path)
        with enter(path, USER, PASSPHRASE, load_policy(), CLOCK, remembers=False) as session:
            intake.import_files(session, [intake.Arrival(file, RECEIVED) for file in files])
            leads = session.register.read("lead", ["lead", "row"])
            with session.transaction("dispatch", RECEIVED, sections={"K1": len(leads)}) as entry:
                entry.append("dispatch", leads[["lead"]].assign(section="K1", batch=1, at=RECEIVED))
            last = session.register.maximum("document", "document") or 0
            for number in range(ANSWERS):
                said = {"section": "K1", "at": RECEIVED, "verdict": "无效", "document": last + 1 + number}
                rows = leads.assign(**said, reason=[f"第{number}次问过客户{lead}" for lead in leads["lead"]])
                detail = {"files": {f"{number:064x}": ["verification_feedback", 0, 0]}, "reason": f"第{number}次"}
                with session.transaction("import", RECEIVED, **detail) as entry:
                    entry.append("document", pd.DataFrame([_answers(said["document"], number, len(rows))]))
                    entry.append("feedback", rows)
    return path


def _answers(document: int, number: int, rows: int) -> dict[str, Any]:
    """The file that a section's answers came in."""
    return {
        "document": document,
        "sha256": f"{number:064x}",
        "name": f"甄别{number}.xlsx",
        "template": "verification_feedback",
        "version": "4.1",
        "received_at": RECEIVED,
        "header": {"section": "K1"},
        "accepted": rows,
        "returned": 0,
    }


def texts(register: Path) -> list[list]:
    """What an upgrade may not change, as it reads."""
    with enter(register, USER, PASSPHRASE, load_policy(), CLOCK, remembers=False) as session:
        held = session.register
        entries = held.read("entry", ["entry", "detail"])
        told = free_texts.told(held, entries["entry"].tolist(), entries["detail"].tolist())
        return [
            held.read("feedback", ["lead", "reason"]).values.tolist(),
            held.read("lead", ["lead", "customer", "source", "phone"]).values.tolist(),
            [detail["reason"] for detail in told if "reason" in detail],
        ]


def work(job: str, register: Path, folder: Path, number: int) -> None:
    """Do one kind of work again and again until killed, saying what is done. ``number``: of the first deed."""
    policy = load_policy()
    files = sorted((folder / "in").glob("*.xlsx"))
    forms = dict(read_many(files)) if job == "import" else {}
    intake.read_many = lambda paths, **_: [(item, forms[item]) for item in paths]
    print("ready", flush=True)
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
    intake.import_files(session, [intake.Arrival(file, RECEIVED) for file in batch])
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


def _upgrade(session: Session, files: list[Path], number: int) -> str | None:
    """Seal what the version before left in clear; None where that is done."""
    if not resealing.is_pending(session.register):
        return None
    return str(people.give_customer_keys(session))


def _backup(session: Session, files: list[Path], number: int) -> str:
    time.sleep(0.01)
    return backups.make(session, session.register.path.parent / "backups").backup.path.name


DEEDS = {
    "import": _import,
    "settle": _settle,
    "roster": _roster,
    "rotate": _rotate,
    "destroy": _destroy,
    "upgrade": _upgrade,
    "backup": _backup,
}


def clock() -> datetime:
    """A clock a hundred times as fast: no two backups of a run have the same second."""
    return CLOCK + timedelta(seconds=int(time.monotonic() * 100))


def killed(job: str, register: Path, folder: Path, number: int, after: float) -> tuple[list[str], bool]:
    """Start a worker and kill it ``after`` seconds of work: what it said was done, and whether it was still at it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.kills", "work", job, str(register), str(folder), str(number)],
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


def prove_upgrade(register: Path, before: list[list]) -> None:
    """An earlier register after a kill: as it was or brought over, and the next try brings it over; AssertionError if not."""
    for _ in range(2):
        assert texts(register) == before
        with enter(register, USER, PASSPHRASE, load_policy(), CLOCK, remembers=False) as session:
            held = session.register
            assert held.verify_audit() == [] and doubt(held) is None
            assert held.count("entry", {"action": TEXTS_BY}) == (not resealing.is_pending(held))
            if resealing.is_pending(held):
                people.give_customer_keys(session)
    with enter(register, USER, PASSPHRASE, load_policy(), CLOCK, remembers=False) as session:
        assert not resealing.is_pending(session.register)


def run(rounds: int, folder: Path, seed: int = 1) -> Counter[str]:
    """Cut off ``rounds`` workers at their work, proving the register after each; how many, by job.

    A worker that ended before it was killed counts for nothing: the round is done again, killed sooner. Raises
    AssertionError where a promise is broken, RuntimeError where a job cannot be cut.
    """
    files = [path for path, _ in world.submissions(folder / "in", BATCH * max(60, 2 * rounds), ROWS)]
    register, older = office(folder / "r.db"), earlier_office(folder / "older" / "o.db", files[:BATCH])
    before = texts(older)
    with enter(register, USER, PASSPHRASE, load_policy(), CLOCK) as session:
        for number in range(FIRST):  # there is somebody whose key can be destroyed
            _import(session, files, number)
    jobs = tuple(DEEDS)
    chance, promised, cut = random.Random(seed), {job: set() for job in jobs}, Counter()
    promised["import"] = {str(number) for number in range(FIRST)}
    for number in range(rounds):
        job, longest = jobs[number % len(jobs)], 1.0
        for tried in range(TRIES):  # each at a place of its own: this machine remembers what it saw where
            target = _copied(older, folder / f"{number}.{tried}") if job == "upgrade" else register
            said, at_work = killed(job, target, folder, len(promised["import"]), chance.uniform(0.02, longest))
            promised[job] |= set(said)
            if job == "upgrade":
                prove_upgrade(target, before)
                shutil.rmtree(target.parent)
            else:
                prove(register, promised)
            if at_work:
                break
            longest *= 0.7
        else:
            raise RuntimeError(f"{job} always ended before it was killed")
        cut[job] += 1
    return cut


def _copied(register: Path, folder: Path) -> Path:
    """A fresh copy of a register and what lies beside it."""
    return shutil.copytree(register.parent, folder) / register.name


def main(arguments: list[str]) -> None:
    """Either a worker to be killed, or all rounds."""
    if arguments[:1] == ["work"]:
        work(arguments[1], Path(arguments[2]), Path(arguments[3]), int(arguments[4]))
        return
    asked = argparse.ArgumentParser(description=str(__doc__).partition("\n\n")[0])
    asked.add_argument("--rounds", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        cut = run(given.rounds, Path(folder), given.seed)
    print(f"{given.rounds} workers cut off at their work: {dict(cut)}; every promise kept.")


if __name__ == "__main__":
    main(sys.argv[1:])

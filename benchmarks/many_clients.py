"""Thirty-two programs that import and review at once on one PostgreSQL server: nothing lost, nothing twice, the first stays first.

``python -m benchmarks.many_clients postgresql://OWNER@HOST/DATABASE 120`` makes a register in an empty database, lets the
clients work for so many seconds, checks what the register then holds, and prints throughput and the slowest waits. Every client
is a process with a session and a connection of its own, and reports customers that others report as well.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pandas as pd

from benchmarks import growth, world
from benchmarks.growth import CLOCK, PASSPHRASE
from workbench.app.policy import load_policy
from workbench.capabilities.leads.reviews import decide, open_reviews
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.leads.status import Review, Status
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.access.session import Session, create, enter
from workbench.platform.intake.batch import Arrival, import_files
from workbench.platform.register.postgres.address import pointer
from workbench.platform.register.postgres.store import Server

CLIENTS = 32
BEGINNING = datetime(2026, 11, 2, 8)
FILES, PER_FILE = 300, 10  # what a client has to send, at most
SHARED, CLOSE = 5, 2  # rows of each file whose customers every client reports; rows with a name close to one of these
TURNS = 2  # after so many files a client looks at what waits for a person
AT_ONCE = 2  # decisions of one turn
PATIENCE = 300  # seconds until a client that does not answer counts as stuck


@dataclass
class Work:
    """What one client did: rows taken in, decisions, those that somebody else had taken meanwhile, how often it was told to try
    again; seconds of each wait for the turn to write and of each deed; anything that went wrong, by its code.
    """

    files: int = 0
    rows: int = 0
    decided: int = 0
    overtaken: int = 0
    busy: int = 0
    waits: list[float] = field(default_factory=list)
    deeds: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Outcome:
    """All clients together, after the register was compared with what they say they did."""

    seconds: float
    work: tuple[Work, ...]
    leads: int
    entries: int

    def lines(self) -> list[str]:
        """Throughput and waits, as sentences."""
        waits = sorted(each for work in self.work for each in work.waits)
        deeds = sorted(each for work in self.work for each in work.deeds)
        files, rows, decided, overtaken = (
            sum(getattr(work, name) for work in self.work) for name in ("files", "rows", "decided", "overtaken")
        )
        return [
            f"{len(self.work)} clients, {self.seconds:.0f} s: {files} files with {rows} rows ({rows / self.seconds:.0f} rows/s),"
            f" {decided} decisions, {overtaken} that somebody else had taken meanwhile; {self.entries} entries, {self.leads} leads;"
            f" told to try again: {sum(work.busy for work in self.work)} times.",
            f"Waiting for the turn to write: {waits[len(waits) // 2]:.2f} s, 99 of 100 {waits[int(len(waits) * 0.99)]:.2f} s,"
            f" the slowest {waits[-1]:.2f} s. A file with its decisions, waiting included: {deeds[len(deeds) // 2]:.2f} s, the slowest {deeds[-1]:.2f} s.",
            f"The least busy client sent {min(work.files for work in self.work)} files, the busiest {max(work.files for work in self.work)}.",
        ]


def sent(number: int) -> list[tuple[Any, datetime]]:
    """What a client has to send: T1 of a reporter of its own, part of it customers that every client reports, each once."""
    made = growth.forms(FILES, PER_FILE, 100 + number, BEGINNING)
    own, shared = (_distinct(seed, FILES * PER_FILE) for seed in (100 + number, 1))
    for place, (form, _) in enumerate(made):
        form.header["unit"] = f"D{number:03d}"
        start = place * PER_FILE
        close = shared[start : start + CLOSE].assign(customer=lambda rows: _changed(rows["customer"], number))
        rest = own[start + SHARED + CLOSE : start + PER_FILE]
        rows = pd.concat([shared[start : start + SHARED], close, rest], ignore_index=True)
        for name in rows:
            form.rows[name] = rows[name].astype(form.rows[name].dtype)
        form.rows["phone"] = [f"13{number:02d}{place:05d}{row:02d}" for row in range(PER_FILE)]  # nobody's but his
    return made


def _changed(names: pd.Series, number: int) -> list[str]:
    """Names with another second character."""
    return [f"{name[0]}{world.MARKS[number]}{name[2:]}" for name in names]


def _distinct(seed: int, count: int) -> pd.DataFrame:
    table = world.rows(2 * count, seed)
    table["quantity"] = table["quantity"].clip(lower=3)
    return table.drop_duplicates("customer").head(count).drop(columns="phone").reset_index(drop=True)


def client(url: str, number: int, seconds: float, ready: Any, answers: Any) -> None:
    """Import and review for some seconds, once everybody is ready; say what was done."""
    work, made = Work(failed=Counter(unfinished=1)), sent(number)
    _watch(work.waits)
    try:
        with (
            enter(pointer(url), "u", PASSPHRASE, load_policy(), CLOCK) as session,
            growth.read_already(made) as arrivals,
        ):
            ready.wait(PATIENCE)
            start = time.monotonic()
            while not work.files or (time.monotonic() < start + seconds and work.files < FILES):
                at = BEGINNING + timedelta(seconds=int((time.monotonic() - start) * 1000))
                began = time.monotonic()
                try:
                    _import(session, Arrival(arrivals[work.files].path, at), work)
                    if (work.files + number) % TURNS == 0:
                        _review(session, at, work)
                except RegisterError as refusal:
                    if refusal.code != "busy":
                        raise
                    work.busy += 1
                work.deeds.append(time.monotonic() - began)
            del work.failed["unfinished"]
    finally:
        answers.put((number, work))


def _import(session: Session, arrival: Arrival, work: Work) -> None:
    """Bring in one file, of which every row is taken."""
    (told,) = import_files(session, [arrival])
    work.files, work.rows = work.files + 1, work.rows + told.accepted
    if told.accepted != PER_FILE:
        work.failed["not_taken"] += 1


def _review(session: Session, at: datetime, work: Work) -> None:
    """Decide what waits longest; everybody does, so most find that another one was faster."""
    waiting = open_reviews(session, at)
    for number in waiting["number"].head(AT_ONCE):
        try:
            decide(session, number, Review.DIFFERENT, at, "两家单位")
            work.decided += 1
        except WrongUse as refusal:
            if refusal.code not in ("not_held", "verdict_does_not_fit", "verdict_stands", "own_decision"):
                raise
            work.overtaken += 1


def _watch(waits: list[float]) -> None:
    """Note how long this process waits for each turn to write."""
    begin = Server.begin_writing

    def begin_writing(self: Server) -> None:
        began = time.monotonic()
        begin(self)
        waits.append(time.monotonic() - began)

    Server.begin_writing = begin_writing  # type: ignore[method-assign]


def measure(url: str, seconds: float, clients: int = CLIENTS) -> Outcome:
    """Make a register in an empty database, let the clients work, and compare. Raises AssertionError where anything is amiss."""
    with (
        create(pointer(url), "u", PASSPHRASE, load_policy(), CLOCK) as session,
        session.transaction("import", datetime(2025, 12, 1), files=world.UNITS_FILE) as entry,
    ):
        entry.append("unit", pd.DataFrame(world.units()))
    context = multiprocessing.get_context("fork")  # what is loaded here need not be loaded by each of them
    ready, answers = context.Barrier(clients), context.Queue()
    working = [context.Process(target=client, args=(url, number, seconds, ready, answers)) for number in range(clients)]
    for process in working:
        process.start()
    try:
        work = dict(answers.get(timeout=PATIENCE + seconds) for _ in working)
    finally:
        for process in working:
            process.join(10)
            process.kill()
    return _compared(url, seconds, [work[number] for number in range(clients)])


def _compared(url: str, seconds: float, work: list[Work]) -> Outcome:
    failed = sum((each.failed for each in work), Counter())
    assert not failed, dict(failed)
    with enter(pointer(url), "u", PASSPHRASE, load_policy(), CLOCK) as session:
        register = session.register
        documents = register.read("document", ["sha256"])["sha256"]
        known = {
            sha256(f"{100 + n}-{f:05d}.xlsx".encode()).hexdigest() for n, w in enumerate(work) for f in range(w.files)
        }
        assert documents.is_unique and set(documents) == known
        leads = register.read("lead", ["lead", "number", "document", "row"])
        assert len(leads) == sum(each.rows for each in work)
        assert leads["lead"].is_unique and leads["number"].is_unique
        assert not leads.duplicated(["document", "row"]).any()
        assert register.count("review") == sum(each.decided for each in work)
        entries = register.read("entry", ["entry"])["entry"].tolist()
        assert entries == list(range(1, len(entries) + 1))
        _require_first(open_snapshot(session, CLOCK).states)
        assert register.verify_audit() == []
    return Outcome(seconds, tuple(work), len(leads), len(entries))


def _require_first(states: pd.DataFrame) -> None:
    """Of the leads of one customer in one place, the one received first is nobody's duplicate among them; later ones are."""
    shared = 0
    for _, same in states.groupby(["customer_key", "category", "province", "city"], sort=False):
        times: Iterable[datetime] = same["received_at"]
        if len(same) == 1 or len(set(times)) < len(same):  # nothing to compare, or received in the same second
            continue
        shared += 1
        first, later = same["received_at"].idxmin(), same.drop(index=same["received_at"].idxmin())
        assert same.at[first, "status"] != Status.DUPLICATE or same.at[first, "duplicate_of"] not in same.index
        free = later[~later["status"].isin([Status.DUPLICATE, Status.HELD])]
        assert free.empty, (same.at[first, "number"], free["number"].tolist())
    assert shared


def main(url: str, seconds: str = "120") -> None:
    """Measure once."""
    print("\n".join(measure(url, float(seconds)).lines()))


if __name__ == "__main__":
    main(*sys.argv[1:])

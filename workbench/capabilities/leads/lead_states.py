"""Leads as the register holds them: found by number, derived at a moment with their neighbours, kept up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import pandas as pd

from workbench.capabilities.leads.lifecycle import customers, derive
from workbench.capabilities.leads.tables import UNDECIDING
from workbench.capabilities.leads.versions import IDENTITY
from workbench.core.messages import Message
from workbench.core.names import customer_key
from workbench.platform.access.session import Session
from workbench.platform.intake.submission import ImportBatch, Submission, returned
from workbench.platform.intake.waiting import in_order_of_receipt
from workbench.platform.register.entry import Entry
from workbench.platform.register.facts import Facts, load_facts
from workbench.platform.register.store import Register
from workbench.platform.regulation.edition import Policy

NAME = ["customer_key", "province", "city"]
# above this share of the register, reading it whole is cheaper than picking leads
WHOLE_FROM = 0.25
AT_ONCE = 30_000  # leads whose statuses are derived together


def newest_versions(register: Register, numbers: Iterable[str | None], columns: Sequence[str] = ()) -> pd.DataFrame:
    """The newest version of the leads with these numbers, indexed by number: lead, version and the columns named."""
    wanted = sorted({number for number in numbers if isinstance(number, str)})
    rows = register.read("lead", ["number", "lead", "version", *columns], where={"number": wanted})
    return rows.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last").set_index("number")


def leads_by_number(batch: ImportBatch, numbers: Iterable[str | None]) -> pd.DataFrame:
    """Lead, reporter, customer and identity of the leads with these numbers, indexed by number; ``name_key``: the
    customer's normalised name.
    """
    found = newest_versions(batch.register, numbers, ["reporter", "customer", *IDENTITY])
    return found.assign(name_key=customer_key(found["customer"]))


def known_lead(leads: pd.DataFrame, number: str | None, column: str = "number", clause: str | None = None) -> int:
    """The lead of a number among ``leads`` (indexed by number). Raises RowReturned ``unknown_number``."""
    if number not in leads.index:
        raise returned("unknown_number", Message.of("unknown_number/of_row", number=number), column, clause)
    return int(leads.at[number, "lead"])


def neighbours(register: Register, leads: Sequence[int], *, every: bool = False) -> list[int]:
    """The leads whose statuses hang together with these: same name and place, linked, or decided alike. ``every``: also by
    what came with files that were withdrawn since.
    """
    known: set[int] = set()
    fresh = set(leads)
    while fresh:
        known |= fresh
        ids = sorted(fresh)
        keys = register.read("lead", ["lead", *NAME], where={"lead": ids}, every=every)
        customers = {"customer_key": sorted(set(keys["customer_key"]))}
        same = register.read("lead", ["lead", *NAME], where=customers, every=every)
        found = set(same.merge(keys[NAME].drop_duplicates(), on=NAME)["lead"])
        for here, there in (("a", "b"), ("b", "a")):
            found |= set(register.read("link", ["a", "b"], where={here: ids}, every=every)[there])
        for here, there in (("lead", "other"), ("other", "lead")):
            found |= set(register.read("review", [there], where={here: ids}, every=every)[there].dropna().astype(int))
        fresh = found - known
    return sorted(known)


def around(
    register: Register, leads: Sequence[int], *, taken_back: bool = True, named: bool = True
) -> tuple[list[int], Facts]:
    """These leads with everything they hang together with, and what is known of them (or of all, if that is cheaper).

    Without ``named`` no name is opened: what no rule looks at is left out.
    """
    near = neighbours(register, leads)
    whole = len(near) > WHOLE_FROM * (register.maximum("lead", "lead_version") or 0)
    return near, load_facts(
        register, None if whole else near, taken_back=taken_back, without={} if named else UNDECIDING
    )


def states_near(session: Session, leads: Sequence[int], as_of: datetime, *, named: bool = True) -> pd.DataFrame:
    """Statuses of these leads and everything they hang together with, derived as of a moment. ``named``: see ``around``."""
    return _states(*around(session.register, leads, named=named), as_of, session.policy)


def states_decided_on(session: Session, leads: Sequence[int], at: datetime) -> pd.DataFrame:
    """Statuses a decision of a moment rests on: as they were then, or once all the leads it is about had been received.

    What was recorded before it and happened later is no reason for or against it (D4).
    """
    received = session.register.read("lead", ["lead", "filed_at"], where={"lead": list(leads)})
    known = received.groupby("lead")["filed_at"].min().max()
    return states_near(session, leads, at if pd.isna(known) else max(at, known.to_pydatetime()))


def follow_up(session: Session, entry: Entry, leads: Sequence[int], at: datetime) -> pd.DataFrame:
    """What follows from a person's word of a moment: the statuses of some leads, kept up to date and returned, and what
    was received later and rests on them, judged as if it had come in after that word (D4).
    """
    moment = session.horizon(at)
    causes: dict[int, tuple[datetime, int | None]] = dict.fromkeys(map(int, leads), (at, None))
    states = refresh(session, entry, leads, moment, causes)
    in_order_of_receipt(ImportBatch(session, entry, moment, touched=set(states.index)), at)
    return states


def states_at_receipt(
    batch: ImportBatch, submissions: Sequence[Submission], leads: Sequence[int]
) -> dict[datetime, pd.DataFrame]:
    """Statuses of these leads and their neighbours as known at the receipt of each file.

    Files that were taken back since are as if they had never come: what rests on them is judged again then (D4).
    """
    near, facts = around(batch.register, leads, taken_back=False)
    return {
        moment: _states(near, facts, moment, batch.session.policy)
        for moment in {submission.received_at for submission in submissions}
    }


def states_at(batch: ImportBatch, leads: Sequence[int], moment: datetime) -> pd.DataFrame:
    """Statuses of these leads and their neighbours as known at a moment, as ``states_at_receipt`` has them; without names."""
    return _states(*around(batch.register, leads, taken_back=False, named=False), moment, batch.session.policy)


def joined_customers(session: Session, leads: Sequence[int], moment: datetime) -> pd.Series:
    """The customer of these leads and of those they hang together with, at a moment: as a number, the same for names that a
    person decided to be one (5.1, D2); by lead.
    """
    _, facts = around(session.register, leads, taken_back=False, named=False)
    return customers(facts, moment, session.policy)


def _states(near: list[int], facts: Facts, as_of: datetime, policy: Policy) -> pd.DataFrame:
    states = derive(facts, as_of, policy)
    return states[states.index.isin(near)]


def refresh(
    session: Session,
    entry: Entry,
    leads: Sequence[int],
    as_of: datetime,
    causes: Mapping[int, tuple[datetime, int | None]] | None = None,
) -> pd.DataFrame:
    """Bring the kept statuses of these leads and their neighbours up to ``as_of``.

    Each change becomes a row of ``transition`` with its time and the file that caused it.
    Returns the states (``tables.STATES``, without customers' names) of all leads looked at.
    """
    parts = [part for _, part in _refreshed(session, entry, leads, as_of, causes or {})]
    if not parts:
        return derive(load_facts(session.register, []), as_of, session.policy)
    states = pd.concat(parts) if len(parts) > 1 else parts[0]
    # some hang together with leads of several parts, and are derived alike in each
    return states[~states.index.duplicated()]


def _refreshed(
    session: Session,
    entry: Entry,
    leads: Sequence[int],
    as_of: datetime,
    causes: Mapping[int, tuple[datetime, int | None]],
) -> Iterator[tuple[Sequence[int], pd.DataFrame]]:
    """``refresh`` some leads at a time: these, and the states of them and all they hang together with."""
    for at in range(0, len(leads), AT_ONCE):
        part = leads[at : at + AT_ONCE]
        yield part, _refresh_part(session, entry, part, as_of, causes)


def _refresh_part(
    session: Session,
    entry: Entry,
    leads: Sequence[int],
    as_of: datetime,
    causes: Mapping[int, tuple[datetime, int | None]],
) -> pd.DataFrame:
    states = states_near(session, leads, as_of, named=False)
    kept = session.register.read("state", ["lead", "status", "clause"], where={"lead": list(states.index)})
    was = kept.set_index("lead").reindex(states.index)
    changed = states["status"].ne(was["status"]) | states["clause"].fillna("").ne(was["clause"].fillna(""))
    moved = states[changed]
    if len(moved):
        cause = [causes.get(lead, (as_of, None)) for lead in moved.index]
        entry.append(
            "transition",
            pd.DataFrame(
                {
                    "lead": moved.index,
                    "at": [at for at, _ in cause],
                    "was": was.loc[moved.index, "status"].astype("object").to_numpy(),
                    "status": moved["status"].to_numpy(),
                    "clause": moved["clause"].to_numpy(),
                    "document": pd.array([document for _, document in cause], dtype="Int64"),
                }
            ),
        )
        entry.replace_state(moved.reset_index()[["lead", "status", "clause"]])
    return states


def refresh_stored(batch: ImportBatch, submissions: Sequence[Submission], stored: pd.DataFrame) -> pd.DataFrame:
    """``refresh`` for the leads of stored rows (columns lead and document), each caused by its file; returns the states."""
    causes = _causes(submissions, stored)
    states = refresh(batch.session, batch.entry, sorted(causes), batch.horizon, causes)
    batch.touched.update(states.index.tolist())
    return states


def refreshed_stored(
    batch: ImportBatch, submissions: Sequence[Submission], stored: pd.DataFrame
) -> Iterator[tuple[Sequence[int], pd.DataFrame]]:
    """``refresh_stored`` for many rows: some leads of theirs at a time, and the states of these and their neighbours."""
    causes = _causes(submissions, stored)
    for leads, states in _refreshed(batch.session, batch.entry, sorted(causes), batch.horizon, causes):
        batch.touched.update(states.index.tolist())
        yield leads, states


def _causes(submissions: Sequence[Submission], stored: pd.DataFrame) -> dict[int, tuple[datetime, int | None]]:
    received = {submission.document: submission.received_at for submission in submissions}
    return {
        int(lead): (received[document], document)
        for lead, document in zip(stored["lead"], stored["document"], strict=True)
    }


def refresh_leads(batch: ImportBatch, submissions: list[Submission], stored: Mapping[str, pd.DataFrame]) -> None:
    """What follows from any stored rows about leads: their statuses."""
    for rows in stored.values():
        if "lead" in rows:
            refresh_stored(batch, submissions, rows)

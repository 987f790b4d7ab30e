"""The terms in which sections verify leads: each dispatch starts one; a hand-over ends it and starts another (6.3, D41)."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from workbench.capabilities.leads.status import Verification
from workbench.capabilities.organization.successions import Ending, endings
from workbench.core.frames import by_time
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy

COLUMNS = ["batch", "lead", "section", "at", "closed_at"]


def answers_of(feedback: pd.DataFrame) -> pd.DataFrame:
    """The rows that answer for a lead: 非本科室 hands it back and answers nothing (D41)."""
    return feedback[feedback["verdict"] != Verification.NOT_OURS]


def terms(facts: Facts, until: datetime, policy: Policy) -> pd.DataFrame:
    """Every term up to a moment, in order of the leads and of time: columns COLUMNS.

    ``closed_at``: when it ended without an answer, because the lead was handed on, handed back or passed to the section's
    successor (NaT: it did not). What was dispatched after the first answer starts no term.
    """
    given = facts.dispatches
    given = by_time(given[given["at"] <= until], ["lead"])
    handed_back = facts.feedback[facts.feedback["verdict"] == Verification.NOT_OURS]
    closed = _closed_sections(facts, until)
    first = answers_of(facts.feedback).groupby("lead")["at"].min()
    table = given.assign(closed_at=pd.Series(pd.NaT, index=given.index, dtype="datetime64[us]"))
    odd = given["lead"].duplicated(keep=False) | given["lead"].isin(handed_back["lead"])
    odd |= given["section"].isin({ending.unit for ending in closed})
    if not odd.any():
        return _before(table, first).reset_index(drop=True)[COLUMNS]
    stays = _stays(facts, policy) if closed else set()
    rows = []
    for lead, own in given[odd].groupby("lead", sort=False):
        back = handed_back[handed_back["lead"] == lead]
        ends = [] if lead in stays else closed
        rows += _chain(int(lead), own, back, ends, first.get(lead))
    chained = pd.DataFrame(rows, columns=COLUMNS).astype(
        {"batch": "int64", "lead": "int64", "at": "datetime64[us]", "closed_at": "datetime64[us]"}
    )
    return pd.concat([_before(table[~odd], first)[COLUMNS], chained], ignore_index=True)


def _before(table: pd.DataFrame, first: pd.Series) -> pd.DataFrame:
    """The dispatches that came before their lead was answered."""
    answered = first.reindex(table["lead"]).to_numpy()
    return table[np.isnat(answered) | (table["at"].to_numpy() <= answered)]


def _chain(lead: int, given: pd.DataFrame, back: pd.DataFrame, ends: list[Ending], answered) -> list[tuple]:
    """The terms of one lead. Events of one time: what ends a term comes before what starts one."""
    events = [(at, 2, section, int(batch)) for batch, section, at in zip(given["batch"], given["section"], given["at"])]
    events += [(at, 0, section, 0) for section, at in zip(back["section"], back["at"])]
    events += [(pd.Timestamp(ending.since), 1, ending, 0) for ending in ends]
    found: list[list] = []
    for at, what, which, batch in sorted(events, key=lambda event: event[:2]):
        if answered is not None and at > answered:
            break
        running = found[-1] if found and pd.isna(found[-1][4]) else None
        if what == 2:
            if running:
                running[4] = at
            found.append([batch, lead, which, at, pd.NaT])
        elif running and what == 0 and running[2] == which:
            running[4] = at
        elif running and what == 1 and running[2] == which.unit:
            running[4] = at
            if which.successor:
                found.append([running[0], lead, which.successor, at, pd.NaT])
    return [tuple(each) for each in found]


def _closed_sections(facts: Facts, until: datetime) -> list[Ending]:
    sent = set(facts.dispatches["section"])
    found = endings(facts.units, until)
    heirs = {ending.successor for ending in found}
    return [ending for ending in found if ending.unit in sent or ending.unit in heirs]


def _stays(facts: Facts, policy: Policy) -> set[int]:
    """Leads of quarters that were approved when a section out of use kept its leads (reading ``unit_out_of_use``)."""
    leads = facts.leads.drop_duplicates("lead")
    kept = policy.choices("unit_out_of_use", leads["received_at"]) == "kept"
    return set(leads["lead"].to_numpy()[kept].tolist())


def current(table: pd.DataFrame) -> pd.DataFrame:
    """The term each lead is in, or was answered in: the last one, unless it was closed. One row per lead."""
    last = table.drop_duplicates("lead", keep="last")
    return last[last["closed_at"].isna()]


def handed_on(table: pd.DataFrame) -> pd.DataFrame:
    """The terms that ended without an answer."""
    return table[table["closed_at"].notna()]


def handed_to(facts: Facts, until: datetime) -> pd.DataFrame:
    """Who has each lead at a moment, answered or not: the section of its last dispatch, or who took its place since.

    Index lead, columns section and at (the dispatch). A lead that was dispatched later only is with that section; one
    that was handed back and not dispatched again is with none.
    """
    given = by_time(facts.dispatches, ["lead"])
    known = given[given["at"] <= until].drop_duplicates("lead", keep="last")
    later = given[~given["lead"].isin(known["lead"])].drop_duplicates("lead")
    found = pd.concat([known, later]).set_index("lead")[["section", "at"]]
    for ending in endings(facts.units, until):
        if ending.successor:
            over = (found["section"] == ending.unit) & (found["at"] <= ending.since)
            found.loc[over, "section"] = ending.successor
    back = facts.feedback[(facts.feedback["verdict"] == Verification.NOT_OURS) & (facts.feedback["at"] <= until)]
    back = back[back["lead"].isin(found.index)]
    gone = back["at"].to_numpy() >= found["at"].reindex(back["lead"]).to_numpy()
    return found.drop(index=back["lead"][gone].unique())


def late_terms(table: pd.DataFrame, due_on: pd.Series) -> pd.DataFrame:
    """D41: the terms that were handed on after their last day (``due_on`` by row of ``table``), with due_on."""
    late = table["closed_at"].to_numpy().astype("datetime64[D]") > due_on.to_numpy().astype("datetime64[D]")
    return table.assign(due_on=due_on)[late & ~np.isnat(table["closed_at"].to_numpy())]

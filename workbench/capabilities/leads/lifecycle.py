"""The state of every lead at a moment, derived from the facts (domain: a lead's life)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from workbench.capabilities.leads import (
    changes,
    contract_history,
    contract_lines,
    holdings,
    named_units,
    precedence,
    projects,
    terms,
    verification,
)
from workbench.capabilities.leads.receipt_order import first_of, ordered_leads
from workbench.capabilities.leads.sameness import sameness
from workbench.capabilities.leads.screening import own_verdict
from workbench.capabilities.leads.status import Review, Status, Verification
from workbench.capabilities.leads.tables import LEAD_STATES
from workbench.capabilities.organization.directory import units_on
from workbench.capabilities.organization.kinds import UnitKind
from workbench.core.frames import DAY, by_time, days, empty_texts, places_of, spread
from workbench.core.periods import month_of
from workbench.core.seldom_collected import seldom_collected
from workbench.platform.register.facts import TEXT, TIME, Facts
from workbench.platform.regulation.edition import Policy

NO_TIME = np.datetime64("NaT", "us")
EARNS, BY_RECEIPT = "earns", "receipt"  # values of the readings undated_valid (D42) and counts_in (D5)


@seldom_collected()
def derive(facts: Facts, as_of: datetime, policy: Policy) -> pd.DataFrame:
    """The state of every lead received by ``as_of``: as ``LEAD_STATES`` promises, without ``customer`` where the facts have none.

    Rows are in the order of 5.1. Facts are cut to ``as_of`` by recorded receipt. Nothing
    that happens later changes what an earlier ``as_of`` says. Clauses 2, 5.1, 5.3–5.6, 6.3, 6.4.
    """
    known = facts.up_to(as_of)
    known = known.replace(contracts=contract_history.history(known, policy))
    leads = ordered_leads(known, as_of, policy)
    index = pd.Index(leads["lead"])
    changed = changes.effective(known)
    own = _own_verdicts(leads, index, known, changed, policy)
    lasting = holdings.holdings(known, changed, leads, policy, as_of)
    withdrawn = changes.withdrawn_at(changed, index)
    keeps = policy.choices("undated_valid", leads["received_at"]) == EARNS
    answers = _answers(changes.prolonged(terms.answers_of(known.feedback), changed), index, keeps)
    kind, behind, withdrawn = _place(leads, index, own, answers, withdrawn, lasting, known, policy)
    answers = replace(answers, rows=answers.rows.iloc[:0].copy())  # as many as leads, and not looked at any more
    leads = _passed_on(leads, lasting, known.units, as_of)
    signed = _contracts(known.contracts, index, answers)
    promised = LEAD_STATES if "customer" in leads else LEAD_STATES.without("customer")
    return promised.check(
        _assemble(leads, index, own, answers, signed, kind, behind, withdrawn, known, as_of, policy, promised.columns)
    )


def customers(facts: Facts, as_of: datetime, policy: Policy) -> pd.Series:
    """A number for the customer, category and place of every lead received by ``as_of``, once those that a person decided to be
    the same are joined, where they join (5.1, D2); by lead.
    """
    known = facts.up_to(as_of)
    leads = ordered_leads(known, as_of, policy)
    same = sameness(leads, known.leads, known.links, known.reviews, policy)
    numbers = [same.customer(place) if same.joins(place) else -1 - place for place in range(len(leads))]
    return pd.Series(numbers, index=leads["lead"], dtype="int64")


def _own_verdicts(
    leads: pd.DataFrame, index: pd.Index, known: Facts, changed: pd.DataFrame, policy: Policy
) -> pd.DataFrame:
    """Own-row verdicts with a person's decisions on held leads applied: of taxis (D10), of a report of two units."""
    own, reviews = own_verdict(leads, policy), known.reviews
    doubted = named_units.doubted(leads, known, changed) & own["clause"].isna().to_numpy()
    own.loc[doubted, ["clause", "held"]] = [named_units.CLAUSE, True]
    alone = reviews[reviews["other"].isna()]
    latest = alone.sort_values("at", kind="stable").drop_duplicates("lead", keep="last")
    verdict = spread(latest["verdict"], places_of(latest["lead"], index), len(leads))
    held, clause = own["held"].to_numpy().copy(), own["clause"].to_numpy().copy()
    clause[held & (verdict == Review.ADMITTED)] = None
    held &= ~((verdict == Review.ADMITTED) | (verdict == Review.REFUSED))
    return pd.DataFrame({"clause": pd.Series(clause, dtype=object), "held": held})


@dataclass
class _Answers:
    """Per lead, in the order of 5.1: first answer, the answer that stands, and the feedback rows with places."""

    at: np.ndarray
    verdict: np.ndarray
    expires_on: np.ndarray
    person: np.ndarray
    killed_at: np.ndarray
    confirmed_at: np.ndarray
    rows: pd.DataFrame


def _answers(feedback: pd.DataFrame, index: pd.Index, keeps_date: np.ndarray) -> _Answers:
    """``keeps_date``: whether an answer of each lead without an expiry date keeps the one given before (D42)."""
    size = len(index)
    rows = by_time(feedback, ["lead"]).assign(place=lambda f: places_of(f["lead"], index))
    rows = rows[rows["place"] >= 0].reset_index(drop=True)
    good = rows["verdict"].to_numpy() == Verification.VALID
    rows["expires_on"] = verification.standing_dates(rows, keeps_date[rows["place"].to_numpy()])
    first, last = rows.drop_duplicates("place", keep="first"), rows.drop_duplicates("place", keep="last")
    # a 无效 stands when no 有效 follows; it took effect with the first of the run
    last_good = np.full(size, -1, dtype="int64")
    np.maximum.at(last_good, rows["place"].to_numpy()[good], np.flatnonzero(good))
    bad = rows[~good & (np.arange(len(rows)) > last_good[rows["place"].to_numpy()])]
    kills = bad.drop_duplicates("place", keep="first")
    last_place = last["place"].to_numpy()
    last_bad = np.full(size, -1, dtype="int64")
    np.maximum.at(last_bad, rows["place"].to_numpy()[~good], np.flatnonzero(~good))
    confirming = rows[good & (np.arange(len(rows)) > last_bad[rows["place"].to_numpy()])]
    confirming = confirming.drop_duplicates("place", keep="first")
    person = rows[rows["person"].notna()].drop_duplicates("place", keep="last")
    return _Answers(
        at=spread(first["at"], first["place"].to_numpy(), size),
        verdict=spread(last["verdict"], last_place, size),
        expires_on=spread(last["expires_on"], last_place, size),
        person=spread(person["person"], person["place"].to_numpy(), size),
        killed_at=spread(kills["at"], kills["place"].to_numpy(), size),
        confirmed_at=spread(confirming["at"], confirming["place"].to_numpy(), size),
        rows=rows,
    )


def _passed_on(leads: pd.DataFrame, lasting: holdings.Holdings, units: pd.DataFrame, as_of: datetime) -> pd.DataFrame:
    """The leads with whom they belong to now (D36), columns first_reporter and passed_on added."""
    now, history = holdings.histories(lasting, len(leads))
    leads = leads.assign(first_reporter=leads["reporter"], passed_on=history)
    if now:
        places = list(now)
        kinds = units_on(units, as_of.date()).set_index("code")["kind"]
        leads.loc[leads.index[places], "reporter"] = list(now.values())
        leads.loc[leads.index[places], "reporter_kind"] = [kinds.get(unit) for unit in now.values()]
    return leads


def _place(
    leads,
    index,
    own,
    answers: _Answers,
    withdrawn: np.ndarray,
    lasting: holdings.Holdings,
    known: Facts,
    policy: Policy,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hand the leads to the replay of 5.1; gives back also when leads were withdrawn (D35, D36)."""
    barred, held = own["clause"].notna().to_numpy() & ~own["held"].to_numpy(), own["held"].to_numpy()
    same = sameness(leads, known.leads, known.links, known.reviews, policy)
    undated = undated_until(leads["received_at"], policy)
    company = precedence.in_company(same, barred, lasting)
    lives = _lives(answers, known.contracts, index, held, withdrawn, undated, company)
    kind, behind = precedence.place(same, _receipts(leads, index, known, policy), company, lives, lasting)
    gone = lives.withdrawn_at
    return kind, behind, np.where(gone == precedence.NEVER, NO_TIME, gone.astype("datetime64[us]"))


def _receipts(leads, index, known: Facts, policy: Policy) -> precedence.Receipts:
    """When leads came, went to a section, and which one a person said was first (D4)."""
    received = leads["received_at"]
    sent = known.dispatches.sort_values("at", kind="stable").drop_duplicates("lead")
    return precedence.Receipts(
        ranked=_microseconds(leads["ranked_at"].to_numpy()),
        received=_microseconds(leads["told_apart_at"].to_numpy()),
        said=leads["said"].to_numpy(),
        reporter=pd.factorize(leads["reporter"])[0],
        dispatched=_microseconds(spread(sent["at"], places_of(sent["lead"], index), len(index))),
        first_of=first_of(known.reviews, index),
        ties_held=policy.choices("tie", received) == "review",
        displaced_stay=policy.choices("displacement", received) == "review",
        behind_living=policy.choices("replacement", received) == "behind_living",
    )


def undated_until(received_at: pd.Series, policy: Policy) -> np.ndarray:
    """Until when a valid lead without an expiry date keeps its customer (D2): the day after the last, in microseconds."""
    received = received_at.to_numpy().astype("datetime64[D]")
    month = received.astype("datetime64[M]")
    later = month + policy.choices("undated_months", received_at).astype("int64")
    last = np.minimum(later.astype("datetime64[D]") + (received - month), (later + 1).astype("datetime64[D]") - DAY)
    return _microseconds((last + DAY).astype("datetime64[us]"))


def _lives(
    answers: _Answers,
    lines: pd.DataFrame,
    index: pd.Index,
    held: np.ndarray,
    withdrawn: np.ndarray,
    undated_until: np.ndarray,
    company: np.ndarray,
) -> precedence.Lives:
    """When each lead dies; one that is held for a person is pending whatever was answered (D2).

    ``undated_until``: when a valid one without an expiry date does. ``company``: those that will be asked at any moment.
    """
    size, rows = len(index), answers.rows
    killed = np.where(held, precedence.NEVER, _microseconds(answers.killed_at))
    ends = np.maximum(answers.expires_on + DAY, answers.at)
    undated = (answers.verdict == Verification.VALID) & np.isnat(answers.expires_on)
    dead = np.where(np.isnat(answers.expires_on), precedence.NEVER, ends.astype("datetime64[us]").astype("int64"))
    dead = np.where(undated, np.maximum(undated_until, _microseconds(answers.at)), dead)
    dead = np.where(held, precedence.NEVER, dead)
    places = places_of(lines["lead"], index)
    often = np.bincount(rows["place"], minlength=size) > 1
    often[places[places >= 0]] = True
    often &= company & ~held
    lives = {place: precedence.Life(int(undated_until[place])) for place in np.flatnonzero(often).tolist()}
    good = rows[(rows["verdict"] == Verification.VALID) & often[rows["place"].to_numpy()]]
    expires = _microseconds(good["expires_on"].to_numpy())
    for place, at, until in zip(
        good["place"].tolist(), _microseconds(good["at"].to_numpy()).tolist(), expires.tolist()
    ):
        lives[place].good.append((at, None if until == precedence.NEVER else until))
    asked = places >= 0  # a contract's line may be known before its lead
    asked[asked] = often[places[asked]]
    lines = by_time(lines[asked], contract_lines.LINE_KEYS)
    places = places_of(lines["lead"], index)
    columns = (
        places,
        _microseconds(lines["at"].to_numpy()),
        lines["month"].to_numpy(),
        lines["contract"].to_numpy(),
        lines["quantity"].to_numpy(),
        _microseconds(lines["signed_on"].to_numpy()),
        lines["picked_up"].to_numpy(),
        lines["progress"].eq(contract_history.ENDED).to_numpy(),
    )
    for place, *line in zip(*(column.tolist() for column in columns)):
        lives[place].lines.append(tuple(line))
    return precedence.Lives(killed, dead, lives, _microseconds(withdrawn))


def _microseconds(times: np.ndarray) -> np.ndarray:
    """Times as integers; a missing time is never."""
    return np.where(np.isnat(times), precedence.NEVER, times.astype("datetime64[us]").astype("int64"))


def _contracts(lines: pd.DataFrame, index: pd.Index, answers: _Answers) -> dict[str, np.ndarray]:
    """Per lead: contract_quantity, picked_up, the first signed_on over its contracts; ended: all that were in time (D37)."""
    lines = contract_lines.newest_lines(lines)
    states = contract_lines.contract_states(lines[lines["signed_on"].notna()])
    totals = contract_lines.lead_totals(states)
    places = places_of(totals.index, index)
    last_day = pd.Series(answers.expires_on, index=index).reindex(states["lead"]).to_numpy()
    runs = ~states["ended"].to_numpy() & (np.isnat(last_day) | (states["signed_on"].to_numpy() <= last_day))
    ended = ~totals.index.isin(states["lead"][runs])
    return {
        "contract_quantity": spread(totals["contract_quantity"].astype("int64"), places, len(index), 0),
        "picked_up": spread(totals["picked_up"].astype("int64"), places, len(index), 0),
        "signed_on": spread(totals["signed_on"].astype(TIME), places, len(index)),
        "ended": spread(pd.Series(ended, dtype=bool), places, len(index), False),
    }


def _assemble(leads, index, own, answers, signed, kind, behind, withdrawn, known, as_of, policy, kinds) -> pd.DataFrame:
    size, today = len(index), np.datetime64(as_of.date(), "D")
    invalid = own["clause"].notna().to_numpy() & ~own["held"].to_numpy()
    gone = ~np.isnat(withdrawn) & ~invalid
    taxi_held = own["held"].to_numpy() & ~gone
    duplicate = (kind == precedence.DUPLICATE) & ~invalid & ~taxi_held & ~gone
    held = (kind == precedence.HELD) & ~invalid & ~taxi_held & ~gone
    flowing = ~(invalid | taxi_held | duplicate | held | gone)
    good, bad = answers.verdict == Verification.VALID, answers.verdict == Verification.INVALID
    dated = good & ~np.isnat(answers.expires_on)
    in_time = good & (signed["signed_on"] <= answers.expires_on) | good & ~dated & ~np.isnat(signed["signed_on"])
    applications = known.applications.sort_values("at", kind="stable").drop_duplicates("lead")
    applied_at = spread(applications["at"], places_of(applications["lead"], index), size)
    sent = terms.current(terms.terms(known, as_of, policy))
    at = places_of(sent["lead"], index)
    dispatched_at, section = spread(sent["at"], at, size), spread(sent["section"], at, size)
    has = terms.handed_to(known, as_of)
    handler = spread(has["section"], places_of(pd.Series(has.index), index), size)
    due_on, provisional = verification.due_dates(pd.Series(dispatched_at), policy)

    status = np.full(size, Status.RECEIVED.value, dtype=object)
    done = (signed["contract_quantity"] > 0) & (signed["picked_up"] >= signed["contract_quantity"])
    steps = (  # later ones win
        (~np.isnat(dispatched_at), Status.WAITING),
        (bad, Status.INVALID),
        (good, Status.VALID),
        (dated, Status.PROJECT),
        (dated & ~np.isnat(applied_at), Status.APPLIED),
        (dated & (today > days(answers.expires_on)), Status.EXPIRED),
        (in_time, Status.SIGNED),
        (in_time & (signed["picked_up"] > 0), Status.DELIVERING),
        (in_time & done, Status.COMPLETED),
        (in_time & signed["ended"], Status.ENDED),
        (duplicate, Status.DUPLICATE),
        (held | taxi_held, Status.HELD),
        (gone, Status.WITHDRAWN),
        (invalid, Status.INVALID),
    )
    for where, word in steps:
        status[where] = word.value
    clause = own["clause"].to_numpy().copy()
    clause[gone] = None
    clause[duplicate | held] = "5.1"
    clause[flowing & bad] = "6.3"
    clause[status == Status.VALID] = "7.3.2a"
    valid = flowing & good
    received = leads["received_at"]
    dealer = (leads["reporter_kind"] == UnitKind.DEALER).to_numpy()
    excluded = empty_texts(size)
    excluded[valid & projects.too_late_for(received, pd.Series(applied_at), dealer, policy)] = "5.5"
    by_receipt = policy.choices("counts_in", received) == BY_RECEIPT
    counts_in = month_of(received.where(by_receipt, pd.Series(answers.confirmed_at))).to_numpy().copy()
    counts_in[~valid | (excluded == "5.5")] = None
    project = empty_texts(size)
    earns_undated = policy.choices("undated_valid", received) == EARNS
    established = np.flatnonzero(valid & (dated | (in_time & earns_undated)))
    project[established] = projects.project_numbers(leads["number"].to_numpy()[established])
    waiting_on = np.where(duplicate | held, behind, -1)
    ranked = leads["ranked_at"].to_numpy()
    tied = waiting_on >= 0
    if size:
        apart, reporter = leads["told_apart_at"].to_numpy(), leads["first_reporter"].to_numpy()
        tied &= (ranked == ranked[waiting_on]) & (apart == apart[waiting_on]) & (reporter != reporter[waiting_on])
    tie = tied.copy()
    tie[waiting_on[tied]] = True
    over = gone & (kind == precedence.FREE)  # a withdrawal ends the section's term, too
    ended = np.where(np.isnat(answers.at) & over, withdrawn, answers.at)
    late = verification.is_late(due_on, pd.Series(ended), pd.Series(status == Status.WAITING), as_of.date())
    ids = pd.array(index.to_numpy()[waiting_on] if size else [], dtype="Int64")
    columns = {
        "status": status,
        "clause": clause,
        "duplicate_of": _only(ids, duplicate),
        "held_by": _only(ids, held),
        "tie": tie,
        "valid": valid,
        "excluded": excluded,
        "counts_in": counts_in,
        "project": project,
        "section": section,
        "handler": handler,
        "dispatched_at": dispatched_at,
        "due_on": due_on.to_numpy(),
        "provisional": provisional.to_numpy(),
        "answered_at": answers.at,
        "late": late.to_numpy(),
        "person": answers.person,
        "expires_on": np.where(good, answers.expires_on, NO_TIME),
        "confirmed_at": answers.confirmed_at,
        "sought": verification.sought(leads, known.added_values),
        "applied_at": applied_at,
        **{name: signed[name] for name in ("contract_quantity", "picked_up", "signed_on")},
    }
    taken = {name: columns.pop(name) if name in columns else leads[name].to_numpy() for name in kinds}
    return states_frame(taken, index, kinds)


def states_frame(columns: dict[str, Any], leads: pd.Index, kinds: Mapping[str, str]) -> pd.DataFrame:
    """The states of leads from their columns, each in its type; ``columns`` is emptied."""
    labels = pd.Index(leads, name="lead")
    found = {name: _typed(columns.pop(name), kind, labels) for name, kind in kinds.items()}
    return pd.DataFrame(found, index=labels, copy=False)  # of a million leads a copy of all columns is 300 MB


def _typed(values, kind: str, labels: pd.Index) -> pd.Series:
    """A column of its own in its type: what only the frame holds is not copied."""
    shared = not (isinstance(values, np.ndarray) and values.flags.writeable)
    if kind != TEXT:
        return pd.Series(values, index=labels, copy=shared).astype(kind)
    texts = np.array(values, dtype=object, copy=True if shared else None)
    texts[pd.isna(texts)] = None
    return pd.Series(texts, index=labels, dtype=object, copy=False)


def _only(ids, where: np.ndarray):
    shown = ids.copy()
    shown[~where] = pd.NA
    return shown

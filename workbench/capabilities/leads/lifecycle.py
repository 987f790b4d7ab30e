"""The state of every lead at a moment, derived from the facts (domain: a lead's life)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from workbench.capabilities.leads import (
    changes,
    contract_history,
    contract_lines,
    holdings,
    precedence,
    projects,
    terms,
    verification,
)
from workbench.capabilities.leads.screening import own_verdict
from workbench.capabilities.leads.status import ABOUT_ANOTHER, Review, Status, Verification
from workbench.capabilities.leads.tables import LEAD_STATES, STATES
from workbench.capabilities.organization.directory import units_on
from workbench.capabilities.organization.kinds import UnitKind
from workbench.core.calendar import add_working_days
from workbench.core.frames import DAY, by_time, days, empty_texts, places_of, spread
from workbench.core.periods import month_of
from workbench.platform.register.facts import TEXT, TIME, Facts
from workbench.platform.regulation.edition import Policy

NO_TIME = np.datetime64("NaT", "us")


def derive(facts: Facts, as_of: datetime, policy: Policy) -> pd.DataFrame:
    """The state of every lead received by ``as_of``: as ``LEAD_STATES`` promises.

    Rows are in the order of 5.1. Facts are cut to ``as_of`` by recorded receipt. Nothing
    that happens later changes what an earlier ``as_of`` says. Clauses 2, 5.1, 5.3–5.6, 6.3, 6.4.
    """
    known = facts.up_to(as_of)
    known = known.replace(contracts=contract_history.history(known, policy))
    leads = ordered_leads(known.leads, known.units, as_of, policy)
    index = pd.Index(leads["lead"])
    own = _own_verdicts(leads, index, known.reviews, policy)
    changed = changes.effective(known)
    lasting = holdings.holdings(known, changed, leads, policy, as_of)
    withdrawn = changes.withdrawn_at(changed, index)
    answers = _answers(changes.prolonged(terms.answers_of(known.feedback), changed), index)
    kind, behind, withdrawn = _place(leads, index, own, answers, withdrawn, lasting, known)
    leads = _passed_on(leads, lasting, known.units, as_of)
    signed = _contracts(known.contracts, index, answers)
    return LEAD_STATES.check(
        _assemble(leads, index, own, answers, signed, kind, behind, withdrawn, known, as_of, policy)
    )


def ordered_leads(versions: pd.DataFrame, units: pd.DataFrame, as_of: datetime, policy: Policy) -> pd.DataFrame:
    """The newest version of each lead in the order of 5.1 (D4), with ``reporter_kind``.

    Where reading D18 grants a grace, a row returned and filed again within it keeps its first time.
    """
    by_version = np.lexsort((versions["version"].to_numpy(), versions["lead"].to_numpy()))
    ids = versions["lead"].to_numpy()[by_version]
    last = np.append(ids[1:] != ids[:-1], True) if len(ids) else np.empty(0, dtype=bool)
    leads = versions.iloc[by_version[last]].reset_index(drop=True)
    first = _placing_versions(versions, leads)
    grace = policy.choices("returned_row_grace", leads["received_at"]).astype("int64")
    again = leads["returned_at"].notna().to_numpy() & (grace > 0)
    if again.any():
        limit, _ = add_working_days(leads["returned_at"][again], grace[again], policy.calendar)
        in_time = days(leads["received_at"].to_numpy()[again]) <= days(limit.to_numpy())
        kept = np.flatnonzero(again)[in_time]
        for column in ("received_at", "ranked_at"):
            leads.loc[kept, column] = leads["returned_at"].to_numpy()[kept]
    reported = first["reported_on"].to_numpy().astype("int64")
    reported = np.where(first["reported_on"].isna(), np.iinfo("int64").max, reported)
    files = pd.factorize(first["file"], sort=True)[0]
    keys = (leads["lead"], first["row"], files, reported, leads["ranked_at"].to_numpy())
    leads = leads.iloc[np.lexsort(keys)].reset_index(drop=True)
    now = units_on(units, as_of.date())
    leads["reporter_kind"] = leads["reporter"].map(dict(zip(now["code"], now["kind"]))).astype("object")
    return leads


def _placing_versions(versions: pd.DataFrame, leads: pd.DataFrame) -> pd.DataFrame:
    """For each of ``leads``, the version that gave it its place: a correction that keeps the place keeps its ties (D4)."""
    columns = ["reported_on", "file", "row"]
    if len(versions) == len(leads):
        return leads[columns]
    same = versions.merge(leads[["lead", "ranked_at"]], on=["lead", "ranked_at"]).sort_values(["lead", "version"])
    first = same.drop_duplicates("lead").set_index("lead")[columns]
    return first.reindex(leads["lead"]).reset_index(drop=True).fillna({"row": leads["row"]})


def _own_verdicts(leads: pd.DataFrame, index: pd.Index, reviews: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Own-row verdicts with a person's decisions on held taxi leads applied (D10)."""
    own = own_verdict(leads, policy)
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
    rows: pd.DataFrame


def _answers(feedback: pd.DataFrame, index: pd.Index) -> _Answers:
    size = len(index)
    rows = by_time(feedback, ["lead"]).assign(place=lambda f: places_of(f["lead"], index))
    rows = rows[rows["place"] >= 0].reset_index(drop=True)
    first, last = rows.drop_duplicates("place", keep="first"), rows.drop_duplicates("place", keep="last")
    # a 无效 stands when no 有效 follows; it took effect with the first of the run
    good = rows["verdict"].to_numpy() == Verification.VALID
    last_good = np.full(size, -1, dtype="int64")
    np.maximum.at(last_good, rows["place"].to_numpy()[good], np.flatnonzero(good))
    bad = rows[~good & (np.arange(len(rows)) > last_good[rows["place"].to_numpy()])]
    kills = bad.drop_duplicates("place", keep="first")
    last_place = last["place"].to_numpy()
    person = rows[rows["person"].notna()].drop_duplicates("place", keep="last")
    return _Answers(
        at=spread(first["at"], first["place"].to_numpy(), size),
        verdict=spread(last["verdict"], last_place, size),
        expires_on=spread(last["expires_on"], last_place, size),
        person=spread(person["person"], person["place"].to_numpy(), size),
        killed_at=spread(kills["at"], kills["place"].to_numpy(), size),
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
    leads, index, own, answers: _Answers, withdrawn: np.ndarray, lasting: holdings.Holdings, known: Facts
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hand the leads with company to the replay of 5.1; gives back also when leads were withdrawn (D35, D36)."""
    blocks = ["category", "province", "city"]
    block = leads.groupby(blocks, sort=False, dropna=False).ngroup().to_numpy()
    codes = pd.factorize(leads["customer_key"])[0].astype("int64")
    identity = pd.factorize(block * (codes.max(initial=0) + 2) + codes)[0]
    barred = own["clause"].notna().to_numpy() & ~own["held"].to_numpy()
    ends = np.stack([places_of(known.links[end], index) for end in ("a", "b")], axis=1)
    ends = ends[(ends >= 0).all(axis=1)]
    ends = ends[(block[ends[:, 0]] == block[ends[:, 1]]) & (identity[ends[:, 0]] != identity[ends[:, 1]])]
    decided = _decisions(known.reviews, index, block, identity)
    lives = _lives(answers, known.contracts, index, own["held"].to_numpy(), withdrawn)
    ranked = leads["ranked_at"].to_numpy().astype("datetime64[us]").astype("int64")
    apart = changes.apart(known.reviews, index, identity)
    kind, behind = precedence.place(identity, ranked, barred, ends, decided, lives, lasting, apart)
    gone = lives.withdrawn_at
    return kind, behind, np.where(gone == precedence.NEVER, NO_TIME, gone.astype("datetime64[us]"))


def _decisions(reviews: pd.DataFrame, index, block, identity) -> dict[tuple[int, int], bool]:
    """The latest decision for each pair of customers of one block; it holds for all their leads (D2)."""
    pairs = reviews[reviews["other"].notna() & reviews["verdict"].isin(ABOUT_ANOTHER)].sort_values("at", kind="stable")
    one, other = places_of(pairs["lead"], index), places_of(pairs["other"].astype("int64"), index)
    decided: dict[tuple[int, int], bool] = {}
    for a, b, verdict in zip(one.tolist(), other.tolist(), pairs["verdict"]):
        if a >= 0 and b >= 0 and block[a] == block[b] and identity[a] != identity[b]:
            first, second = sorted((int(identity[a]), int(identity[b])))
            decided[first, second] = verdict == Review.SAME
    return decided


def _lives(
    answers: _Answers, lines: pd.DataFrame, index: pd.Index, held: np.ndarray, withdrawn: np.ndarray
) -> precedence.Lives:
    """When each lead dies; one that is held for a person is pending whatever was answered (D2)."""
    size, rows = len(index), answers.rows
    killed = np.where(held, precedence.NEVER, _microseconds(answers.killed_at))
    ends = np.maximum(answers.expires_on + DAY, answers.at)
    dead = np.where(np.isnat(answers.expires_on), precedence.NEVER, ends.astype("datetime64[us]").astype("int64"))
    lines = by_time(lines, contract_lines.LINE_KEYS)
    dead = np.where(held, precedence.NEVER, dead)
    places = places_of(lines["lead"], index)
    often = np.bincount(rows["place"], minlength=size) > 1
    often[places[places >= 0]] = True
    often &= ~held
    lives = {place: precedence.Life() for place in np.flatnonzero(often).tolist()}
    good = rows[(rows["verdict"] == Verification.VALID) & often[rows["place"].to_numpy()]]
    expires = _microseconds(good["expires_on"].to_numpy())
    for place, at, until in zip(
        good["place"].tolist(), _microseconds(good["at"].to_numpy()).tolist(), expires.tolist()
    ):
        lives[place].good.append((at, None if until == precedence.NEVER else until))
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
        if place in lives:
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


def _assemble(leads, index, own, answers, signed, kind, behind, withdrawn, known, as_of, policy) -> pd.DataFrame:
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
    counts_in = month_of(received).to_numpy().copy()
    counts_in[~valid | (excluded == "5.5")] = None
    project = empty_texts(size)
    established = np.flatnonzero(valid & dated)
    project[established] = projects.project_numbers(leads["number"].to_numpy()[established])
    waiting_on = np.where(duplicate | held, behind, -1)
    ranked = leads["ranked_at"].to_numpy()
    tied = (waiting_on >= 0) & (ranked == ranked[waiting_on]) if size else waiting_on >= 0
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
        "applied_at": applied_at,
        **{name: signed[name] for name in ("contract_quantity", "picked_up", "signed_on")},
    }
    labels = pd.Index(index, name="lead")
    data = {name: columns[name] if name in columns else leads[name].to_numpy() for name in STATES}
    return pd.DataFrame({name: _typed(values, STATES[name], labels) for name, values in data.items()}, index=labels)


def _typed(values, kind: str, labels: pd.Index) -> pd.Series:
    if kind != TEXT:
        return pd.Series(values, index=labels).astype(kind)
    texts = np.asarray(values, dtype=object)
    missing = pd.isna(texts)
    if missing.any():
        texts = texts.copy()
        texts[missing] = None
    return pd.Series(texts, index=labels, dtype=object)


def _only(ids, where: np.ndarray):
    shown = ids.copy()
    shown[~where] = pd.NA
    return shown

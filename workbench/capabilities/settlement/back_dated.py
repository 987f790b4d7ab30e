"""What was recorded at a time behind the actual clock where that decides money: an open item of the settlement.

A lead whose month (5.3), place before another reporter's lead of the same customer (5.1) or distance to its application
(5.5) would be another by the clock; an answer (7.3.1), a publication (7.3.2b) or a register (7.3.3) that is late by the
clock and not by its time; a prolonging without which a rewarded contract came too late (D32); a hand-over within its term
(D41); an appeal that its term would have kept out and that changes an amount (D28).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from workbench.capabilities.leads import contract_lines, terms
from workbench.capabilities.leads.changes import Matter
from workbench.capabilities.leads.projects import too_late_for
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.capabilities.leads.status import Status
from workbench.capabilities.leads.terms import answers_of
from workbench.capabilities.leads.verification import due_dates
from workbench.capabilities.organization.kinds import SectionFunction, UnitKind
from workbench.capabilities.publication import publications
from workbench.capabilities.settlement.appeal_rules import deadline
from workbench.capabilities.settlement.quarter import Quarter
from workbench.capabilities.settlement.settlement import Settlement
from workbench.core.findings import Finding, Severity
from workbench.core.messages import SEMICOLON, Bilingual, Message, joined
from workbench.core.periods import month_of, months_of
from workbench.platform.access.session import Session
from workbench.platform.register.store import Register
from workbench.platform.register.withdrawn import TABLE as WITHDRAWALS
from workbench.platform.regulation.settled_periods import open_at_submission

CODE = "back_dated"
LEAD, ANSWER, RETURN, PUBLICATION, APPEAL = "lead", "answer", "register", "publication", "appeal"
PROLONGED, HANDED_OVER = "prolonged", "handed_over"
NO_CLAIM = (Status.INVALID, Status.DUPLICATE, Status.WITHDRAWN)
CUSTOMER = ["customer_key", "province", "city"]
SHOWN = 5  # items named in the finding's own sentence
KEPT = 1000  # items kept with a submission: a register that was filled afterwards has one for each lead


def back_dated(session: Session, snapshot: Snapshot, quarter: str, result: Settlement) -> Finding | None:
    """What of a quarter rests on times behind the clock, as one warning; None where nothing does.

    ``inputs``: ``count`` and the first ``items`` (KEPT), each with what it is, ref (number, month or date), clauses, party (for whose benefit), by (the
    user), at and recorded_at (ISO 8601), and days or hours between them (whole ones).
    """
    items = [*_leads(session.register, snapshot, quarter), *_duties(session.register, snapshot, quarter)]
    items += _prolonged(session.register, snapshot, result)
    items += _handed_over(session.register, snapshot, quarter)
    items += _appeals(session.register, snapshot, result)
    if not items:
        return None
    items.sort(key=lambda item: (item["what"], item["at"], item["ref"]))
    texts = [sentence(item) for item in items[:SHOWN]]
    key = CODE if len(items) <= SHOWN else f"{CODE}/more"
    said = Message.of(key, count=len(items), items=joined(texts, SEMICOLON))
    return Finding(CODE, said, Severity.WARNING, "4.3.3", inputs={"count": len(items), "items": items[:KEPT]})


def kept_items(register: Register) -> dict[str, list[dict[str, Any]]]:
    """The items of the newest submission of each quarter."""
    kept = open_at_submission(register)
    return {quarter: open_[CODE]["items"] for quarter, open_ in kept.items() if CODE in open_}


def sentence(item: Mapping[str, Any]) -> Message:
    """An item in words: what, for whom, by whom, by how long."""
    return Message.of(
        f"back_dated_item/{item['what']}",
        ref=item["ref"],
        party=item["party"],
        clauses=joined(item["clauses"]),
        user=item["by"],
        at=_minute(item["at"]),
        recorded_at=_minute(item["recorded_at"]),
        ahead=ahead(item),
    )


def ahead(item: Mapping[str, Any]) -> Bilingual:
    """How far a time lies behind the clock, in whole days or hours."""
    if "days" in item:
        return Bilingual(f"{item['days']} 天", f"{item['days']} days")
    return Bilingual(f"{item['hours']} 小时", f"{item['hours']} hours")


def _minute(text: str) -> str:
    return text[:16].replace("T", " ")


def _item(what: str, ref: str, party: str, clauses: Sequence[str], at: Any, row: Any) -> dict[str, Any]:
    """An item; ``row``: recorded_at and user of the entry that gave the time."""
    behind: timedelta = row.recorded_at - at
    long = {"days": behind.days} if behind.days else {"hours": int(behind.total_seconds() // 3600)}
    times = {"at": _iso(at), "recorded_at": _iso(row.recorded_at)}
    return {"what": what, "ref": ref, "party": party, "clauses": list(clauses), "by": row.user, **times, **long}


def _iso(moment: Any) -> str:
    return str(pd.Timestamp(moment).to_pydatetime().replace(microsecond=0).isoformat())


def recorded(register: Register, table: str, columns: Sequence[str], where: Mapping | None = None) -> pd.DataFrame:
    """Rows of a table with when they were recorded by the clock and by whom, later copies of files included.

    Rows of files that were taken back are none. A clock that was set back tells no time: what was recorded then was not
    before what it follows on the same form.
    """
    received = table != "publication"
    wanted = [*columns, "entry", *(["document"] if received else [])]
    rows = register.read(table, wanted, where=where, every=True)
    if received:
        taken = register.read(WITHDRAWALS, ["withdrawn"], every=True)["withdrawn"]
        rows = rows[~rows["document"].isin(taken)]
    alike = set(rows["entry"])
    if received:
        files = register.read("document", ["document", "entry", "template"])
        forms = files.loc[files["document"].isin(set(rows["document"])), "template"]
        alike |= set(files.loc[files["template"].isin(set(forms)), "entry"])
    entries = register.read("entry", ["entry", "recorded_at", "user"], {"entry": sorted(alike)})
    return rows.merge(entries.assign(recorded_at=entries["recorded_at"].cummax()), on="entry")


def _firsts(rows: pd.DataFrame, keys: list[str], at: str) -> pd.DataFrame:
    """By key: the earliest time and the entry that gave it (``recorded_at``, ``user``), and ``clock``, the first entry."""
    rows = rows.assign(clock=rows.groupby(keys)["recorded_at"].transform("min"))
    return rows.sort_values([at, "recorded_at"], kind="stable").drop_duplicates(keys).set_index(keys)


# -- leads: 5.3, 5.1, 5.5
def _leads(register: Register, snapshot: Snapshot, quarter: str) -> Iterator[dict[str, Any]]:
    """Leads of the quarter that would be of another month, behind another, or too late for their application."""
    states = snapshot.states
    states = states.assign(month=month_of(states["received_at"]))
    claims = states[states["month"].isin(months_of(quarter)) & ~states["status"].isin(NO_CLAIM)]
    rivals = _rivals(states, claims)
    ids = sorted({*claims.index, *rivals["other"]})
    if not ids:
        return
    clocks = _lead_clocks(register, states, ids)
    claims = claims[claims.index.isin(clocks.index)]
    by_clock = clocks["clock"].reindex(claims.index)
    late = claims[by_clock > claims["received_at"]]
    other_month = set(late.index[month_of(by_clock[late.index]).to_numpy() != late["month"].to_numpy()])
    overtaken = _overtaken(states, rivals, clocks)
    near = _too_near(register, snapshot, late, by_clock)
    late = late.assign(**{name: clocks[name].reindex(late.index) for name in ("recorded_at", "user")})
    for state in late[["number", "reporter", "received_at", "recorded_at", "user"]].itertuples():
        found = (("5.3", other_month), ("5.1", overtaken), ("5.5", near))
        if clauses := [clause for clause, leads in found if state.Index in leads]:
            yield _item(LEAD, state.number, state.reporter, clauses, state.received_at, state)


def _lead_clocks(register: Register, states: pd.DataFrame, ids: list[int]) -> pd.DataFrame:
    """By lead: who gave the receipt that counts and when (``recorded_at``), and ``clock``: since when it was on record."""
    where = {"lead": ids} if len(ids) < len(states) else None
    versions = recorded(register, "lead", ["lead", "filed_at"], where)
    since = versions["lead"].map(states["received_at"])
    counting = versions[versions["filed_at"] >= since]
    return _firsts(counting, ["lead"], "filed_at")


def _rivals(states: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """Pairs of a claim and another reporter's lead of the same customer, or one that stands behind it (columns lead, other)."""
    named = states[CUSTOMER].assign(other=states.index)
    shared = claims[CUSTOMER].assign(lead=claims.index)
    shared = shared[pd.MultiIndex.from_frame(shared[CUSTOMER]).isin(_repeated(named))]
    pairs = [shared.merge(named, on=CUSTOMER)[["lead", "other"]]]
    for column in ("duplicate_of", "held_by"):
        behind = states[column].dropna()
        pairs.append(pd.DataFrame({"lead": behind.astype("int64").to_numpy(), "other": behind.index}))
    found = pd.concat(pairs, ignore_index=True).drop_duplicates()
    found = found[found["lead"].isin(claims.index) & found["lead"].ne(found["other"])]
    mine, theirs = (found[name].map(states["reporter"]) for name in ("lead", "other"))
    status = found["other"].map(states["status"])
    return found[mine.ne(theirs) & ~status.isin((Status.INVALID, Status.WITHDRAWN))]


def _repeated(named: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(named.loc[named.duplicated(CUSTOMER), CUSTOMER])


def _overtaken(states: pd.DataFrame, rivals: pd.DataFrame, clocks: pd.DataFrame) -> set[int]:
    """Claims that came before another reporter's lead by their times and behind it by the clock."""
    receipt, clock = states["received_at"], clocks["clock"]
    first = rivals["lead"].map(receipt) <= rivals["other"].map(receipt)
    behind = rivals["lead"].map(clock) > rivals["other"].map(clock)
    return set(rivals.loc[first & behind, "lead"])


def _too_near(register: Register, snapshot: Snapshot, late: pd.DataFrame, by_clock: pd.Series) -> set[int]:
    """Dealers' leads that count and by the clock would be too near to their application (5.5)."""
    applied = late[late["applied_at"].notna() & late["excluded"].isna()]
    if applied.empty:
        return set()
    rows = recorded(register, "application", ["lead", "at"], {"lead": applied.index.tolist()})
    clock = _firsts(rows, ["lead"], "at")["clock"].reindex(applied.index)
    dealer = (applied["reporter_kind"] == UnitKind.DEALER).to_numpy()
    near = too_late_for(by_clock[applied.index], clock, dealer, snapshot.policy)
    return set(applied.index[near])


# -- duties: 7.3.1, 7.3.2b, 7.3.3
def _duties(register: Register, snapshot: Snapshot, quarter: str) -> Iterator[dict[str, Any]]:
    """Answers, publications and registers due in the quarter that were in time, and by the clock were not."""
    now = Quarter(quarter, snapshot.facts, snapshot.states, pd.DataFrame(), snapshot.as_of, snapshot.policy_of(quarter))
    states = snapshot.states
    due = states[now.contains(states["due_on"]) & states["answered_at"].notna() & ~states["late"].astype(bool)]
    if len(due):
        rows = recorded(
            register, "feedback", ["lead", "at", "verdict", "section", "person"], {"lead": due.index.tolist()}
        )
        firsts = _firsts(answers_of(rows), ["lead"], "at")
        for lead, state in due.iterrows():
            row = firsts.loc[lead] if lead in firsts.index else None
            if row is not None and row["clock"].date() > state["due_on"].date():
                party = now.responsible(row["person"], row["section"], state["due_on"].date(), "7.3.1")
                yield _item(ANSWER, state["number"], party, ["7.3.1"], row["at"], row)
    span = (now.beginning, now.first, now.last, snapshot.as_of.date(), now.policy)
    returns = recorded(register, "register_return", ["month", "at"])
    missed = contract_lines.missed_returns
    told = set(missed(snapshot.facts.returns, *span)["month"])
    if len(returns):
        firsts = _firsts(returns, ["month"], "at")
        by_clock = firsts.reset_index().assign(at=firsts["clock"].to_numpy(), file=None)
        for each in missed(by_clock, *span).itertuples():
            if each.month in firsts.index and each.month not in told:
                row = firsts.loc[each.month]
                party = _person(now, SectionFunction.SUPPORT, each.due_on)
                yield _item(RETURN, each.month, party, ["7.3.3"], row["at"], row)
    published = recorded(register, "publication", ["due_on", "at"])
    told = set(publications.missed(snapshot.facts.publications, *span)["due_on"])
    if len(published):
        published["due_on"] = pd.to_datetime(published["due_on"])
        firsts = _firsts(published, ["due_on"], "at")
        by_clock = firsts.reset_index().assign(at=firsts["clock"].to_numpy())
        for each in publications.missed(by_clock, *span).itertuples():
            if pd.notna(each.published_at) and each.due_on not in told:
                row = firsts.loc[pd.Timestamp(each.due_on)]
                party = _person(now, SectionFunction.STRATEGY, each.due_on)
                yield _item(PUBLICATION, each.due_on.isoformat(), party, ["7.3.2b"], row["at"], row)


def _person(now: Quarter, function: SectionFunction, due: Any) -> str:
    """Who would be fined for a duty of a section."""
    section, person = now.sections.with_function(function.value, due)
    return person or section or function.value


# -- requests: D32, D41
def _requests(register: Register, snapshot: Snapshot, matter: Matter) -> pd.DataFrame:
    """Changes of one matter that took effect with their receipt, by lead, with who recorded them and when."""
    asked = recorded(register, "lead_change", ["number", "lead", "matter", "at", "at_once"])
    mine = asked[asked["matter"].eq(matter) & asked["at_once"].astype(bool) & (asked["at"] <= snapshot.as_of)]
    return mine.assign(behind=mine["recorded_at"] > mine["at"]).sort_values(["lead", "at"], kind="stable")


def _prolonged(register: Register, snapshot: Snapshot, result: Settlement) -> Iterator[dict[str, Any]]:
    """Prolongings before the expiry that by the clock came after it, of leads that are rewarded for a later contract."""
    asked = _requests(register, snapshot, Matter.PROLONG)
    paid = {line.ref: line.clause for line in result.lines if line.amount > 0}
    states = snapshot.states
    for row in asked[asked["behind"]].itertuples():
        state = states.loc[row.lead] if row.lead in states.index else None
        if state is None or state["number"] not in paid or pd.isna(state["signed_on"]):
            continue
        given = snapshot.facts.feedback
        given = given.loc[(given["lead"] == row.lead) & (given["at"] <= row.at), ["at", "expires_on"]].dropna()
        expired = given.sort_values("at", kind="stable")["expires_on"].iloc[-1] if len(given) else None
        if expired is not None and expired < state["signed_on"] and row.recorded_at.date() > expired.date():
            yield _item(PROLONGED, state["number"], state["reporter"], [paid[state["number"]]], row.at, row)


def _handed_over(register: Register, snapshot: Snapshot, quarter: str) -> Iterator[dict[str, Any]]:
    """Hand-overs that ended a term of the quarter in time, and by the clock did not (7.3.1)."""
    asked = _requests(register, snapshot, Matter.HAND_OVER)
    asked = asked[asked["behind"]]
    if asked.empty:
        return
    now = Quarter(quarter, snapshot.facts, snapshot.states, pd.DataFrame(), snapshot.as_of, snapshot.policy_of(quarter))
    ended = terms.handed_on(terms.terms(snapshot.facts, snapshot.as_of, snapshot.policy))
    due, _ = due_dates(ended["at"], snapshot.policy)
    for term, last in zip(ended.itertuples(), due, strict=True):
        by = asked[asked["lead"].eq(term.lead) & asked["at"].eq(term.closed_at)]
        if len(by) and now.contains(pd.Series([last])).iloc[0] and term.closed_at.date() <= last.date():
            row = next(by.itertuples())
            if row.recorded_at.date() > last.date():
                party = now.responsible(None, term.section, last.date(), "7.3.1")
                number = snapshot.states.at[term.lead, "number"]
                yield _item(HANDED_OVER, number, party, ["7.3.1"], row.at, row)


# -- appeals: 7, D28
def _appeals(register: Register, snapshot: Snapshot, result: Settlement) -> Iterator[dict[str, Any]]:
    """Appeals that changed an amount of this settlement and by the clock came after their term."""
    changed = {(line.adjusts, line.clause, line.ref) for line in result.lines if line.adjusts}
    if not changed:
        return
    upheld = snapshot.facts.rulings
    wanted = upheld.loc[upheld["amount"].notna(), "appeal"].tolist()
    rows = recorded(register, "appeal", ["number", "quarter", "clause", "party", "ref", "at"], {"number": wanted})
    if rows.empty:
        return
    for number, row in _firsts(rows, ["number"], "at").iterrows():
        approved = snapshot.approved.get(row["quarter"])
        if approved is None or (row["quarter"], row["clause"], row["ref"]) not in changed:
            continue
        last: datetime = deadline(approved["at"], "appeal_days", snapshot.policy)
        if row["at"].date() <= last.date() < row["clock"].date():
            yield _item(APPEAL, number, row["party"], [row["clause"]], row["at"], row)

"""Leads held for a person: list them side by side, take the decisions, replay them (5.1, D2, D10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.capabilities.leads.cases import OVERRIDE
from workbench.capabilities.leads.change_effects import ask_about_two
from workbench.capabilities.leads.compared import FACTS, facts_of
from workbench.capabilities.leads.lead_states import (
    follow_up,
    leads_by_number,
    newest_versions,
    states_at_receipt,
    states_decided_on,
)
from workbench.capabilities.leads.named_units import CLAUSE as UNIT
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.leads.status import ABOUT_ANOTHER, ABOUT_ITSELF, Review, Status
from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import whole
from workbench.core.messages import Message
from workbench.core.reasons import kept_reason
from workbench.platform.access.session import Session
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form
from workbench.platform.intake.rows import Row, store_rows
from workbench.platform.intake.submission import ImportBatch, Submission, returned
from workbench.platform.register.store import Register
from workbench.platform.workflow.case import writers

# why a row does not fit what is known, which files received before it may mend
WAITS_FOR = frozenset({"unknown_number", "not_held", "verdict_does_not_fit"})
GROUNDS = {"name": Message("review_ground/name"), "phone": Message("review_ground/phone")}


def open_reviews(session: Session, as_of: datetime) -> pd.DataFrame:
    """Held leads at a moment, with the lead each may duplicate.

    Columns: number, customer, reporter, received_at, category, region, model, quantity (vehicles), phone (masked); other
    and ``other_…``, the same of the other lead, empty for one held by its own row; ground (a Message).
    """
    session.require("review")
    snapshot = open_snapshot(session, as_of)
    states = snapshot.states
    held = states[states["status"] == Status.HELD]
    others = states.reindex(held["held_by"])
    pairs = snapshot.facts.links.assign(
        low=lambda link: link[["a", "b"]].min(axis=1), high=lambda link: link[["a", "b"]].max(axis=1)
    )
    reasons = pairs.groupby(["low", "high"])["reason"].agg(
        lambda found: Message.of(
            "review_ground/listed", grounds=sorted((GROUNDS[each] for each in set(found)), key=str)
        )
    )
    grounds = [_ground(states, lead, reasons) for lead in held.index]
    columns = ["number", "customer", "reporter", "received_at"]
    known = facts_of(session, [*held.index, *held["held_by"].dropna()])
    table, other = (
        side[columns].assign(**{name: known[name].reindex(side.index).to_numpy() for name in FACTS})
        for side in (held, others)
    )
    other = other.add_prefix("other_").rename(columns={"other_number": "other"})
    return pd.concat([table.reset_index(drop=True), other.reset_index(drop=True)], axis=1).assign(ground=grounds)


def _ground(states: pd.DataFrame, lead: int, reasons: pd.Series) -> Message:
    """Why a lead waits for a person, in a few words."""
    state = states.loc[lead]
    if pd.isna(state["held_by"]):
        return Message("review_ground/unit" if state["clause"] == UNIT else "review_ground/taxi")
    first = states.loc[state["held_by"]]
    if displaces(states, lead):
        return Message("review_ground/displaces")
    if state["tie"]:
        return Message("review_ground/tie")
    if state["customer_key"] == first["customer_key"]:
        return Message(f"review_ground/{'category' if state['category'] != first['category'] else 'county'}")
    found = reasons.get((min(lead, state["held_by"]), max(lead, state["held_by"])))
    return found if isinstance(found, Message) else Message("review_ground/other")


def displaces(states: pd.DataFrame, lead: int) -> bool:
    """Whether a held lead would push back one that was dispatched: it came first, but was entered later (D4)."""
    first = states.at[lead, "held_by"]
    if pd.isna(first) or pd.isna(states.at[first, "dispatched_at"]):
        return False
    places = states.index
    return bool(places.get_loc(lead) < places.get_loc(first) or _tied(states, lead, int(first)))


def _tied(states: pd.DataFrame, lead: int, other: int) -> bool:
    """Whether two leads of different reporters came at the same time (D4)."""
    one, two = states.loc[lead], states.loc[other]
    return bool(one["tie"] and two["tie"] and one["received_at"] == two["received_at"])


def _to_come_first(states: pd.DataFrame, lead: int) -> list[int]:
    """Before which leads a person can say that a held one comes: those it was received with, or would push back (D4)."""
    first = states.at[lead, "held_by"]
    if pd.isna(first):
        return []
    same = states["customer_key"].eq(states.at[lead, "customer_key"]) | (states.index == first)
    together = [other for other in states.index[same] if other != lead and _tied(states, lead, int(other))]
    return sorted({*together, *([int(first)] if displaces(states, lead) else [])})


def write_reviews(session: Session, as_of: datetime, out: Path) -> Path | None:
    """Write the review workbook for all held leads; None where there are none."""
    rows = open_reviews(session, as_of)
    if rows.empty:
        return None
    rows["ground"] = rows["ground"].map(str)
    out.mkdir(parents=True, exist_ok=True)
    path = out / file_name("疑似重复复核", f"{as_of:%Y%m%d-%H%M}", ending=".xlsx")
    header = {"reviewer": session.user, "reviewed_on": pd.Timestamp(as_of.date())}
    blank, on = templates()["duplicate_review"], as_of.date()
    with whole(path) as part:
        write_form(blank, part, header, rows, policy=session.policy, on=on, row_count=len(rows))
    return path


@dataclass(frozen=True)
class Decided:
    """What became of a decision: the lead's status; the number of the request that waits for another person (None: it
    took effect); whether one person alone decided what touches another unit's claim.
    """

    status: str
    asked: str | None = None
    alone: bool = False


def decide(session: Session, number: str, verdict: str, at: datetime, reason: str, other: str | None = None) -> Decided:
    """Record one decision on a lead.

    ``verdict``: 重复 or 不重复 against ``other`` (default: the lead that holds it, or that it repeats), 受理 or 无效 for one
    held by its own row. Of leads received at the same time, and of one that would push a dispatched lead back, 受理 says that
    it comes first, 重复 that it comes second (D4); an approver says so where something is pushed back. A decision that
    stands is overridden by an approver who did not make it. Where the lead is not held and another unit's claim falls,
    the decision is asked for (T20, ``change_decisions``) unless the user is the only one. Raises WrongUse where there is
    nothing to decide, the verdict does not fit or stands already (``verdict_stands``), or is one's own (``own_decision``).
    """
    reason = kept_reason(reason)
    lead = _lead(session, number)
    states = states_decided_on(session, [lead], at)
    state = states.loc[lead]
    earlier = None
    if state["status"] != Status.HELD:
        earlier = _earlier_decision(session, lead, at, None if other is None else _lead(session, other))
        if earlier is None and verdict in ABOUT_ANOTHER:
            return _decide_pair(session, state, verdict, at, reason, other)
    pushes_back = earlier is None and verdict == Review.ADMITTED and displaces(states, lead)
    session.require("override" if earlier is not None or pushes_back else "review")
    with session.transaction("decide" if earlier is None else "override", at, number=number, verdict=verdict) as entry:
        if earlier is None:
            against = _against(session.register, states_decided_on(session, [lead], at), lead, verdict, other)
        else:
            against = [_overriding(session, earlier, at, number, verdict)]
        row = {"lead": lead, "verdict": verdict, "at": at, "by": session.user, "reason": reason}
        entry.append("review", pd.DataFrame([{**row, "other": each} for each in against]).astype({"other": "Int64"}))
        states = follow_up(session, entry, [lead], at)
    return Decided(states.at[lead, "status"])


def _decide_pair(
    session: Session, state: pd.Series, verdict: str, at: datetime, reason: str, other: str | None
) -> Decided:
    """Decide on two leads that nobody suspected, or free one that repeats another exactly (5.1)."""
    session.require("review")
    lead, number = int(state.name), state["number"]
    if other is None and pd.isna(state["duplicate_of"]):
        raise WrongUse("not_held", number=number, status=state["status"])
    against = int(state["duplicate_of"]) if other is None else _lead(session, other)
    if against == lead:
        raise WrongUse("verdict_does_not_fit", number=number, fit=" / ".join(ABOUT_ANOTHER))
    states = states_decided_on(session, [lead, against], at)
    others = states.at[against, "reporter"] != state["reporter"]
    with session.transaction("decide", at, number=number, verdict=verdict) as entry:
        asked = None
        if session.sole or not others:
            row = {"lead": lead, "other": against, "verdict": verdict, "at": at, "by": session.user, "reason": reason}
            entry.append("review", pd.DataFrame([row]).astype({"other": "Int64"}))
            states = follow_up(session, entry, [lead], at)
        else:
            asked = ask_about_two(session, entry, lead, states.at[against, "number"], Review(verdict), at, reason)
    return Decided(states.at[lead, "status"], asked, session.sole and others)


def _lead(session: Session, number: str) -> int:
    leads = session.register.read("lead", ["lead"], where={"number": number})
    if leads.empty:
        raise WrongUse("unknown_number", number=number)
    return int(leads["lead"].iloc[0])


def _earlier_decision(session: Session, lead: int, at: datetime, other: int | None) -> pd.Series | None:
    """The latest decision on a lead (and ``other``, where it is named) by a moment; None without."""
    rows = session.register.read("review", ["lead", "other", "verdict", "at"], where={"lead": lead})
    rows = rows[rows["at"] <= at].sort_values("at", kind="stable")
    if other is not None:
        rows = rows[rows["other"] == other]
    return None if rows.empty else rows.iloc[-1]


def who_decided(register: Register, row: Mapping[str, Any]) -> set[str]:
    """Who took the latest decision on the leads of a row of ``review``, before that row where it is one of them."""
    rows = register.read("review", ["review", "other"], where={"lead": int(row["lead"])}, every=True)
    about_itself = pd.isna(row["other"])
    same = rows["other"].isna() if about_itself else rows["other"].eq(row["other"]).fillna(False).astype(bool)
    earlier = rows[same & (rows["review"] < row.get("review", float("inf")))]["review"]
    return writers(register, "review", {"review": earlier.tail(1).tolist()})


def _overriding(session: Session, earlier: pd.Series, at: datetime, number: str, verdict: str) -> int | None:
    """The lead the overridden decision compared with, after checking that this one may stand in its place.

    Only of a lead that was not received after the other can it be said that it comes first (D4).
    """
    fit: tuple[Review, ...] = ABOUT_ITSELF
    if pd.notna(earlier["other"]):
        lead, other = int(earlier["lead"]), int(earlier["other"])
        received = states_decided_on(session, [lead, other], at)["received_at"]
        fit = (*ABOUT_ANOTHER, *([Review.ADMITTED] if received[lead] <= received[other] else []))
    if verdict not in fit:
        raise WrongUse("verdict_does_not_fit", number=number, fit=" / ".join(fit))
    if verdict == earlier["verdict"]:
        raise WrongUse("verdict_stands", number=number, verdict=verdict)
    OVERRIDE.require_another(session, OVERRIDE.parts(session.register, earlier), number=number)
    return None if pd.isna(earlier["other"]) else int(earlier["other"])


def _against(
    register: Register, states: pd.DataFrame, lead: int, verdict: str, other: str | None
) -> Sequence[int | None]:
    """The leads a decision compares with, after checking that the decision fits the question."""
    state = states.loc[lead]
    number = state["number"]
    if state["status"] != Status.HELD:
        raise WrongUse("not_held", number=number, status=state["status"])
    before = _to_come_first(states, lead)
    fit = ABOUT_ITSELF if pd.isna(state["held_by"]) else (*ABOUT_ANOTHER, *([Review.ADMITTED] if before else []))
    if verdict not in fit:
        raise WrongUse("verdict_does_not_fit", number=number, fit=" / ".join(fit))
    if pd.isna(state["held_by"]):
        return [None]
    if other is None:
        return before if verdict == Review.ADMITTED else [int(state["held_by"])]
    found = newest_versions(register, [other])
    if found.empty:
        raise WrongUse("unknown_number", number=other)
    return [int(found["lead"].iloc[0])]


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Take the decisions of a returned review workbook; those that do not fit are returned."""
    for submission in submissions:
        rows, reviewer = submission.open_rows(), submission.form.header["reviewer"]
        leads = leads_by_number(batch, [*rows["number"], *rows["other"]])
        states = states_at_receipt(batch, [submission], leads["lead"].tolist())[submission.received_at]
        leads = leads[leads["lead"].isin(states.index)]
        store_rows(batch, submission, "review", rows, partial(_decision, batch, leads, states, reviewer))


def _decision(batch: ImportBatch, leads: pd.DataFrame, states: pd.DataFrame, reviewer: str, row: Row) -> list[Row]:
    """The decision a row of the review workbook makes. Raises RowReturned."""
    if row["number"] not in leads.index:
        raise returned("unknown_number", Message.of("unknown_number/of_review", number=row["number"]), "verdict", "5.1")
    lead = int(leads.at[row["number"], "lead"])
    try:
        if row["verdict"] == Review.ADMITTED and displaces(states, lead) and not batch.session.may("override"):
            raise WrongUse("approver_decides", number=row["number"])
        against = _against(batch.register, states, lead, row["verdict"], row["other"])
    except WrongUse as error:
        raise returned(error.code, error.message, "verdict", "5.1") from None
    return [
        {
            "lead": lead,
            "other": pd.NA if each is None else each,
            "verdict": row["verdict"],
            "by": reviewer,
            "reason": row["reason"],
        }
        for each in against
    ]

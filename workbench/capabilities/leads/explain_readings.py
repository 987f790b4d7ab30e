"""What the readings of open questions did to a lead, in a sentence each that names the reading (D1 to D45)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads import terms, verification
from workbench.capabilities.leads.changes import Matter, effective
from workbench.capabilities.leads.contract_history import ENDED
from workbench.capabilities.leads.contract_limits import fitting
from workbench.capabilities.leads.reviews import displaces
from workbench.capabilities.leads.screening import outside_taxi_scope, unproven_level
from workbench.capabilities.leads.status import Status
from workbench.capabilities.leads.versions import IDENTITY, RETURNS
from workbench.core.messages import Message
from workbench.core.periods import quarter_bounds, quarter_of_day
from workbench.platform.explanation.steps import FACT, SUM, Step, day_text
from workbench.platform.register.facts import TIME, Facts
from workbench.platform.regulation.edition import Policy

LACKING, FORM, LAST_FORM = RETURNS
Named = Callable[[int], Any]  # a lead as the reader may see it


def _said(key: str, clause: str | None, **values: Any) -> Step:
    return Step(FACT, Message.of(f"lead/{key}", **values), clause)


def receipt_steps(newest: dict[str, Any], received_at: pd.Timestamp) -> Iterator[Step]:
    """D18, D39: what became of the place of a row that was returned before it was received."""
    for column, kept, lost in (
        (LACKING, "returned_kept_5_2", "returned_lost_5_2"),
        (FORM, "returned", "returned_lost_form"),
    ):
        if pd.isna(newest[column]) or newest[column] >= newest["received_at"]:
            continue
        keeps = received_at < newest["received_at"] and received_at in (newest[column], newest[LAST_FORM])
        clause = "5.2" if column == LACKING else "5.1"
        if column == LACKING:
            yield _said("no_contact", "5.2", at=day_text(newest[column]))
        yield _said(kept if keeps else lost, clause, at=day_text(newest[column]), counts=day_text(received_at))


def number_itself(own: Any, limit: Any, clause: str) -> Iterator[Step]:
    """D1: the number itself is included."""
    if limit is not None and own == limit:
        yield _said("number_included", clause, number=own)


def taxi_steps(state: pd.Series, version: dict[str, Any], policy: Policy) -> Iterator[Step]:
    """D10: what became of a taxi lead by its level and place."""
    if pd.isna(version["level"]):
        return
    own = {name: version[name] for name in ("category", "level", "province", "city", "county")}
    row = pd.DataFrame([{**own, "received_at": state["received_at"]}]).astype({"received_at": TIME})
    outside = outside_taxi_scope(row["category"], row["level"], row["received_at"], policy).iloc[0]
    unproven = unproven_level(row, policy).iloc[0]
    held = state["status"] == Status.HELD
    key = "taxi_outside" if outside else "taxi_unproven" if unproven else "taxi_inside"
    clause = "5.6" if state["clause"] == "5.6" else "2"
    yield _said(f"{key}_held" if held and key != "taxi_inside" else key, clause, kind=state["reporter_kind"])


def edition_steps(state: pd.Series, policy: Policy) -> Iterator[Step]:
    """D43: by which edition a lead is measured, where the one of its receipt is not that of its quarter's end."""
    day = state["received_at"].date()
    last = quarter_bounds(quarter_of_day(day))[1]
    before, after = policy.edition_on(day), policy.edition_on(last)
    if before != after:
        yield _said("two_editions", "5.4", day=day, before=before, after=after)


def order_steps(states: pd.DataFrame, lead: int, policy: Policy, named: Named) -> Iterator[Step]:
    """D2, D4, D19: sameness that joins or is suspected, equal times, what would be pushed back, who moved up."""
    state = states.loc[lead]
    first = state["duplicate_of"] if pd.notna(state["duplicate_of"]) else state["held_by"]
    if pd.notna(first):
        first = int(first)
        other = states.loc[first]
        if state["status"] == Status.HELD and state["customer_key"] == other["customer_key"]:
            if not state["tie"] and not displaces(states, lead):
                differs = "category" if state["category"] != other["category"] else "county"
                yield _said(f"held_{differs}", "5.1")
        elif state["status"] == Status.DUPLICATE and (state[IDENTITY] != other[IDENTITY]).any():
            yield _said("joined", "5.1", other=named(first))
        if displaces(states, lead):
            yield _said("displaces", "5.1", other=named(first))
        elif states.index.get_loc(first) > states.index.get_loc(lead):
            yield _said("behind_later", "5.1", other=named(first))
    if state["tie"]:
        review = policy.reading("tie", state["received_at"].date()) == "review"
        yield _said("tie_review" if review else "tie", "5.1")
    yield from _moved_up(states, lead, named)


def _moved_up(states: pd.DataFrame, lead: int, named: Named) -> Iterator[Step]:
    """D19: the earlier report of the same customer that was found invalid, or withdrawn, after this one had come."""
    state = states.loc[lead]
    if state["status"] in (Status.DUPLICATE, Status.HELD, Status.INVALID, Status.WITHDRAWN):
        return
    before = states.iloc[: states.index.get_loc(lead)]
    same = before[(before[IDENTITY] == state[IDENTITY]).all(axis=1)]
    refused = (
        same["status"].eq(Status.INVALID) & same["clause"].eq("6.3") & (same["answered_at"] > state["received_at"])
    )
    for other in same.index[refused]:
        yield _said("moved_up", "5.1", other=named(int(other)))


def end_steps(facts: Facts, state: pd.Series, lead: int, as_of: datetime, until: int) -> Iterator[Step]:
    """D2, D35, D36: how a lead let its customer go. ``until``: when an undated one does, in microseconds."""
    if state["status"] == Status.WITHDRAWN:
        changes = effective(facts)
        own = changes[(changes["lead"] == lead) & (changes["matter"] == Matter.WITHDRAW)]
        yield _said("withdrawn" if len(own) else "withdrawn_with_unit", "5.1")
    elif state["status"] == Status.VALID and pd.Timestamp(as_of) >= pd.Timestamp(until, unit="us"):
        yield _said("undated_over", "5.1")


def term_steps(facts: Facts, lead: int, as_of: datetime, policy: Policy) -> Iterator[Step]:
    """D41: the terms that ended because the lead was handed on."""
    own = facts.replace(
        dispatches=facts.dispatches[facts.dispatches["lead"] == lead],
        feedback=facts.feedback[facts.feedback["lead"] == lead],
    )
    passed = terms.handed_on(terms.terms(own, as_of, policy))
    if passed.empty:
        return
    due_on, _ = verification.due_dates(passed["at"], policy)
    for row, due in zip(passed.itertuples(), due_on, strict=True):
        key = "term_late" if row.closed_at.date() > due.date() else "term_ended"
        yield _said(key, "6.3", section=row.section, at=day_text(row.closed_at), due_on=day_text(due))


def contract_steps(facts: Facts, state: pd.Series, lead: int, counted: pd.DataFrame, named: Named) -> Iterator[Step]:
    """What the readings of contracts did: lines added up, withdrawn, ended, taken back, shared, signed too early or too late.

    ``counted``: the lines that count (``contract_history.counting_lines``), of all leads.
    """
    lines, gone = (rows[rows["lead"] == lead] for rows in (facts.contracts, facts.withdrawals))
    several = lines[lines.duplicated(["month", "contract", "at", "file"], keep=False)]
    for month, contract in several[["month", "contract"]].drop_duplicates().itertuples(index=False):
        yield Step(SUM, Message.of("lead/contract_added", month=month, contract=contract), "6.5")
    for row in gone.sort_values("at", kind="stable").itertuples():
        yield _said("contract_withdrawn", "6.5", month=row.month, contract=row.contract, at=day_text(row.at))
    back = -int(lines["picked_up"].clip(upper=0).sum())
    if back:
        yield Step(SUM, Message.of("lead/contract_taken_back", vehicles=back), "6.5")
    own = counted[counted["lead"] == lead].sort_values(["month", "contract"])
    for row in own.drop_duplicates("contract", keep="last").itertuples():
        if row.progress == ENDED:
            text = Message.of("lead/contract_ended", contract=row.contract, vehicles=row.quantity)
            yield Step(SUM, text, "6.5")
        if row.signed_on.date() < state["received_at"].date():
            yield Step(SUM, Message.of("lead/contract_too_early", contract=row.contract), "6.5")
        elif pd.notna(state["expires_on"]) and row.signed_on > state["expires_on"]:
            yield Step(SUM, Message.of("lead/contract_too_late", contract=row.contract), "6.5")
    yield from _shared(counted, facts.contracts, lead, named)


def odd_contracts(facts: Facts, states: pd.DataFrame, counted: pd.DataFrame) -> set[int]:
    """The leads of whose contracts ``contract_steps`` has something to say."""
    lines = facts.contracts
    several = lines.duplicated(["lead", "month", "contract", "at", "file"], keep=False)
    leads = {*lines.loc[several | (lines["picked_up"] < 0), "lead"], *facts.withdrawals["lead"]}
    own = states[["received_at", "expires_on"]].reindex(counted["lead"])
    signed = counted["signed_on"].to_numpy()
    odd = counted["progress"].eq(ENDED).to_numpy() | (signed > own["expires_on"].to_numpy())
    odd |= signed < own["received_at"].dt.normalize().to_numpy()
    odd |= (counted.groupby("contract")["lead"].transform("nunique") > 1).to_numpy()
    odd |= fitting(counted, lines).ne(counted["picked_up"]).to_numpy()
    return {int(lead) for lead in {*leads, *counted.loc[odd, "lead"]}}


def _shared(counted: pd.DataFrame, told: pd.DataFrame, lead: int, named: Named) -> Iterator[Step]:
    """D34: contracts that stand for other leads too, and pick-ups that do not fit into them."""
    own = counted[counted["lead"] == lead]
    mates = counted[counted["contract"].isin(own["contract"])]
    for contract, rows in mates.groupby("contract"):
        others = sorted(set(rows["lead"]) - {lead})
        if others:
            leads = [named(int(each)) for each in others]
            yield _said("contract_shared", "6.5", contract=contract, leads=leads)
    over = (mates["picked_up"] - fitting(mates, told))[mates["lead"] == lead]
    for contract, number in over[over > 0].groupby(own["contract"]).sum().items():
        text = Message.of("lead/contract_exceeded", contract=contract, vehicles=int(number))
        yield Step(SUM, text, "6.5")

"""Requests of T20 as they stand, and their decision by another person (5.1, 6.3, D32, D35)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

import pandas as pd

from workbench.capabilities.leads.cases import LEAD_CHANGE
from workbench.capabilities.leads.change_effects import carry_out
from workbench.capabilities.leads.change_rules import LEAD_NAMED, RULES, Known, Refused
from workbench.capabilities.leads.changes import AGREED, ASKED, Matter, asked_by, requests
from workbench.capabilities.leads.lead_states import follow_up, joined_customers, newest_versions, states_decided_on
from workbench.capabilities.leads.visibility import visible_leads
from workbench.capabilities.organization.directory import all_units, units_on
from workbench.core.errors import WrongUse
from workbench.core.reasons import kept_reason
from workbench.platform.access.session import Session
from workbench.platform.register.store import Register


class ChangeState(StrEnum):
    """How a request stands that no verdict was given on."""

    OPEN = "待决定"
    IN_FORCE = "已生效"


OPEN, IN_FORCE = ChangeState
COLUMNS = ["number", "lead", "matter", "value", "unit", "reason", "at", "state", "decided_at", "decided_by", "grounds"]


def changes(session: Session) -> pd.DataFrame:
    """All requests in the order they came: columns COLUMNS; ``lead`` is a number, ``state`` 待决定, 已生效, 同意 or 不同意.

    A verifier sees those about leads handed to the section. Raises RegisterError ``not_allowed``.
    """
    session.require("list")
    with session.register.snapshot():
        asked = requests(session.register)[ASKED]
        decided = session.register.read("change_decision", ["number", "verdict", "at", "by", "reason"])
        numbers = session.register.read("lead", ["lead", "number"], where={"lead": asked["lead"].tolist()})
    if (own := visible_leads(session)) is not None:
        asked = asked[asked["lead"].isin(own)]
    decided = decided.rename(columns={"at": "decided_at", "by": "decided_by", "reason": "grounds"})
    table = asked.merge(decided, on="number", how="left")
    state = table["verdict"].astype(object).where(table["verdict"].notna(), OPEN)
    table["state"] = state.mask(table["at_once"], IN_FORCE)
    table["lead"] = table["lead"].map(dict(zip(numbers["lead"], numbers["number"])))
    if session.deidentified:
        table = table.assign(reason=None, grounds=None)
    return table.astype(object).where(table.notna(), None)[COLUMNS]


def decide_change(session: Session, number: str, verdict: str, at: datetime, reason: str) -> str:
    """Decide a request of T20; gives back the lead's status afterwards.

    ``verdict``: 同意 or 不同意. What stood in the way of the request when it was made must not stand in its way now.
    Raises RegisterError ``not_allowed``; WrongUse ``unknown_verdict``, ``no_reason``, ``unknown_change``,
    ``already_decided``, ``before_request``, ``own_change``, ``consent_of_section``, ``not_for_verifiers`` and the codes of ``change_rules``.
    """
    session.require(LEAD_CHANGE.decided_by)
    if verdict not in LEAD_CHANGE.verdicts:
        raise WrongUse("unknown_verdict/on_case", title=LEAD_CHANGE.title, verdicts=LEAD_CHANGE.verdicts)
    reason = kept_reason(reason, "no_reason/of_request")
    with session.transaction("decide_change", at, number=number, verdict=verdict) as entry:
        request = _open_request(session, number)
        if at < request["at"]:
            raise WrongUse("before_request", at=request["at"])
        LEAD_CHANGE.require_another(session, LEAD_CHANGE.parts(session.register, {"number": number}), number=number)
        lead = int(request["lead"])
        _fit_to_decide(session, request)
        if verdict == AGREED:
            _still_possible(session, request, at)
        row = {"number": number, "lead": lead, "verdict": verdict, "at": at, "by": session.user}
        entry.append("change_decision", pd.DataFrame([{**row, "reason": reason}]))
        if verdict == AGREED:
            carry_out(session.register, entry, request, at, session.user, reason)
        states = follow_up(session, entry, [lead], at)
    return str(states.at[lead, "status"])


def who_asked(register: Register, row: Mapping[str, Any]) -> set[str]:
    """Who brought in the request that a decision is about, or the same while it waited."""
    return set(register.read("entry", ["user"], {"entry": asked_by(register, row["number"])})["user"])


def _open_request(session: Session, number: str) -> pd.Series:
    """The request that waits under a number, with its entry."""
    rows = requests(session.register, number)
    if rows.empty:
        raise WrongUse("unknown_change", number=number)
    request = rows.iloc[0]
    if request["at_once"]:
        raise WrongUse("in_force_already", number=number)
    decided = session.register.read("change_decision", ["verdict"], where={"number": number})["verdict"]
    if len(decided):
        raise WrongUse("already_decided", title=LEAD_CHANGE.title, number=number, verdict=decided.iloc[0])
    return request


def _fit_to_decide(session: Session, request: pd.Series) -> None:
    """D35: a section consents to the withdrawal of its project; a verifier decides that, for his own section, only."""
    if session.sole or session.role == "approver":
        return
    withdrawal = request["matter"] == Matter.WITHDRAW
    own = visible_leads(session)
    if withdrawal != (own is not None) or (own is not None and int(request["lead"]) not in own):
        code = "consent_of_section" if withdrawal else "not_for_verifiers"
        raise WrongUse(code, number=request["number"], matter=request["matter"])


def _still_possible(session: Session, request: pd.Series, at: datetime) -> None:
    """Ask the rule again, as of the decision: meanwhile the lead, or the customer, may have become another's."""
    matter, lead, other = Matter(request["matter"]), int(request["lead"]), None
    if matter in LEAD_NAMED:
        found: Any = newest_versions(session.register, [request["value"]])
        other = int(found["lead"].iloc[0])
    ids = [lead] if other is None else [lead, other]
    states, units = states_decided_on(session, ids, at), units_on(all_units(session.register), at.date())
    known = Known(states, units.set_index("code"), at, partial(joined_customers, session, ids, at))
    try:
        RULES[matter](request["unit"], request["value"], lead, other, known)
    except Refused as no:
        number = states.at[lead, "number"]
        raise WrongUse(no.key, number=number, matter=matter.value, **no.fields) from None

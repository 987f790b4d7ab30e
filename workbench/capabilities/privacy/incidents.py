"""Leaks: where they stand, what was done about them by when, whose data they may have touched (客户信息管理制度 三4).

What 7.3.4 says of an insider is proposed with the quarter it falls in and approved with it; nothing is booked by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import pandas as pd

from workbench.capabilities.privacy.incident_rules import Step, until
from workbench.core.errors import WrongUse
from workbench.core.frames import newest
from workbench.core.messages import Message
from workbench.core.periods import quarter_of_day
from workbench.core.reasons import checked_reason
from workbench.platform.access.session import Session
from workbench.platform.register.store import Register
from workbench.platform.workflow.task import DueContext, Duty, Task

REMINDED = timedelta(days=31)
COLUMNS = ["number", "person", "unit", "happened_on", "inside", "lead", "at"]


class Act(StrEnum):
    """How somebody saw contacts, or gave them away."""

    SHOWN = "查看"
    SENT = "转交"
    DISCLOSED = "披露"
    OWN = "本人查询"


# the entries of the trail by which it was done, for a lead each
ACTS = {"reveal": Act.SHOWN, "disclosure_hand_over": Act.DISCLOSED, "consent_file": Act.OWN}


def listed(session: Session, lang: str = "zh") -> list[dict[str, Any]]:
    """Every incident as it stands, a line a person: number, person, unit, happened_on, inside, found_at, steps (name →
    done_at, due, late), proposal (what 7.3.4 has a quarter propose; None for an outsider). Times in ISO 8601.

    Raises RegisterError ``not_allowed``.
    """
    session.require("incidents")
    rows = _newest(session.register)
    found = []
    for row in rows.to_dict("records"):
        steps = _steps(session, row)
        on = row["happened_on"].date()
        penalty = session.policy.value("leak_penalty", on) or 0
        quarter = quarter_of_day(on)
        text = Message.of("incident/proposal", amount=penalty, quarter=quarter).text(lang)
        found.append(
            {
                "number": row["number"],
                "person": row["person"],
                "unit": row["unit"],
                "happened_on": on.isoformat(),
                "inside": bool(row["inside"]),
                "steps": {step.value: told for step, told in steps.items()},
                "proposal": text if row["inside"] else None,
            }
        )
    return found


def _newest(register: Register) -> pd.DataFrame:
    rows = register.read("incident", [*COLUMNS, "document", "row"])
    return newest(rows, ["number", "person"]).sort_values(["number", "person"], ignore_index=True)


def _steps(session: Session, incident: dict[str, Any]) -> dict[Step, dict[str, Any]]:
    """The steps of an incident: when each was done, by when it has to be, whether it is late."""
    done = _done(session.register, incident["number"])
    found_at = done.get(Step.FOUND, incident["at"].to_pydatetime())
    terms = until(found_at, session.policy)
    told = {Step.FOUND: {"done_at": found_at.isoformat(), "due": None, "late": False}}
    for step, last in terms.items():
        at = done.get(step)
        told[step] = {
            "done_at": at and at.isoformat(),
            "due": last.isoformat(),
            "late": (at or session.now) > last,
        }
    return told


def _done(register: Register, number: str) -> dict[Step, datetime]:
    rows = register.read("incident_step", ["step", "done_at", "at"], where={"number": number})
    rows = rows.sort_values("at", kind="stable").drop_duplicates("step", keep="last")
    return {Step(step): at.to_pydatetime() for step, at in zip(rows["step"], rows["done_at"], strict=True)}


def record_step(session: Session, number: str, step: Step, done_at: datetime, note: str) -> None:
    """Keep that a step was done, and when; a later word on the same step takes the place of it.

    Raises RegisterError ``not_allowed``; WrongUse ``unknown_incident``, ``incident_ahead``, ``no_reason``,
    ``personal_reason``.
    """
    session.require("incident_step")
    note = checked_reason(note, Message("incident/action"))
    with session.transaction("incident_step", session.now, number=number, step=step.value) as entry:
        rows = _newest(session.register)
        rows = rows[rows["number"].eq(number)]
        if rows.empty:
            raise WrongUse("unknown_incident", number=number)
        if done_at > session.now or done_at.date() < rows["happened_on"].min().date():
            raise WrongUse("incident_ahead")
        row = {
            "number": number,
            "step": step.value,
            "done_at": pd.Timestamp(done_at),
            "note": note,
            "by": session.user,
            "at": session.now,
        }
        entry.append("incident_step", pd.DataFrame([row]))


def affected(
    session: Session, number: str, begin: datetime, end: datetime, user: str | None = None
) -> list[dict[str, Any]]:
    """The leads whose contacts were seen or given away between two moments (inclusive), by the trail and the actual clock:
    lead (number), customer, acts (what, by whom, when). ``user``: by this one only. The incident's own lead is among them.

    Raises RegisterError ``not_allowed``; WrongUse ``unknown_incident``, ``no_period``.
    """
    session.require("incidents")
    if begin > end:
        raise WrongUse("no_period")
    register = session.register
    incidents = _newest(register)
    incidents = incidents[incidents["number"].eq(number)]
    if incidents.empty:
        raise WrongUse("unknown_incident", number=number)
    leads = register.read("lead", ["lead", "version", "number", "customer"]).sort_values(["lead", "version"])
    leads = leads.drop_duplicates("lead", keep="last")
    numbers = dict(zip(leads["lead"], leads["number"], strict=True))
    acts: dict[str, list[dict[str, str]]] = {
        numbers[int(lead)]: [] for lead in incidents["lead"].dropna() if int(lead) in numbers
    }
    for lead, act in _acts(register, numbers, begin, end, user):
        acts.setdefault(lead, []).append(act)
    names = dict(zip(leads["number"], leads["customer"], strict=True))
    return [{"lead": lead, "customer": names.get(lead), "acts": done} for lead, done in sorted(acts.items())]


def _acts(
    register: Register, numbers: dict[int, str], begin: datetime, end: datetime, user: str | None
) -> Iterator[tuple[str, dict[str, str]]]:
    entries = register.read("entry", ["entry", "recorded_at", "user", "action", "detail"])
    within = entries["recorded_at"].between(pd.Timestamp(begin), pd.Timestamp(end))
    entries = entries[within & (entries["user"].eq(user) if user else True)]
    given = register.read("disclosure_handover", ["entry", "lead"])
    handed = dict(zip(given["entry"], given["lead"], strict=True))
    sent = register.read("dispatch", ["entry", "lead"])
    for row in entries.itertuples(index=False):
        act = {"user": row.user, "at": row.recorded_at.isoformat()}
        if row.action == "dispatch":
            for lead in sent.loc[sent["entry"].eq(row.entry), "lead"]:
                yield numbers[int(lead)], {"act": Act.SENT.value, **act}
        elif row.action == "disclosure_hand_over" and row.entry in handed:
            yield numbers[int(handed[row.entry])], {"act": ACTS[row.action].value, **act}
        elif row.action in ACTS and row.detail.get("number") in numbers.values():
            yield row.detail["number"], {"act": ACTS[row.action].value, **act}


def due_steps(task: Task, context: DueContext) -> Iterator[Duty]:
    """三4: the next step of every incident, on the day of its term; no more once the last term is over for REMINDED (it stays
    in the list, ``listed``).
    """
    if not context.session.may("incidents"):
        return
    for number, rows in _newest(context.session.register).groupby("number"):
        steps = _steps(context.session, rows.iloc[0].to_dict())
        waiting = [told["due"] for told in steps.values() if told["done_at"] is None]
        over = max(told["due"] for told in steps.values() if told["due"] is not None)
        if waiting and context.moment - datetime.fromisoformat(over) <= REMINDED:
            yield Duty(task, str(number), datetime.fromisoformat(min(waiting)).date())

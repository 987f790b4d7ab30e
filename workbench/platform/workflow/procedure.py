"""A case's procedure, from the request by way of another person's decision to its effect, from the declaration alone.

For cases that need no tables of their own: what is asked for is kept with its number, time and last day; one decision,
by somebody else, ends it. Each step is one transaction with its entry in the trail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

import pandas as pd

from workbench.core.errors import WrongUse
from workbench.core.reasons import kept_reason
from workbench.platform.capability import resolve
from workbench.platform.regulation.edition import Policy
from workbench.platform.workflow.case import Case, FourEyes, Person, cases, writers
from workbench.platform.workflow.task import DueContext, Duty, Task

# for a case whose request is kept here
ASKED = FourEyes("who asked for it", "own_case_request", "workbench.platform.workflow.procedure:who_asked")
DECISIONS = (("case_decision", "number"),)
COLUMNS = ["number", "detail", "at", "by", "due_on", "verdict", "decided_at", "decided_by", "reason"]


class Worker(Person, Protocol):
    """The session of who works on a case."""

    @property
    def register(self) -> Any:
        """The open register."""

    @property
    def policy(self) -> Policy:
        """The policy in use."""

    def require(self, action: str) -> None:
        """Refuse what the role may not do."""

    def transaction(self, action: str, at: datetime, **detail: Any) -> AbstractContextManager[Any]:
        """One transaction with its entry."""


def who_asked(register: Any, row: Mapping[str, Any]) -> set[str]:
    """Who made the request that a decision is about."""
    return writers(register, "case_request", {"name": row["name"], "number": row["number"]})


def ask(session: Worker, case: Case, number: str, at: datetime, detail: dict[str, Any]) -> pd.Timestamp | None:
    """Ask for something: kept with the last day for the decision, which is returned (None: no term).

    ``detail``: what is asked, as JSON takes it, without personal data. Raises RegisterError ``not_allowed``; WrongUse
    ``already_asked``.
    """
    session.require(case.request)
    with session.transaction(case.request, at, number=number) as entry:
        if session.register.count("case_request", {"name": case.name, "number": number}):
            raise WrongUse("already_asked", title=case.title_words, number=number)
        due_on = resolve(case.term)(at, session.policy) if case.term else None
        row = {"name": case.name, "number": number, "detail": detail, "at": at, "by": session.user, "due_on": due_on}
        frame = pd.DataFrame([row]).astype({"due_on": "datetime64[us]"})
        entry.append("case_request", frame)
    return None if due_on is None else pd.Timestamp(due_on)


def decide(session: Worker, case: Case, number: str, verdict: str, at: datetime, reason: str) -> None:
    """Decide on a request and bring about what follows (``Case.carry_out``), in one transaction.

    Raises RegisterError ``not_allowed``; WrongUse ``unknown_verdict``, ``no_reason``, ``unknown_case_request``,
    ``already_decided``, ``before_request``, and the codes of the case's four eyes.
    """
    session.require(case.decided_by)
    if verdict not in case.verdicts:
        raise WrongUse("unknown_verdict/on_case", title=case.title_words, verdicts=case.verdicts)
    reason = kept_reason(reason, "no_reason/of_request")
    with session.transaction(case.decided_by, at, number=number, verdict=verdict) as entry:
        found = list_requests(session, case)
        rows = found[found["number"] == number].to_dict("records")
        if not rows:
            raise WrongUse("unknown_case_request", title=case.title_words, number=number)
        request = rows[0]
        if request["verdict"] is not None:
            raise WrongUse("already_decided", title=case.title_words, number=number, verdict=request["verdict"])
        if at < request["at"]:
            raise WrongUse("before_request", at=request["at"])
        asked = case.parts(session.register, {"name": case.name, "number": number})
        case.require_another(session, asked, title=case.title_words, number=number)
        row = {"name": case.name, "number": number, "verdict": verdict, "at": at, "by": session.user}
        entry.append("case_decision", pd.DataFrame([{**row, "reason": reason}]))
        if case.carry_out:
            resolve(case.carry_out)(session, entry, {**request, "decided_at": at}, verdict)


def list_requests(session: Worker, case: Case) -> pd.DataFrame:
    """The requests of a case in the order they came: COLUMNS; verdict and the rest are None where none was taken."""
    where = {"name": case.name}
    requests = session.register.read("case_request", ["number", "detail", "at", "by", "due_on"], where)
    decided = session.register.read("case_decision", ["number", "verdict", "at", "by", "reason"], where)
    table = requests.merge(decided.rename(columns={"at": "decided_at", "by": "decided_by"}), on="number", how="left")
    return table.astype(object).where(table.notna(), None)[COLUMNS]


def waiting(task: Task, context: DueContext) -> Iterator[Duty]:
    """Requests that wait for their decision, due on its last day; one without a term on the day it was made.

    The due function of a task that names the case whose ``task`` it is.
    """
    for case in cases().values():
        if case.task == task.key and context.session.may(task.action):
            for row in list_requests(context.session, case).to_dict("records"):
                if row["verdict"] is None and row["at"] <= context.moment:
                    yield Duty(task, row["number"], (row["due_on"] or row["at"]).date())

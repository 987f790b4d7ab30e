"""When leads fall due: to be handed on, to be decided on, to be answered, about to expire."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from workbench.capabilities.leads.change_decisions import OPEN, changes
from workbench.capabilities.leads.duties import Beginning
from workbench.capabilities.leads.status import Status
from workbench.platform.regulation.edition import Policy
from workbench.platform.workflow.task import DueContext, Duty, Task


def beginning(context: DueContext) -> Beginning:
    """When duties began (D21)."""
    return Beginning.of(context.snapshot.facts.leads)


def first_month(context: DueContext) -> str | None:
    """The month in which duties began (D21); None where there is no lead."""
    return beginning(context).month


def received(task: Task, context: DueContext) -> Iterator[Duty]:
    """6.2: first reports that were not handed on."""
    yield from _counted(task, context, Status.RECEIVED)


def held(task: Task, context: DueContext) -> Iterator[Duty]:
    """5.1: suspected duplicates that wait for a decision."""
    yield from _counted(task, context, Status.HELD)


def _counted(task: Task, context: DueContext, status: Status) -> Iterator[Duty]:
    """One duty for all leads with a status, due on the day it is asked about."""
    if count := int((context.snapshot.states["status"] == status).sum()):
        yield Duty(task, "", context.moment.date(), count=count)


def changes_asked(task: Task, context: DueContext) -> Iterator[Duty]:
    """5.1, D32, D35: requests of T20 that wait for a decision."""
    if context.session.may(task.action):
        made = changes(context.session)
        for row in made[(made["state"] == OPEN) & (made["at"] <= context.moment)].to_dict("records"):
            yield Duty(task, row["number"], row["at"].date())


def feedback(task: Task, context: DueContext) -> Iterator[Duty]:
    """6.3: answers a section owes; a reminder the day before."""
    states, on = context.snapshot.states, context.moment.date()
    waiting = states[(states["status"] == Status.WAITING) & states["due_on"].notna()]
    for (section, day), leads in waiting.groupby(["section", "due_on"]):
        if day.date() <= on + timedelta(days=1):
            yield Duty(task, str(section), day.date(), count=len(leads))


def expiring(task: Task, context: DueContext) -> Iterator[Duty]:
    """6.4: valid leads without a contract whose time is nearly over, by the day they expire on."""
    states, on = context.snapshot.states, context.moment.date()
    free = states[states["status"].isin([Status.VALID, Status.PROJECT, Status.APPLIED]) & states["expires_on"].notna()]
    last = expiring_until(on, context.policy)
    soon = free.loc[free["expires_on"].between(pd.Timestamp(on), pd.Timestamp(last)), "expires_on"]
    for day, leads in soon.groupby(soon):
        yield Duty(task, f"{day:%Y-%m-%d}", day.date(), count=len(leads))


def expiring_until(on: date, policy: Policy) -> date:
    """The last expiry date of which a lead without a contract is named on a day."""
    return on + timedelta(days=int(policy.value("expiring_days", on)))

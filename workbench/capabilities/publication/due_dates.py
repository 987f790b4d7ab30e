"""When publications fall due (6.1)."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.capabilities.leads.due_dates import beginning
from workbench.capabilities.leads.duties import last_day
from workbench.capabilities.publication.publications import due_dates
from workbench.core.periods import month_of_day, months_between
from workbench.platform.workflow.task import AHEAD, DueContext, Duty, Task


def publications(task: Task, context: DueContext) -> Iterator[Duty]:
    """6.1: the fixed days of every month from the first lead on (D21)."""
    since, last = beginning(context), context.moment.date() + AHEAD
    made = {day.date() for day in context.snapshot.facts.publications["due_on"]}
    for month in months_between(since.month, month_of_day(last)) if since.month else []:
        for day in due_dates(month, context.policy):
            if day <= last and since.has_come(day, context.policy):
                yield Duty(task, day.isoformat(), day, day in made, until=last_day(day, context.policy))

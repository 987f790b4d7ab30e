"""When publications fall due (6.1)."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.capabilities.leads.due_dates import first_month
from workbench.capabilities.publication.publications import due_dates
from workbench.core.periods import month_of_day, months_between
from workbench.platform.workflow.task import AHEAD, DueContext, Duty, Task


def publications(task: Task, context: DueContext) -> Iterator[Duty]:
    """6.1: the fixed days of every month from the first lead on (D21)."""
    first, last = first_month(context), context.moment.date() + AHEAD
    made = {day.date() for day in context.snapshot.facts.publications["due_on"]}
    for month in [] if first is None else months_between(first, month_of_day(last)):
        for day in due_dates(month, context.policy):
            if day <= last:
                yield Duty(task, day.isoformat(), day, day in made)

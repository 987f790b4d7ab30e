"""When the report on a month's targets falls due: the day after the month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from workbench.capabilities.leads.due_dates import first_month
from workbench.core.periods import month_bounds, month_of_day, months_between
from workbench.platform.workflow.task import DueContext, Duty, Task


def reports(task: Task, context: DueContext) -> Iterator[Duty]:
    """A report for every month that is over, from the first lead on (D21)."""
    first, on = first_month(context), context.moment.date()
    for month in [] if first is None else months_between(first, month_of_day(on)):
        day = month_bounds(month)[1] + timedelta(days=1)
        if day <= on:
            yield Duty(task, month, day)

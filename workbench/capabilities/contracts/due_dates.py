"""When contract registers fall due, and the reports computed from them (6.5)."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.capabilities.leads.contract_lines import complete_on, due_on
from workbench.capabilities.leads.due_dates import first_month
from workbench.core.periods import month_of_day, months_between
from workbench.platform.workflow.task import AHEAD, DueContext, Duty, Task


def registers(task: Task, context: DueContext) -> Iterator[Duty]:
    """6.5: each month's contract register, due in the next month."""
    on, returned = context.moment.date(), set(context.snapshot.facts.returns["month"])
    for month in _months(context):
        day = due_on(month, context.policy)
        if day and day <= on + AHEAD:
            yield Duty(task, month, day, month in returned)


def conversion_reports(task: Task, context: DueContext) -> Iterator[Duty]:
    """The day after a month's register is due."""
    for month in _months(context):
        day = complete_on(month, context.policy)
        if day <= context.moment.date():
            yield Duty(task, month, day)


def _months(context: DueContext) -> list[str]:
    """The months from the first lead to the moment's own."""
    first = first_month(context)
    return [] if first is None else list(months_between(first, month_of_day(context.moment.date())))

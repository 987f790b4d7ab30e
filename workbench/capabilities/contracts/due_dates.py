"""When contract registers fall due, and the reports computed from them (6.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pandas as pd

from workbench.capabilities.leads.contract_lines import complete_on, due_on
from workbench.capabilities.leads.due_dates import first_month
from workbench.capabilities.leads.duties import last_day
from workbench.core.periods import month_bounds, month_of_day, months_between
from workbench.platform.workflow.task import AHEAD, DueContext, Duty, Task


def registers(task: Task, context: DueContext) -> Iterator[Duty]:
    """6.5: each month's contract register, due in the next month."""
    on, returned = context.moment.date(), set(context.snapshot.facts.returns["month"])
    for month in _months(context):
        day = due_on(month, context.policy)
        if day and day <= on + AHEAD:
            yield Duty(task, month, day, month in returned, until=last_day(day, context.policy))


def prepared_registers(task: Task, context: DueContext) -> Iterator[Duty]:
    """The month that is just over, for as long as its register is not returned; prepared from data of its end, or later."""
    day = month_bounds(month_of_day(context.moment.date()))[0]
    month = month_of_day(day - timedelta(days=1))
    if month not in _months(context) or month in set(context.snapshot.facts.returns["month"]):
        return
    made = context.session.register.read("entry", ["detail"], {"action": "prepare_register"})["detail"]
    done = any(each.get("month") == month and each.get("as_of", "") >= day.isoformat() for each in made)
    yield Duty(task, month, day, done)


def conversion_reports(task: Task, context: DueContext) -> Iterator[Duty]:
    """The day after a month's register is due; anew when more of it has come in."""
    for month in _months(context):
        day = complete_on(month, context.policy)
        if day <= context.moment.date():
            yield Duty(task, month, day, since=last_return(context, [month]))


def last_return(context: DueContext, months: list[str]) -> datetime | None:
    """When the last register of some months came in."""
    returns = context.snapshot.facts.returns
    came = returns.loc[returns["month"].isin(months), "at"].max()
    return None if pd.isna(came) else came.to_pydatetime()


def _months(context: DueContext) -> list[str]:
    """The months from the first lead to the moment's own."""
    first = first_month(context)
    return [] if first is None else list(months_between(first, month_of_day(context.moment.date())))

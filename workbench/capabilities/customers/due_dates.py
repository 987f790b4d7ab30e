"""When weekly sheets, and the reports on customers, fall due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.customers.weeks import WEEK, SheetState, duties, first_week, meeting, weeks_until
from workbench.core.periods import quarter_bounds, quarter_of_day, quarters_between
from workbench.platform.workflow.task import DueContext, Duty, Task

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

SHOWN = 4  # weeks back for which a missing sheet is still asked for


def sheets(task: Task, context: DueContext) -> Iterator[Duty]:
    """四: the sheets of the last weeks, by the day of the meeting; done once nobody is missing."""
    facts = context.snapshot.facts
    for week in list(weeks_until(facts, context.moment.date()))[-SHOWN:]:
        own = duties(facts, week, context.moment, context.policy)
        missing = [duty for duty in own if duty.state in (SheetState.MISSING, SheetState.COMING)]
        if own:
            due = meeting(week, context.policy).date()
            yield Duty(task, week.isoformat(), due, not missing, until=due)


def digests(task: Task, context: DueContext) -> Iterator[Duty]:
    """A digest of every week that was reported of, on the day of its meeting; anew when a late sheet came in."""
    facts = context.snapshot.facts
    for week in weeks_until(facts, context.moment.date()):
        day = meeting(week, context.policy).date()
        if day <= context.moment.date():
            came = facts.weekly_sheets.loc[facts.weekly_sheets["week"].eq(pd.Timestamp(week)), "at"].max()
            yield Duty(task, (week + WEEK).isoformat(), day, since=None if pd.isna(came) else came.to_pydatetime())


def meetings(snapshot: Snapshot) -> list[str]:
    """The Mondays whose week begins with a meeting, until the snapshot's moment."""
    return [(week + WEEK).isoformat() for week in weeks_until(snapshot.facts, snapshot.as_of.date())]


def gradings(task: Task, context: DueContext) -> Iterator[Duty]:
    """A grading of every quarter that is over since customers' sales or weekly sheets came in."""
    facts = context.snapshot.facts
    week, sold = first_week(facts), facts.sales_months["at"].min()
    days = [day for day in (week, None if pd.isna(sold) else sold.date()) if day is not None]
    if not days or min(days) > context.moment.date():
        return
    for quarter in quarters_between(quarter_of_day(min(days)), quarter_of_day(context.moment.date())):
        day = quarter_bounds(quarter)[1] + timedelta(days=1)
        if day <= context.moment.date():
            came = facts.sales_months["at"].max()
            yield Duty(task, quarter, day, since=None if pd.isna(came) else came.to_pydatetime())

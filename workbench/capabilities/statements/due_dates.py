"""When statements fall due: with the reports of the month and of the quarter that are over, and after its approval (4.3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from workbench.capabilities.leads.contract_lines import complete_on
from workbench.capabilities.leads.due_dates import first_month
from workbench.capabilities.statements.statement import TITLE
from workbench.core.periods import month_of_day, months_between, months_of, quarter_of_day, quarters_between
from workbench.platform.workflow.task import DueContext, Duty, Task


def monthly(task: Task, context: DueContext) -> Iterator[Duty]:
    """The last month whose contract register had to be returned, the day after it."""
    first, today = first_month(context), context.moment.date()
    if first is None:
        return
    over = [(month, complete_on(month, context.policy)) for month in months_between(first, month_of_day(today))]
    yield from _last(task, context, [(month, day) for month, day in over if day <= today])


def quarterly(task: Task, context: DueContext) -> Iterator[Duty]:
    """The last quarter that can be settled; once more when it was approved, since its amounts are final from then on."""
    first, today = first_month(context), context.moment.date()
    if first is None:
        return
    quarters = quarters_between(quarter_of_day(date.fromisoformat(f"{first}-01")), quarter_of_day(today))
    over = [(quarter, complete_on(months_of(quarter)[2], context.policy)) for quarter in quarters]
    for quarter, day in [(quarter, day) for quarter, day in over if day <= today][-1:]:
        approval = context.snapshot.approved.get(quarter)
        yield from _last(task, context, [(quarter, approval["at"].date() if approval else day)], approval)


def _last(
    task: Task, context: DueContext, periods: list[tuple[str, date]], approval: dict | None = None
) -> Iterator[Duty]:
    for period, day in periods[-1:]:
        since = approval["at"] if approval else datetime.combine(day, time.min)
        yield Duty(task, period, day, _made(context, period, since))


def _made(context: DueContext, period: str, since: datetime) -> bool:
    """Whether statements of a period were made at a moment or later."""
    entries = context.session.register.read("entry", ["at", "detail"], {"action": "report"})
    of = [each.get("report") == TITLE and each.get("period") == period for each in entries["detail"]]
    return bool((entries["at"][of] >= since).any())

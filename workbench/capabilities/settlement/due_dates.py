"""When a quarter falls due to be submitted, decided on and carried out, and an appeal to be ruled on (4.3.3, 4.4, D29)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workbench.capabilities.contracts.due_dates import last_return
from workbench.capabilities.leads.contract_lines import complete_on
from workbench.capabilities.leads.due_dates import first_month
from workbench.capabilities.settlement.appeal_rules import OPEN
from workbench.capabilities.settlement.appeals import appeals
from workbench.capabilities.settlement.approval_status import APPROVED, SUBMITTED, quarter_states
from workbench.core.periods import month_bounds, months_of, quarter_of_day, quarters_between
from workbench.platform.workflow.task import DueContext, Duty, Task


def reports(task: Task, context: DueContext) -> Iterator[Duty]:
    """The report on a quarter, the day after its last contract register is due; until it is approved, anew when more of
    the quarter's registers has come in."""
    for quarter, day in _quarters(context):
        approved = quarter in context.snapshot.approved
        since = None if approved else last_return(context, months_of(quarter))
        yield Duty(task, quarter, day, since=since, final=approved)


def submissions(task: Task, context: DueContext) -> Iterator[Duty]:
    """The quarter itself, from the same day on."""
    for quarter, day in _quarters(context):
        yield Duty(task, quarter, day, quarter in context.snapshot.approved)


def _quarters(context: DueContext) -> Iterator[tuple[str, date]]:
    """Quarters from the first lead on (D21) and the day they can be settled on, as far as it has come."""
    first, on = first_month(context), context.moment.date()
    if first is None:
        return
    for quarter in quarters_between(quarter_of_day(month_bounds(first)[0]), quarter_of_day(on)):
        day = complete_on(months_of(quarter)[2], context.policy)
        if day <= on:
            yield quarter, day


def approvals(task: Task, context: DueContext) -> Iterator[Duty]:
    """Submitted quarters wait for another person from the day they were submitted."""
    yield from _waiting(task, context, SUBMITTED, "submitted_at")


def payments(task: Task, context: DueContext) -> Iterator[Duty]:
    """Approved quarters are to be carried out from the day they were approved."""
    yield from _waiting(task, context, APPROVED, "decided_at")


def _waiting(task: Task, context: DueContext, state: str, since: str) -> Iterator[Duty]:
    if not context.session.may("settle"):
        return
    quarters = quarter_states(context.session)
    for row in quarters[(quarters["state"] == state) & (quarters[since] <= context.moment)].to_dict("records"):
        yield Duty(task, row["quarter"], row[since].date())


def rulings(task: Task, context: DueContext) -> Iterator[Duty]:
    """Appeals without a ruling, on the last day of its term (D29)."""
    if not context.session.may("settle"):
        return
    made = appeals(context.session)
    for row in made[(made["outcome"] == OPEN) & (made["at"] <= context.moment)].to_dict("records"):
        yield Duty(task, row["number"], row["decide_by"].date())

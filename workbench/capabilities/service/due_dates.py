"""When the next step of a flow of service falls due."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.capabilities.customers.customers import Customers
from workbench.capabilities.customers.service_flow import Step
from workbench.capabilities.service.listing import flows_at
from workbench.platform.register.names import number_of
from workbench.platform.workflow.task import AHEAD, DueContext, Duty, Task

REVIEWING = (Step.MONITORING, Step.REVIEW)


def steps(task: Task, context: DueContext) -> Iterator[Duty]:
    """一: the next step of each flow that is not a review, by the customer's number."""
    return (duty for duty, step in _next(task, context) if step not in REVIEWING)


def reviews(task: Task, context: DueContext) -> Iterator[Duty]:
    """五: the next review of each flow, by the customer's number."""
    return (duty for duty, step in _next(task, context) if step in REVIEWING)


def _next(task: Task, context: DueContext) -> Iterator[tuple[Duty, Step]]:
    if context.snapshot.facts.service_flow_steps.empty:
        return
    on = context.moment.date()
    for key, own in flows_at(context.snapshot, Customers(context.snapshot), on).items():
        if own.due_on is not None and own.due_on <= on + AHEAD:
            number = number_of(key)
            yield Duty(task, "" if number is None else str(number), own.due_on), own.next

"""When customers' information falls due to be destroyed."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.capabilities.privacy.retention import due, kept_customers
from workbench.platform.workflow.task import DueContext, Duty, Task


def disposals(task: Task, context: DueContext) -> Iterator[Duty]:
    """五: one duty a month, from the day of the first customer nothing stands against; only for who may see names."""
    if not context.session.may("retention"):
        return
    on = context.moment.date()
    possible = [one for one in due(kept_customers(context.session, context.moment), on) if not one.against]
    if possible:
        yield Duty(task, f"{on:%Y-%m}", possible[0].due_on, count=len(possible))

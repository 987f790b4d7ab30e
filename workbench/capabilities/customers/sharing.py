"""Until when departments answer to news of customers that was passed on to them, and what they said (大客户管理制度 三.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from workbench.capabilities.customers.service import working_days_after
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy
from workbench.platform.workflow.task import DueContext, Duty, Task


def answer_by(shared_on: date, policy: Policy) -> date | None:
    """三.4: the last day for a department's answer to news of a day: ``share_days`` working days after it; None without a term."""
    return working_days_after(shared_on, "share_days", policy)


def answers(facts: Facts, on: date, policy: Policy) -> pd.DataFrame:
    """Every matter that was shared, the earliest first: number, unit, shared_on, due_on, answered_on (None: not yet), response
    (the newest), overdue (bool: as of a day, or answered after its day).
    """
    steps = facts.service_steps.sort_values("at", kind="stable")
    rows = []
    for told in facts.shared_news.sort_values(["at", "number"], kind="stable").to_dict("records"):
        own = steps[steps["number"].eq(told["number"]) & steps["unit"].eq(told["unit"]) & (steps["at"] > told["at"])]
        due = answer_by(told["at"].date(), policy)
        first = None if own.empty else own["at"].iloc[0].date()
        rows.append(
            {
                "number": told["number"],
                "unit": told["unit"],
                "shared_on": told["at"].date(),
                "due_on": due,
                "answered_on": first,
                "response": next(iter(own["response"].dropna().iloc[::-1]), None),
                "overdue": due is not None and (first or on) > due,
            }
        )
    columns = ["number", "unit", "shared_on", "due_on", "answered_on", "response", "overdue"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def due_answers(task: Task, context: DueContext) -> Iterator[Duty]:
    """三.4: what departments have not answered, by unit and day."""
    rows = answers(context.snapshot.facts, context.moment.date(), context.policy)
    open_ = rows[rows["answered_on"].isna() & rows["due_on"].notna()]
    for (due, unit), own in open_.groupby(["due_on", "unit"], sort=True):
        yield Duty(task, str(unit), due, count=len(own))

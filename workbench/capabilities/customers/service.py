"""The record of service (T9) as it follows from weekly sheets and answers (大客户管理的方法和策略 1.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from workbench.capabilities.customers.kinds import CLASS_OF, TO_BE_CLOSED, ItemKind, ServiceState
from workbench.core.calendar import add_working_days
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy

COLUMNS = (
    "number",
    "unit",
    "manager",
    "week",
    "happened_on",
    "kind",
    "information_class",
    "customer_key",
    "customer",
    "content",
    "churn",
    "rival",
    "breach",
    "action",
    "owner",
    "due_on",
    "state",
    "closed_on",
    "proof",
    "feedback",
    "cause",
    "reopened",
    "overdue",
)


def due_day(happened_on: date, policy: Policy) -> date | None:
    """The last day for a complaint of a day: ``complaint_days`` working days after it; None where no term is set."""
    return working_days_after(happened_on, "complaint_days", policy)


def working_days_after(day: date, parameter: str, policy: Policy) -> date | None:
    """The day that lies as many working days after another as a parameter says; None where it is not in force."""
    days = policy.value(parameter, day)
    if days is None:
        return None
    due, _ = add_working_days(pd.Series([pd.Timestamp(day)]), days, policy.calendar)
    last: date = due.iloc[0].date()
    return last


def newest_items(facts: Facts) -> pd.DataFrame:
    """The newest version of every row of T7 (columns of ``weekly_items``), in order of their numbers."""
    items = facts.weekly_items.sort_values("at", kind="stable").drop_duplicates("number", keep="last")
    return items.sort_values("number", ignore_index=True)


def records(facts: Facts, on: date, policy: Policy) -> pd.DataFrame:
    """Every matter of the weekly sheets as it stands at the end of a day: ``COLUMNS``.

    ``state`` is None of what nothing has to become of. What an answer leaves open stays as it was; ``reopened`` counts how
    often a closed matter was opened again; ``overdue``: open past its day, or closed after it.
    """
    steps: dict[str, list[dict[str, Any]]] = {}
    for step in facts.service_steps.sort_values("at", kind="stable").to_dict("records"):
        steps.setdefault(step["number"], []).append(step)
    rows = []
    for item in newest_items(facts).to_dict("records"):
        own = steps.get(item["number"], [])
        rows.append(_record(item, own, on, policy))
    found = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    times = ["week", "happened_on", "due_on", "closed_on"]
    return found.astype({**dict.fromkeys(times, "datetime64[us]"), "churn": bool, "breach": bool, "overdue": bool})


def _record(item: dict[str, Any], steps: list[dict[str, Any]], on: date, policy: Policy) -> dict[str, Any]:
    kind, now = ItemKind(item["kind"]), dict(item)
    state: ServiceState | None = ServiceState.OPEN if kind in TO_BE_CLOSED or item["action"] else None
    closed: dict[str, Any] = {"closed_on": None, "proof": None, "feedback": None, "cause": None}
    reopened = 0
    for step in steps:
        now |= {name: step[name] for name in ("action", "owner", "due_on") if not pd.isna(step[name])}
        closed |= {name: step[name] for name in ("feedback", "cause") if step[name] is not None}
        if step["state"] == ServiceState.CLOSED:
            state = ServiceState.CLOSED
            closed |= {"closed_on": step["closed_on"], "proof": step["proof"]}
        elif step["state"] is not None:
            reopened += step["state"] == ServiceState.REOPENED
            state = ServiceState.OPEN
            closed |= {"closed_on": None, "proof": None}
        elif state is None and step["action"] is not None:
            state = ServiceState.OPEN
    due = None if pd.isna(now["due_on"]) else now["due_on"].date()
    if due is None and kind in TO_BE_CLOSED:
        due = due_day(item["happened_on"].date(), policy)
    until = None if closed["closed_on"] is None else closed["closed_on"].date()
    return {
        **{name: now[name] for name in COLUMNS if name in now},
        **closed,
        "information_class": CLASS_OF[kind].value,
        "due_on": due and pd.Timestamp(due),
        "state": state and state.value,
        "reopened": reopened,
        "overdue": due is not None and state is not None and (until or on) > due,
    }

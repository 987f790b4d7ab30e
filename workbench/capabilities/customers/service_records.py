"""T9 客户沟通与服务记录表: what became of the matters that weekly sheets brought in (大客户管理的方法和策略 1.2)."""

from __future__ import annotations

import pandas as pd

from workbench.capabilities.customers.kinds import ServiceState
from workbench.core.messages import Message
from workbench.platform.intake.rows import Row, note_unchanged, store_rows
from workbench.platform.intake.submission import ImportBatch, Submission, returned

TEMPLATE = "service_record"
CLAUSE = "大客户管理的方法和策略·1.2"
SAID = ("action", "owner", "due_on", "state", "closed_on", "proof", "feedback", "cause", "response")
COLUMNS = ("number", *SAID)


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store every answer that says something of a matter the register holds."""
    items = batch.register.read("weekly_item", ["number", "customer_key", "happened_on", "at"])
    items = items.sort_values("at", kind="stable").drop_duplicates("number", keep="last").set_index("number")
    for submission in submissions:
        _accept(batch, submission, items)


def _accept(batch: ImportBatch, submission: Submission, items: pd.DataFrame) -> None:
    steps = batch.register.read("service_step", ["number", "state", "at"])
    steps = steps[steps["state"].notna() & (steps["at"] <= submission.received_at)].sort_values("at", kind="stable")
    states = dict(zip(steps["number"], steps["state"], strict=True))

    def examine(row: Row) -> list[Row]:
        number = row["number"]
        if number not in items.index:
            raise returned("unknown_record", Message.of("unknown_record", number=number), "number", CLAUSE)
        said = {name: row[name] for name in SAID}
        if not any(value is not None for value in said.values()):
            return note_unchanged(submission, row, "nothing_said", Message.of("nothing_said/service"), "number", CLAUSE)
        _checked(submission, said, items.at[number, "happened_on"], states.get(number))
        states[number] = said["state"] or states.get(number)
        own = {
            "number": number,
            "customer_key": items.at[number, "customer_key"],
            "unit": submission.form.header["unit"],
        }
        return [{**said, **own}]

    store_rows(batch, submission, "service_step", submission.open_rows(), examine)


def _checked(submission: Submission, said: Row, happened_on: pd.Timestamp, state: str | None) -> None:
    """Raises RowReturned for a matter that is closed without proof or day, or opened again while it is open."""
    if said["state"] == ServiceState.CLOSED:
        if said["closed_on"] is None:
            raise returned("no_closing_day", Message.of("no_closing_day"), "closed_on", CLAUSE)
        if said["proof"] is None:
            raise returned("no_proof", Message.of("no_proof"), "proof", CLAUSE)
    elif said["closed_on"] is not None:
        raise returned("not_said_closed", Message.of("not_said_closed"), "state", CLAUSE)
    if said["state"] == ServiceState.REOPENED and state != ServiceState.CLOSED:
        raise returned("not_closed", Message.of("not_closed"), "state", CLAUSE)
    if said["closed_on"] is not None and not happened_on <= said["closed_on"] <= pd.Timestamp(submission.received_at):
        raise returned("impossible_day", Message.of("impossible_day"), "closed_on", CLAUSE)
    if said["due_on"] is not None and said["due_on"] < happened_on:
        raise returned("due_before", Message.of("due_before"), "due_on", CLAUSE)

"""Publication on the 10th, 20th and 30th: recorded once, on its day or late (6.1, 7.3.2b, D14, D27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from workbench.capabilities.leads.duties import last_day
from workbench.capabilities.leads.own_acts import require_anothers_word
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.publication.publications import COUNTS, counts, due_dates
from workbench.capabilities.publication.reasons import RECORD, published_reasons
from workbench.core.errors import WrongUse
from workbench.core.messages import Bilingual
from workbench.core.periods import end_of_day, month_bounds
from workbench.platform.access.persons import require_whole
from workbench.platform.access.session import Session
from workbench.platform.documents.manifests import genuine
from workbench.platform.reporting.due_reports import is_made
from workbench.platform.workflow.task import Duty, RunContext, TaskResult


@dataclass(frozen=True)
class Published:
    """A recorded publication: the day it was due, when it was made, and its totals (leads of the month so far)."""

    due_on: date
    at: datetime
    late: bool
    again: bool  # it had been published before; nothing was changed
    totals: dict[str, int]


def publish(session: Session, due_on: date, at: datetime) -> Published:
    """Record the publication of a fixed date. Raises WrongUse for another date or before its day, ``own_late_act``;
    RegisterError ``not_allowed``, ``trail_breached``.

    Publishing the same date again changes nothing: the first publication stands.
    """
    session.require("publish")
    require_whole(session.register)
    days = due_dates(f"{due_on:%Y-%m}", session.policy)
    if due_on not in days:
        fixed = [Bilingual(f"{day:%m月%d日}", f"{day:%Y-%m-%d}") for day in days]
        raise WrongUse("not_a_publication_date", due_on=due_on, fixed=fixed)
    if at.date() < due_on:
        raise WrongUse("too_early", due_on=due_on)
    totals: dict[str, Any] = {}
    with session.transaction("publish", at, due_on=due_on.isoformat(), totals=totals) as entry:
        done = session.register.read("publication", ["due_on", "at", "totals"], where={"due_on": due_on})
        if len(done):
            entry.discard()
            row = done.iloc[0]
            made = row["at"].to_pydatetime()
            return Published(due_on, made, made.date() > last_day(due_on, session.policy), True, _counts(row["totals"]))
        first = session.register.minimum("lead", "filed_at")
        if first is not None and first.date() <= due_on:  # a duty (D21)
            require_anothers_word(session, "clerk", "approver", "publication", at, last_day(due_on, session.policy))
        totals |= _totals(session, due_on, at)
        row = {"due_on": pd.Timestamp(due_on), "at": at, "totals": totals}
        entry.append("publication", pd.DataFrame([row]))
    return Published(due_on, at, at.date() > last_day(due_on, session.policy), False, _counts(totals))


def run(duty: Duty, context: RunContext) -> TaskResult | None:
    """Publish a date and make its workbook; None where both are there already."""
    done = publish(context.session, date.fromisoformat(duty.period), context.moment)
    report = duty.task.report or ""
    if done.again and is_made(context.out, report, duty.period, done.at, genuine(context.session)):
        return None
    files = context.make_report(report, duty.period, done.at).files
    return TaskResult(duty, files, late=done.late and not done.again, again=done.again)


def _counts(totals: dict[str, Any]) -> dict[str, int]:
    """The counts of a recorded publication, without what it told of reasons."""
    return {name: number for name, number in totals.items() if name != RECORD}


def _totals(session: Session, due_on: date, at: datetime) -> dict[str, Any]:
    """Counts of the month's leads up to the moment of publication, and what it tells of reasons by clause."""
    before = datetime(due_on.year, due_on.month, 1) - timedelta(seconds=1)
    month_end = end_of_day(month_bounds(f"{due_on:%Y-%m}")[1])
    snapshot = open_snapshot(session, at)
    table = counts(snapshot.states, before, min(at, month_end))
    return {**{name: int(table[name].sum()) for name in COUNTS}, RECORD: published_reasons(snapshot, due_on)}

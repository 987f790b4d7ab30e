"""The publication of the 10th, 20th and 30th (6.1) and its penalty (7.3.2b)."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd

from workbench.capabilities.leads.duties import Beginning, last_day
from workbench.capabilities.leads.status import PENDING, Status
from workbench.core.periods import end_of_day, month_bounds, month_of, month_of_day, months_between, previous_month
from workbench.platform.regulation.edition import Policy

LATER = ["changed", "valid", "invalid", "withdrawn", "pending"]
COUNTS = ["total", "valid", "invalid", "duplicate", "pending", "excluded"]


def due_dates(month: str, policy: Policy) -> list[date]:
    """6.1: the publication days of a month; a day the month does not have is its last one (D14)."""
    first, last = month_bounds(month)
    days = policy.value("publication_days", first) or []
    return sorted({date(first.year, first.month, min(day, last.day)) for day in days})


def latest_due_date(on: date, policy: Policy) -> date:
    """The last publication day up to a day, that day included; ``on`` itself where the month and the one before have none."""
    month = month_of_day(on)
    return max(
        (day for each in (previous_month(month), month) for day in due_dates(each, policy) if day <= on), default=on
    )


def _between(states: pd.DataFrame, since: datetime | None, until: datetime) -> pd.DataFrame:
    received = states["received_at"]
    return states[(received <= until) & ((received > since) if since is not None else True)]


def flags(states: pd.DataFrame, since: datetime | None, until: datetime) -> pd.DataFrame:
    """6.1: what each lead received after ``since`` (None: ever) through ``until`` counts as; index lead.

    Columns reporter, reporter_kind and, as truth values, those of ``COUNTS``.
    """
    part = _between(states, since, until)
    duplicate = part["status"] == Status.DUPLICATE
    return pd.DataFrame(
        {
            "reporter": part["reporter"],
            "reporter_kind": part["reporter_kind"],
            "total": True,
            "valid": part["valid"],
            "invalid": duplicate | part["status"].isin([Status.INVALID, Status.WITHDRAWN]),
            "duplicate": duplicate,
            "pending": part["status"].isin(PENDING),
            "excluded": part["excluded"].notna(),
        }
    )


def counts(states: pd.DataFrame, since: datetime | None, until: datetime) -> pd.DataFrame:
    """6.1: leads received after ``since`` (None: ever) through ``until``, by reporter.

    Columns reporter, reporter_kind, total, valid, invalid, duplicate, pending, excluded.
    total = valid + invalid + pending; ``invalid`` includes the withdrawn ones (D35) and the
    duplicates (5.1), which are also shown apart; ``excluded`` are the valid ones that do not count (5.5).
    """
    table = flags(states, since, until).groupby(["reporter", "reporter_kind"], dropna=False)[COUNTS].sum()
    return table.astype("int64").reset_index()


def reasons(states: pd.DataFrame, since: datetime | None, until: datetime) -> pd.DataFrame:
    """Why leads received in the time do not count: columns reporter, clause, leads.

    The invalid ones by the clause that decided, and under 5.5 the valid ones it excludes; what is pending is not decided.
    """
    part = _between(states, since, until)
    clause = part["clause"].where(part["status"].isin([Status.INVALID, Status.DUPLICATE]), None)
    clause = clause.where(part["excluded"].isna(), part["excluded"])
    table = pd.DataFrame({"reporter": part["reporter"], "clause": clause, "leads": 1}).dropna(subset=["clause"])
    return table.groupby(["reporter", "clause"])["leads"].sum().reset_index()


def later_outcomes(now: pd.DataFrame, then: pd.DataFrame, received_until: datetime) -> pd.DataFrame:
    """6.1: leads received by ``received_until`` whose outcome is another one now than it was then; index lead.

    ``now`` and ``then``: the states at this publication and at the last one, which has named the leads already. Columns
    reporter, reporter_kind, received_month and, as truth values, those of ``LATER``: what they are now; a withdrawn lead
    (D35) stands apart from the invalid ones.
    """
    part = now[(now["received_at"] <= received_until) & now.index.isin(then.index)]
    changed = part[_outcome(part) != _outcome(then.reindex(part.index))]
    withdrawn = changed["status"] == Status.WITHDRAWN
    table = flags(changed, None, received_until)
    table = table.assign(
        received_month=month_of(changed["received_at"]), withdrawn=withdrawn, invalid=table["invalid"] & ~withdrawn
    )
    return table.rename(columns={"total": "changed"})[["reporter", "reporter_kind", "received_month", *LATER]]


def _outcome(states: pd.DataFrame) -> pd.Series:
    """What 6.1 counts a lead as, a withdrawn one apart."""
    refused = states["status"].isin([Status.INVALID, Status.DUPLICATE])
    withdrawn = states["status"] == Status.WITHDRAWN
    rest = np.where(withdrawn, "withdrawn", np.where(refused, "invalid", "pending"))
    return pd.Series(np.where(states["valid"], "valid", rest), states.index)


def missed(
    publications: pd.DataFrame, beginning: Beginning, since: date, until: date, as_of: date, policy: Policy
) -> pd.DataFrame:
    """7.3.2b: publication days within since..until, past at ``as_of``, on which nothing was published in time.

    In time is through the end of the last day (D27: late is possible and late; D31); duties begin with ``beginning``
    (D21). Columns due_on, last_day (dates), published_at (time or NaT).
    """
    first = publications.sort_values("at", kind="stable").drop_duplicates("due_on").set_index("due_on")["at"]
    found = []
    for month in months_between(beginning.month, f"{until.year:04d}-{until.month:02d}") if beginning.month else []:
        for due in due_dates(month, policy):
            last = last_day(due, policy)
            if not since <= due <= until or as_of <= last or not beginning.has_come(due, policy):
                continue
            at = first.get(pd.Timestamp(due), pd.NaT)
            if pd.isna(at) or at > end_of_day(last):
                found.append((due, last, at))
    return pd.DataFrame(found, columns=["due_on", "last_day", "published_at"])

"""What analysts ask first: how far leads come, how long verification takes, when projects turn into vehicles."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from workbench.capabilities.leads.status import Status
from workbench.core.calendar import WorkingCalendar, standard

STEPS = {
    "received": "接收",
    "admitted": "受理",
    "dispatched": "转交",
    "answered": "反馈",
    "valid": "有效",
    "project": "立项",
    "contracted": "签约",
    "delivered": "提车",
}
VERIFIED = ["leads", "median", "nine_in_ten", "longest", "late", "late_rate"]
COHORT = ["month", "since", "projects", "sought", "picked_up", "rate"]
NOT_ADMITTED = (Status.INVALID, Status.DUPLICATE, Status.HELD, Status.WITHDRAWN)


def funnel(leads: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Leads that came as far as each step, one column per step (``STEPS``: column → in Chinese; numbers of leads); one row, or one per group.

    ``admitted``: neither invalid, duplicate, held nor withdrawn today, or dispatched; ``project`` as 6.4; ``contracted``
    with a contract; ``delivered`` with a vehicle picked up. Each lead of a step is in all steps before it.
    """
    reached = pd.DataFrame(index=leads.index)
    reached["delivered"] = leads["picked_up"] > 0
    reached["contracted"] = leads["signed_on"].notna() | reached["delivered"]
    reached["project"] = leads["project"].notna() | reached["contracted"]
    reached["valid"] = leads["valid"] | reached["project"]
    reached["answered"] = leads["answered_at"].notna() | reached["valid"]
    reached["dispatched"] = leads["dispatched_at"].notna() | reached["answered"]
    reached["admitted"] = ~leads["status"].isin(NOT_ADMITTED) | reached["dispatched"]
    reached["received"] = True
    counts = reached[list(STEPS)].astype("int64")
    if by is None:
        return counts.sum().to_frame().T.astype("int64")
    return counts.groupby(leads[by].rename(by), dropna=False).sum().reset_index()


def time_to_verify(leads: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Answered leads: how many, the working days from dispatch to the first answer, how many late and their share (6.3, 7.3.1).

    ``median``, ``nine_in_ten``: the fewest working days within which half and nine in ten of the leads were answered.
    """
    answered = leads[leads["working_days"].notna()]
    groups = answered.groupby(answered[by], dropna=False) if by else [(None, answered)]
    rows = []
    for name, group in groups:
        days = np.sort(group["working_days"].to_numpy(dtype="int64"))
        late = int(group["late"].sum())
        within = [int(days[-(-len(days) * share // 10) - 1]) for share in (5, 9)] if len(days) else [pd.NA, pd.NA]
        longest = int(days[-1]) if len(days) else pd.NA
        rate = Fraction(late, len(days)) if len(days) else None
        rows.append(([name] if by else []) + [len(days), *within, longest, late, rate])
    made = pd.DataFrame(rows, columns=([by] if by else []) + VERIFIED)
    return made.astype({name: "Int64" for name in VERIFIED[1:4]})


def cohorts(leads: pd.DataFrame, contracts: pd.DataFrame, last: str) -> pd.DataFrame:
    """Projects by the month of receipt, one row per month since through ``last`` (6.5): month, since (0: the month itself),
    projects, sought (vehicles), picked_up (vehicles, up to that month), rate (a Fraction)."""
    projects = leads[leads["project"].notna()]
    picked = contracts.merge(projects[["number", "month"]], on="number", suffixes=("", "_received"))
    rows = []
    for month, group in projects.groupby("month"):
        own = picked[picked["month_received"] == month]
        sought = int(group["sought"].sum())
        for since, until in enumerate(pd.period_range(month, max(last, month), freq="M").astype(str)):
            vehicles = int(own.loc[own["month"] <= until, "picked_up"].sum())
            rows.append((month, since, len(group), sought, vehicles, Fraction(vehicles, sought)))
    return pd.DataFrame(rows, columns=COHORT)


def working_days(since: pd.Series, until: pd.Series, calendar: WorkingCalendar | None = None) -> pd.Series:
    """Working days after one day through another, missing where either is (Int64)."""
    days = (calendar or standard()).days
    both = since.notna() & until.notna()
    ends = [
        np.searchsorted(days, each[both].to_numpy().astype("datetime64[D]"), side="right") for each in (since, until)
    ]
    made = pd.Series(pd.NA, index=since.index, dtype="Int64")
    made[both] = ends[1] - ends[0]
    return made

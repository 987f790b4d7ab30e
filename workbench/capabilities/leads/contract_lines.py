"""The contract register (6.5, 7.3.3): which lines count, what is picked up, which returns are missed."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from workbench.capabilities.leads.contract_history import ENDED
from workbench.capabilities.leads.duties import Beginning, last_day
from workbench.core.frames import newest
from workbench.core.periods import end_of_day, month_bounds, months_between, next_month
from workbench.platform.regulation.edition import Policy

LINE_KEYS = ["month", "contract", "lead"]


def newest_lines(contracts: pd.DataFrame) -> pd.DataFrame:
    """D25: of lines of the same month, contract and lead the one received last; all columns kept."""
    return newest(contracts, LINE_KEYS)


def latest_places(lines: pd.DataFrame) -> np.ndarray:
    """For each line the place of the latest month's line of its lead and contract; of several in one month, the last."""
    lead, leads = pd.factorize(lines["lead"])
    pair, pairs = pd.factorize(pd.factorize(lines["contract"])[0] * len(leads) + lead)
    by_month = np.argsort(pd.factorize(lines["month"], sort=True)[0], kind="stable")
    last = np.zeros(len(pairs), dtype="int64")
    last[pair[by_month]] = by_month  # of several the latest stays
    return last[pair]


def contract_states(lines: pd.DataFrame) -> pd.DataFrame:
    """One row per lead and contract from the lines that count: quantity, signed_on, ended (of the latest month), picked_up (sum).

    Columns lead, contract, quantity, signed_on, ended, picked_up.
    """
    latest = lines.sort_values("month", kind="stable").drop_duplicates(["lead", "contract"], keep="last")
    latest = latest[["lead", "contract", "quantity", "signed_on", "progress"]].rename(columns={"progress": "ended"})
    latest["ended"] = latest["ended"].eq(ENDED)
    picked = lines.groupby(["lead", "contract"], sort=False)["picked_up"].sum().reset_index()
    return latest.merge(picked, on=["lead", "contract"]).reset_index(drop=True)


def lead_totals(states: pd.DataFrame) -> pd.DataFrame:
    """Per lead over its contracts: contract_quantity, picked_up (vehicles), signed_on (the first); index lead."""
    return states.groupby("lead").agg(
        contract_quantity=("quantity", "sum"), picked_up=("picked_up", "sum"), signed_on=("signed_on", "min")
    )


def pick_ups(lines: pd.DataFrame, months: list[str]) -> pd.Series:
    """Vehicles picked up per lead in these months, from newest lines; index lead (7.1.1, 7.2.2)."""
    return lines[lines["month"].isin(months)].groupby("lead")["picked_up"].sum()


def due_on(month: str, policy: Policy) -> date | None:
    """6.5: the day a month's register is due on (through its end; where D16 excludes the day, the one before it).

    None where the day of return is repealed.
    """
    first, last = month_bounds(next_month(month))
    number = policy.value("register_return_day", first)
    if not number:
        return None
    day = date(first.year, first.month, min(number, last.day))
    return day - timedelta(days=1) if policy.reading("register_day", day) == "before" else day


def complete_on(month: str, policy: Policy) -> date:
    """From when a month's register counts as complete: the day after its last in time, else the first after the month."""
    due = due_on(month, policy)
    return last_day(due, policy) + timedelta(days=1) if due else month_bounds(next_month(month))[0]


def missed_returns(
    returns: pd.DataFrame, beginning: Beginning, since: date, until: date, as_of: date, policy: Policy
) -> pd.DataFrame:
    """7.3.3: months whose return, due within since..until and past at ``as_of``, did not come in time.

    In time is through the end of the last day (D16, D31); duties begin with the month of ``beginning`` (D21).
    Columns month, due_on, last_day (dates), returned_at (time or NaT), file (None where nothing came).
    """
    missed = []
    last_month = f"{until.year:04d}-{until.month:02d}"
    first = returns.sort_values("at", kind="stable").drop_duplicates("month").set_index("month")
    for month in months_between(beginning.month, last_month) if beginning.month else []:
        due = due_on(month, policy)
        if due is None:
            continue
        last = last_day(due, policy)
        if not since <= due <= until or as_of <= last:
            continue
        at = first["at"].get(month, pd.NaT)
        if pd.isna(at) or at > end_of_day(last):
            missed.append((month, due, last, at, first["file"].get(month)))
    return pd.DataFrame(missed, columns=["month", "due_on", "last_day", "returned_at", "file"])


def had_contract(lines: pd.DataFrame, leads: pd.Index, until: date) -> np.ndarray:
    """Whether each lead had a contract signed by the end of ``until`` (D7, by reporter)."""
    signed = lines.loc[lines["signed_on"] <= pd.Timestamp(until), "lead"]
    return leads.isin(signed.unique())

"""The conversion rate of 6.5 as the monthly report shows it."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from workbench.capabilities.leads.status import Status
from workbench.core.periods import month_bounds, month_of, quarter_of_month

COLUMNS = [
    "projects",
    "quantity",
    "contracted",
    "contract_quantity",
    "alive_quantity",
    "picked_up",
    "picked_up_to_date",
    "rate",
]


def projects(states: pd.DataFrame, lines: pd.DataFrame, months: list[str]) -> pd.DataFrame:
    """6.5: the projects whose lead was received by the end of the last month; index lead, the states' columns and ``COLUMNS[:-1]``.

    ``lines``: those that count (``contract_history.counting_lines``). ``received_month``, ``received_quarter``: of the lead. ``projects`` is 1; ``contracted`` 1 with a contract line up to the last month, and then
    its ``contract_quantity``; ``alive_quantity``: the quantity of a project that was alive in the months, else 0: neither
    expired nor delivered in full before them, or with pick-ups in them; ``picked_up`` in the months,
    ``picked_up_to_date`` up to the last; ``quantity`` as the sections verified it (D40); vehicles.
    """
    until = pd.Period(max(months), "M").end_time
    part = states[states["project"].notna() & (states["received_at"] <= until)]
    lines = lines[(lines["month"] <= max(months)) & lines["lead"].isin(part.index)]
    sums = lines.groupby("lead")["picked_up"].sum()
    within = lines[lines["month"].isin(months)].groupby("lead")["picked_up"].sum()
    signed = _signed(lines)
    before = lines[lines["month"] < min(months)]
    delivered = before.groupby("lead")["picked_up"].sum().reindex(part.index)
    over = delivered >= _signed(before).reindex(part.index)
    over |= (part["status"] == Status.EXPIRED) & (part["expires_on"] < pd.Timestamp(month_bounds(min(months))[0]))
    alive = ~over | part.index.isin(within.index[within != 0])
    received = month_of(part["received_at"])
    return part.assign(
        received_month=received,
        received_quarter=pd.Series(map(quarter_of_month, received), index=part.index, dtype=object),
        projects=1,
        quantity=part["sought"],
        contracted=part.index.isin(signed.index).astype("int64"),
        contract_quantity=signed.reindex(part.index).fillna(0).astype("int64"),
        alive_quantity=part["sought"].where(alive, 0).astype("int64"),
        picked_up=within.reindex(part.index).fillna(0).astype("int64"),
        picked_up_to_date=sums.reindex(part.index).fillna(0).astype("int64"),
    )


def _signed(lines: pd.DataFrame) -> pd.Series:
    """Vehicles under contract per lead, by the latest of some lines; index lead."""
    latest = lines.sort_values("month", kind="stable").drop_duplicates(["lead", "contract"], keep="last")
    return latest.groupby("lead")["quantity"].sum()


def table(states: pd.DataFrame, lines: pd.DataFrame, months: list[str], by: list[str]) -> pd.DataFrame:
    """6.5: pick-ups of the months against quantity sought, by columns of ``projects`` (reporter, category, province …).

    The sums of ``projects``; ``rate`` = picked_up / alive_quantity as a Fraction, None without quantity.
    """
    wide = projects(states, lines, months)
    result = wide.groupby(by, dropna=False)[COLUMNS[:-1]].sum().reset_index()
    rates = [Fraction(int(p), int(q)) if q else None for p, q in zip(result["picked_up"], result["alive_quantity"])]
    return result.assign(rate=pd.Series(rates, index=result.index, dtype=object))

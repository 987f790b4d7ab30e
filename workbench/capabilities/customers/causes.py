"""Why customers complained or were about to leave: counts by class of causes (大客户管理的方法和策略 1.3)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from workbench.capabilities.customers.kinds import ItemKind, ServiceState

UNSAID = "未分类"
COUNTS = ("complaints", "churn", "closed", "reopened", "overdue")


def causes(matters: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """The complaints and signs of churn that happened in a period, by class of causes: ``cause`` and the COUNTS.

    ``matters``: of the record of service (``service.records``), as it stands. A complaint with a sign of churn counts as both;
    closed, reopened and overdue count each matter once. The most frequent cause comes first, what nobody classed last.
    """
    day = matters["happened_on"].dt.date
    complaint = matters["kind"].eq(ItemKind.COMPLAINT)
    churn = matters["kind"].eq(ItemKind.CHURN) | matters["churn"]
    own = matters.assign(complaints=complaint, churn=churn)[(complaint | churn) & (day >= first) & (day <= last)]
    own = own.assign(
        cause=own["cause"].fillna(UNSAID),
        closed=own["state"].eq(ServiceState.CLOSED),
        reopened=own["reopened"].gt(0),
    )
    found = own.groupby("cause", sort=True)[list(COUNTS)].sum().astype("int64").reset_index()
    whole = found["complaints"] + found["churn"]
    order = found.assign(last=found["cause"].eq(UNSAID), whole=-whole).sort_values(["last", "whole", "cause"]).index
    return found.loc[order].reset_index(drop=True)

"""How long a customer's information is kept (顾客信息管理制度 五): at least as long as accounts have to be, at most a term."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import pandas as pd

from workbench.platform.regulation.edition import Policy


class KeptAs(StrEnum):
    """What a customer's information is kept as; it decides the terms."""

    PROSPECT = "未成交客户"
    CUSTOMER = "成交客户"


TERMS = {
    KeptAs.PROSPECT: ("prospect_keep_min", "prospect_keep_max"),
    KeptAs.CUSTOMER: ("customer_keep_min", "customer_keep_max"),
}


def kept_between(
    kept_as: KeptAs, last_on: date, agreed: date | None, withdrawn_on: date | None, policy: Policy
) -> tuple[date, date]:
    """五: the day before which a customer's information is not destroyed, and the day it is due to be.

    Both count from ``last_on``, the last thing that was recorded of him, by the terms of that day. What was ``agreed`` with
    his contact persons (保存至 of T8), or that they took their consent to it back (``withdrawn_on``), makes it due before; the
    first day stays, and is the last where it lies later.
    """
    first, last = (_years_after(last_on, policy.value(name, last_on)) for name in TERMS[kept_as])
    days = [last, *(day for day in (agreed, withdrawn_on) if day is not None)]
    return first, max(first, min(days))


def _years_after(day: date, years: int) -> date:
    moved: date = (pd.Timestamp(day) + pd.DateOffset(years=years)).date()
    return moved

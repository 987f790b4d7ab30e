"""What a grade is due, and which of it was missed (大客户管理制度 三.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import pandas as pd

from workbench.capabilities.customers.identity import Identity
from workbench.capabilities.customers.kinds import ItemKind
from workbench.capabilities.customers.service import newest_items
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy


class Service(StrEnum):
    """A service that key accounts get again and again; ``FLOW``: the next step of their flow of service."""

    VISIT = "走访"
    NEEDS = "需求梳理"
    ACTIVITY = "客户活动"
    FLOW = "服务流程"


PARAMETER = {Service.VISIT: "visit_days", Service.NEEDS: "needs_days", Service.ACTIVITY: "activity_days"}
SHOWN_BY = {
    Service.VISIT: (ItemKind.VISIT,),
    Service.NEEDS: (ItemKind.NEED,),
    Service.ACTIVITY: (ItemKind.ACTIVITY,),
}


@dataclass(frozen=True)
class ServiceDuty:
    """A service due to a customer: the day it was rendered last (None: never), the day it is due on, whether it is missed."""

    service: Service
    last_on: date | None
    due_on: date
    missed: bool


def service_duties(
    grade: str, last: Mapping[Service, date], since: date, on: date, policy: Policy
) -> list[ServiceDuty]:
    """三.3: what a customer of a grade is due as seen on a day.

    The interval runs from the last service, before the first one from ``since`` (the day he was found to be a key account,
    or visits began to be reported). A service without an interval in force is not due.
    """
    found = []
    for service, name in PARAMETER.items():
        days = policy.value(f"{name}_{grade.lower()}", on)
        if days is not None:
            due = last.get(service, since) + timedelta(days=days)
            found.append(ServiceDuty(service, last.get(service), due, due < on))
    return found


def last_services(facts: Facts, identity: Identity, on: date) -> dict[str, dict[Service, date]]:
    """The day on which each customer (key) got each service last, by the weekly sheets, until a day."""
    items = newest_items(facts)
    items = items[items["customer_key"].notna() & (items["happened_on"] <= pd.Timestamp(on))]
    items = items.assign(root=identity.roots(items["customer_key"]))
    found: dict[str, dict[Service, date]] = {}
    for service, kinds in SHOWN_BY.items():
        own = items[items["kind"].isin(kinds)]
        for root, day in own.groupby("root")["happened_on"].max().items():
            found.setdefault(str(root), {})[service] = day.date()
    return found

"""How account managers did in a quarter, and what a person decided on it (大客户管理制度 三.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.customers.assessment import Assessment, assessed
from workbench.capabilities.customers.customers import Customer, Customers
from workbench.capabilities.customers.kinds import ItemKind, ServiceState
from workbench.capabilities.customers.service import records
from workbench.capabilities.customers.service_duties import ServiceDuty
from workbench.capabilities.customers.weeks import SheetState, duties, meeting, weeks_until
from workbench.core.periods import quarter_bounds

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot


def assessments(
    snapshot: Snapshot, quarter: str, customers: Customers, owed: dict[str, list[ServiceDuty]]
) -> list[Assessment]:
    """三.5: what is proposed of every account manager of a quarter, by unit and name.

    Weekly sheets whose meeting fell in the quarter and that were not excused; services of the key accounts whose file names
    him (``owed``: by customer); complaints whose term ended in it; how complete the files of his key accounts are.
    """
    first, last = quarter_bounds(quarter)
    last = min(last, snapshot.as_of.date())
    facts, policy = snapshot.facts, snapshot.policy
    sheets: dict[tuple[str, str], list[bool]] = {}
    for week in weeks_until(facts, last):
        if not first <= meeting(week, policy).date() <= last:
            continue
        for duty in duties(facts, week, snapshot.as_of, policy):
            if duty.state is not SheetState.EXCUSED:
                sheets.setdefault((duty.unit, duty.manager), []).append(duty.state is SheetState.IN_TIME)
    complaints = _complaints(records(facts, last, policy), first, last)
    found = []
    for unit, name in sorted(sheets):
        own = [customer for key in owed if (customer := customers.find(key)) and customer.manager == name]
        shares = {
            "weekly": _share(sheets[unit, name]),
            "duties": _share(not duty.missed for customer in own for duty in owed[customer.key]),
            "complaints": _share(complaints.get((unit, name), [])),
            "profiles": _filled(customers, own, last),
        }
        found.append(assessed(unit, name, shares, last, policy))
    return found


def _complaints(matters: pd.DataFrame, first: date, last: date) -> dict[tuple[str, str], list[bool]]:
    """Of each manager whether the complaints due in a period were closed in time."""
    due = matters[matters["kind"].eq(ItemKind.COMPLAINT) & matters["due_on"].notna()]
    due = due[(due["due_on"] >= pd.Timestamp(first)) & (due["due_on"] <= pd.Timestamp(last))]
    found: dict[tuple[str, str], list[bool]] = {}
    for unit, manager, state, overdue in zip(due["unit"], due["manager"], due["state"], due["overdue"], strict=True):
        found.setdefault((unit, manager), []).append(state == ServiceState.CLOSED and not overdue)
    return found


def _filled(customers: Customers, own: list[Customer], on: date) -> Fraction | None:
    """The mean share of the fields asked for that are filled, over the parts of some files."""
    shares = [part.filled for customer in own for part in customers.parts(customer, on) if part.filled is not None]
    return sum(shares, Fraction(0)) / len(shares) if shares else None


def _share(kept: Iterable[bool]) -> Fraction | None:
    said = list(kept)
    return Fraction(sum(said), len(said)) if said else None


def decided(snapshot: Snapshot, quarter: str) -> dict[tuple[str, str], str]:
    """The newest decision on each manager's assessment of a quarter, by unit and name."""
    rows = snapshot.facts.manager_assessments.sort_values("at", kind="stable")
    rows = rows[rows["quarter"].eq(quarter)]
    return {
        (unit, name): verdict for unit, name, verdict in zip(rows["unit"], rows["name"], rows["verdict"], strict=True)
    }


def first_day_of_service(snapshot: Snapshot, on: date) -> date:
    """Since when services are counted: the first week that was reported of, or the day asked about."""
    weeks = snapshot.facts.weekly_sheets["week"]
    return on if weeks.empty else min(on, weeks.min().date())

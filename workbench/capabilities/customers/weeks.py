"""Who owes a weekly sheet, and when (大客户信息收集管理办法（每周上报） 四)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import pandas as pd

from workbench.capabilities.customers.weekly_reports import monday_of
from workbench.capabilities.organization.people import People, Post
from workbench.core.calendar import first_working_day, is_working_day
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy

WEEK = timedelta(days=7)


class SheetState(StrEnum):
    """How a manager's sheet of a week stands."""

    IN_TIME = "按时"
    LATE = "迟报"
    MISSING = "未报"
    EXCUSED = "休假"
    COMING = "未到期"


@dataclass(frozen=True)
class WeekDuty:
    """A manager's sheet of a week: when it came (the first one), how many matters it holds, how that is judged."""

    unit: str
    manager: str
    week: date
    due_at: datetime
    received_at: datetime | None
    state: SheetState
    items: int


def meeting(week: date, policy: Policy) -> datetime:
    """四: the meeting that a week's sheets are due at: the first working day from the next Monday on, at the set hour.

    ``week``: its Monday. Without an hour the whole day is in time.
    """
    day = first_working_day(week + WEEK, policy.calendar)
    hour = policy.value("weekly_meeting_hour", day)
    return datetime.combine(day, time.max if hour is None else time(hour))


def first_week(facts: Facts) -> date | None:
    """The Monday of the first week that anybody reported of: duties begin with it; None before."""
    weeks = facts.weekly_sheets["week"]
    return None if weeks.empty else weeks.min().date()


def duties(facts: Facts, week: date, as_of: datetime, policy: Policy) -> list[WeekDuty]:
    """Every sheet that is or was owed of a week (its Monday) as seen at a moment, by unit and name.

    Account managers are those of the list of people (T21) on a day of the week; a unit without any of them owes the
    sheets of those who reported of it. Who is on leave on every working day of the week owes none.
    """
    sheets = facts.weekly_sheets
    sheets = sheets[sheets["week"].eq(pd.Timestamp(week))].sort_values("at", kind="stable")
    came = sheets.drop_duplicates(["unit", "manager"]).set_index(["unit", "manager"])["at"]
    items = facts.weekly_items[facts.weekly_items["week"].eq(pd.Timestamp(week))]
    counts = items.drop_duplicates("number").groupby(["unit", "manager"]).size()
    due_at = meeting(week, policy)
    found = []
    for unit, manager in sorted({*owing(facts, week), *came.index}):
        at = came.get((unit, manager))
        received = None if at is None else at.to_pydatetime()
        if received is not None:
            state = SheetState.IN_TIME if received <= due_at else SheetState.LATE
        elif _on_leave(facts, unit, manager, week, policy):
            state = SheetState.EXCUSED
        else:
            state = SheetState.MISSING if as_of > due_at else SheetState.COMING
        found.append(WeekDuty(unit, manager, week, due_at, received, state, int(counts.get((unit, manager), 0))))
    return found


def owing(facts: Facts, week: date) -> set[tuple[str, str]]:
    """The account managers (unit, name) of the list of people on a day of a week; none before duties began."""
    begun = first_week(facts)
    if begun is None or week < begun:
        return set()
    people, listed = People(facts.people), facts.people
    days = [week + timedelta(days=number) for number in range(7)]
    units = listed.loc[listed["post"].eq(Post.ACCOUNT_MANAGER), "unit"].unique()
    return {(unit, name) for unit in units for day in days for name in people.on(unit, day, Post.ACCOUNT_MANAGER)}


def _on_leave(facts: Facts, unit: str, manager: str, week: date, policy: Policy) -> bool:
    leaves = facts.manager_leaves.sort_values("at", kind="stable")
    leaves = leaves.drop_duplicates(["unit", "name", "first", "last"], keep="last")
    own = leaves[leaves["stands"] & leaves["unit"].eq(unit) & leaves["name"].eq(manager)]
    days = [week + timedelta(days=number) for number in range(7)]
    working = [pd.Timestamp(day) for day in days if is_working_day(day, policy.calendar)]
    return all(((own["first"] <= day) & (day <= own["last"])).any() for day in working) and len(own) > 0


def weeks_until(facts: Facts, day: date) -> Iterator[date]:
    """The Mondays of all weeks from the first reported one that are over on a day."""
    week = first_week(facts)
    while week is not None and week + WEEK <= monday_of(day):
        yield week
        week += WEEK

"""Duties with a fixed day (6.1, 6.5): when they begin (D21), and through which day they are done in time (D16, D31)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from workbench.core.calendar import first_working_day, is_working_day
from workbench.core.periods import month_bounds, month_of_day
from workbench.platform.regulation.edition import Policy


@dataclass(frozen=True)
class Beginning:
    """``day``: on which the first lead was received, whatever was corrected later; None where none was received yet."""

    day: date | None

    @classmethod
    def of(cls, leads: pd.DataFrame) -> Beginning:
        """The beginning by the versions of the leads (``facts.leads``); a row that was not received is none of them."""
        return cls(None if leads.empty else leads["filed_at"].min().date())

    @property
    def month(self) -> str | None:
        """The month of the first receipt: registers of months before it are no duties."""
        return None if self.day is None else month_of_day(self.day)

    def has_come(self, due: date, policy: Policy) -> bool:
        """Whether a duty of a day was one already (D21; where duties begin with the month, from its first day on)."""
        if self.day is None:
            return False
        return due >= (month_bounds(month_of_day(self.day))[0] if _by_month(due, policy) else self.day)

    def since(self, due: date, policy: Policy) -> str | None:
        """Since when they are duties, as a line on one of a day keeps it."""
        return self.month if self.day is None or _by_month(due, policy) else self.day.isoformat()


def _by_month(due: date, policy: Policy) -> bool:
    return bool(policy.reading("duties_begin", due) == "month")


def last_day(due: date, policy: Policy) -> date:
    """The last day on which a duty is done in time: its day, or the next working day where that is a day off (D31)."""
    if policy.reading("deadline_on_day_off", due) == "none" or is_working_day(due, policy.calendar):
        return due
    return first_working_day(due + timedelta(days=1), policy.calendar)

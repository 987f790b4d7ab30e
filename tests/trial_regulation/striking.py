"""A test drive is struck off the list: one person asks, another decides, within the days of the regulation (四)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from tests.trial_regulation import STRIKING
from workbench.core.calendar import add_working_days
from workbench.core.errors import WrongUse
from workbench.platform.access.session import Session
from workbench.platform.regulation.edition import Policy
from workbench.platform.workflow import procedure

AGREED = "同意"


def strike(session: Session, number: str, reason: str) -> None:
    """Ask to strike a test drive. Raises WrongUse ``no_such_drive``, and as ``procedure.ask``."""
    if not session.register.count("test_drive", {"number": number}):
        raise WrongUse("no_such_drive", number=number)
    procedure.ask(session, STRIKING, number, session.now, {"reason": reason})


def term(at: datetime, policy: Policy) -> datetime:
    """The last day for the decision."""
    days = policy.value("striking_days", at.date())
    return add_working_days(pd.Series([pd.Timestamp(at)]), days, policy.calendar)[0].iloc[0].to_pydatetime()


def carry_out(session: Session, entry: Any, request: dict[str, Any], verdict: str) -> None:
    """An approved test drive counts no more from the decision on."""
    if verdict == AGREED:
        entry.append("struck_test_drive", pd.DataFrame([{"number": request["number"], "at": session.now}]))

"""Grades and assessments of a quarter as lists, and the decision a person takes on an assessment (三.2, 三.5)."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

import pandas as pd

from workbench.capabilities.customers.grading_report import UNDECIDED, View, view
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.core.errors import WrongUse
from workbench.core.names import person_name
from workbench.core.periods import parse_quarter
from workbench.core.reasons import kept_reason
from workbench.platform.access.session import Session

ACCOUNT = ("customer", "grade", "before", "movement", "sales", "share", "ground", "manager", "missed")


def graded_quarter(session: Session, quarter: str, as_of: datetime) -> dict[str, Any]:
    """The grades of a quarter: ``accounts`` (shares as exact fractions), ``managers`` with the points proposed.

    Raises RegisterError ``not_allowed``; WrongUse ``bad_quarter``, ``quarter_to_come``.
    """
    session.require("customers")
    seen = _view(session, parse_quarter(quarter), as_of)
    return {
        "quarter": parse_quarter(quarter),
        "accounts": [{name: _plain(row[name]) for name in ACCOUNT} for row in seen.accounts.to_dict("records")],
        "managers": [
            {name: _plain(None if each == UNDECIDED else each) for name, each in row.items()}
            for row in seen.managers.to_dict("records")
        ],
    }


def decide_assessment(session: Session, quarter: str, unit: str, name: str, verdict: str) -> None:
    """Keep what was decided on a manager's assessment of a quarter, beside the points proposed now.

    Raises RegisterError ``not_allowed``; WrongUse ``no_verdict``, ``personal_reason``, ``no_manager``.
    """
    session.require("assess_manager")
    verdict, name, quarter = kept_reason(verdict, "no_verdict"), person_name(name), parse_quarter(quarter)
    managers = _view(session, quarter, session.latest()).managers
    own = managers[managers["unit"].eq(unit) & managers["name"].eq(name)]
    if own.empty:
        raise WrongUse("no_manager", quarter=quarter, name=name, unit=unit)
    row = {
        "quarter": quarter,
        "name": name,
        "unit": unit,
        "proposed": own["score"].iloc[0],
        "verdict": verdict,
        "by": session.user,
        "at": session.now,
    }
    with session.transaction("assess_manager", session.now, quarter=quarter, name=name, verdict=verdict) as entry:
        entry.append("manager_assessment", pd.DataFrame([row]))


def _view(session: Session, quarter: str, as_of: datetime) -> View:
    return view(open_snapshot(session, as_of), quarter)


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    return None if value is None or value != value else value

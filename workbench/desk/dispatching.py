"""Dispatch: hand first reports to the sections that verify their category (6.2, 6.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pandas as pd

from workbench.desk.filing import directory, horizon, refresh
from workbench.desk.session import Session
from workbench.forms.spec import templates
from workbench.forms.write import write_form
from workbench.policy.facts import RECEIVED
from workbench.policy.verification import due_dates, sections_for


@dataclass
class Dispatched:
    """What was handed out: one workbook per section, leads per section, and categories nobody verifies."""

    workbooks: list[Path] = field(default_factory=list)
    sections: dict[str, int] = field(default_factory=dict)
    unassigned: dict[str, int] = field(default_factory=dict)


def dispatch(session: Session, at: datetime, out: Path) -> Dispatched:
    """Hand every 已接收 lead known at ``at`` to its section; write the sections' feedback workbooks to ``out``.

    The workbooks hold contact names and phones, so that the section can call; opening them is
    logged with the dispatch.
    """
    session.require("dispatch")
    result = Dispatched()
    written: list[Path] = []
    try:
        with session.deed("dispatch", at, sections=result.sections) as entry:
            waiting, result.unassigned = _waiting(session, at)
            if waiting.empty:
                entry.drop()
                return result
            batch = (session.register.maximum("dispatch", "batch") or 0) + 1
            rows = waiting.reset_index()[["lead", "section"]].assign(batch=batch, at=at)
            entry.append("dispatch", rows)
            moment = horizon(session, at)
            refresh(session, entry, rows["lead"].tolist(), moment, {lead: (at, None) for lead in rows["lead"]})
            table = _feedback_rows(session, waiting, at)
            for code, mine in table.groupby("section"):
                path = out / f"甄别反馈_{code}_{at:%Y%m%d}_第{batch}批.xlsx"
                out.mkdir(parents=True, exist_ok=True)
                written.append(path)
                header = {"section": code}
                write_form(templates()["verification_feedback"], path, header, mine, row_count=len(mine))
                result.sections[code] = len(mine)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    result.workbooks = written
    return result


def _waiting(session: Session, at: datetime) -> tuple[pd.DataFrame, dict[str, int]]:
    """States of the 已接收 leads that have a section (column ``section``), and the count of the others by category."""
    book = session.book(at)
    states = book.states
    handed = set(session.register.read("dispatch", ["lead"])["lead"])
    waiting = states[(states["status"] == RECEIVED) & ~states.index.isin(handed)]
    section = sections_for(waiting["category"], book.facts.units, at.date())
    unassigned = waiting.loc[section.isna(), "category"].value_counts().to_dict()
    return waiting.assign(section=section)[section.notna()].sort_values(["section", "number"]), unassigned


def _feedback_rows(session: Session, waiting: pd.DataFrame, at: datetime) -> pd.DataFrame:
    """The pre-filled rows of the feedback workbooks, contact included."""
    units = directory(session.register)
    sealed = session.register.read("lead", ["lead", "version", "contact", "phone"], where={"lead": list(waiting.index)})
    sealed = sealed.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last").set_index("lead")
    due, _ = due_dates(pd.Series(pd.Timestamp(at), index=waiting.index), session.policy)
    return waiting[["number", "customer", "category", "quantity", "section"]].assign(
        unit_name=waiting["reporter"].map(units["name"]),
        contact=sealed["contact"], phone=sealed["phone"], dispatched_at=pd.Timestamp(at), due_on=due,
    )  # fmt: skip

"""Dispatch: hand first reports to the sections that verify their category (6.2, 6.3)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.exceptions import FileCreateError

from workbench.capabilities.leads.consents import WITHDRAWN, Scope, closed_leads
from workbench.capabilities.leads.lead_states import refresh
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.leads.status import Status, Verification
from workbench.capabilities.leads.verification import due_dates, sections_for
from workbench.capabilities.organization.directory import directory, units_on
from workbench.capabilities.organization.kinds import UnitState
from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import try_folder, whole
from workbench.platform.access.session import Session
from workbench.platform.documents.delivery import Delivered, Handing
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form
from workbench.platform.intake.submission import ImportBatch
from workbench.platform.intake.waiting import in_order_of_receipt

# what a section sees of a report beside customer, category and quantity
REPORTED = ("contact", "phone", "province", "city", "county", "model", "expected", "method", "content")
# what stands there of somebody who took his consent back
OF_WITHDRAWN = {"contact": WITHDRAWN, "phone": None, "content": None}


@dataclass
class Dispatched:
    """What was handed out: the batch, one workbook per section, leads per section, and categories nobody verifies.

    ``kept``: workbooks that stood there already and were left alone. ``copies``: those handed out under a password.
    """

    batch: int | None = None
    workbooks: list[Path] = field(default_factory=list)
    sections: dict[str, int] = field(default_factory=dict)
    unassigned: dict[str, int] = field(default_factory=dict)
    kept: list[Path] = field(default_factory=list)
    copies: list[Delivered] = field(default_factory=list)


def dispatch(session: Session, at: datetime, out: Path, passwords: Mapping[str, str] | None = None) -> Dispatched:
    """Hand every 已接收 lead known at ``at`` to its section; write the sections' feedback workbooks to ``out``.

    The workbooks hold contact names and phones, so that the section can call. They are written after the entry that
    logs their opening, never before it; what a crash leaves unwritten, ``issue_again`` writes. ``passwords``: by section;
    with it each gets a marked copy under its own, or one that is made (``Handing``). Raises RegisterError
    ``not_allowed``; WrongUse ``weak_passphrase``, ``folder_not_written`` (nothing was dispatched) or ``workbooks_not_written`` (it was).
    """
    session.require("dispatch")
    _ready(out)
    handing = None if passwords is None else Handing(session, passwords)
    result = Dispatched()
    with session.transaction("dispatch", at, sections=result.sections) as entry:
        waiting, result.unassigned = _waiting(session, at)
        if waiting.empty:
            entry.discard()
            return result
        result.batch = (session.register.maximum("dispatch", "batch") or 0) + 1
        rows = waiting.reset_index()[["lead", "section"]].assign(batch=result.batch, at=at)
        entry.append("dispatch", rows)
        moment = session.horizon(at)
        refresh(session, entry, rows["lead"].tolist(), moment, {lead: (at, None) for lead in rows["lead"]})
        in_order_of_receipt(ImportBatch(session, entry, moment), at)
        table = _feedback_rows(session, waiting, at)
        result.sections |= table["section"].value_counts(sort=False).to_dict()
    _hand_out(session, table, result, at, out, handing)
    return result


def issue_again(session: Session, batch: int, out: Path, passwords: Mapping[str, str] | None = None) -> Dispatched:
    """Write the feedback workbooks of a batch once more, where they were lost or a crash left them unwritten.

    A workbook that stands in ``out`` is left alone: a section may have begun to fill it in. With ``passwords``, as ``dispatch``
    has them, each gets another copy with another mark. Raises RegisterError
    ``not_allowed``; WrongUse ``unknown_batch``, ``weak_passphrase``, ``folder_not_written``, ``workbooks_not_written``.
    """
    session.require("dispatch")
    _ready(out)
    handing = None if passwords is None else Handing(session, passwords)
    result = Dispatched(batch)
    with session.transaction("dispatch_again", session.now, batch=batch, sections=result.sections):
        rows = session.register.read("dispatch", ["lead", "section", "at"], where={"batch": batch})
        if rows.empty:
            raise WrongUse("unknown_batch", batch=batch)
        at = rows["at"].iloc[0].to_pydatetime()
        sent = open_snapshot(session).states.loc[rows["lead"]].assign(section=rows["section"].to_numpy())
        table = _feedback_rows(session, sent.sort_values(["section", "number"]), at)
        result.sections |= table["section"].value_counts(sort=False).to_dict()
    _hand_out(session, table, result, at, out, handing)
    return result


def _ready(out: Path) -> None:
    """Find out that the folder takes no files before anything is dispatched."""
    try:
        try_folder(out)
    except OSError:
        raise WrongUse("folder_not_written/nothing_dispatched", out=out) from None


def _hand_out(
    session: Session, table: pd.DataFrame, result: Dispatched, at: datetime, out: Path, handing: Handing | None
) -> None:
    """One workbook for each section, whole or not there."""
    name, form = "甄别反馈", templates()["verification_feedback"]
    try:
        for code, mine in table.groupby("section"):
            about = (str(code), f"{at:%Y%m%d}", f"第{result.batch}批")
            filled: dict[str, Any] = {"policy": session.policy, "on": at.date(), "row_count": len(mine)}
            if handing is not None:
                page = io.BytesIO()
                write_form(form, page, {"section": code}, mine, **filled)
                copy = handing.paper(name, "_".join(about), str(code), page.getvalue(), out)
                result.copies.append(copy)
                result.workbooks.append(copy.file)
                continue
            path = out / file_name(name, *about, ending=".xlsx")
            if path.exists():
                result.kept.append(path)
                continue
            with whole(path) as part:
                write_form(form, part, {"section": code}, mine, **filled)
            result.workbooks.append(path)
    except (OSError, FileCreateError):
        raise WrongUse("workbooks_not_written", batch=result.batch) from None


def _waiting(session: Session, at: datetime) -> tuple[pd.DataFrame, dict[str, int]]:
    """States of the leads to be handed on, with their section, and the count by category of those that have none.

    They are 已接收, handed back by a section (which does not get them again: T20 names another), or with a section that is
    out of use (D41).
    """
    snapshot = open_snapshot(session, at)
    states, facts = snapshot.states, snapshot.facts
    units = units_on(facts.units, at.date()).set_index("code")["state"]
    given = facts.dispatches[facts.dispatches["at"] <= at].drop_duplicates("lead", keep="last").set_index("lead")
    later = set(session.register.read("dispatch", ["lead"])["lead"]) - set(given.index)
    last = given["section"].reindex(states.index)
    closed = (states["status"] == Status.WAITING) & (last.map(units) == UnitState.INACTIVE)
    waiting = states[((states["status"] == Status.RECEIVED) | closed) & ~states.index.isin(later)]
    section = sections_for(waiting["category"], facts.units, at.date())
    heir = waiting["section"].where(closed[waiting.index])
    section = heir.where(heir.map(units) == UnitState.IN_USE, section)
    back = facts.feedback[facts.feedback["verdict"] == Verification.NOT_OURS]
    for lead, refused in back[back["lead"].isin(waiting.index)].groupby("lead")["section"]:
        if section[lead] in set(refused):  # another section that handles the category, where there is one
            others = facts.units[~facts.units["code"].isin(refused)]
            section[lead] = sections_for(waiting.loc[[lead], "category"], others, at.date())[lead]
    unassigned = waiting.loc[section.isna(), "category"].value_counts().to_dict()
    return waiting.assign(section=section)[section.notna()].sort_values(["section", "number"]), unassigned


def _feedback_rows(session: Session, waiting: pd.DataFrame, at: datetime) -> pd.DataFrame:
    """The pre-filled rows of the feedback workbooks: what was reported, contact included unless he took his consent back."""
    units = directory(session.register)
    reported = session.register.read("lead", ["lead", "version", *REPORTED], where={"lead": list(waiting.index)})
    reported = reported.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last").set_index("lead")
    reported = reported.replace({"contact": {"": None}, "phone": {"": None}})  # what 5.2 did not ask for on its day
    closed = closed_leads(session.register, reported.index.tolist(), Scope.USE)
    reported.loc[reported.index.isin(closed), list(OF_WITHDRAWN)] = list(OF_WITHDRAWN.values())
    due, _ = due_dates(pd.Series(pd.Timestamp(at), index=waiting.index), session.policy)
    return waiting[["number", "customer", "category", "quantity", "section"]].assign(
        unit_name=waiting["reporter"].map(units["name"]),
        **{name: reported[name] for name in REPORTED},
        dispatched_at=pd.Timestamp(at),
        due_on=due,
    )

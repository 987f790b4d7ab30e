"""The contract register of a month as the support section gets it: contracts under way and new projects filled in (6.5)."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pandas as pd

from workbench.capabilities.leads.contract_history import ENDED, counting_lines, standing_lines
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.leads.status import LIVE_PROJECT, Status
from workbench.capabilities.leads.verification import Sections
from workbench.capabilities.organization.kinds import SectionFunction
from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import try_folder, whole
from workbench.core.periods import month_bounds, parse_month
from workbench.platform.access.session import Session
from workbench.platform.documents.delivery import Handing
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form
from workbench.platform.workflow.task import Duty, RunContext, TaskResult

TITLE = "合同登记汇总表"
SPARE_ROWS = 50
FOLDER = "合同登记"  # where `due --run` puts it, in the folder of reports


def prepare_register(session: Session, month: str, at: datetime, out: Path) -> Path:
    """Write T2 of a month with the contracts under way and the projects without one, as known at ``at``, to ``out``.

    A contract's row says 0 pick-ups until somebody fills them in; a project's row that is left open says nothing. Rows
    have ids of their own, so that a corrected number replaces the line. Raises RegisterError ``not_allowed``; WrongUse
    ``bad_period``, ``month_not_begun/preparing``, ``folder_not_written/preparing``.
    """
    path = out / file_name(TITLE, parse_month(month), ending=".xlsx")
    try:
        try_folder(out)
        filled = _prepared(session, month, at)
        with whole(path) as part:
            part.write_bytes(filled)
    except OSError:
        raise WrongUse("folder_not_written/preparing", out=out) from None
    return path


def _prepared(session: Session, month: str, at: datetime) -> bytes:
    """The workbook, once its preparation is entered in the trail."""
    session.require("prepare_register")
    month = parse_month(month)
    if at.date() < month_bounds(month)[0]:
        raise WrongUse("month_not_begun/preparing", month=month)
    with session.transaction("prepare_register", session.now, month=month, as_of=at.isoformat()):
        rows = _rows(session, at)
    form, stream = templates()["contract_register"], BytesIO()
    count = len(rows) + SPARE_ROWS
    write_form(form, stream, {"month": month}, rows, policy=session.policy, on=at.date(), row_count=count)
    return stream.getvalue()


def run(duty: Duty, context: RunContext) -> TaskResult:
    """Prepare the register that is due, beside the reports; under the support section's password where passwords are listed.

    Raises WrongUse ``no_listed_password`` where the section has none: nothing is written then.
    """
    out, late = context.out / FOLDER, duty.due_on < context.moment.date()
    if context.passwords is None:
        return TaskResult(duty, (prepare_register(context.session, duty.period, context.moment, out),), late=late)
    units = open_snapshot(context.session, context.moment).facts.units
    section = Sections(units).with_function(SectionFunction.SUPPORT, context.moment.date())[0]
    password = context.passwords.get(section or "")
    if section is None or password is None:
        raise WrongUse("no_listed_password", recipient=section or SectionFunction.SUPPORT.value)
    handing = Handing(context.session, {section: password})  # refuses before the preparation is entered
    try:
        try_folder(out)
        filled = _prepared(context.session, duty.period, context.moment)  # it stands nowhere without its password
        copy = handing.paper(TITLE, duty.period, section, filled, out)
    except OSError:
        raise WrongUse("not_written/copies", out=out) from None
    return TaskResult(duty, (copy.file,), late=late)


def _rows(session: Session, at: datetime) -> pd.DataFrame:
    """The rows of contracts, then those of projects without a contract."""
    snapshot = open_snapshot(session, at)
    states = snapshot.states
    named = states[["number", "customer", "reporter"]].rename(columns={"reporter": "unit"})
    running = _running(counting_lines(snapshot.facts, snapshot.policy))
    lines = standing_lines(snapshot.facts)
    lines = lines[pd.MultiIndex.from_frame(lines[["contract", "lead"]]).isin(running)]
    last = lines.groupby(["contract", "lead", "model"], dropna=False, sort=True).agg(
        quantity=("quantity", "sum"), amount=("amount_fen", "last"), signed_on=("signed_on", "last")
    )
    contracts = last.reset_index().join(named, on="lead").assign(picked_up=0)
    keys = contracts[["contract", "number", "model"]].fillna("")
    contracts["row_id"] = ["c:" + "|".join(key) for key in keys.itertuples(index=False)]
    waiting = [status for status in LIVE_PROJECT if status not in (Status.SIGNED, Status.DELIVERING)]
    projects = states[states["project"].notna() & states["status"].isin(waiting)].sort_values("number")
    new = named.loc[projects.index].assign(row_id="n:" + projects["number"])
    return pd.concat([each.astype(object) for each in (contracts.sort_values("row_id"), new)], ignore_index=True)


def _running(lines: pd.DataFrame) -> pd.MultiIndex:
    """The contracts of leads that are neither delivered nor ended."""
    picked = lines.groupby(["contract", "lead"])["picked_up"].sum()
    last = lines.sort_values("month", kind="stable").drop_duplicates(["contract", "lead"], keep="last")
    last = last.set_index(["contract", "lead"])
    open_ones = last[last["progress"].ne(ENDED) & (picked.reindex(last.index) < last["quantity"])]
    return pd.MultiIndex.from_tuples(open_ones.index.tolist(), names=["contract", "lead"])

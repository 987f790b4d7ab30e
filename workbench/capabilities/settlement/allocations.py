"""T15 部门奖金分配表: the deputy GM splits a department's reward, to the yuan (7.2.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pandas as pd

from workbench.capabilities.organization.directory import all_units
from workbench.capabilities.organization.people import KEPT, KEY, leaders_on
from workbench.capabilities.settlement.allocation_rules import check_allocation, current_shares
from workbench.capabilities.settlement.payers import ADMINISTRATION
from workbench.core.errors import FileRefused, WrongUse
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.core.names import same_person
from workbench.core.periods import parse_quarter, quarter_bounds
from workbench.platform.access.session import Session
from workbench.platform.intake.added_values import facts_shown, with_added
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission
from workbench.platform.register.store import Register
from workbench.platform.regulation.clause import settled_clauses
from workbench.platform.regulation.settled_periods import closed_lines

ALLOCATION_KEY = ("quarter", "unit", "person")  # what a row of T15 is about


def department_rewards(register: Register, quarter: str) -> dict[str, int]:
    """Yuan per department of an approved quarter, adjustments included; only those with something to allocate."""
    lines = closed_lines(register)
    split = [each.code for each in settled_clauses() if each.reward and each.payer == ADMINISTRATION]
    mine = lines[(lines["quarter"] == quarter) & lines["clause"].isin(split)]
    return {unit: int(amount) for unit, amount in mine.groupby("party")["amount"].sum().items() if amount > 0}


def allocated(register: Register, quarter: str) -> pd.DataFrame:
    """The shares that count: columns unit, person, amount (yuan), leader; of each department the file received last."""
    return _allocated(register, quarter, None)


def list_shares(session: Session, quarter: str) -> pd.DataFrame:
    """The shares that count of an approved quarter, as ``allocated`` and in its order; ``more`` where any holds something
    in a column that was added to T15. Raises RegisterError ``not_allowed``, WrongUse ``not_approved``.
    """
    session.require("settle")
    if not session.register.count("settlement", {"quarter": quarter}):
        raise WrongUse("not_approved", quarter=quarter)
    table = allocated(session.register, quarter)[["unit", "person", "amount", "leader"]]
    found = with_added(table.assign(quarter=quarter), facts_shown(session), "bonus_allocation", ALLOCATION_KEY)
    return found.drop(columns="quarter")


def _allocated(register: Register, quarter: str, until: datetime | None) -> pd.DataFrame:
    """``allocated``, as it stood at a moment (None: now)."""
    columns = ["quarter", "unit", "person", "amount", "leader", "at", "document"]
    rows = register.read("allocation", columns, where={"quarter": quarter})
    rows = rows if until is None else rows[rows["at"] <= until]
    return current_shares(rows).drop(columns=["quarter", "at", "document"])


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """What is allocated was approved before and is not paid yet. Raises FileRefused."""
    quarter, why = submission.form.header["quarter"], None
    try:
        quarter = parse_quarter(quarter)
    except WrongUse:
        why = "bad_quarter/allocation"
    if why is None and not batch.register.count("settlement", {"quarter": quarter}):
        why = "not_approved/allocation"
    if why is None and batch.register.count("payment", {"quarter": quarter, "payer": ADMINISTRATION}):
        why = "already_paid/allocation"
    if why:
        file, cell = submission.form.file, submission.form.header_cells["quarter"]
        raise FileRefused(why, file=file, sheet=submission.form.sheet, cell=cell, quarter=quarter)


def sequence_key(submission: Submission) -> str:
    """A quarter's allocations are taken in one after another."""
    return parse_quarter(submission.form.header["quarter"])


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store the shares of every department that add up; a department that does not is returned as a whole."""
    for submission in submissions:
        quarter, rows = sequence_key(submission), submission.open_rows()
        incomplete = set(submission.form.rows.loc[submission.form.rows["returned"].astype(bool), "unit"].dropna())
        _check_leader(batch, submission, sorted(set(rows["unit"])), quarter)
        rewards, kept = (
            department_rewards(batch.register, quarter),
            _allocated(batch.register, quarter, submission.received_at),
        )
        for unit, shares in rows.groupby("unit", sort=False):
            wrong = check_allocation({unit: rewards.get(unit, 0)}, shares)[:1]
            if unit in incomplete:
                wrong = [Finding("incomplete_department", Message.of("incomplete_department", unit=unit))]
            if wrong:
                reason = replace(wrong[0], column="amount", clause="7.2.3")
                for row in shares["row"]:
                    submission.return_row(int(row), reason)
            else:
                alike = _same(shares, kept[kept["unit"] == unit])
                submission.decide(RowVerdict.UNCHANGED if alike else RowVerdict.ACCEPTED, shares["row"])
                batch.put(
                    "allocation",
                    shares[["unit", "person", "amount", "row"]].assign(
                        quarter=quarter,
                        leader=submission.form.header["leader"],
                        at=pd.Timestamp(submission.received_at),
                        document=submission.document,
                    ),
                )


def _check_leader(batch: ImportBatch, submission: Submission, departments: list[str], quarter: str) -> None:
    """Say for which departments somebody else is in charge (T6, T21), at the quarter's end and on the day of receipt."""
    named, units = submission.form.header["leader"], batch.once("succession", all_units)
    people = batch.register.read("person", [*KEY, *KEPT, "at"])
    days = (quarter_bounds(quarter)[1], submission.received_at.date())
    for unit in departments:
        found = [leader for day in days for leader in leaders_on(units, people, day).get(unit, [])]
        if found and not any(same_person(named, leader) for leader in found):
            said = Message.of("other_leader", unit=unit, listed="、".join(dict.fromkeys(found)), named=named)
            submission.add_finding(
                "other_leader", said, column="leader", clause="7.2.3", severity=Severity.WARNING, unit=unit
            )


def _same(shares: pd.DataFrame, kept: pd.DataFrame) -> bool:
    names = ["person", "amount"]
    return shares[names].values.tolist() == kept[names].values.tolist()

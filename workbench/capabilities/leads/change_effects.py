"""What a change of a lead brings about besides its own fact: a new dispatch (D41), a decision on two leads (5.1)."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from workbench.capabilities.leads.changes import Matter, next_number
from workbench.capabilities.leads.status import Review
from workbench.capabilities.organization.directory import directory
from workbench.capabilities.organization.kinds import SectionFunction
from workbench.platform.access.session import Session
from workbench.platform.intake.rows import Row
from workbench.platform.intake.submission import ImportBatch, Submission
from workbench.platform.register.entry import Entry
from workbench.platform.register.store import Register

ABOUT_TWO = {
    Matter.ANOTHER_PURCHASE: Review.DIFFERENT,
    Matter.NOT_THE_SAME: Review.DIFFERENT,
    Matter.THE_SAME: Review.SAME,
}


def at_once(batch: ImportBatch, submission: Submission, asked: list[Row]) -> None:
    """Hand leads over to the sections that their requests name (D41)."""
    rows = [row for row in asked if row["matter"] == Matter.HAND_OVER]
    if rows:
        first = (batch.register.maximum("dispatch", "batch") or 0) + 1
        sections = {section: first + place for place, section in enumerate(sorted({row["value"] for row in rows}))}
        batch.put(
            "dispatch",
            [
                {
                    "batch": sections[row["value"]],
                    "lead": row["lead"],
                    "section": row["value"],
                    "at": submission.received_at,
                }
                for row in rows
            ],
        )


def ask_about_two(
    session: Session, entry: Entry, lead: int, other: str, verdict: Review, at: datetime, reason: str
) -> str:
    """Store a decision on two leads as a request that another person decides on, and return its number."""
    matter = Matter.THE_SAME if verdict is Review.SAME else Matter.NOT_THE_SAME
    number = next_number(session.register, at)
    row = {"number": number, "lead": lead, "matter": matter.value, "value": other, "unit": _strategy(session)}
    entry.append("lead_change", pd.DataFrame([{**row, "reason": reason, "at_once": False, "at": at, "row": 0}]))
    return number


def _strategy(session: Session) -> str:
    """The section that decides on duplicates, as the one that asks; without one the user."""
    units = directory(session.register)
    codes = units.index[units["function"] == SectionFunction.STRATEGY]
    return str(codes[0]) if len(codes) else session.user


def carry_out(register: Register, entry: Entry, request: pd.Series, at: datetime, by: str, reason: str) -> None:
    """Store what follows from a decision in favour of a request: the decision on its two leads, the split contract (D34)."""
    matter, lead = Matter(request["matter"]), int(request["lead"])
    if matter == Matter.SPLIT:
        entry.append("contract_split", pd.DataFrame([{"contract": request["value"], "lead": lead, "at": at}]))
    if verdict := ABOUT_TWO.get(matter):
        other = int(register.read("lead", ["lead"], where={"number": request["value"]})["lead"].iloc[0])
        row = {"lead": lead, "other": other, "verdict": verdict.value, "at": at, "by": by, "reason": reason}
        entry.append("review", pd.DataFrame([row]).astype({"other": "Int64"}))

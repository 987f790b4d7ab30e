"""Reports that came in before what says that their unit was out of use already: they are as if refused (D4, D36).

A report of a unit out of use is refused as a whole. One that was taken in because the directory that says so came in
later, though it was received earlier, counts no more; it counts again where that directory is taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads.lead_states import neighbours, refresh
from workbench.capabilities.leads.status import Status
from workbench.capabilities.organization.directory import all_units, version_at
from workbench.capabilities.organization.kinds import UnitState
from workbench.core.messages import Message
from workbench.core.personal_texts import without_phones
from workbench.platform.access.session import Session
from workbench.platform.intake.submission import ImportBatch, Submission
from workbench.platform.register.entry import Entry
from workbench.platform.register.facts import tables
from workbench.platform.register.store import Register
from workbench.platform.register.withdrawn import REFUSED, gone_files, has_documents, refused_files

REPORT, UNITS = "lead_record", "organization"
FILES = ["document", "name", "unit", "received_at"]


def look_at_reports(batch: ImportBatch, since: datetime, arrived: Sequence[Submission]) -> bool:
    """Refuse reports received at ``since`` or later whose unit was out of use by the directory as it is known now, and take
    others in again; whether there is one.
    """
    if UNITS not in batch.templates:
        return False
    register, units = batch.register, all_units(batch.register)
    refused = refused_files(register)
    if not refused and not (units["state"] == UnitState.INACTIVE).any():
        return False
    files = register.read("document", FILES, {"template": REPORT})
    files = files[files["received_at"] >= since].sort_values(["received_at", "name"])
    changed = False
    for file in files.to_dict("records"):
        out = _out_of_use(units, file)
        if out != (file["document"] in refused):
            _put(batch, file, out, arrived)
            changed = True
    return changed


def _out_of_use(units: pd.DataFrame, file: dict[str, Any]) -> bool:
    """Whether a report's unit was out of use at its receipt; ``units``: all their versions."""
    known = bool(units["code"].eq(file["unit"]).any())
    return known and bool(version_at(units, file["unit"], file["received_at"])["state"] == UnitState.INACTIVE)


def _put(batch: ImportBatch, file: dict[str, Any], out: bool, arrived: Sequence[Submission]) -> None:
    """Have a report count no more, or again, with all that follows for the leads; say so of what was received before it."""
    document, at = int(file["document"]), file["received_at"].to_pydatetime()
    touched = leads_of(batch.register, document)
    near = neighbours(batch.register, touched) if touched else []
    batch.entry.append(REFUSED, pd.DataFrame([{"refused": document, "out": out, "at": at}]))
    refresh_without(batch.session, batch.entry, near, touched, batch.horizon, document)
    batch.touched.update(near)
    said = Message.of(
        "refused_since" if out else "refused_since/no_more",
        file=without_phones(file["name"]),
        at=f"{at:%Y-%m-%d %H:%M}",
        unit=file["unit"],
    )
    for each in arrived:
        if each.form.template.id == UNITS and each.received_at <= at:
            each.add_remark("refused_since", said)
            return


def refresh_without(
    session: Session, entry: Entry, near: list[int], touched: list[int], at: datetime, document: int
) -> None:
    """The statuses of leads near a file that counts no more, derived anew; those that only it brought (``touched``) are
    withdrawn.
    """
    if not near:
        return
    register = session.register
    states = refresh(session, entry, near, session.horizon(at), {lead: (at, document) for lead in near})
    gone = [lead for lead in touched if lead not in states.index]
    kept = register.read("state", ["lead", "status"], where={"lead": gone}).set_index("lead")["status"]
    if gone:
        ended = pd.DataFrame({"lead": gone, "status": Status.WITHDRAWN.value, "clause": None})
        moved = ended.assign(at=at, was=[kept.get(lead) for lead in gone], document=document)
        entry.append("transition", moved.astype({"document": "Int64"}))
        entry.replace_state(ended)


def leads_of(register: Register, document: int) -> list[int]:
    """The leads that rows of a file are about."""
    found: set[int] = set()
    for table in tables().values():
        if table.by_lead == "lead" and table.name != "transition" and has_documents(register, table.name):
            rows = register.read(table.name, ["lead"], where={"document": document})
            found |= set(rows["lead"].dropna().astype(int))
    return sorted(found)


def written_beside(register: Register, entry: int) -> set[str]:
    """The tables an entry may hold rows of because of this: what the directory said then bears each of them out."""
    said = register.read(REFUSED, ["refused", "out", "entry"], every=True)
    said = said[said["entry"] == entry]
    if said.empty:
        return set()
    units = register.read("unit", ["code", "state", "since", "document"], until=entry, every=True)
    units = units[~units["document"].isin(gone_files(register, entry))]
    files = register.read("document", [*FILES, "template"], {"document": said["refused"].tolist()})
    judged = {file["document"]: _out_of_use(units, file) for file in files.to_dict("records")}
    reports = set(files["template"]) == {REPORT}
    return {REFUSED} if reports and judged == dict(zip(said["refused"], said["out"], strict=True)) else set()

"""Lines that were taken in before what was received before them: they stand where they would have been taken in (D4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from workbench.capabilities.contracts.known_lines import fitting_in, known_lines
from workbench.capabilities.contracts.replaced_lines import replaced_lines, rows_of_month
from workbench.capabilities.leads.contract_history import GIVEN_BACK, given_back, model_key
from workbench.capabilities.leads.holdings import holders
from workbench.capabilities.leads.lead_states import refresh, states_at
from workbench.capabilities.leads.status import UNCONFIRMED
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.platform.intake.submission import ImportBatch, Submission
from workbench.platform.register.withdrawn import TABLE as WITHDRAWN

REGISTER, UNITS = "contract_register", "organization"
COLUMNS = ["month", "contract", "lead", "unit", "model", "quantity", "picked_up", "progress", "at", "row"]


def look_again(batch: ImportBatch, since: datetime, arrived: Sequence[Submission]) -> bool:
    """Judge the lines of files received at ``since`` or later by what has arrived since; whether one changed.

    Looked at are those of the contracts of leads that what arrived, or was taken back, was about; where that changed
    units, all. A line that does not fit counts no more, as if it had been returned; one that fits again counts again.
    """
    register, template = batch.register, {"template": REGISTER}
    last = register.maximum("document", "received_at", template)
    units_changed = UNITS in batch.templates
    if last is None or last < since or not (batch.touched or units_changed):
        return False
    replaced = REGISTER in batch.templates and not arrived and _replaced_anew(batch)
    whose = None if units_changed else {"lead": sorted(batch.touched)}
    own = register.read("contract_line", ["contract"], whose)["contract"]
    mates = register.read("contract_line", ["document"], {"contract": sorted(set(own))})["document"]
    files = register.read("document", ["document", "received_at", "name"], template)
    files = files[files["document"].isin(mates) & (files["received_at"] >= since)]
    if {each.form.template.id for each in arrived} == {REGISTER}:  # each was judged by those before it
        files = files[~files["document"].isin([each.document for each in arrived])]
    files = files.sort_values(["received_at", "name"])
    changed = [
        _judge(batch, int(document), at.to_pydatetime(), arrived)
        for document, at in zip(files["document"], files["received_at"], strict=True)
    ]
    return replaced or any(changed)


def _replaced_anew(batch: ImportBatch) -> bool:
    """Say what files replace in months whose register lost one that was taken back (D25); whether there is more."""
    register = batch.register
    back = sorted(register.read(WITHDRAWN, ["withdrawn"])["withdrawn"])
    files = register.read("document", ["document", "name", "header"], {"template": REGISTER})
    names = dict(zip(files["document"], files["name"], strict=True))
    found: list[dict] = []
    for month in sorted({header["month"] for header in files.loc[files["document"].isin(back), "header"]}):
        known = register.read("contract_withdrawal", ["contract", "lead", "model", "document"], {"month": month})
        stored = set(known[["contract", "lead", "model", "document"]].itertuples(index=False, name=None))
        for each in sorted(
            replaced_lines(rows_of_month(register, month), names), key=lambda one: (one.document, one.line)
        ):
            if (*each.line, each.document) not in stored:
                line = dict(zip(("contract", "lead", "model"), each.line, strict=True))
                found.append({"month": month, **line, "at": each.at, "document": each.document})
    if not found:
        return False
    batch.entry.append("contract_withdrawal", pd.DataFrame(found))
    causes = {int(row["lead"]): (row["at"], int(row["document"])) for row in found}
    refresh(batch.session, batch.entry, sorted(causes), batch.horizon, causes)
    return True


def _judge(batch: ImportBatch, document: int, at: datetime, arrived: Sequence[Submission]) -> bool:
    """Judge the lines of one file; whether one changed."""
    register = batch.register
    lines = register.read("contract_line", COLUMNS, {"document": document})
    if lines.empty:
        return False
    known = known_lines(register, set(lines["contract"]), at)
    states = states_at(batch, sorted({*lines["lead"], *known["lead"]}), at)
    lines = lines.assign(model=lines["model"].map(model_key)).astype(object)
    rows = lines.where(lines.notna(), None).to_dict("records")
    wrong = {
        row["row"]
        for row in rows
        if row["lead"] not in states.index
        or states.at[row["lead"], "status"] in UNCONFIRMED
        or row["unit"] not in holders(states.loc[row["lead"]])
    }
    fit = fitting_in(register, known[known["document"] != document], states, at)
    wrong |= set(fit.faults([row for row in rows if row["row"] not in wrong]))
    before = {row for file, row in given_back(register.read) if file == document}
    changed = [row for row in rows if (row["row"] in wrong) != (row["row"] in before)]
    if not changed:
        return False
    own = {"given_back": document, "at": at, "document": arrived[0].document if arrived else None}
    batch.entry.append(
        GIVEN_BACK, pd.DataFrame([{**own, "line": row["row"], "back": row["row"] in wrong} for row in changed])
    )
    for row in changed:
        _say(batch, row, row["row"] in wrong, arrived)
    leads = sorted({int(row["lead"]) for row in changed})
    refresh(batch.session, batch.entry, leads, batch.horizon, {lead: (at, document) for lead in leads})
    return True


def _say(batch: ImportBatch, row: dict, back: bool, arrived: Sequence[Submission]) -> None:
    """Name a line that counts no more, or again, on the receipt of what was received before it."""
    number = batch.register.read("lead", ["number"], {"lead": int(row["lead"])})["number"].iloc[0]
    said = Message.of(
        "line_fits_no_more" if back else "line_fits_again", contract=row["contract"], number=number, month=row["month"]
    )
    for each in arrived:
        if each.received_at <= row["at"]:
            each.add_finding(
                "line_fits_no_more" if back else "line_fits_again", said, clause="6.5", severity=Severity.WARNING
            )
            return

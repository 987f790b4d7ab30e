"""What may have caused lines to count no more, or again: read from the entry that says so (D4, D25)."""

from __future__ import annotations

from datetime import datetime

from workbench.capabilities.leads.causes import Cause, causes_of
from workbench.capabilities.leads.contract_history import GIVEN_BACK
from workbench.capabilities.leads.lead_states import neighbours
from workbench.platform.register.store import Register

REGISTER = "contract_register"


def given_back(register: Register, entry: int) -> bool:
    """Whether each line an entry gives back, or lets count again, was received after something the entry brought in, took back
    or decided, which was about units or about a lead that hangs together with one of the line's contract.
    """
    said = register.read(GIVEN_BACK, ["given_back", "line", "at"], {"entry": entry}, every=True)
    causes = causes_of(register, entry)
    files = register.read("document", ["document", "received_at"], {"document": said["given_back"].tolist()})
    receipts = dict(zip(files["document"], files["received_at"], strict=True))
    for file, line, at in said.itertuples(index=False):
        contracts = register.read("contract_line", ["contract"], {"document": file, "row": line})["contract"]
        if contracts.empty or receipts.get(file) != at:
            return False
        mates = register.read("contract_line", ["lead"], {"contract": contracts.tolist()}, every=True)["lead"]
        if not any(_bears(register, cause, int(file), at, set(mates)) for cause in causes):
            return False
    return True


def _bears(register: Register, cause: Cause, file: int, at: datetime, leads: set[int]) -> bool:
    if cause.document == file or cause.moment > at:
        return False
    return cause.units or bool(leads & set(neighbours(register, sorted(cause.leads), every=True)))


def withdrawn(register: Register, entry: int) -> bool:
    """Whether each line an entry says is replaced is so by a register of its month that came with the entry, or that was
    received after one the entry took back.
    """
    said = register.read("contract_withdrawal", ["month", "at", "document"], {"entry": entry}, every=True)
    files = register.read("document", ["document", "entry", "template", "header", "received_at"]).set_index("document")
    back = {cause.document for cause in causes_of(register, entry) if cause.back} - {None}
    months = {files.at[number, "header"]["month"] for number in back if files.at[number, "template"] == REGISTER}
    for month, at, document in said.itertuples(index=False):
        if document not in files.index:
            return False
        file = files.loc[document]
        same = file["template"] == REGISTER and file["header"]["month"] == month and file["received_at"] == at
        if not (same and (file["entry"] == entry or month in months)):
            return False
    return True

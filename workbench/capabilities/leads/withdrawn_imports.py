"""A wrongly imported file is taken back: asked by one person, confirmed by another (5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from workbench.capabilities.leads.cases import WITHDRAW_IMPORT
from workbench.capabilities.leads.changes import Matter
from workbench.capabilities.leads.lead_states import neighbours
from workbench.capabilities.leads.refused_since import leads_of, refresh_without
from workbench.core.errors import WrongUse
from workbench.core.reasons import kept_reason
from workbench.platform.access.session import Session
from workbench.platform.documents.receipts import documents
from workbench.platform.intake.submission import ImportBatch
from workbench.platform.intake.waiting import in_order_of_receipt
from workbench.platform.register.entry import Entry
from workbench.platform.register.withdrawn import TABLE
from workbench.platform.workflow.procedure import ask, decide, list_requests

AGREED, DECLINED = WITHDRAW_IMPORT.verdicts


@dataclass(frozen=True)
class Withdrawal:
    """What became of a request: the file, whether it is taken back now, and whether one person alone did it."""

    file: str
    done: bool
    declined: bool = False
    alone: bool = False


def withdraw(session: Session, reference: str, at: datetime, reason: str, *, decline: bool = False) -> Withdrawal:
    """Ask for a file to be taken back, or decide on what somebody else asked for; a sole user does both at once.

    ``reference``: the file's number, hash or beginning of it, as on its receipt. Raises WrongUse ``unknown_document``,
    ``own_case_request``, ``already_decided``, ``no_reason``, ``not_asked``; RegisterError ``not_allowed``.
    """
    (document,) = documents(session, [reference])
    reason = kept_reason(reason, "no_reason/of_request")
    name = str(session.register.read("document", ["name"], {"document": document})["name"].iloc[0])
    number = str(document)
    requests = list_requests(session, WITHDRAW_IMPORT)
    asked = bool((requests["number"] == number).any())
    if not asked and decline:
        raise WrongUse("not_asked", file=name)
    if not asked:
        ask(session, WITHDRAW_IMPORT, number, at, {"reason": reason})
        if not session.sole:
            return Withdrawal(name, done=False)
    decide(session, WITHDRAW_IMPORT, number, DECLINED if decline else AGREED, at, reason)
    return Withdrawal(name, done=not decline, declined=decline, alone=session.sole)


def carry_out(session: Session, entry: Entry, request: dict, verdict: str) -> None:
    """Take the file back: what came with it counts no more; the statuses of all leads it touched are derived anew.

    What was received after it and rests on it, or was returned because of it, is judged as if it had never come.
    """
    if verdict != AGREED:
        return
    document, at, register = int(request["number"]), request["decided_at"], session.register
    touched = leads_of(register, document)
    near = neighbours(register, touched) if touched else []
    taken = register.read("document", ["template", "received_at"], {"document": document}).iloc[0]
    asked = register.read("lead_change", ["lead", "matter", "value", "at_once", "at"], {"document": document})
    row = {"withdrawn": document, "at": at, "by": session.user, "reason": request["detail"]["reason"]}
    entry.append(TABLE, pd.DataFrame([row]))
    _hand_back(session, entry, asked, at)
    refresh_without(session, entry, near, touched, at, document)
    own = frozenset({str(taken["template"])})
    batch = ImportBatch(session, entry, session.horizon(at), touched=set(near), templates=own)
    in_order_of_receipt(batch, taken["received_at"].to_pydatetime())


def _hand_back(session: Session, entry: Entry, asked: pd.DataFrame, at: datetime) -> None:
    """What a request of the file handed over and nobody answered goes back to who had it, for a term of its own (D41)."""
    register, rows = session.register, []
    over = asked[asked["at_once"].astype(bool) & asked["matter"].eq(Matter.HAND_OVER)]
    for request in over.itertuples():
        given = register.read("dispatch", ["section", "at"], {"lead": request.lead}).sort_values("at", kind="stable")
        answered = register.read("feedback", ["verdict"], {"lead": request.lead})
        before = given.loc[given["at"] < request.at, "section"]
        if len(before) and given["section"].iloc[-1] == request.value and answered.empty:
            rows.append({"lead": int(request.lead), "section": before.iloc[-1], "at": at})
    if rows:
        first = (register.maximum("dispatch", "batch") or 0) + 1
        entry.append("dispatch", pd.DataFrame(rows).assign(batch=range(first, first + len(rows))))

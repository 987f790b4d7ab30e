"""Disposing of a customer: proposed by one person, approved by another, his keys destroyed, certified (顾客信息管理制度 五)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.capabilities.customers.acts import the_customer
from workbench.capabilities.customers.customers import Customers
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.privacy.cases import DISPOSAL
from workbench.capabilities.privacy.certificate import Reach, certify, reach_of
from workbench.capabilities.privacy.retention import Kept, due, kept_customers
from workbench.core.errors import WrongUse
from workbench.core.files import try_folder
from workbench.core.messages import Message
from workbench.core.reasons import checked_reason
from workbench.platform.access.session import Session
from workbench.platform.access.users import destroy_customers
from workbench.platform.register.names import number_of
from workbench.platform.register.store import Register
from workbench.platform.workflow.case import writers

AGREED, REFUSED = DISPOSAL.verdicts


class DisposalState(StrEnum):
    """How a proposal stands."""

    PROPOSED = "待批准"
    APPROVED = "已批准"
    DECLINED = "未批准"
    DONE = "已销毁"


def list_due(session: Session, on: pd.Timestamp, lang: str = "zh") -> list[dict[str, Any]]:
    """Customers due by a day: the columns of ``Kept.told``, and ``proposal``, the number of the one that waits.

    Raises RegisterError ``not_allowed``.
    """
    session.require("retention")
    waiting = {
        row["customer_key"]: row["number"] for row in proposals(session) if row["state"] in DisposalState.PROPOSED
    }
    found = due(kept_customers(session, on.to_pydatetime()), on.date())
    return [{**one.told(lang), "proposal": waiting.get(one.customer.key)} for one in found]


def proposals(session: Session) -> list[dict[str, Any]]:
    """Every proposal in order: number, customer_key, keys, kept_as, due_on, state, by, at, decided_by, decided_at, done_at,
    done_by. Raises RegisterError ``not_allowed``.
    """
    session.require("retention")
    register = session.register
    rows = register.read("disposal", ["number", "customer_key", "keys", "kept_as", "due_on", "by", "at"])
    decided = register.read("disposal_decision", ["number", "verdict", "by", "at"]).set_index("number")
    done = register.read("disposal_done", ["number", "by", "at"]).drop_duplicates("number").set_index("number")
    found = []
    for row in rows.to_dict("records"):
        number = row["number"]
        state = DisposalState.PROPOSED
        if number in decided.index:
            agreed = decided.at[number, "verdict"] == AGREED
            state = DisposalState.APPROVED if agreed else DisposalState.DECLINED
        if number in done.index:
            state = DisposalState.DONE
        found.append(
            {
                **row,
                "state": state.value,
                "decided_by": decided["by"].get(number),
                "decided_at": decided["at"].get(number),
                "done_by": done["by"].get(number),
                "done_at": done["at"].get(number),
            }
        )
    return found


def propose(session: Session, name: str, reason: str) -> str:
    """Propose to dispose of a customer; returns the proposal's number.

    Raises RegisterError ``not_allowed``; WrongUse ``no_such_customer``, ``no_reason``, ``personal_reason``,
    ``not_yet`` (within the minimum term, or something is open), ``already_proposed``.
    """
    session.require("retention_propose")
    reason = checked_reason(reason, Message("retention/action_propose"))
    one = _possible(session, the_customer(Customers(open_snapshot(session)), name).key)
    session.require("retention")
    if any(
        row["customer_key"] == one.customer.key and row["state"] in (DisposalState.PROPOSED, DisposalState.APPROVED)
        for row in proposals(session)
    ):
        raise WrongUse("already_proposed")
    with session.transaction("retention_propose", session.now) as entry:
        number = f"XH{session.now:%Y}-{session.register.count('disposal') + 1:03d}"
        entry.detail["number"] = number
        row = {
            "number": number,
            "customer_key": one.customer.key,
            "keys": " ".join(one.members),
            "kept_as": one.kept_as.value,
            "due_on": pd.Timestamp(one.due_on),
            "reason": reason,
            "by": session.user,
            "at": session.now,
        }
        entry.append("disposal", pd.DataFrame([row]))
    return number


def decide(session: Session, number: str, verdict: str, reason: str) -> str:
    """Approve (同意) or decline (不同意) a disposal that another person proposed; returns its state.

    Raises RegisterError ``not_allowed``; WrongUse ``unknown_verdict/on_disposal``, ``no_reason``, ``personal_reason``,
    ``unknown_disposal``, ``own_disposal``, ``already_decided/disposal``, ``not_yet``.
    """
    session.require("retention_decide")
    if verdict not in DISPOSAL.verdicts:
        raise WrongUse("unknown_verdict/on_disposal", agreed=AGREED, refused=REFUSED)
    reason = checked_reason(reason, Message("retention/action_decide"))
    with session.transaction("retention_decide", session.now, number=number, verdict=verdict) as entry:
        row = _proposal(session, number)
        if row["state"] != DisposalState.PROPOSED:
            raise WrongUse("already_decided/disposal", number=number, state=row["state"])
        DISPOSAL.require_another(session, DISPOSAL.parts(session.register, {"number": number}), number=number)
        if verdict == AGREED:
            _possible(session, row["customer_key"])
        kept = {"number": number, "verdict": verdict, "by": session.user, "at": session.now, "reason": reason}
        entry.append("disposal_decision", pd.DataFrame([kept]))
    return (DisposalState.APPROVED if verdict == AGREED else DisposalState.DECLINED).value


def dispose(session: Session, number: str, out: Path) -> list[Path]:
    """Destroy the keys of the customer of an approved proposal and certify it; returns the certificate's files.

    Repeated, it finishes what was cut off, or writes another certificate. The register is closed by the destruction; the
    session's is opened anew within. Raises RegisterError ``not_allowed``, ``not_brought_over``, ``in_use`` …; WrongUse
    ``unknown_disposal``, ``not_approved/disposal``, ``not_yet``, ``folder_not_written/disposal``.
    """
    session.require("retention_dispose")
    try:
        try_folder(out)
    except OSError:
        raise WrongUse("folder_not_written/disposal", out=out) from None
    row = _proposal(session, number)
    if row["state"] not in (DisposalState.APPROVED, DisposalState.DONE):
        raise WrongUse("not_approved/disposal", number=number, state=row["state"])
    members = row["keys"].split()
    numbers = [each for each in map(number_of, members) if each is not None]
    gone = bool(numbers) and set(numbers) <= session.register.subjects.destroyed
    if gone:
        return _certified(session, row, len(numbers), out, reach_of(session, members))
    one = _possible(session, row["customer_key"])
    path, keys = session.register.path, session.register.keys
    customers = Customers(open_snapshot(session))
    reach = reach_of(session, list(one.members))
    names = [customers.names[key] for key in one.members if key in customers.names]
    count = destroy_customers(session, names, number)
    with Register.open(path, keys) as register:
        return _certified(replace(session, register=register), row, count, out, reach)


def _certified(session: Session, row: dict[str, Any], count: int, out: Path, reach: Reach) -> list[Path]:
    """Keep that it was done, once, and write the certificate."""
    if row["state"] != DisposalState.DONE:
        kept = {"number": row["number"], "keys": count, "by": session.user, "at": session.now}
        with session.transaction("retention_dispose", session.now, number=row["number"], count=count) as entry:
            entry.append("disposal_done", pd.DataFrame([kept]))
    done = next(each for each in proposals(session) if each["number"] == row["number"])
    return certify(session, done, count, out, reach)


def _possible(session: Session, key: str) -> Kept:
    """What is kept of a customer who can be disposed of now. Raises WrongUse ``not_yet``."""
    one = next((each for each in kept_customers(session, session.now) if each.customer.key == key), None)
    if one is None:
        raise WrongUse("nothing_kept")
    if one.against:
        against = [Message(f"against/{code}") for code in one.against]
        raise WrongUse("not_yet", not_before=one.not_before, against=against)
    return one


def _proposal(session: Session, number: str) -> dict[str, Any]:
    row = next((each for each in proposals(session) if each["number"] == number), None)
    if row is None:
        raise WrongUse("unknown_disposal", number=number)
    return row


def who_proposed(register: Register, row: Mapping[str, Any]) -> set[str]:
    """Who proposed the disposal that a decision is about."""
    return writers(register, "disposal", {"number": row["number"]})

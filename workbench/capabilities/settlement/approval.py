"""A quarter from draft to approval: submitted by one person, approved by another, fixed from then on (4.3.3, D5, D26)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from workbench.capabilities.leads.snapshot import Snapshot, open_snapshot
from workbench.capabilities.leads.status import Status
from workbench.capabilities.leads.tables import UNDECIDING
from workbench.capabilities.settlement.back_dated import CODE as BACK_DATED
from workbench.capabilities.settlement.back_dated import back_dated
from workbench.capabilities.settlement.cases import SETTLEMENT
from workbench.capabilities.settlement.quarter import Line
from workbench.capabilities.settlement.settlement import Settlement, settlement_of
from workbench.core.errors import WrongUse
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Bilingual, Message
from workbench.core.periods import month_bounds, months_of, quarter_bounds, quarter_of_month
from workbench.core.reasons import kept_reason
from workbench.platform.access.persons import COVERS, require_whole
from workbench.platform.access.session import Session
from workbench.platform.register import signing
from workbench.platform.register.entry import Entry
from workbench.platform.register.kept_files import kept
from workbench.platform.register.store import Register
from workbench.platform.regulation.clause import settled_regulations
from workbench.platform.regulation.rules_used import digests
from workbench.platform.regulation.settled_terms import terms
from workbench.platform.workflow.case import writers

SUBMISSION, APPROVAL = "settlement submission", "settlement approval"  # what a signature is for
RULES = "rules"  # the part of an entry's detail that says which rule book and calendar it rests on


def trial(session: Session, quarter: str, as_of: datetime) -> Settlement:
    """A quarter's rewards and penalties as known at a moment; nothing is kept."""
    session.require("settle")
    return settlement_of(open_snapshot(session, as_of, without=UNDECIDING), quarter)


def preconditions(snapshot: Snapshot, quarter: str) -> list[Finding]:
    """What of a quarter is not settled yet at the snapshot's moment, and what to do; none of it forbids submitting.

    Codes register_missing, feedback_open, not_dispatched, reviews_open; ``inputs`` name months or count leads.
    """
    found = []
    months = months_of(quarter)
    if missing := [month for month in months if month not in set(snapshot.facts.returns["month"])]:
        found.append(
            Finding(
                "register_missing",
                Message.of("register_missing", missing=missing),
                Severity.WARNING,
                "6.5",
                inputs={"months": missing},
            )
        )
    mine = snapshot.states[snapshot.states["received_at"].dt.strftime("%Y-%m").isin(months)]
    for status, code, clause in (
        (Status.WAITING, "feedback_open", "6.3"),
        (Status.RECEIVED, "not_dispatched", "6.2"),
        (Status.HELD, "reviews_open", "5.1"),
    ):
        if count := int((mine["status"] == status).sum()):
            found.append(
                Finding(
                    code, Message.of(f"{code}/leads", count=count), Severity.WARNING, clause, inputs={"leads": count}
                )
            )
    return found


def _open_items(session: Session, snapshot: Snapshot, result: Settlement) -> list[Finding]:
    """``preconditions``, and what rests on times behind the clock."""
    behind = back_dated(session, snapshot, result.quarter, result)
    return [*preconditions(snapshot, result.quarter), *([behind] if behind else [])]


def submit(
    session: Session, quarter: str, as_of: datetime, at: datetime, accept: str | None = None
) -> tuple[Settlement, list[Finding]]:
    """Submit a quarter's numbers for approval, signed. What waits for its decision stays as the approver has read it.

    Returns the settlement and what is open; open items need ``accept``, the reason to go on (in a simulation, where times
    are not those of the clock, what is back-dated does not). Raises RegisterError ``not_allowed``; WrongUse ``open_items``, ``already_submitted``, ``already_approved``, ``quarter_not_over``,
    ``earlier_quarter_open``.
    """
    session.require("submit")
    accept = kept_reason(accept) if accept else accept
    with session.transaction("submit", at, quarter=quarter, as_of=as_of.isoformat()) as entry:
        basis = _basis(session, as_of)
        entry.detail.update(basis)
        _may_fix(session, quarter, as_of)
        waiting = _waiting(session, quarter)
        if waiting is not None:
            raise WrongUse("already_submitted", quarter=quarter, by=waiting["by"])
        snapshot = open_snapshot(session, as_of)
        result = settlement_of(snapshot, quarter)
        open_ = _open_items(session, snapshot, result)
        asked = [item for item in open_ if item.code != BACK_DATED or not session.simulated]
        if asked and not (accept or "").strip():
            items = Bilingual("".join(item.text() for item in asked), ", ".join(item.code for item in asked))
            raise WrongUse("open_items", quarter=quarter, items=items)
        _keep_submission(session, entry, result, as_of, at, open_, accept, basis)
    return result, open_


def _keep_submission(
    session: Session,
    entry: Entry,
    result: Settlement,
    as_of: datetime,
    at: datetime,
    open_: Sequence[Finding],
    reason: str | None,
    basis: dict[str, Any],
) -> int:
    numbers = _numbers(session.register, result, as_of, basis)
    row = {
        **numbers,
        "as_of": as_of,
        "at": at,
        "by": session.user,
        "reason": reason,
        "open": kept(session.register, {finding.code: finding.inputs for finding in open_}),
        "signature": signing.sign(session.register.keys, SUBMISSION, numbers),
    }
    return int(entry.append("submission", pd.DataFrame([row]))[0])


def _numbers(register: Register, result: Settlement, as_of: datetime, basis: dict[str, Any]) -> dict[str, Any]:
    """What is signed: quarter, edition, moment, the digest over every line in order, and what it rests on."""
    return {
        "quarter": result.quarter,
        "edition": result.edition,
        "as_of": as_of.isoformat(),
        "digest": digest(register, result.lines),
        **basis,
    }


def _basis(session: Session, as_of: datetime) -> dict[str, Any]:
    """What an entry keeps and its signature covers: the head before it, the digests of rule book and calendar."""
    return {COVERS: session.register.head(), RULES: digests(session.rules(as_of.date()))}


def digest(register: Register, lines: Sequence[Line]) -> str:
    """SHA-256 (hex) over lines in their order: clause, party, ref, amount, adjusts, inputs as they are kept."""
    return _hashed(kept(register, [line.as_json() for line in lines]))


def digest_by_names(lines: Sequence[Line]) -> str:
    """``digest`` as it was before a register was brought over to sealed names: over the names of files."""
    return _hashed([line.as_json() for line in lines])


def _hashed(lines: list[dict[str, Any]]) -> str:
    text = json.dumps(lines, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def approve(session: Session, quarter: str, as_of: datetime, at: datetime) -> Settlement:
    """Fix a quarter: sign and keep its lines for good and close its months (D26).

    What is approved is what another person submitted, number by number, as known at that submission's moment; a sole
    user submits and approves in one step, at ``as_of``. Raises RegisterError ``not_allowed``, ``trail_breached``; WrongUse
    ``not_submitted``, ``own_submission``, ``changed_since``, ``other_rules``, ``already_approved``, ``quarter_not_over``,
    ``earlier_quarter_open``.
    """
    session.require("approve")
    require_whole(session.register)
    totals: dict[str, int] = {}
    with session.transaction("approve", at, quarter=quarter, totals=totals) as entry:
        _may_fix(session, quarter, as_of)
        if session.sole:
            snapshot = open_snapshot(session, as_of)
            result, moment = settlement_of(snapshot, quarter), as_of
            open_ = _open_items(session, snapshot, result)
            basis = _basis(session, moment)
            number = _keep_submission(session, entry, result, as_of, at, open_, None, basis)
        else:
            submitted = _submitted(session, quarter)
            number, moment = int(submitted["submission"]), submitted["as_of"].to_pydatetime()
            result = settlement_of(open_snapshot(session, moment, without=UNDECIDING), quarter)
            if submitted["digest"] not in (digest(session.register, result.lines), digest_by_names(result.lines)):
                raise WrongUse("changed_since", quarter=quarter, moment=moment)
            basis = _basis(session, moment)
            if basis_of(session.register, int(submitted["entry"])).get(RULES, basis[RULES]) != basis[RULES]:
                raise WrongUse("other_rules/submitted", quarter=quarter)
        entry.detail.update(basis)
        totals |= result.totals
        _fix(session, entry, result, moment, at)
        numbers = _numbers(session.register, result, moment, basis)
        row = {
            "quarter": quarter,
            "submission": number,
            "at": at,
            "by": session.user,
            "digest": numbers["digest"],
            "signature": signing.sign(session.register.keys, APPROVAL, numbers),
        }
        entry.append("approval", pd.DataFrame([row]))
    return result


def basis_of(register: Register, entry: int) -> dict[str, Any]:
    """What the entry of a submission or an approval rests on (``_basis``); empty where an earlier version made it."""
    detail = register.read("entry", ["detail"], {"entry": entry})["detail"].iloc[0]
    return {name: detail[name] for name in (COVERS, RULES) if name in detail}


def _waiting(session: Session, quarter: str) -> pd.Series | None:
    """The newest submission of a quarter that waits for its decision."""
    rows = session.register.read("submission", where={"quarter": quarter})
    if rows.empty or SETTLEMENT.is_decided(session.register, int(rows.iloc[-1]["submission"])):
        return None
    return rows.iloc[-1]


def _submitted(session: Session, quarter: str) -> pd.Series:
    """The submission of a quarter by somebody else that waits for a decision."""
    newest = _waiting(session, quarter)
    if newest is None:
        raise WrongUse("not_submitted", quarter=quarter)
    SETTLEMENT.require_another(session, SETTLEMENT.parts(session.register, newest), quarter=quarter)
    return newest


def who_submitted(register: Register, row: Mapping[str, Any]) -> set[str]:
    """Who made the submission that was approved or sent back."""
    return writers(register, "submission", {"submission": int(row["submission"])})


def send_back(session: Session, quarter: str, at: datetime, reason: str) -> None:
    """Give a submission back to its maker. Raises RegisterError ``not_allowed``; WrongUse as ``approve``, ``no_reason``."""
    session.require("approve")
    reason = kept_reason(reason, "no_reason/of_return")
    with session.transaction("send_back", at, quarter=quarter, reason=reason) as entry:
        _not_approved(session, quarter)
        row = {
            "submission": int(_submitted(session, quarter)["submission"]),
            "at": at,
            "by": session.user,
            "reason": reason,
        }
        entry.append("send_back", pd.DataFrame([row]))


def _fix(session: Session, entry: Entry, result: Settlement, as_of: datetime, at: datetime) -> None:
    """Keep a quarter's lines, the readings and the numbers of the regulation they rest on, and close its months."""
    quarter = result.quarter
    last = quarter_bounds(quarter)[1]
    readings = {
        item["key"]: item["value"] for item in session.policy.readings_on(last, settled_regulations()) if item["key"]
    }
    row = {"quarter": quarter, "edition": result.edition, "as_of": as_of, "at": at, "readings": readings}
    entry.append("settlement", pd.DataFrame([row]))
    entry.append(
        "settlement_terms",
        pd.DataFrame([{"quarter": quarter, "terms": terms(session.policy, last, settled_regulations())}]),
    )
    inputs = kept(session.register, [line.inputs.as_json() for line in result.lines])
    lines = [
        {
            "quarter": quarter,
            "position": position,
            "clause": line.clause,
            "party": line.party,
            "ref": line.ref,
            "amount": line.amount,
            "adjusts": line.adjusts,
            "inputs": inputs[position],
        }
        for position, line in enumerate(result.lines)
    ]
    if lines:
        entry.append("settlement_line", pd.DataFrame(lines))
    closed = set(session.register.read("closure", ["month"])["month"])
    months = [month for month in months_of(quarter) if month not in closed]
    if months:
        reason = f"{quarter} 奖惩核算批准"
        entry.append("closure", pd.DataFrame([{"month": month, "at": at, "reason": reason} for month in months]))


def _not_approved(session: Session, quarter: str) -> set[str]:
    """The approved quarters, this one not among them."""
    approved = set(session.register.read("settlement", ["quarter"])["quarter"])
    if quarter in approved:
        raise WrongUse("already_approved", quarter=quarter)
    return approved


def _may_fix(session: Session, quarter: str, as_of: datetime) -> None:
    """Refuse to fix what is not over (also by the actual clock, whatever time is given), fixed already, or out of turn."""
    approved = _not_approved(session, quarter)
    last = quarter_bounds(quarter)[1]
    if session.has_come(as_of).date() <= last:
        raise WrongUse("quarter_not_over/no_approval", quarter=quarter, last=last)
    first = session.register.minimum("lead", "filed_at")
    earlier = quarter_of_month(f"{first:%Y-%m}") if first is not None else quarter
    while earlier < quarter:
        if earlier not in approved:
            raise WrongUse("earlier_quarter_open", earlier=earlier)
        following: date = quarter_bounds(earlier)[1] + timedelta(days=1)
        earlier = quarter_of_month(f"{following:%Y-%m}")


def close_month(session: Session, month: str, at: datetime, reason: str) -> None:
    """Close a month before its quarter is approved (D26). Raises WrongUse where it is closed or not over."""
    session.require("close")
    last = month_bounds(month)[1]
    if session.has_come(at).date() <= last:
        raise WrongUse("month_not_over", month=month)
    with session.transaction("close", at, month=month) as entry:
        if len(session.register.read("closure", ["month"], where={"month": month})):
            raise WrongUse("already_closed", month=month)
        entry.append("closure", pd.DataFrame([{"month": month, "at": at, "reason": reason}]))

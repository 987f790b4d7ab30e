"""Disclosures of customer information: decided by a second person, handed over as decided, each time on record (S7)."""

from __future__ import annotations

import glob
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.exceptions import FileCreateError

from workbench.capabilities.leads.consents import Scope, closed_leads
from workbench.capabilities.leads.lead_states import newest_versions
from workbench.capabilities.organization.directory import directory
from workbench.capabilities.privacy.cases import DISCLOSURE
from workbench.capabilities.privacy.consent_rules import CONSENTED
from workbench.capabilities.privacy.disclosure_note import TITLE, Item, write_note
from workbench.capabilities.privacy.disclosure_rules import (
    NO_CONSENT,
    NO_DOCUMENT,
    NO_GROUND,
    TAKEN_BACK,
    refusal,
    terms,
)
from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import try_folder, whole
from workbench.core.messages import Message
from workbench.core.reasons import checked_reason
from workbench.platform.access.session import Session
from workbench.platform.documents.delivery import Delivered, check_recipient, protected_copy
from workbench.platform.register.store import Register
from workbench.platform.workflow.case import writers

AGREED, REFUSED = "同意", "不同意"


class DisclosureState(StrEnum):
    """How a request for disclosure stands."""

    PENDING = "待审批"
    APPROVED = "已批准"
    DECLINED = "未批准"
    WITHDRAWN = "已撤销"
    EXPIRED = "已到期"
    TAKEN_BACK = "同意已撤回"


PENDING, APPROVED, DECLINED, WITHDRAWN, EXPIRED, CLOSED = DisclosureState
# the fields a request's 披露内容 opens, and their titles on the note
CONTENTS = {
    "联系人": ("contact",),
    "联系方式": ("phone",),
    "全部": ("contact", "contact_title", "phone"),
}
TITLES = {"contact": "联系人", "contact_title": "联系人职务", "phone": "联系方式"}
REQUEST = [
    "number",
    "lead",
    "unit",
    "applicant",
    "recipient",
    "basis",
    "evidence",
    "purpose",
    "content",
    "valid_until",
    "at",
    "entry",
]
# why a request that is neither approved nor past its term is not handed over
NOT_APPROVED: dict[str, str] = {
    PENDING: "not_approved/pending",
    DECLINED: "not_approved/declined",
    WITHDRAWN: "not_approved/withdrawn",
}


@dataclass(frozen=True)
class HandedOver:
    """What was written: the workbook, which time it is for this request, the fields in it; of a protected copy (``copy``) its
    mark and password."""

    path: Path
    count: int
    fields: tuple[str, ...]
    copy: Delivered | None = None


def listed(session: Session) -> pd.DataFrame:
    """All requests in the order they came, without personal data.

    Columns: number, lead (信息编号), customer, unit, applicant, recipient, basis, evidence, purpose, content, valid_until
    (date), received_at (time), status (a word of DisclosureState), decided_by, decided_at, reason, handed_over
    (count), last_handed_over_at; None where there is none. Raises RegisterError ``not_allowed``.
    """
    session.require("disclosures")
    register = session.register
    with register.snapshot():
        requests = register.read("disclosure_request", REQUEST)
        leads = register.read(
            "lead", ["lead", "version", "number", "customer"], where={"lead": requests["lead"].tolist()}
        )
        decisions = register.read("disclosure_decision", ["number", "verdict", "at", "by", "reason"])
        handovers = register.read("disclosure_handover", ["number", "at"])
        closed = closed_leads(register, requests["lead"].tolist(), Scope.DISCLOSE)
    leads = leads.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last").set_index("lead")
    rows = []
    for request in requests.to_dict("records"):
        decided = decisions[decisions["number"] == request["number"]]
        given = handovers[handovers["number"] == request["number"]]
        newest = decided.iloc[-1] if len(decided) else None
        rows.append(
            {
                **{name: request[name] for name in REQUEST if name not in ("at", "entry")},
                "lead": leads.at[request["lead"], "number"],
                "customer": leads.at[request["lead"], "customer"],
                "valid_until": request["valid_until"].date(),
                "received_at": request["at"].to_pydatetime(),
                "status": _shown(session, request, decided["verdict"], closed),
                "decided_by": None if newest is None else newest["by"],
                "decided_at": None if newest is None else newest["at"].to_pydatetime(),
                "reason": None if newest is None else newest["reason"],
                "handed_over": len(given),
                "last_handed_over_at": given["at"].max().to_pydatetime() if len(given) else None,
            }
        )
    names = [
        *REQUEST[:2],
        "customer",
        *REQUEST[2:-2],
        "received_at",
        "status",
        "decided_by",
        "decided_at",
        "reason",
        "handed_over",
        "last_handed_over_at",
    ]
    return pd.DataFrame(rows, columns=names, dtype=object)


def _shown(session: Session, request: dict[str, Any], verdicts: Iterable[str], closed: set[int]) -> str:
    """Where a request stands; one that rests on a consent which was taken back since goes no further."""
    today = session.now.date()
    status = _status(request["valid_until"].date(), verdicts, today)
    rests = request["basis"] in (session.policy.value("consent_grounds", today) or [])
    return CLOSED if rests and request["lead"] in closed and status in (PENDING, APPROVED) else status


def _status(valid_until: date, verdicts: Iterable[str], today: date) -> str:
    """Where a request stands, from its decisions in order."""
    decided = list(verdicts)
    if decided and decided[-1] == REFUSED:
        return WITHDRAWN if AGREED in decided else DECLINED
    if today > valid_until:
        return EXPIRED
    return APPROVED if decided else PENDING


def decide(session: Session, number: str, verdict: str, reason: str) -> str:
    """Approve (同意) or refuse (不同意) a request, or withdraw an approval (不同意 later on); returns its status.

    Decided by somebody else than who brought it in and who asked for it. Raises RegisterError ``not_allowed``; WrongUse
    ``unknown_verdict``, ``no_reason``, ``personal_reason``, ``unknown_request``, ``own_request``, ``verdict_stands``,
    ``refused_before``, ``expired``, ``no_consent``, ``consent_withdrawn``, ``no_document``.
    """
    session.require("disclose_approve")
    if verdict not in (AGREED, REFUSED):
        raise WrongUse("unknown_verdict/on_disclosure", verdict=verdict, agreed=AGREED, refused=REFUSED)
    why = checked_reason(reason, Message("disclosure/action"))
    request, lead = _request(session, number)
    if verdict == AGREED:
        session.require("disclose_approve", request["recipient"])
    detail = {"number": number, "lead": lead.name, "verdict": verdict}
    with session.transaction("disclosure_decide", session.now, **detail) as entry:
        _own(session, request)
        status = _status_of(session, request)
        if status in (DECLINED, WITHDRAWN):
            raise WrongUse("refused_before", number=number, status=status, verdict=verdict)
        if verdict == AGREED:
            if status == APPROVED:
                raise WrongUse("verdict_stands/disclosure", number=number)
            _still_allowed(session, request, lead, status)
        row = {
            "number": number,
            "lead": request["lead"],
            "verdict": verdict,
            "at": session.now,
            "by": session.user,
            "reason": why,
        }
        entry.append("disclosure_decision", pd.DataFrame([row]))
        return _status_of(session, request)


def hand_over(
    session: Session, number: str, out: Path, *, protect: bool = False, password: str | None = None
) -> HandedOver:
    """Write a workbook with the approved fields of the request's lead, as its newest version has them, and no others.

    The entry stands before the file; each further time is one more entry. ``protect``: as a marked copy under a password for
    the request's recipient, known to ``deliver trace``. Raises RegisterError ``not_allowed``,
    ``no_field_key``; WrongUse ``unknown_request``, ``not_approved``, ``expired``, ``no_consent``, ``consent_withdrawn``,
    ``no_document``, ``folder_not_written``, ``file_exists`` (nothing was handed over) or ``workbook_not_written`` (it stands as handed over).
    """
    session.require("disclose")
    request, lead = _request(session, number)
    session.require("disclose", request["recipient"])
    if protect:
        session.require("deliver", request["recipient"])
        check_recipient(request["recipient"], password)
    try:
        try_folder(out)
        for left in out.glob(f"{glob.escape(file_name(TITLE, number))}_*.part"):  # of a hand-over that was killed
            left.unlink()
    except OSError:
        raise WrongUse("folder_not_written/nothing_handed_over", out=out) from None
    fields = CONTENTS[request["content"]]
    detail = {"number": number, "lead": lead.name, "fields": list(fields)}
    with session.transaction("disclosure_hand_over", session.now, **detail) as entry:
        status = _status_of(session, request)
        if status not in (APPROVED, EXPIRED):
            raise WrongUse(NOT_APPROVED[status], number=number)
        lead = _lead(session, request["lead"], fields)
        _still_allowed(session, request, lead, status)
        count = session.register.count("disclosure_handover", {"number": number}) + 1
        path = out / file_name(TITLE, number, f"第{count}次", ending=".xlsx")
        if path.exists():
            raise WrongUse("file_exists", path=path)
        row = {
            "number": number,
            "lead": request["lead"],
            "version": int(lead["version"]),
            "fields": list(fields),
            "at": session.now,
            "by": session.user,
        }
        entry.append("disclosure_handover", pd.DataFrame([row]))
        items = _conditions(session, request, lead, count)
    disclosed = [(TITLES[name], "—" if pd.isna(lead[name]) else str(lead[name])) for name in fields]
    try:
        if protect:
            page = io.BytesIO()
            write_note(page, items, disclosed, terms(session.now.date(), session.policy), session.now)
            copy = protected_copy(session, page.getvalue(), TITLE, number, request["recipient"], out, password)
            return HandedOver(copy.file, count, fields, copy)
        with whole(path) as part:
            write_note(part, items, disclosed, terms(session.now.date(), session.policy), session.now)
    except (OSError, FileCreateError):
        raise WrongUse("workbook_not_written", number=number) from None
    return HandedOver(path, count, fields)


def _request(session: Session, number: str) -> tuple[dict[str, Any], pd.Series]:
    """A request as it came, and its lead."""
    rows = session.register.read("disclosure_request", REQUEST, where={"number": number})
    if rows.empty:
        raise WrongUse("unknown_request", number=number)
    request = rows.to_dict("records")[0]
    return request, _lead(session, request["lead"])


def _lead(session: Session, lead: int, fields: tuple[str, ...] = ()) -> pd.Series:
    """The newest version of a lead (named by its number), with these fields of it opened."""
    numbers = session.register.read("lead", ["number"], where={"lead": int(lead)})["number"].unique()
    return newest_versions(session.register, numbers, ["customer", "consent", *fields]).iloc[0]


def _status_of(session: Session, request: dict[str, Any]) -> str:
    verdicts = session.register.read("disclosure_decision", ["verdict"], where={"number": request["number"]})["verdict"]
    return _status(request["valid_until"].date(), verdicts, session.now.date())


def _own(session: Session, request: dict[str, Any]) -> None:
    """What one person asked for or brought in, another decides. Raises WrongUse."""
    DISCLOSURE.require_another(session, DISCLOSURE.parts(session.register, request), number=request["number"])


def who_asked(register: Register, row: Mapping[str, Any]) -> set[str]:
    """Who is named as applicant of the request a decision is about, and who brought it in."""
    where = {"number": row["number"]}
    return {*register.read("disclosure_request", ["applicant"], where, every=True)["applicant"]} | writers(
        register, "disclosure_request", where
    )


def _still_allowed(session: Session, request: dict[str, Any], lead: pd.Series, status: str) -> None:
    """The term has not run out, and a consent that was the basis was not taken back. Raises WrongUse."""
    if status == EXPIRED:
        raise WrongUse("expired", number=request["number"])
    consented, document = lead["consent"] == CONSENTED, request["evidence"]
    taken_back = request["lead"] in closed_leads(session.register, [request["lead"]], Scope.DISCLOSE)
    against = refusal(request["basis"], consented, document, session.now.date(), session.policy, withdrawn=taken_back)
    if against == TAKEN_BACK:
        raise WrongUse("consent_withdrawn/disclosure", number=request["number"])
    if against == NO_GROUND:
        raise WrongUse("no_ground", number=request["number"], ground=request["basis"])
    if against == NO_CONSENT:
        raise WrongUse("no_consent", lead=lead.name)
    if against == NO_DOCUMENT:
        raise WrongUse("no_document", number=request["number"])


def _conditions(session: Session, request: dict[str, Any], lead: pd.Series, count: int) -> list[Item]:
    """What the workbook says of the request, in the order it is read."""
    number, units = request["number"], directory(session.register)
    decision = session.register.read("disclosure_decision", ["at", "by"], where={"number": number}).iloc[-1]
    unit = units["name"].get(request["unit"], request["unit"])
    return [
        ("申请编号", number),
        ("交付次数", f"第 {count} 次"),
        ("申请单位", str(unit)),
        ("申请人", request["applicant"]),
        ("信息编号", str(lead.name)),
        ("有效期至", f"{request['valid_until']:%Y-%m-%d}"),
        ("客户名称", str(lead["customer"])),
        ("披露对象", request["recipient"]),
        ("披露用途", request["purpose"]),
        ("披露依据", request["basis"]),
        ("依据文件", request["evidence"] or "—"),
        ("批准人", decision["by"]),
        ("批准时间", f"{decision['at']:%Y-%m-%d %H:%M}"),
        ("交付人", session.user),
        ("交付时间", f"{session.now:%Y-%m-%d %H:%M}"),
    ]

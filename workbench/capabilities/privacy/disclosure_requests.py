"""T12 客户信息披露申请表: requests to give a lead's contact to a third party (顾客信息管理制度 七)."""

from __future__ import annotations

import re
import unicodedata
from functools import partial

import pandas as pd

from workbench.capabilities.leads.consents import Scope, closed_leads
from workbench.capabilities.leads.lead_states import newest_versions
from workbench.capabilities.privacy.consent_rules import CONSENTED
from workbench.capabilities.privacy.disclosure_rules import (
    CLAUSE,
    NO_CONSENT,
    NO_DOCUMENT,
    NO_GROUND,
    TAKEN_BACK,
    refusal,
)
from workbench.core.messages import Bilingual, Message
from workbench.core.phones import phone_number
from workbench.core.reasons import mentions_phone
from workbench.platform.intake.rows import Row, note_unchanged, store_rows
from workbench.platform.intake.submission import ImportBatch, Submission, returned
from workbench.platform.regulation.edition import Policy

# a request's number becomes part of a file's name
NUMBER = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff_-]{0,29}")
MOBILE = re.compile(r"(?<!\d)1[\s\-.·()]*[3-9](?:[\s\-.·()]*\d){9}(?!\d)")
# what stands in clear, because approver and auditor read it; documents of state bodies have long numbers
TEXTS = {
    "recipient": Bilingual("披露对象", "recipient"),
    "evidence": Bilingual("依据文件", "document"),
    "purpose": Bilingual("披露用途", "purpose"),
}
KEPT = ("number", "recipient", "basis", "evidence", "purpose", "content", "valid_until", "remark")


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store new requests; a number the register holds stays as it is."""
    known = set(batch.register.read("disclosure_request", ["number"])["number"])
    for submission in submissions:
        rows = submission.open_rows()
        leads = newest_versions(batch.register, rows["lead"], ["consent", "contact", "phone"])
        closed = closed_leads(batch.register, leads["lead"].tolist(), Scope.DISCLOSE)
        leads["withdrawn"] = leads["lead"].isin(closed)
        store_rows(
            batch,
            submission,
            "disclosure_request",
            rows,
            partial(_request, submission, known, leads, batch.session.policy),
        )


def _request(submission: Submission, known: set[str], leads: pd.DataFrame, policy: Policy, row: Row) -> list[Row]:
    """The request a row makes. Raises RowReturned."""
    number = row["number"]
    if number in known:
        return note_unchanged(
            submission, row, "already_registered", Message.of("already_registered", number=number), "number", CLAUSE
        )
    if problem := _problem(submission, row, leads, policy):
        raise returned(*problem, CLAUSE)
    known.add(number)
    return [
        {
            **{name: row[name] for name in KEPT},
            **{name: submission.form.header[name] for name in ("unit", "applicant")},
            "lead": int(leads.at[row["lead"], "lead"]),
        }
    ]


def _problem(submission: Submission, row: Row, leads: pd.DataFrame, policy: Policy) -> tuple[str, Message, str] | None:
    """Why a row is returned: code, message and column; None where nothing is against it."""
    if not NUMBER.fullmatch(row["number"]) or MOBILE.search(row["number"]):
        return "bad_number", Message("bad_number"), "number"
    if row["lead"] not in leads.index:
        return "unknown_number", Message.of("unknown_number/request", lead=row["lead"]), "lead"
    lead = leads.loc[row["lead"]]
    consented, received_on = lead["consent"] == CONSENTED, submission.received_at.date()
    against = refusal(row["basis"], consented, row["evidence"], received_on, policy, withdrawn=lead["withdrawn"])
    if against == TAKEN_BACK:
        return TAKEN_BACK, Message.of("consent_withdrawn/request", lead=row["lead"]), "basis"
    if against == NO_GROUND:
        return "no_ground", Message.of("no_ground/request", basis=row["basis"]), "basis"
    if against == NO_CONSENT:
        return "no_consent", Message.of("no_consent/request", lead=row["lead"]), "basis"
    if against == NO_DOCUMENT:
        return "no_document", Message("no_document/request"), "evidence"
    if row["valid_until"].date() < submission.received_at.date():
        return "expired", Message("expired/request"), "valid_until"
    for column, title in TEXTS.items():
        if row[column] is not None and _personal(row[column], lead, strict=column != "evidence"):
            return "personal_text", Message.of("personal_text", title=title), column
    return None


def _personal(text: str, lead: pd.Series, *, strict: bool) -> bool:
    """Whether a text holds a phone number or names the lead's contact; ``strict``: any long run of digits is one."""
    plain, name = unicodedata.normalize("NFKC", text), str(lead["contact"]).strip()
    phone = phone_number(pd.Series([lead["phone"]], dtype=object)).iloc[0]
    if MOBILE.search(plain) or (isinstance(phone, str) and phone in re.sub(r"\D", "", plain)):
        return True
    return (len(name) > 1 and name in plain) or (strict and mentions_phone(plain))

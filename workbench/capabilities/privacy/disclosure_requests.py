"""T12 客户信息披露申请表: requests to give a lead's contact to a third party (顾客信息管理制度 七)."""

from __future__ import annotations

import re
import unicodedata
from functools import partial

import pandas as pd

from workbench.capabilities.leads.lead_states import newest_versions
from workbench.capabilities.privacy.disclosure_rules import CLAUSE, NO_CONSENT, NO_GROUND, refusal
from workbench.core.messages import Message
from workbench.core.phones import phone_number
from workbench.platform.access.reasons import mentions_phone
from workbench.platform.intake.rows import Row, note_unchanged, store_rows
from workbench.platform.intake.submission import ImportBatch, Submission, returned
from workbench.platform.regulation.edition import Policy

CONSENTED = "是"
# a request's number becomes part of a file's name
NUMBER = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff_-]{0,29}")
MOBILE = re.compile(r"(?<!\d)1[\s\-.·()]*[3-9](?:[\s\-.·()]*\d){9}(?!\d)")
# what stands in clear, because approver and auditor read it; documents of state bodies have long numbers
TEXTS = {"recipient": "披露对象", "evidence": "依据文件", "purpose": "披露用途"}
KEPT = ("number", "recipient", "basis", "evidence", "purpose", "content", "valid_until", "remark")


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store new requests; a number the register holds stays as it is."""
    known = set(batch.register.read("disclosure_request", ["number"])["number"])
    for submission in submissions:
        rows = submission.open_rows()
        leads = newest_versions(batch.register, rows["lead"], ["consent", "contact", "phone"])
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


def _problem(submission: Submission, row: Row, leads: pd.DataFrame, policy: Policy) -> tuple[str, str, str] | None:
    """Why a row is returned: code, message and column; None where nothing is against it."""
    if not NUMBER.fullmatch(row["number"]) or MOBILE.search(row["number"]):
        return (
            "bad_number",
            "申请编号只能用字母、汉字、数字和横线，不超过30个字，也不能是电话号码。请改编号。",
            "number",
        )
    if row["lead"] not in leads.index:
        return "unknown_number", f"信息编号 {row['lead']} 不在登记册中，请核对。", "lead"
    lead = leads.loc[row["lead"]]
    consented, received_on = lead["consent"] == CONSENTED, submission.received_at.date()
    against = refusal(row["basis"], consented, received_on, policy)
    if against == NO_GROUND:
        return "no_ground", f"披露依据“{row['basis']}”不在规定的依据之内，不得披露。", "basis"
    if against == NO_CONSENT:
        message = (
            f"信息 {row['lead']} 没有登记客户同意，不得披露。请先取得同意并在《大客户信息记录表》中填“是”，"
            "或改以法律规定为依据并写明文书。"
        )
        return "no_consent", message, "basis"
    if row["valid_until"].date() < submission.received_at.date():
        return "expired", "有效期在收到申请以前已过，请核对。", "valid_until"
    for column, title in TEXTS.items():
        if row[column] is not None and _personal(row[column], lead, strict=column != "evidence"):
            return "personal_text", f"“{title}”中不要写客户联系人和电话，它以明文留存。请改写后重新提交。", column
    return None


def _personal(text: str, lead: pd.Series, *, strict: bool) -> bool:
    """Whether a text holds a phone number or names the lead's contact; ``strict``: any long run of digits is one."""
    plain, name = unicodedata.normalize("NFKC", text), str(lead["contact"]).strip()
    phone = phone_number(pd.Series([lead["phone"]], dtype=object)).iloc[0]
    if MOBILE.search(plain) or (isinstance(phone, str) and phone in re.sub(r"\D", "", plain)):
        return True
    return (len(name) > 1 and name in plain) or (strict and mentions_phone(plain))

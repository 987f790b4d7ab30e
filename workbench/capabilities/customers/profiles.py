"""T8 大客户档案登记表: what departments know of a customer, field by field (大客户管理制度 三.1; 客户信息及档案管理制度 四、九)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.customers import fields
from workbench.capabilities.customers.identity import (
    LinkKind,
    LinkSource,
    keys_of,
    keys_of_profile,
    keys_of_rows,
    listed_names,
)
from workbench.core.credit_codes import is_credit_code, plain_code
from workbench.core.findings import Severity
from workbench.core.messages import Bilingual, Message
from workbench.core.names import person_name
from workbench.platform.forms.spec import templates
from workbench.platform.intake.rows import Row, note_unchanged, store_rows, values
from workbench.platform.intake.submission import ImportBatch, Submission, returned
from workbench.platform.regulation.edition import Policy

TEMPLATE = "customer_profile"
CLAUSE = "大客户管理制度·三.1"
PROVIDED, SECRECY = "客户信息及档案管理制度·四", "客户信息及档案管理制度·九"
COLUMNS = ("customer", *fields.BY_KEY)


def purpose_missing(row: Row) -> str | None:
    """九: the column a row with personal data lacks before it may be collected (purpose, basis); None where it lacks none."""
    if not any(row.get(key) for key in fields.ASKING_FOR_A_PURPOSE):
        return None
    return next((key for key in ("purpose", "basis") if not row.get(key)), None)


def provider(part: fields.Part, on: Any, policy: Policy) -> str | None:
    """四: the department that provides a part of the file on a day; None where none is named."""
    word: str | None = policy.value(fields.PROVIDERS[part], on)
    return word


def kept_until(received_at: datetime, policy: Policy) -> pd.Timestamp | None:
    """九: the day until which personal data received at a moment are kept, where none was said; None where no term is set."""
    months = policy.value("contact_keep_months", received_at.date())
    return None if months is None else pd.Timestamp(received_at).normalize() + pd.DateOffset(months=months)


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store every row that says something, and the links its aliases and parent make."""
    for submission in submissions:
        _accept(batch, submission)


def _accept(batch: ImportBatch, submission: Submission) -> None:
    rows = submission.open_rows()
    keys = keys_of_rows(batch, rows)
    above = dict(zip(rows["row"], keys_of(batch, rows["parent"].tolist()), strict=True))
    people = [None if pd.isna(name) else person_name(name) for name in rows["contact"]]
    contacts = dict(zip(rows["row"], keys_of_profile(batch.register, list(keys.values()), people), strict=True))
    header = submission.form.header

    def examine(row: Row) -> list[Row]:
        own = {name: row[name] for name in COLUMNS}
        _checked(submission, row, own)
        if not any(own[key] is not None for key in fields.BY_KEY):
            return note_unchanged(submission, row, "nothing_said", Message.of("nothing_said"), "customer", CLAUSE)
        if own["purpose"] is not None and own["keep_until"] is None:
            own["keep_until"] = kept_until(submission.received_at, batch.session.policy)
        return [
            {
                **own,
                "customer_key": keys[row["row"]],
                "parent_key": above[row["row"]],
                "unit": header["unit"],
                "department": header["department"],
                "filled": " ".join(key for key in fields.SEALED if own[key] is not None) or None,
                "contact_key": contacts[row["row"]],
            }
        ]

    stored = store_rows(batch, submission, TEMPLATE, rows, examine)
    _others_parts(batch, submission, stored)
    _link(batch, submission, stored)


def _checked(submission: Submission, row: Row, own: Row) -> None:
    """A row's code in its plain form. Raises RowReturned for a wrong code and for personal data without a purpose."""
    if own["code"] is not None:
        own["code"] = plain_code(own["code"])
        if not is_credit_code(own["code"]):
            raise returned("bad_credit_code", Message.of("bad_credit_code"), "code", CLAUSE)
    if own["parent"] is not None and own["parent"] == own["customer"]:
        raise returned("own_parent", Message.of("own_parent"), "parent", CLAUSE)
    if lacking := purpose_missing(own):
        titles = {column.key: column.title for column in templates()[TEMPLATE].columns}
        message = Message.of("no_purpose", title=Bilingual(titles[lacking], lacking))
        raise returned("no_purpose", message, lacking, SECRECY)
    if own["keep_until"] is not None and own["keep_until"].date() < submission.received_at.date():
        raise returned("term_over", Message.of("term_over"), "keep_until", SECRECY)


def _others_parts(batch: ImportBatch, submission: Submission, stored: list[Row]) -> None:
    """Say of fields that another department provides that they were taken all the same (四)."""
    own, on = submission.form.header["department"], submission.received_at.date()
    for row in stored:
        parts = {fields.BY_KEY[key].part for key in fields.BY_KEY if row[key] is not None}
        for part in sorted(parts, key=list(fields.Part).index):
            asked = provider(part, on, batch.session.policy)
            if asked is not None and asked != own:
                key = next(f.key for f in fields.FIELDS if f.part is part and row[f.key] is not None)
                submission.add_finding(
                    "others_part",
                    Message.of("others_part", part=Bilingual(part, part.name.lower()), department=_department(asked)),
                    row=int(row["row"]),
                    column=key,
                    clause=PROVIDED,
                    severity=Severity.NOTE,
                )


def _department(word: str) -> Bilingual:
    return Bilingual(f"{word}部门", f"the {fields.Department(word).name.lower()} department")


def _link(batch: ImportBatch, submission: Submission, stored: list[Row]) -> None:
    """The links that aliases and parents make; the register keeps each once more with every file that says so."""
    links = [
        (row, name, kind)
        for row in stored
        for kind, names in ((LinkKind.SAME, listed_names(row["aliases"])), (LinkKind.PARENT, [row["parent"]]))
        for name in names
        if name
    ]
    made = keys_of(batch, [name for _, name, _ in links]) if links else []
    rows = [
        {
            **values(row, ["customer_key", "document", "row", "at"]),
            "other": key,
            "other_name": name,
            "kind": kind.value,
            "linked": True,
            "source": LinkSource.PROFILE.value,
        }
        for (row, name, kind), key in zip(links, made, strict=True)
        if key is not None and key != row["customer_key"]
    ]
    batch.put("customer_link", rows)

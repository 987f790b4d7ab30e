"""Personal data for those who may see it: shown with a reason that is kept in the trail (S7)."""

from __future__ import annotations

import re

from workbench.core.errors import WrongUse
from workbench.platform.access.session import Session

FIELDS = ["contact", "phone", "content", "remark"]
# six digits or more, however they are set apart; a lead's number or a date with its marks is no phone
_DIGITS = re.compile(r"\d(?:[\s\-‐-―－.．·()（）/]*\d){5,}")
_HARMLESS = re.compile(r"DK20\d{2}(?:0[1-9]|1[0-2])-\d{5,7}(?!\d)|(?<![\d.-])20\d{2}([-/.])\d{1,2}\1\d{1,2}(?![\d/.-])")


def reveal(session: Session, number: str, reason: str) -> dict[str, str | None]:
    """Contact, phone, content and remark of a lead's newest version; who asked and why goes into the trail.

    Raises WrongUse ``no_reason``, ``personal_reason``, ``unknown_number``; RegisterError ``not_allowed``,
    ``no_field_key``.
    """
    session.require("reveal")
    reason = checked_reason(reason, "查看个人信息")
    with session.transaction("reveal", session.now, number=number, fields=FIELDS, reason=reason):
        rows = session.register.read("lead", ["lead", "version", *FIELDS], where={"number": number})
        own = session.sees()
        if rows.empty or (own is not None and rows["lead"].iloc[0] not in own):  # of another section: not told
            raise _unknown(number)
        newest = rows.sort_values("version").iloc[-1]
    return {field: newest[field] for field in FIELDS}


def checked_reason(reason: str, deed: str) -> str:
    """A reason that may be kept in clear, trimmed. Raises WrongUse ``no_reason``, ``personal_reason``."""
    if not reason.strip():
        raise WrongUse("no_reason", deed=deed)
    if mentions_phone(reason):
        raise WrongUse("personal_reason")
    return reason.strip()


def mentions_phone(text: str) -> bool:
    """Whether a text holds what may be a phone number, however its digits are set apart."""
    return bool(_DIGITS.search(_HARMLESS.sub("X", text)))


def masked(session: Session, number: str) -> dict[str, str]:
    """Contact and phone of a lead as everybody may see them: family name, and a number with its middle hidden.

    No key for personal fields is needed, and nothing is logged. Raises WrongUse ``unknown_number``; RegisterError
    ``not_allowed``.
    """
    session.require("list")
    leads = session.register.read("lead", ["lead"], where={"number": number})["lead"]
    own = session.sees()
    if leads.empty or (own is not None and leads.iloc[0] not in own):
        raise _unknown(number)
    rows = session.register.read("mask", ["version", "contact", "phone"], where={"lead": int(leads.iloc[0])})
    newest = rows.sort_values("version").iloc[-1]
    return {"contact": newest["contact"], "phone": newest["phone"]}


def _unknown(number: str) -> WrongUse:
    return WrongUse("unknown_number", number=number)

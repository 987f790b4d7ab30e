"""Personal data of a lead for those who may see it: in full with a reason that is kept in the trail, else masked (S7)."""

from __future__ import annotations

from typing import Any

from workbench.capabilities.leads.added_columns import is_place, personal_of_row, visible_numbers
from workbench.capabilities.leads.consents import Scope, closed_leads
from workbench.capabilities.leads.visibility import visible_leads
from workbench.core.errors import WrongUse
from workbench.core.messages import Message
from workbench.core.reasons import checked_reason
from workbench.platform.access.session import Session
from workbench.platform.intake.tables import ADDED
from workbench.platform.register.columns import from_sealed

FIELDS = ["contact", "phone", "content", "remark"]


def reveal(session: Session, number: str, reason: str) -> dict[str, Any]:
    """Contact, phone, content and remark of a lead's newest version, and what stands in personal columns that were added
    to a template, by their titles; who asked and why goes into the trail. In place of a lead's number a row of a received
    file can be named (``12/7``): then what stands in the personal added columns of that row.

    Raises WrongUse ``no_reason``, ``personal_reason``, ``unknown_number``, ``consent_withdrawn`` (the contact took his
    consent back; that somebody tried is kept); RegisterError ``not_allowed``, ``no_field_key``.
    """
    session.require("reveal")
    reason = checked_reason(reason, Message("reveal/action"))
    if _is_of_another_section(session, number):  # refused as if it were not there; that somebody tried is kept
        _keep_refusal(session, number)
    elif _is_closed(session, number):
        _keep_refusal(session, number)
        raise WrongUse("consent_withdrawn", number=number)
    if is_place(number):
        with session.transaction("reveal", session.now, number=number, fields=[ADDED], reason=reason):
            return personal_of_row(session, number, opened=True)
    with session.transaction("reveal", session.now, number=number, fields=FIELDS, reason=reason):
        rows = session.register.read("lead", ["lead", "version", *FIELDS], where={"number": number})
        own = visible_leads(session)
        if rows.empty or (own is not None and rows["lead"].iloc[0] not in own):  # of another section: not told
            raise _unknown(number)
        newest = rows.sort_values("version").iloc[-1]
        added = _added(session, number)
    return {field: newest[field] for field in FIELDS} | added


def _keep_refusal(session: Session, number: str) -> None:
    with session.transaction("refused", session.now, wanted="reveal", role=session.role, number=number):
        pass


def _is_closed(session: Session, number: str) -> bool:
    """Whether the contact of a lead, or of the lead a row of a file is about, took his consent to its use back."""
    if is_place(number):
        document, row = map(int, number.split("/"))
        named = session.register.read(ADDED, ["lead"], where={"document": document, "row": row, "personal": True})
        numbers = named["lead"].dropna().unique().tolist()
    else:
        numbers = [number]
    leads = session.register.read("lead", ["lead"], where={"number": numbers})["lead"].unique().tolist()
    return bool(closed_leads(session.register, leads, Scope.USE))


def _is_of_another_section(session: Session, number: str) -> bool:
    """Whether a lead, or a row of a file, is there but none of those this person may see."""
    if (own := visible_leads(session)) is None:
        return False
    if is_place(number):
        document, row = map(int, number.split("/"))
        named = session.register.read(ADDED, ["lead"], where={"document": document, "row": row, "personal": True})
        return not named["lead"].isin(visible_numbers(session) or set()).all()
    return not session.register.read("lead", ["lead"], where={"number": number})["lead"].isin(own).all()


def _added(session: Session, number: str) -> dict[str, Any]:
    """What stands in personal columns that were added to a template, for rows about a lead: title → value."""
    where = {"lead": number, "personal": True}
    rows = session.register.read(ADDED, ["subject", "template", "field", "title", "sealed_value"], where=where)
    newest = rows.drop_duplicates(["template", "subject", "field"], keep="last").dropna(subset="sealed_value")
    return {title: from_sealed(text) for title, text in zip(newest["title"], newest["sealed_value"], strict=True)}


def masked(session: Session, number: str) -> dict[str, str]:
    """Contact and phone of a lead as everybody may see them: family name, and a number with its middle hidden.

    No key for personal fields is needed, and nothing is logged. Raises WrongUse ``unknown_number``; RegisterError
    ``not_allowed``.
    """
    session.require("list")
    if is_place(number):
        return personal_of_row(session, number, opened=False)
    leads = session.register.read("lead", ["lead"], where={"number": number})["lead"]
    own = visible_leads(session)
    if leads.empty or (own is not None and leads.iloc[0] not in own):
        raise _unknown(number)
    rows = session.register.read("mask", ["version", "contact", "phone"], where={"lead": int(leads.iloc[0])})
    newest = rows.sort_values("version").iloc[-1]
    return {"contact": newest["contact"], "phone": newest["phone"]}


def _unknown(number: str) -> WrongUse:
    return WrongUse("unknown_number", number=number)

"""Personal data for those who may see it: shown with a reason, kept in the trail; masked for everybody else (S7)."""

from __future__ import annotations

import re

from workbench.core.errors import RegisterError, WrongUse
from workbench.desk.session import Session

FIELDS = ["contact", "phone", "content", "remark"]
# six digits or more, however they are set apart; a lead's number or a date with its marks is no phone
_DIGITS = re.compile(r"\d(?:[\s\-‐-―－.．·()（）/]*\d){5,}")
_HARMLESS = re.compile(r"DK20\d{2}(?:0[1-9]|1[0-2])-\d{5,7}(?!\d)|(?<![\d.-])20\d{2}([-/.])\d{1,2}\1\d{1,2}(?![\d/.-])")


def masked(phone: str) -> str:
    """A phone with its middle hidden (138****1234); of a short one nothing shows."""
    digits = re.sub(r"\D", "", phone)
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}" if len(digits) >= 10 else "*" * len(phone)


def masked_name(name: str) -> str:
    """A name of which the first character shows (张**); of a single character nothing."""
    return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)


def reveal(session: Session, number: str, reason: str, sections: frozenset[str] | None = None) -> dict[str, str | None]:
    """Contact, phone, content and remark of a lead's newest version; who asked and why goes into the trail.

    ``sections``: codes of the sections a verifier works for, where known; he sees the leads dispatched to them.
    Raises WrongUse ``no_reason``, ``personal_reason``, ``unknown_number``; RegisterError ``not_allowed``,
    ``no_field_key``.
    """
    session.require("reveal")
    if not reason.strip():
        raise WrongUse("no_reason", "查看个人信息须写明理由（--reason）。", "Say why with --reason.")
    if _DIGITS.search(_HARMLESS.sub("X", reason)):
        zh = "理由中不要写电话等个人信息，它会留在审计记录里。请改写。"
        raise WrongUse("personal_reason", zh, "Leave phone numbers out of the reason; it stays in the trail.")
    if sections is not None and session.role == "verifier" and not session.sole:
        _require_dispatched(session, number, sections)
    with session.deed("reveal", session.now, number=number, fields=FIELDS, reason=reason.strip()):
        rows = session.register.read("lead", ["version", *FIELDS], where={"number": number})
        if rows.empty:
            raise _unknown(number)
        newest = rows.sort_values("version").iloc[-1]
    return {field: newest[field] for field in FIELDS}


def _require_dispatched(session: Session, number: str, sections: frozenset[str]) -> None:
    """Refuse a lead that went to none of these sections; the refusal is kept with the lead's number."""
    leads = session.register.read("lead", ["lead"], where={"number": number})["lead"].tolist()
    if not leads:
        raise _unknown(number)
    if sections.isdisjoint(session.register.read("dispatch", ["section"], where={"lead": leads})["section"]):
        with session.deed("refused", session.now, wanted="reveal", role=session.role, number=number):
            pass
        raise RegisterError(
            "not_allowed", f"信息 {number} 没有转交给用户“{session.user}”所在的科室，不能查看其个人信息，已记入审计。",
            f"Lead {number} was not dispatched to a section of user {session.user}; the attempt is logged.",
        )  # fmt: skip


def _unknown(number: str) -> WrongUse:
    return WrongUse("unknown_number", f"信息编号 {number} 不在登记册中。", f"Lead {number} is not in the register.")

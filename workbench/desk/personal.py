"""Personal data for those who may see it: shown with a reason, kept in the trail; masked for everybody else (S7)."""

from __future__ import annotations

import re

from workbench.core.errors import WrongUse
from workbench.desk.session import Session

FIELDS = ["contact", "phone", "content", "remark"]
_DIGITS = re.compile(r"\d(?:[\s\-]?\d){5,}")


def masked(phone: str) -> str:
    """A phone with its middle hidden (138****1234); of a short one nothing shows."""
    digits = re.sub(r"\D", "", phone)
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}" if len(digits) >= 10 else "*" * len(phone)


def masked_name(name: str) -> str:
    """A name of which the first character shows (张**); of a single character nothing."""
    return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)


def reveal(session: Session, number: str, reason: str) -> dict[str, str | None]:
    """Contact, phone, content and remark of a lead's newest version; who asked and why goes into the trail.

    Raises WrongUse ``no_reason``, ``personal_reason``, ``unknown_number``; RegisterError ``not_allowed``,
    ``no_field_key``.
    """
    session.require("reveal")
    if not reason.strip():
        raise WrongUse("no_reason", "查看个人信息须写明理由（--reason）。", "Say why with --reason.")
    if _DIGITS.search(reason):
        zh = "理由中不要写电话等个人信息，它会留在审计记录里。请改写。"
        raise WrongUse("personal_reason", zh, "Leave phone numbers out of the reason; it stays in the trail.")
    with session.deed("reveal", session.now, number=number, fields=FIELDS, reason=reason.strip()):
        rows = session.register.read("lead", ["version", *FIELDS], where={"number": number})
        if rows.empty:
            raise WrongUse(
                "unknown_number", f"信息编号 {number} 不在登记册中。", f"Lead {number} is not in the register."
            )
        newest = rows.sort_values("version").iloc[-1]
    return {field: newest[field] for field in FIELDS}

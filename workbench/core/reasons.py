"""Reasons that are kept in clear: given, and without phone numbers (S7)."""

from __future__ import annotations

import re

from workbench.core.errors import WrongUse
from workbench.core.messages import Message
from workbench.core.personal_texts import Kind, personal_in

# six digits or more, however they are set apart; a lead's number or a date with its marks is no phone
_DIGITS = re.compile(r"\d(?:[\s\-‐-―－.．·()（）/]*\d){5,}")
_HARMLESS = re.compile(
    r"DK20\d{2}(?:0[1-9]|1[0-2])-\d{5,7}(?!\d)|XH20\d{2}-\d{3,4}(?!\d)|(?<![\d.-])20\d{2}([-/.])\d{1,2}\1\d{1,2}(?![\d/.-])"
)


def checked_reason(reason: str, action: Message) -> str:
    """A reason for an ``action`` (its word) that may be kept in clear, trimmed. Raises WrongUse ``no_reason``, ``personal_reason``."""
    if not reason.strip():
        raise WrongUse("no_reason", action=action)
    if mentions_phone(reason):
        raise WrongUse("personal_reason")
    return reason.strip()


def kept_reason(reason: str, missing: str | None = None) -> str:
    """A reason for a decision, trimmed, that stays on record in clear: staff may be named in it, numbers of no contact.

    ``missing``: the key of the refusal where there is none (None: there need be none). Raises WrongUse with it, or
    ``personal_reason``.
    """
    if missing and not reason.strip():
        raise WrongUse(missing)
    if personal_in(reason) not in (None, Kind.NAME):
        raise WrongUse("personal_reason")
    return reason.strip()


def mentions_phone(text: str) -> bool:
    """Whether a text holds what may be a phone number or another way to reach somebody, however it is set apart."""
    return bool(_DIGITS.search(_HARMLESS.sub("X", text))) or personal_in(text) not in (None, Kind.NAME)

"""Reasons that are kept in clear: given, and without phone numbers (S7)."""

from __future__ import annotations

import re

from workbench.core.errors import WrongUse
from workbench.core.messages import Message

# six digits or more, however they are set apart; a lead's number or a date with its marks is no phone
_DIGITS = re.compile(r"\d(?:[\s\-‐-―－.．·()（）/]*\d){5,}")
_HARMLESS = re.compile(r"DK20\d{2}(?:0[1-9]|1[0-2])-\d{5,7}(?!\d)|(?<![\d.-])20\d{2}([-/.])\d{1,2}\1\d{1,2}(?![\d/.-])")


def checked_reason(reason: str, action: Message) -> str:
    """A reason for an ``action`` (its word) that may be kept in clear, trimmed. Raises WrongUse ``no_reason``, ``personal_reason``."""
    if not reason.strip():
        raise WrongUse("no_reason", action=action)
    if mentions_phone(reason):
        raise WrongUse("personal_reason")
    return reason.strip()


def mentions_phone(text: str) -> bool:
    """Whether a text holds what may be a phone number, however its digits are set apart."""
    return bool(_DIGITS.search(_HARMLESS.sub("X", text)))

"""The unified social credit code of an organisation (统一社会信用代码, GB 32100): its form and its check character."""

from __future__ import annotations

import unicodedata

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V and Z
LENGTH = 18
_VALUE = {character: value for value, character in enumerate(CHARACTERS)}
_WEIGHTS = tuple(3**place % 31 for place in range(LENGTH - 1))


def plain_code(text: str) -> str:
    """A code as it is compared and kept: one width, capitals, no spaces or hyphens."""
    return "".join(unicodedata.normalize("NFKC", text).upper().replace("-", "").split())


def check_character(first: str) -> str:
    """The last character for the first seventeen. Raises KeyError for a character that no code holds."""
    total = sum(_VALUE[character] * weight for character, weight in zip(first, _WEIGHTS, strict=True))
    return CHARACTERS[-total % 31]


def is_credit_code(code: str) -> bool:
    """Whether a plain code has the form of one and the right check character."""
    if len(code) != LENGTH or not set(code) <= set(CHARACTERS):
        return False
    return check_character(code[:-1]) == code[-1]

"""Phone numbers: read out of a text, told from what is none, masked."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from workbench.core.frames import map_distinct
from workbench.core.names import is_placeholder

_PHONE_SPLIT = re.compile(r"[/,;、|]|转|或|和|\s{2,}|EXT\.?|X", re.IGNORECASE)
_PHONE_NOISE = re.compile(r"[\s\-()+._]|^TEL:?|^电话:?|^手机:?", re.IGNORECASE)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_PHONE = re.compile(r"^(?:0086|86)?(1[3-9]\d{9}|0\d{9,11}|[48]00\d{7}|[2-9]\d{6,7})$")


def phone_number(phones: pd.Series) -> pd.Series:
    """The first phone number of each text as digits, without country code and extension; None where there is none."""

    def number(text: str) -> str | None:
        for part in _PHONE_SPLIT.split(text):
            if match := _PHONE.match(_PHONE_NOISE.sub("", part)):
                return match[1]
        return None

    def change(texts: list[str]) -> list[str | None]:
        return [number(text) for text in pd.Series(texts, dtype=object).str.normalize("NFKC")]

    return map_distinct(phones, change)


def phone_problem(values: pd.Series) -> pd.Series:
    """What is wrong with each contact method: ``missing`` (5.2), ``unclear`` (no phone number in it), or None."""
    result = pd.Series(np.full(len(values), None, dtype=object), index=values.index, dtype=object)
    result[phone_number(values).isna()] = "unclear"
    result[is_placeholder(values)] = "missing"
    return result


def masked_phone(number: str) -> str:
    """A phone number with its middle hidden: 138****1234; of a shorter one only the last two digits show."""
    if len(number) == 11 and number.isdigit():
        return f"{number[:3]}****{number[-4:]}"
    return "*" * max(len(number) - 2, 4) + (number[-2:] if len(number) > 6 else "")


def without_phones(text: str) -> str:
    """A text whose mobile numbers are masked; some senders put one into a file's name."""
    return _MOBILE.sub(lambda number: masked_phone(number[0]), text)

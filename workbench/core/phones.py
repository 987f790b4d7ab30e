"""Phone numbers: read out of a text, told from what is none, masked."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

from workbench.core.frames import map_distinct
from workbench.core.names import is_placeholder
from workbench.core.texts import unlike

_PHONE_SPLIT = re.compile(r"[/,;、|]|转|或|和|\s{2,}|EXT\.?|X", re.IGNORECASE)
_PHONE_NOISE = re.compile(r"[\s\-()+._]|^TEL:?|^电话:?|^手机:?", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|wxid_\w+"
    r"|(?:微信|企业微信|weixin|wechat|wx|vx|钉钉|dingtalk|飞书|旺旺|whatsapp|telegram|skype)"
    r"(?:账号|帐号|号码|号|id)?[:：\s]*[a-z0-9][-\w.]{4,}"
    r"|(?:qq|企鹅)(?:账号|帐号|号码|号)?[:：\s]*[1-9]\d{4,11}",
    re.IGNORECASE | re.ASCII,
)
# numbers within other words, where the text is not one by itself: 手机号138…（微信同号）, two on two lines
_WITHIN = re.compile(
    r"(?<![\d*])(?:(?:\(?\+?(?:00)?86\)?[-\s]?)?(1[3-9]\d(?:[-\s]?\d{4}){2})"
    r"|\(?(0\d{2,3})\)?[-\s]{0,2}([2-9]\d{2,3}-?\d{4})|([48]00[-\s]?\d{3}[-\s]?\d{4}))(?![\d*])"
)
_BARE_MOBILES = re.compile(r"(?<![^\0])(?:1[3-9][0-9]{9}\0)+")
_PHONE = re.compile(r"^(?:0086|86)?(1[3-9]\d{9}|0\d{9,11}|[48]00\d{7}|[2-9]\d{6,7})$")


def _numbers_in(text: str) -> list[str]:
    """The numbers of a text in their order, as digits, without country codes and extensions."""
    text = unicodedata.normalize("NFKC", text)
    parts = [_PHONE_NOISE.sub("", part) for part in _PHONE_SPLIT.split(text)]
    return [match[1] for part in parts if (match := _PHONE.match(part))] or [
        re.sub(r"\D", "", mobile or area + local or service) for mobile, area, local, service in _WITHIN.findall(text)
    ]


def phone_number(phones: pd.Series) -> pd.Series:
    """The first phone number of each text as digits, without country code and extension; None where there is none."""

    def change(texts: list[str]) -> list[str | None]:
        read = {text: next(iter(_numbers_in(text)), None) for text in unlike(_BARE_MOBILES, texts)}
        return [read.get(text, text) for text in texts]  # a bare mobile is its number

    return map_distinct(phones, change)


def further_numbers(text: str) -> list[str]:
    """What else a contact can be known by beside the first number: further numbers, and landlines without area code."""
    found = []
    for number in _numbers_in(text):
        found += [number, *_local(number)]
    return list(dict.fromkeys(found))[1:]


def _local(number: str) -> list[str]:
    """A landline without its area code (three digits for 010 and 02x, else four)."""
    if not number.startswith("0"):
        return []
    return [number[3 if number.startswith(("010", "02")) else 4 :]]


def phone_problem(values: pd.Series) -> pd.Series:
    """What is wrong with each contact method: ``missing`` (5.2), ``unclear`` (D39: no phone, e-mail or messenger account
    can be recognised in it), or None."""

    def change(texts: list[str]) -> list[str | None]:
        doubtful = pd.Series(unlike(_BARE_MOBILES, texts), dtype=object)
        nothing = dict(zip(doubtful, is_placeholder(doubtful)))
        said = {
            text: "missing" if nothing[text] else None if _numbers_in(text) or _ACCOUNT.search(text) else "unclear"
            for text in doubtful
        }
        return [said.get(text) for text in texts]

    return map_distinct(values, change).where(values.notna(), "missing")


def only_numbers_of(text: str, own: str) -> bool:
    """Whether every number in a contact method is also one of another (D39: the reporter's own phone)."""
    wanted, known = _numbers(text), _numbers(own)
    return bool(wanted) and all(number in known or any(part in known for part in _local(number)) for number in wanted)


def _numbers(text: str) -> set[str]:
    return {each for number in _numbers_in(text) for each in (number, *_local(number))}


def masked_phone(number: str) -> str:
    """A phone number with its middle hidden: 138****1234; of a shorter one only the last two digits show."""
    if len(number) == 11 and number.isdigit():
        return f"{number[:3]}****{number[-4:]}"
    return "*" * max(len(number) - 2, 4) + (number[-2:] if len(number) > 6 else "")

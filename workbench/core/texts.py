"""Texts from outside at the edges they leave by: the terminal, JSON, the XML of a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable

# line ends of any kind and tabs: a stored text is one line and one column of what is printed
_BREAKS = re.compile("\r\n|[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
# what a terminal acts on: controls (C0, DEL, C1), marks and overrides of direction, halves of characters
_ACTING = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
# what JSON may hold as it is and a terminal acts on all the same
_RAW_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# what XML cannot hold
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# what is not to be seen: Unicode's Default_Ignorable_Code_Point and the rest of its Cf, controls that no cell shows, and two
# signs that are blank by themselves (Braille without a dot, a note without a head); and a workbook's spelling of a character
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]+"
)
# what is not surely seen: all but nearly everything that people write in Chinese offices
_UNUSUAL = re.compile(
    "[^\n -~\xa1-\xac\xae-\u034e\u2010-\u2027\u2030-\u205e\u2070-\u27ff\u3000-\u3163\u3400-\ud7ff\uff01-\uff9f]"
)
_SPELT = re.compile("_x([0-9A-Fa-f]{4})_")


def one_line(text: str) -> str:
    """A text as a terminal may be given it: line breaks and tabs are spaces, what it would act on is a ``�``."""
    return _ACTING.sub("\ufffd", _BREAKS.sub(" ", text))


def printable(text: str) -> str:
    """The same, where tabs stand between columns."""
    return "\t".join(map(one_line, text.split("\t")))


def escaped_json(document: str) -> str:
    """JSON text with everything escaped that a terminal acts on; it says the same."""
    return _RAW_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", document)


def in_xml(text: str) -> str:
    """A text as a workbook's XML can hold it."""
    return _NO_XML.sub("\ufffd", text)


def without_invisible(text: str) -> str:
    """A cell's text as it is seen: without characters that show nothing, ``_x0007_`` being one of them."""
    if "_x" not in text and not _UNUSUAL.search(text):  # nearly always
        return text
    if "_x" in text:
        text = _SPELT.sub(lambda match: _character(match[1]), text)
    return _INVISIBLE.sub("", text)


def all_visible(texts: Iterable[str]) -> bool:
    """Whether many texts are surely seen as they are (``without_invisible``); some of which it says no are as well."""
    whole = "".join(texts)
    return "_x" not in whole and not _UNUSUAL.search(whole)


def unlike(pattern: re.Pattern[str], texts: list[str]) -> list[str]:
    """The texts that a pattern does not match; many are told in one go. ``pattern`` matches one or more texts, each with a
    ``\\0`` behind it and with none in it, from the beginning of one on: ``(?<![^\\0])(?:…\\0)+``.
    """
    joined = "\0".join([*texts, ""])
    if joined.count("\0") != len(texts):  # one of them holds the sign itself
        return texts
    return pattern.sub("", joined).split("\0")[:-1]


def _character(code: str) -> str:
    sign = chr(int(code, 16))
    return "\n" if sign == "\r" else "\ufffd" if "\ud800" <= sign <= "\udfff" else sign


def lines_needed(text: str, room: float) -> int:
    """How many lines a wrapped text takes in a cell ``room`` characters wide (a Chinese one counts two)."""
    total = 0
    room *= 1.08  # widths are measured in digits of 11 points, texts are set in 10
    for part in text.split("\n"):
        wide = sum(2.05 if ord(letter) > 0x2000 else 1.05 for letter in part)
        total += max(1, -(-int(wide) // max(1, int(room))))
    return total


def a_little_long(value: object, room: float, most: float = 1.6) -> bool:
    """Whether a text would fit a cell ``room`` characters wide if it were written smaller; not one longer than ``most`` times it."""
    return isinstance(value, str) and lines_needed(value, room) > 1 >= lines_needed(value, room * most)

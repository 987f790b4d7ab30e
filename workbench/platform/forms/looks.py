"""How cells look, as far as it changes what a person reads in them: formats of numbers, text that is crossed out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from workbench.platform.forms.guard import Refused
from workbench.platform.forms.markup import children, local
from workbench.platform.forms.package import Package

# built-in formats that show days and times, the Chinese ones included; 46 counts hours beyond 24
_DAYS = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
_LASTING = 46
_LITERAL = re.compile(r'"[^"]*"?|[\\!_*].|\[[^\]]*\]?', re.DOTALL)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_SCALED = re.compile(r"[0#?],+(?![0#?,.])|[0#?.],+$")
NUMBER, DAY, LASTING = 0, 1, 2
MOST_FORMATS = 70_000  # Excel's own limit of styles is below it


@dataclass(frozen=True)
class Look:
    """``shows``: NUMBER, DAY or LASTING (a time that may exceed a day). ``changes``: whether a positive number, a
    negative one, zero and a text are shown as something else than they are."""

    shows: int = NUMBER
    changes: tuple[bool, bool, bool, bool] = (False,) * 4
    struck: bool = False

    @property
    def plain(self) -> bool:
        """Whether a value is read as it stands."""
        return not (self.shows or self.struck or any(self.changes))

    def disguises(self, value: float | str) -> bool:
        """Whether a value is shown as something else."""
        if isinstance(value, str):
            return self.changes[3]
        return self.changes[0 if value > 0 else 1 if value < 0 else 2]


OddLooks = dict[str | bytes | None, Look]


def odd_looks(package: Package) -> OddLooks:
    """The looks that change what is read, by the style's number as attributes write it (None: the first). Raises Refused."""
    part = package.linked("styles")
    return {} if part is None else package.whole_or_parts(part, _short, _odd)


def _odd(chunks: Iterable[bytes]) -> OddLooks:
    odd: OddLooks = {}
    for number, look in enumerate(_looks(chunks)):
        if not look.plain:
            odd[str(number)] = odd[str(number).encode()] = look
    if "0" in odd:
        odd[None] = odd["0"]
    return odd


@lru_cache(maxsize=16)
def _short(raw: bytes) -> OddLooks:
    """The same of a short part: forms of one template share theirs."""
    return _odd([raw])


def _looks(chunks: Iterable[bytes]) -> list[Look]:
    codes: dict[int, str] = {}
    struck: list[bool] = []
    found: list[Look] = []
    for element in chain.from_iterable(children(chunks)):
        name = local(element.tag)
        if name == "numFmts":
            codes = {_number(each.get("numFmtId")): each.get("formatCode", "") for each in element}
        elif name == "fonts":
            struck = [
                any(local(mark.tag) == "strike" and mark.get("val", "1") != "0" for mark in font) for font in element
            ]
        elif name == "cellXfs":
            for style in element:
                number, font = _number(style.get("numFmtId")), _number(style.get("fontId"))
                shows, changes = _built_in(number) if number not in codes else of_format(codes[number])
                found.append(Look(shows, changes, font < len(struck) and struck[font]))
                if len(found) > MOST_FORMATS:
                    raise Refused("bomb")
    return found or [Look()]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _built_in(number: int) -> tuple[int, tuple[bool, bool, bool, bool]]:
    return (DAY if number in _DAYS else LASTING if number == _LASTING else NUMBER), (False,) * 4


@lru_cache(maxsize=4096)
def of_format(code: str) -> tuple[int, tuple[bool, bool, bool, bool]]:
    """What a format shows, and whether it changes a positive number, a negative one, zero, and a text.

    It changes what it scales (a comma behind the digits, a percent sign) and what it does not show at all. One without
    a word, as ClosedXML writes it, is the general one.
    """
    if not code:
        return _built_in(0)
    sections = _sections(code)
    bare = [_LITERAL.sub("", section) for section in sections]
    if any(_ELAPSED.search(section) for section in sections):
        return LASTING, (False,) * 4
    if any(re.search("[ymdhs]", part, re.IGNORECASE) and "general" not in part.lower() for part in bare[:1]):
        return DAY, (False,) * 4
    changed = [_changes(part) for part in bare]
    positive = changed[0]
    texts = len(bare) == 4 and "@" not in bare[3]
    if len(bare) == 1:
        return NUMBER, (positive, positive, positive, False)
    negative = changed[1]
    zero = changed[2] if len(bare) > 2 else positive
    return NUMBER, (positive, negative, zero, texts)


def _changes(section: str) -> bool:
    """Whether a number is not to be seen as it is under a section without its literals."""
    low = section.lower()
    if "general" in low or "通用" in low or "常规" in low or section.strip() == "@":
        return False
    return not re.search("[0#?@]", section) or "%" in section or bool(_SCALED.search(section.strip()))


def _sections(code: str) -> list[str]:
    """A format cut at its semicolons, but not at those that stand for themselves."""
    parts, start = [], 0
    kept = [match.span() for match in _LITERAL.finditer(code)]
    for place, sign in enumerate(code):
        if sign == ";" and not any(first <= place < last for first, last in kept):
            parts.append(code[start:place])
            start = place + 1
    parts.append(code[start:])
    return parts[:4]

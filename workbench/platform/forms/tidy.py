"""What can be put right without asking what was meant: full-width digits and letters, stray spaces, styles of dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.platform.forms.days import day_of_text
from workbench.platform.forms.spec import Part, templates

WIDE = {
    code: code - 0xFEE0
    for span in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for code in range(span[0], span[1] + 1)
}
NUMBERS = frozenset({"integer", "number", "money", "year"})
CLOSE = frozenset({"code", "choice", "province", "city", "year"})  # kinds whose texts hold no spaces
_SPACES = r"[\s\u3000\u200b\ufeff]"
_HAN = r"[\u3400-\u9fff]"


@dataclass(frozen=True)
class Fix:
    """One cell that can be put right: its sheet and address, its column's title, what it holds and what it should.

    ``shown``: whether that may be said: a number, a date or an offered word of a column that names nobody. A text may be
    a person's name or phone, whatever its column.
    """

    sheet: str
    cell: str
    title: str
    old: str
    new: str | int | float | datetime
    shown: bool = False


def tidied(kind: str, text: str) -> str | int | float | datetime:
    """A cell's text put right for a column's kind; the same text where there is nothing to do."""
    clean = text.translate(WIDE)
    if kind in ("phone", "code"):
        clean = clean.replace("－", "-").replace("（", "(").replace("）", ")").replace("＋", "+")
    clean = re.sub(f"^{_SPACES}+|{_SPACES}+$", "", clean)
    clean = re.sub(f"(?<={_HAN}){_SPACES}+(?={_HAN})", "", clean)
    clean = re.sub(f"{_SPACES}+", "" if kind in CLOSE else " ", clean) if "\n" not in clean else clean
    if kind in NUMBERS:
        plain = clean.replace("．", ".")
        if re.fullmatch(r"\d{1,9}", plain):
            return int(plain)
        if re.fullmatch(r"\d{1,9}\.\d{1,4}", plain):
            return float(plain)
        return text
    if kind == "date":
        return day_of_text(clean) or text
    return clean or text


def proposals(answer: dict[str, Any]) -> Iterator[Fix]:
    """All cells of a parsed workbook (``read.parse_file``) that can be put right, sheet by sheet, top to bottom."""
    for sheet in answer.get("sheets", [answer]):
        if "rows" in sheet:  # a book's sheet may be refused, or left as it was handed out
            yield from _of_sheet(sheet)


def _of_sheet(answer: dict[str, Any]) -> Iterator[Fix]:
    template, name = templates()[answer["template"]], answer["sheet"]
    for field in template.header:
        if field.title in answer["header_cells"]:
            yield from _one(field, name, answer["header_cells"][field.title], answer["header"].get(field.title))
    for number, *values in zip(answer["rows"], *answer["columns"]):
        for column, letter, value in zip(template.columns, answer["letters"], values, strict=True):
            if not column.given:
                yield from _one(column, name, f"{letter}{number}", value)


def _one(part: Part, sheet: str, cell: str, value: Any) -> Iterator[Fix]:
    if isinstance(value, str):
        new = tidied(part.kind, value)
        if new != value:
            plain = isinstance(new, int | float | datetime) or new in part.offered
            yield Fix(sheet, cell, part.title, value, new, plain and not (part.personal or part.staff))

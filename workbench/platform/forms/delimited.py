"""Tables as text: comma, tab or semicolon between the cells, in the encodings that offices save them in."""

from __future__ import annotations

import codecs
import csv
import io
import re

from workbench.platform.forms.guard import Refused

SHEET = "CSV"  # what the one sheet is called
NARROWEST = 3  # cells of the widest line; a form's table has more
LONGEST_CELL = 1 << 20
_SEPARATORS = "\t,;"
_BINARY = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
_PAGE = re.compile(r"\s*<(?:!doctype|html|table|\?xml|\w+[\s>])", re.IGNORECASE)


def table_of(raw: bytes) -> list[list[str]]:
    """The lines of a table, each up to its last cell with text. Raises Refused for what is none."""
    text = _decoded(raw)
    if text is None or _BINARY.search(text):
        raise Refused("not_a_workbook/no_archive")
    if _PAGE.match(text):
        raise Refused("not_a_workbook/page")
    csv.field_size_limit(LONGEST_CELL)
    tables = []
    for separator in _SEPARATORS:
        if separator not in text:
            continue
        try:
            lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False))
        except csv.Error:  # a cell without an end
            continue
        tables.append((max(map(len, lines), default=0), lines))
    widest, best = max(tables, key=lambda table: table[0], default=(0, []))
    if widest < NARROWEST:
        raise Refused("not_a_workbook/no_archive")
    return [_short(line) for line in best]


def _decoded(raw: bytes) -> str | None:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _short(line: list[str]) -> list[str]:
    while line and not line[-1].strip():
        line.pop()
    return line

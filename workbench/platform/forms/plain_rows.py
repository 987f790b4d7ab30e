"""Whole rows of plain cells, told by what stands around their values: rows of a form differ in little else.

A row without its values and its number is a pattern. What a pattern says (which cells it has, in what order, with which
styles) is worked out once and kept; of further rows with it the values alone are looked at.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from workbench.platform.forms.addresses import column_of
from workbench.platform.forms.guard import Refused

FAR_COLUMN, FAR_ROW = 702, 1_000_000  # AAA, and the last thousands of rows: nothing of a form lies there
LONGEST_HEAD, LONGEST = 400, 8_192  # bytes of a row's tag and of a pattern that are kept
END = b"</row>"
_NUMBER, _VALUE = b"\0", b"\1"  # stand for the row's number and a value; no XML can hold them
_VALUES = re.compile(rb"<v>([-+.0-9eE]{1,40})</v>")
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})(\0|[0-9]{1,7})"(?: s="([0-9]{1,6})")?(?:/>|( t="s")?>\1</c>| t="n">\1</c>)'.replace(
        rb"\1", rb"\x01"
    )
)
_ROW = re.compile(rb'<row r="([1-9][0-9]{0,5})"((?: [a-zA-Z0-9:]{1,20}="[a-zA-Z0-9.: ]{0,60}")*)')
_ATTRIBUTE = re.compile(rb' ([a-zA-Z0-9:]+)="([^"]*)"')
_PREFIXED = b"x14ac:dyDescent"  # what Excel writes into every row
_OF_A_ROW = frozenset(
    b"spans s customFormat ht hidden customHeight outlineLevel collapsed thickTop thickBot ph".split() + [_PREFIXED]
)
_YES = (b"1", b"true", b"on")


class Head(NamedTuple):
    """A row's tag: its number, whether it is hidden (None: as the sheet says of rows), whether it has a name with a prefix."""

    number: int
    digits: bytes
    hidden: bool | None
    prefixed: bool


class Pattern(NamedTuple):
    """The cells of a row that have a value, in their order: columns (from 0), whether it is a shared text's number, styles.

    ``digits``: the number of the row whose pattern it is, None for any row's.
    """

    digits: bytes | None
    columns: tuple[int, ...]
    texts: tuple[bool, ...]
    styles: tuple[bytes | None, ...]
    shared: bool  # whether one is a shared text's number
    distinct: frozenset[bytes | None]  # the styles
    width: int  # up to the last value


class PlainRow(NamedTuple):
    """A row of plain cells with their values as they stand in the XML."""

    head: Head
    pattern: Pattern
    values: list[bytes]


def parted(rows: bytes, prefix: bool) -> list[bytes | list[PlainRow]]:
    """Rows in their order: plain ones together, and what is left to others as it stands.

    ``prefix``: whether the prefix is declared that Excel writes.
    """
    raw = rows.split(END)
    if len(raw) == 1 or _NUMBER in rows or _VALUE in rows:
        return [rows]
    pieces = _VALUES.split(rows)
    values, patterns = pieces[1::2], _VALUE.join(pieces[::2]).split(END)
    last = raw.pop()
    found: list[bytes | list[PlainRow]] = []
    run: list[PlainRow] = []
    first = place = 0  # of the rows that are left as they stand, of the values
    for number, text in enumerate(patterns[:-1]):
        tag, _, cells = text.partition(b">")
        pattern = None
        if len(tag) < LONGEST_HEAD and len(cells) < LONGEST and (head := _head(tag)) and (prefix or not head.prefixed):
            pattern = _pattern(cells.replace(head.digits + b'" s="', _NUMBER + b'" s="'))
            if pattern and (pattern.digits is None or pattern.digits == head.digits):
                end = place + len(pattern.columns)
                if number > first:
                    found.append(b"".join([row + END for row in raw[first:number]]))
                    run = []
                if not run:
                    found.append(run)
                run.append(PlainRow(head, pattern, values[place:end]))
                first, place = number + 1, end
                continue
        place += text.count(_VALUE)
    if left := b"".join([*(row + END for row in raw[first:]), last]):
        found.append(left)
    return found


@lru_cache(maxsize=4096)
def _head(tag: bytes) -> Head | None:
    """What a row's tag says, None for one that is left to the parser."""
    found = _ROW.fullmatch(tag)
    if not found:
        return None
    said = _ATTRIBUTE.findall(found[2])
    names = dict(said)
    if len(names) < len(said) or not names.keys() <= _OF_A_ROW:
        return None
    hidden = names[b"hidden"] in _YES if b"hidden" in names else None
    try:
        flat = b"ht" in names and float(names[b"ht"]) == 0
    except ValueError:
        return None
    return Head(int(found[1]), found[1], flat or hidden, _PREFIXED in names)


@lru_cache(maxsize=1024)
def _pattern(cells: bytes) -> Pattern | None:
    """What a pattern says, None for one that is left to the parser."""
    end, before, columns, texts, styles, rows = 0, -1, [], [], [], set()
    for cell in _CELL.finditer(cells):
        letters, row, style, text = cell.groups()
        if cell.start() != end:
            return None
        end = cell.end()
        rows.add(row)
        try:
            column = column_of(letters.decode())
        except Refused:
            return None
        if column <= before:
            return None
        before = column
        if not cell[0].endswith(b"/>"):
            columns.append(column)
            texts.append(text is not None)
            styles.append(style)
    own = rows - {_NUMBER}
    if end != len(cells) or before >= FAR_COLUMN or len(own) > 1:
        return None
    width = columns[-1] + 1 if columns else 0
    return Pattern(
        next(iter(own), None), tuple(columns), tuple(texts), tuple(styles), any(texts), frozenset(styles), width
    )

"""Addresses of cells: letters of columns to numbers and back."""

from __future__ import annotations

from functools import lru_cache

from workbench.platform.forms.guard import Refused

LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
COLUMNS: dict[str, int] = {}  # letters that were met, by ``column_of``


def column_of(letters: str) -> int:
    """A column's number from its letters, from 0; some programs write small ones. Raises Refused for what is none."""
    known = COLUMNS.get(letters)
    if known is None:
        known = 0
        if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha()):
            raise Refused("damaged_workbook")
        for one in letters.upper():
            known = known * 26 + ord(one) - 64
        known -= 1
        if known >= LAST_COLUMN:
            raise Refused("damaged_workbook")
        COLUMNS[letters] = known
    return known


@lru_cache(maxsize=1024)
def letter(column: int) -> str:
    """A column's letters from its number, counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def whole_area(text: str) -> str:
    """An area in the spelling of addresses; one of whole columns or rows (``A:D``, ``2:3``) with its ends."""
    first, colon, last = text.replace("$", "").upper().partition(":")
    if colon and first.isalpha() and last.isalpha():
        return f"{first}1:{last}{LAST_ROW}"
    if colon and first.isdigit() and last.isdigit():
        return f"A{first}:{letter(LAST_COLUMN - 1)}{last}"
    return first + colon + last


@lru_cache(maxsize=4096)
def split(cell: str) -> tuple[int, int]:
    """Row (from 1) and column (from 0) of an address."""
    letters = cell.rstrip("0123456789")
    digits = cell[len(letters) :]
    column = 0
    for one in letters:
        column = column * 26 + ord(one) - 64
    return int(digits), column - 1

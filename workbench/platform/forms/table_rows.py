"""The rows of a template's table in a sheet: which columns are whose, and which lines are records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import compress, islice
from math import isfinite
from operator import itemgetter
from typing import Any

from workbench.core.texts import without_invisible
from workbench.platform.forms.addresses import letter, split
from workbench.platform.forms.guard import Marks, Refused
from workbench.platform.forms.json_values import plain_value
from workbench.platform.forms.lines import FIRST, TOTALS, blank, seldom_records, signed_line, total_at

ROW_ID = "行标识"
NOTHING = frozenset({"", None})
LONGEST_TITLE = 100  # characters of a text that is kept in memory as a title
MOST_BESIDE = 20  # columns and sheets beside the table that are named
_NUMBERS, _TEXTS = {float}, {str}


def title_of(value: Any, renamed: dict[str, str]) -> str | None:
    """A cell as a column title: without spaces, stars and full-width brackets, old titles as their new ones."""
    if not isinstance(value, str):
        return None
    text = _title(value) if len(value) <= LONGEST_TITLE else _title.__wrapped__(value)
    return renamed.get(text, text)


@lru_cache(maxsize=1024)
def _title(value: str) -> str:
    return re.sub(r"\s+", "", without_invisible(value)).rstrip("*＊").replace("（", "(").replace("）", ")")


def table(
    grid: list[list[Any]],
    top: int,
    spec: dict[str, Any],
    renamed: dict[str, str],
    sheet: str,
    marks: Marks,
    *,
    partial: bool = False,
) -> dict[str, Any]:
    """The rows below the column titles that hold anything: ``rows`` (their numbers) and ``ids``, and ``columns`` in the template's order.

    An optional column that the sheet does not have (its blank is older) is empty and has no letter. Where another
    column stands in its place it was renamed, and the sheet is refused, unless it is ``partial``: staff chose columns.
    """
    titles = [title_of(value, renamed) for value in grid[top]]
    place = {title: titles.index(title) for title in spec["columns"] if title in titles}
    extra = [
        [_shown(grid[top][n]), f"{letter(n)}{top + 1}"]
        for n, title in enumerate(titles)
        if title and place.get(title) != n and title != ROW_ID
    ]
    absent = [title for title in spec["columns"] if title not in place]
    missing = [
        title for title in absent if title not in spec["optional"] or (not partial and _renamed(title, titles, spec))
    ]
    if missing:
        cell = extra[0][1] if extra else f"{letter(len(titles))}{top + 1}"
        if extra:
            found = extra[0][0]
            raise Refused("renamed_column/instead", sheet=sheet, cell=cell, missing=missing[0], found=found)
        raise Refused("renamed_column", sheet=sheet, cell=cell, missing=missing[0])
    order = [place.get(title, -1) for title in spec["columns"]]  # -1: the empty cell that is put after each row
    asked = [n for n, key in zip(order, spec["keys"]) if key not in spec["idle"]]
    width = len(titles) + bool(absent)
    numbers = [number for number, row in enumerate(islice(grid, top + 1, None), start=top + 2) if row]
    lines = [row for row in islice(grid, top + 1, None) if row]
    untitled = {n for n, title in enumerate(titles) if not title and n not in order}
    beside = _beside(numbers, lines, len(titles), untitled)
    if absent or any(len(row) < width for row in lines):
        lines = [[*row[: len(titles)], *[None] * (width - min(len(row), len(titles)))] for row in lines]
    columns: list[Sequence[Any]] = [*islice(zip(*lines), width)] or [()] * width
    left, totals, signed = _no_records(numbers, lines, columns, order, asked)
    if left:
        kept = [number not in left for number in numbers]
        numbers, columns = [*compress(numbers, kept)], [[*compress(column, kept)] for column in columns]
    ids = columns[titles.index(ROW_ID)] if ROW_ID in titles else [None] * len(numbers)
    ours, below, among = {letter(n) for n in order if n >= 0}, top + 1, set(numbers)

    def within(cells: list[str]) -> list[str]:
        """Cells of the rows and columns that are read."""
        return [cell for cell in cells if cell.rstrip("0123456789") in ours and split(cell)[0] in among]

    spoiled = marks.errors + marks.uncached
    return {
        "letters": [None if n < 0 else letter(n) for n in order],
        "extra": extra,
        "rows": numbers,
        "ids": [None if value in NOTHING else str(value) for value in ids],
        "columns": [_plain(columns[n]) for n in order],
        "totals": totals,
        "signed": signed,
        "beside": beside[:MOST_BESIDE],
        "merged": [area for area in marks.merged if _touches(area, below, order)],
        "hidden": sorted(marks.hidden & among),
        "hidden_columns": [f"{letter(n)}{below}" for n in order if n in marks.columns],
        "spoiled": within(spoiled),
        "spoiled_header": [cell for cell in spoiled if split(cell)[0] <= below],
        "disguised": within(marks.disguised),
        "disguised_header": [cell for cell in marks.disguised if split(cell)[0] <= below],
        "struck": within(marks.struck),
    }


def _beside(numbers: list[int], lines: list[list[Any]], titles: int, untitled: set[int]) -> list[str]:
    """Where something stands first in each column without a title."""
    if not untitled and max(map(len, lines), default=0) <= titles:
        return []
    found: dict[int, str] = {}
    for number, row in zip(numbers, lines, strict=True):
        for n in (*untitled, *range(titles, len(row))):
            if n < len(row) and n not in found and row[n] not in NOTHING and not blank(row[n]):
                found[n] = f"{letter(n)}{number}"
    return [found[n] for n in sorted(found)]


def _no_records(
    numbers: list[int], lines: list[list[Any]], columns: list[Sequence[Any]], order: list[int], asked: list[int]
) -> tuple[set[int], list[str], list[int]]:
    """The numbers of lines that are no records, addresses of totals, numbers of lines with signatures.

    Lines are looked at one by one only where a column shows that they could be such: nearly none.
    """
    first = columns[asked[0]]
    gaps = {value for value in {*first} if value in NOTHING or blank(value)} if not _is_plain({*first}) else ()
    empty = {place for place, value in enumerate(first) if value in gaps} if gaps else set()
    told = {place for n in order[:FIRST] for place in seldom_records(columns[n])}
    left: set[int] = set()
    totals, signed = [], []
    filled_in, whole = itemgetter(*asked), itemgetter(*order)
    for place in sorted(empty | told):
        row, number = lines[place], numbers[place]
        if place in empty and _nothing_in(filled_in(row)):
            left.add(number)
            if any(value.__class__ is str and TOTALS.match(value) for value in whole(row)):
                totals.append(f"{letter(max(order[0], 0))}{number}")
        elif place in told:
            if (total := total_at(row, order)) is not None:
                left.add(number)
                totals.append(f"{letter(total)}{number}")
            elif signed_line(row, order):
                left.add(number)
                signed.append(number)
    return left, totals, signed


def _plain(column: Sequence[Any]) -> list[Any]:
    """A column as JSON holds it (``plain_value``); most hold texts, or finite numbers, and are left as they are."""
    if column.count("") + column.count(None) == len(column):
        return [None] * len(column)
    if _is_plain({*column} - {None}):
        return [*column]
    return [None if value in NOTHING else plain_value(value) for value in column]


def _is_plain(values: set[Any]) -> bool:
    """Whether different values are all finite numbers, or all texts in which something is to be seen."""
    kinds = {*map(type, values)}
    return (kinds == _TEXTS and "" not in values and not any(map(str.isspace, values))) or (
        kinds == _NUMBERS and all(map(isfinite, values))
    )


def _nothing_in(cells: Iterable[Any]) -> bool:
    return NOTHING.issuperset(cells) or all(value in NOTHING or blank(value) for value in cells)


def _touches(area: str, below: int, order: list[int]) -> bool:
    """Whether a merged area lies over columns of the table, under its titles."""
    first, _, last = area.partition(":")
    if not last:
        return False
    (_, left), (bottom, right) = split(first), split(last)
    return bottom > below and any(left <= n <= right for n in order)


def _renamed(title: str, titles: list[str | None], spec: dict[str, Any]) -> bool:
    """Whether a column the sheet lacks has another one, or one without a title, standing between its neighbours."""
    where = spec["columns"].index(title)
    known = [*spec["columns"], ROW_ID]
    before = max((titles.index(name) for name in known[:where] if name in titles), default=-1)
    after = next((titles.index(name) for name in known[where + 1 :] if name in titles), None)
    between = titles[before + 1 : after]
    return any(between) if after is None else before < after - 1


def _shown(title: str) -> str:
    """A title that is not ours as messages repeat it: short, and without what may be a phone."""
    return re.sub(r"\d(?:[\s\-－—–]?\d){5,}", "…", title.strip())[:20]

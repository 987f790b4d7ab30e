"""Lines of a table that are no records: totals, signatures, remarks under it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

from workbench.platform.forms.addresses import split

TOTALS = re.compile(
    r"^\s*(?:[本全][页表月季年]|以上)?(?:合\s*计|总\s*计|小\s*计|汇\s*总|累\s*计|共\s*计)(?:数|数量|台数|金额)?\s*"
    r"(?:[（(][^（）()]{0,10}[）)])?\s*[:：]?\s*(?:\d{1,9}\s*[台辆家条户元]?)?\s*$|^\s*共\s*\d{1,6}\s*[台辆家条户个]\s*$"
)
SIGNATURE = re.compile(
    r"^\s*(?:部门|单位|公司|科室)?(?:制表|填表|填报|提报|编制|审核|复核|审批|批准|核准|经办|负责|主管|签字|签名|签章|盖章|日期)"
    r"(?:人|者|单位|部门|领导|日期|时间)?\s*(?:[（(]?\s*(?:签字|签名|签章|盖章|公章)\s*[）)]?)?\s*[:：]"
    r"|^\s*(?:单位|部门|公司)\s*[（(]\s*(?:盖章|签章|公章)\s*[）)]\s*[:：]?"
)
REMARK = re.compile(r"^\s*(?:注|备注|说明|填表说明|填报说明)\s*\d?\s*[:：]")  # under the table, alone in its line
_SIGNS = frozenset("计总共:：章")  # no line of totals, signatures or remarks is without one of them
_A_SIGN = re.compile(f"[{''.join(_SIGNS)}]")
FIRST = 4  # columns in which a label of a line stands


def seen_head(grid: list[list[Any]], top: int, merged: Iterable[str]) -> list[list[Any]]:
    """The rows of a sheet without what lies under merged areas down to the column titles (row ``top``, from 0), which
    nobody sees. An area that reaches further is told, and takes its rows along.
    """
    ends = [(split(first), split(last)) for first, _, last in (area.partition(":") for area in merged)]
    ends = [each for each in ends if each[1][0] <= top + 1]
    if not ends:
        return grid
    width = max(map(len, grid[: top + 1]))
    change = [[0] * (width + 1) for _ in range(top + 2)]  # how many areas lie over a cell, as differences both ways
    for (row, left), (bottom, right) in ends:
        for number, sign in ((row - 1, 1), (bottom, -1)):
            change[number][min(left, width)] += sign
            change[number][min(right + 1, width)] -= sign
    firsts = {(row - 1, left) for (row, left), _ in ends}
    head, over = [], [0] * width
    for number, values in enumerate(grid[: top + 1]):
        over = [before + more for before, more in zip(over, accumulate(change[number]))]
        if any(over):
            values = ["" if over[n] and (number, n) not in firsts else value for n, value in enumerate(values)]
        head.append(values)
    return head + grid[top + 1 :]


def seldom_records(column: Sequence[Any]) -> list[int]:
    """Where in one of the ``FIRST`` columns stands what a line of totals or signatures may begin with: nearly nowhere."""
    values = [value for value in {*column} if value.__class__ is not float]
    whole = "".join(map(str, values))
    if not _A_SIGN.search(whole):
        return []
    told = {value for value in values if not _SIGNS.isdisjoint(str(value))}
    return [place for place, value in enumerate(column) if value in told]


def total_at(row: list[Any], order: list[int]) -> int | None:
    """The column with the label of a line of totals; None where it is none. ``order``: the template's columns."""
    return next((n for n in order[:FIRST] if row[n].__class__ is str and TOTALS.match(row[n])), None)


def signed_line(row: list[Any], order: list[int]) -> bool:
    """Whether a line is one of signatures, or a remark under the table."""
    texts = [
        value
        for n in order[:FIRST]
        if (value := row[n]).__class__ is str and (":" in value or "：" in value or "章" in value)
    ]
    if not texts:
        return False
    if any(SIGNATURE.match(text) for text in texts):
        return True
    filled = [value for n in order if (value := row[n]) is not None and value != "" and not blank(value)]
    return len(filled) == 1 and REMARK.match(texts[0]) is not None


def blank(value: Any) -> bool:
    """Whether a value is a text in which nothing is to be seen."""
    return isinstance(value, str) and not value.strip()

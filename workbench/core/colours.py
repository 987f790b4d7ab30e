"""The one home of colours: what each means, in workbooks, charts, pages, marked copies and the sheets of Excel.

Every other file takes them from here (``tests/project/test_colours.py``). A colour behind cells is light enough for
black text; a limit beyond which a cell is coloured stands on the sheet itself (``ReportWorkbook.rate_colours``).
"""

from __future__ import annotations

from collections.abc import Sequence

# the house's look: headings and heads, rules and links, rows and labels, lines, small print, words, paper
INK, ACCENT, PALE, LINE, MUTED = "#1F3864", "#2E75B6", "#EEF2F8", "#BFC8D6", "#5B6B82"
TEXT, WHITE, STRIPE, FAINT = "#22303F", "#FFFFFF", "#F7F9FC", "#E3E7ED"

# behind cells: reached or taken; wrong, missed or refused; to be looked at; worth knowing; changed by the workbench; to be filled in
GOOD, BAD, WARN, NOTE, CHANGED, INPUT = "#D5ECD9", "#F9D0CC", "#FFF2CC", "#DDEBF7", "#E2EFDA", "#E6E0F3"

# the colour behind a state by its word, the same on every sheet
STATES = {
    **dict.fromkeys(("逾期", "未报", "无效", "重复", "未读取", "全部退回"), "bad"),
    **dict.fromkeys(("到期", "即将到期", "待复核", "部分退回", "需处理", "未说明", "已锁定"), "warn"),
    "全部接收": "good",
}

# of words: a penalty or any other negative amount (what Excel's own [Red] is), a refusal, what would have been otherwise, not final
NEGATIVE, ALARM, OTHERWISE, PROVISIONAL = "#FF0000", "#B3261E", "#8A4B00", "#C0504D"

# of charts: what is measured against, what counts, what came of it, what does not count, what is open, what is urgent
AGAINST, COUNTS, RESULT, LOST, OPEN, URGENT = INK, ACCENT, "#9DC3E6", "#F2AE7C", "#D5DAE1", "#F4C542"
# the colour of a series by its name, the same on every sheet and page
MEANING = {
    "目标": AGAINST,
    "标的量": AGAINST,
    "正式": AGAINST,
    "有效": COUNTS,
    "合同量": COUNTS,
    "合同登记量": COUNTS,
    "提车量": RESULT,
    "无效": LOST,
    "处理中": OPEN,
    "即将到期": URGENT,
    "将到期信息": URGENT,
    "待申报": "#D9C7E8",
    "待签约": RESULT,
    "待提车": "#C9DDF0",
    "提车中": "#A9D18E",
}
RANKS = (INK, ACCENT, RESULT, "#C55A11", "#7F7F7F", "#70AD47")  # of series whose names mean nothing by themselves
MIDDLE = 140  # a fill darker than this takes white letters


def of_series(names: Sequence[str]) -> tuple[str, ...]:
    """The colours of a chart's series: by what a name means, the others in order by what is left."""
    meant = {MEANING[name] for name in names if name in MEANING}
    free = [colour for colour in RANKS if colour not in meant]
    taken = iter(free * (1 + len(names) // len(free)))
    return tuple(MEANING[name] if name in MEANING else next(taken) for name in names)


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue from 0 to 255, as Excel's objects take a colour."""
    red, green, blue = bytes.fromhex(bare(colour))
    return red, green, blue


def bare(colour: str) -> str:
    """A colour without its #, as openpyxl and the codes of headers and footers take it."""
    return colour.removeprefix("#")


def is_dark(colour: str) -> bool:
    """Whether words on it have to be white (weights of Rec. 601)."""
    red, green, blue = rgb(colour)
    return (299 * red + 587 * green + 114 * blue) / 1000 < MIDDLE


def variables() -> dict[str, str]:
    """The colours as custom properties of a page's style: ``--name`` and value."""
    return {name.lower(): value for name, value in globals().items() if name.isupper() and isinstance(value, str)}

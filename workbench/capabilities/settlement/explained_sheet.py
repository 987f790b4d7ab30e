"""逐行说明: for every line of a settlement the clause, the readings, what they rest on, the cells, and what else would be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from workbench.capabilities.settlement import explaining
from workbench.capabilities.settlement.quarter import Line
from workbench.platform.explanation.steps import CLAUSE, FACT, READING, SUM, Explanation, Step
from workbench.platform.reporting.parts import Column
from workbench.platform.reporting.sheets import Area, ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

SHEET = "逐行说明"
NO_FILE = "登记册的记录（没有收到的文件）"
NOTHING_ELSE = "—"
LINKS = 65_530  # as many as a sheet may hold
TOP = 3  # lines of each clause on the page
COLUMNS = (
    Column("no", "序号", 5, "center"),
    Column("clause", "条款", 7, "center"),
    Column("party", "对象", 9, "center"),
    Column("ref", "编号", 15, "center"),
    Column("amount", "核算金额\n(元)", 9, "yuan"),
    Column("adjusts", "调整自", 8, "center"),
    Column("rule", "条款和数值", 34),
    Column("readings", "口径\n(全文见表末)", 11),
    Column("facts", "依据和计算", 46),
    Column("sources", "来源（文件、表、行、单元格）", 38),
    Column("otherwise", "反之：怎样才会不同", 28),
)
PAGE = tuple(column for column in COLUMNS if column.key not in ("no", "rule", "readings"))


def table(
    snapshot: Snapshot, quarter: str, lines: Sequence[Line], rows: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row per line in the order of ``rows`` (``line_formulas.table``), and the readings spoken of, in full.

    An approved quarter is explained as it was approved.
    """
    ground = explaining.at(snapshot, quarter)
    chains = [ground.line(line, quarter) for line in lines]
    spoken = _Readings((step for each in chains for step in each.steps), list(snapshot.policy.readings))
    texts = [
        {
            "rule": "\n".join(step.text for step in each.steps if step.kind == CLAUSE),
            "readings": spoken.of(each),
            **_facts(each.steps),
            "otherwise": each.instead() or NOTHING_ELSE,
        }
        for each in chains
    ]
    keys = ["no", "clause", "party", "ref", "adjusts", "amount"]
    words = pd.DataFrame(texts, columns=[column.key for column in COLUMNS if column.key not in keys], dtype=object)
    return pd.concat([rows[keys], words], axis=1), spoken.lines()


class _Readings:
    """The readings that speak in some lines, each under its number: D7, or D7-1 and D7-2 where it was read in two ways."""

    def __init__(self, steps: Iterable[Step], order: Sequence[str]) -> None:
        self._order = order
        self._texts: dict[str, list[str]] = {}
        for step in steps:
            if step.kind == READING:
                name, text = _named(step)
                known = self._texts.setdefault(name, [])
                if text not in known:
                    known.append(text)

    def _label(self, name: str, text: str) -> str:
        known = self._texts[name]
        return name if len(known) == 1 else f"{name}-{known.index(text) + 1}"

    def of(self, chain: Explanation) -> str:
        """The numbers of a line's readings."""
        return " ".join(dict.fromkeys(self._label(*_named(step)) for step in chain.steps if step.kind == READING))

    def lines(self) -> tuple[str, ...]:
        """All of them in full, by number."""
        ordered = sorted(self._texts, key=self._order.index)
        return tuple(f"口径 {self._label(name, text)}：{text}" for name in ordered for text in self._texts[name])


def _named(step: Step) -> tuple[str, str]:
    """The number of a reading and its sentence."""
    name, _, text = step.text.removeprefix("口径 ").partition("：")
    return name, text


def _facts(steps: Sequence[Step]) -> dict[str, str]:
    """What was found and how it was counted, each sentence with the number of its source."""
    numbers: dict[str, int] = {}
    sentences = []
    for step in steps:
        if step.kind in (FACT, SUM):
            own = [numbers.setdefault(str(explaining.place_text(place)), len(numbers) + 1) for place in step.places]
            sentences.append(step.text + "".join(f"[{number}]" for number in own))
    sources = "\n".join(f"[{number}] {place}" for place, number in numbers.items())
    return {"facts": "\n".join(sentences), "sources": sources or NO_FILE}


def largest(rows: pd.DataFrame) -> pd.DataFrame:
    """The lines of the largest amounts, some of each clause; differences to closed quarters beside the others."""
    ordered = rows.assign(size=rows["amount"].abs(), late=rows["adjusts"].notna())
    ordered = (
        ordered.sort_values("size", ascending=False, kind="stable").groupby(["clause", "late"], sort=False).head(TOP)
    )
    return ordered.sort_index()


def sheet(workbook: ReportWorkbook) -> Worksheet:
    """The sheet, still empty."""
    return workbook.sheet(SHEET, [column.width for column in COLUMNS], "逐行说明：条款 → 口径 → 依据 → 来源 → 反之")


def write(workbook: ReportWorkbook, page: Worksheet, rows: pd.DataFrame, readings: Sequence[str], lines: Area) -> Area:
    """All rows, the number of each leading back to its line in ``lines``; the readings in full under them."""
    area = workbook.table(page, 3, COLUMNS, rows, empty="本季度没有奖惩。")
    page.freeze_panes(4, 6)
    link(workbook, page, area, rows, lines)
    workbook.notes(page, area.first + max(len(rows), 1) + 1, readings, len(COLUMNS), heading="口径全文")
    return area


def link(workbook: ReportWorkbook, page: Worksheet, area: Area, rows: pd.DataFrame, to: Area) -> None:
    """The numbers (``ref``) of a table's rows as links to the rows of the same ``no`` in another table of lines."""
    look = workbook.look("center", "cell", "link")
    for offset, (ref, number) in enumerate(zip(rows["ref"], rows["no"])):
        if offset < LINKS:
            address = f"internal:'{to.sheet}'!A{to.first + number}"
            tip = f"见“{to.sheet}”第 {number} 笔"
            page.write_url(area.first + offset, area.columns["ref"], address, look, ref, tip)

"""逐笔说明: why each line of the quarter is what it is, from the clause down to the cell, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from workbench.desk.explaining import at, place_text
from workbench.policy.lines import Line
from workbench.policy.reasons import CLAUSE, FACT, READING, SUM, VERDICT, Explanation
from workbench.reports.parts import Column

if TYPE_CHECKING:
    from workbench.desk.book import Book

SHEET = "逐笔说明"
EXPLAINED = (
    Column("no", "序号", 5, "center", total="合计"), Column("clause", "条款", 7, "center"), Column("party", "对象", 8, "center"),
    Column("ref", "编号", 14, "center"), Column("amount", "金额\n(元)", 8, "yuan", "sum"), Column("rule", "条款及参数", 36),
    Column("readings", "口径", 11), Column("why", "事实和计算", 46), Column("source", "来源（文件、表、行、单元格）", 43),
    Column("otherwise", "怎样才会不同", 32),
)  # fmt: skip
MOST = 20  # lines explained on the page; all are on the sheet


def table(book: Book, quarter: str, lines: Iterable[Line]) -> pd.DataFrame:
    """One row a line, in the lines' order: columns of ``EXPLAINED``; texts are sentences, one a line of the cell.

    An approved quarter is explained by what was known at its approval. ``readings`` are ids, told on 口径说明.
    """
    ground = at(book, quarter)
    rows = []
    for number, line in enumerate(lines, start=1):
        told = ground.line(line, quarter)
        known = [step.text.partition("：")[0].removeprefix("口径 ") for step in told.steps if step.kind == READING]
        kinds = (VERDICT, FACT, SUM) if line.adjusts else (FACT, SUM)
        rows.append({
            "no": number, "clause": line.clause, "party": line.party, "ref": line.ref, "amount": line.amount,
            "rule": _sentences(told, CLAUSE), "readings": "、".join(known), "why": _sentences(told, *kinds),
            "source": "\n".join(dict.fromkeys(place_text(place) for step in told.steps for place in step.places)),
            "otherwise": told.instead(),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=[column.key for column in EXPLAINED], dtype=object)


def largest(explained: pd.DataFrame) -> pd.DataFrame:
    """The lines of most money, for a page."""
    order = explained["amount"].map(abs).sort_values(ascending=False, kind="stable").index[:MOST]
    return explained.loc[order].reset_index(drop=True)


def _sentences(told: Explanation, *kinds: str) -> str:
    return "\n".join(step.text for step in told.steps if step.kind in kinds)

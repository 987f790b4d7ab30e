"""How publications were printed that earlier versions recorded: one made again is the paper that was handed out.

They showed duplicates and leads excluded by 5.5 by reporter, and leads by clause, in the period and in the month to date.
Small counts were withheld ("※"), and as many others with them as were needed so that they could not be computed from the
rest of that one publication. What is published now is in ``reasons``; a publication recorded with what it told of them
never comes here.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from workbench.capabilities.publication import reasons as reasons_now
from workbench.capabilities.publication.publications import COUNTS, counts, reasons
from workbench.core.flows import Arc, cheapest_flow
from workbench.platform.regulation.clause import exclusions
from workbench.platform.reporting.parts import Column, not_counted

PROTECTED = "※"
REPEATING, EXCLUDING = "5.1", "5.5"
WITHHELD = {"duplicate": REPEATING, "excluded": EXCLUDING}  # column → the clause it counts
REPORTERS = (
    *reasons_now.REPORTERS[:6],
    Column("duplicate", "其中重复", 9, "int", "sum"),
    reasons_now.REPORTERS[6],
    Column("excluded", "有效未计入", 10, "int", "sum"),
    reasons_now.REPORTERS[7],
)
REASONS = (
    Column("clause", "条款", 10, "center", total="合计"),
    Column("why", "原因", 44),
    Column("recent", "本期（条）", 12, "int", "sum"),
    Column("month", "本月累计（条）", 14, "int", "sum"),
)
Window = tuple[datetime | None, datetime]  # received after the one, through the other


def telling(
    states: pd.DataFrame, frames: dict[str, pd.DataFrame], windows: dict[str, Window], limit: int | None
) -> reasons_now.Telling:
    """What such a publication told beyond 6.1. ``frames``: a row per reporter, and ``windows``, by ``recent`` and ``month``."""
    why = _why({name: reasons(states, *window) for name, window in windows.items()})
    tables = {name: counts(states, *window) for name, window in windows.items()}
    hidden = withheld(tables["recent"], tables["month"], _nested(windows), limit, why)
    mask = _Mask(hidden)
    shown = {column: mask.word(clause, int(why.at[clause, "recent"])) for column, clause in WITHHELD.items()}
    notes = [
        not_counted(shown["excluded"], "5.5", "已确认有效，但提报距项目申报不足规定天数；本期"),
        not_counted(shown["duplicate"], "5.1", "与先报信息重复，列入无效；本期"),
    ]
    mark = (
        f"“{PROTECTED}”：少于 {limit} 条的原因和重复情况，以及为使其不能推算而一并不列的数"
        "（本软件设定；提报总数、有效、无效、处理中照列，第6.1条）。"
    )
    columns = {name: mask.reporters(name, why) for name in frames}
    keys = [column.key for column in REPORTERS]
    return reasons_now.Telling(
        {**columns, "reasons": mask.reason_columns()},
        {name: mask.table(frame[keys]) for name, frame in frames.items()},
        mask.reasons(why),
        f"其中重复 {shown['duplicate']}，",
        tuple(notes),
        (mark,) if hidden else (),
        "未通过或未计入的原因（按条款）",
        "这一期间没有未通过的信息。",
    )


@dataclass(frozen=True)
class _Mask:
    """Puts a mark in the place of counts that are withheld."""

    hidden: frozenset[Hashable]

    def word(self, key: Hashable, value: int) -> int | str:
        return PROTECTED if key in self.hidden else value

    def table(self, frame: pd.DataFrame) -> pd.DataFrame:
        masked = {
            column: [self.word((clause, who), int(n)) for who, n in zip(frame["reporter"], frame[column], strict=True)]
            for column, clause in WITHHELD.items()
        }
        return frame.assign(**{column: pd.Series(words, dtype=object) for column, words in masked.items()})

    def reporters(self, name: str, why: pd.DataFrame) -> tuple[Column, ...]:
        """A column with a word in it has the number of all reporters in its total row, not a sum."""
        keys = {key[0] for key in self.hidden if isinstance(key, tuple)}
        return tuple(
            replace(column, total=self.word(WITHHELD[column.key], int(why.at[WITHHELD[column.key], name])))
            if WITHHELD.get(column.key) in keys
            else column
            for column in REPORTERS
        )

    def reasons(self, why: pd.DataFrame) -> pd.DataFrame:
        rows = [
            {
                "clause": clause,
                "why": exclusions()[clause],
                **{name: self.word(clause, int(row[name])) for name in ("recent", "month")},
            }
            for clause, row in why.iterrows()
            if clause in self.hidden or row.any()
        ]
        return pd.DataFrame(rows, columns=[column.key for column in REASONS], dtype=object)

    def reason_columns(self) -> tuple[Column, ...]:
        hides = any(isinstance(key, str) for key in self.hidden)
        return tuple(replace(column, total=None) for column in REASONS) if hides else REASONS


def _nested(windows: dict[str, Window]) -> int:
    """1 where the period lies in the month, −1 where the month lies in the period, 0 where they overlap."""
    (since, now), (opening, until) = windows["recent"], windows["month"]
    if (opening is None or (since is not None and since >= opening)) and now <= until:
        return 1
    return -1 if (since is None or (opening is not None and since <= opening)) and now >= until else 0


def _why(found: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Leads by clause in both windows: columns recent, month, index clause, all clauses."""
    sums = {
        name: table.groupby("clause")["leads"].sum().reindex(list(exclusions()), fill_value=0)
        for name, table in found.items()
    }
    return pd.DataFrame(sums).astype("int64")


def withheld(
    recent: pd.DataFrame, month: pd.DataFrame, nested: int, limit: int | None, why: pd.DataFrame
) -> frozenset[Hashable]:
    """Which counts by clause, and which of 5.1 and 5.5 by reporter, a publication does not show exactly.

    ``recent`` and ``month``: ``counts`` of both windows; ``why``: leads by clause, columns recent and month, index
    clause; ``nested`` as in ``withholding.Board``; ``limit``: ``small_count`` (None: everything is shown).
    Keys are a clause, or (clause, reporter).
    """
    if limit is None:
        return frozenset()
    both = [table.set_index("reporter")[COUNTS] for table in (recent, month)]
    everybody = sorted(set(both[0].index) | set(both[1].index))
    both = [table.reindex(everybody, fill_value=0) for table in both]

    def pairs(name: str) -> list[Pair]:
        return [(int(a), int(b)) for a, b in zip(both[0][name], both[1][name])]

    def all_of(name: str) -> Pair:
        return int(both[0][name].sum()), int(both[1][name].sum())

    codes = list(exclusions())
    most = {clause: all_of("valid" if clause == EXCLUDING else "invalid") for clause in codes}
    known = why.reindex(codes, fill_value=0)
    clauses = {
        clause: Cell((int(known.at[clause, "recent"]), int(known.at[clause, "month"])), most[clause])
        for clause in codes
    }
    parts = {
        clause: {who: Cell(*cell) for who, *cell in zip(everybody, pairs(name), pairs(within))}
        for clause, name, within in ((REPEATING, "duplicate", "invalid"), (EXCLUDING, "excluded", "valid"))
    }
    return Board(clauses, parts, limit, nested).withheld()


Pair = tuple[int, int]  # in the period since the last publication, and in the month to date
OPEN, INVALID = "open", "invalid"  # the nodes no published sum stands for, and the published sum of all invalid leads
NOT_SUMMED = "5.5"  # its leads are valid
MOVES = ((1, 1), (1, 0), (0, 1), (-1, -1), (-1, 0), (0, -1))


@dataclass(frozen=True)
class Cell:
    """One count in both windows, and the most it can be from what is published exactly (None: no such number)."""

    value: Pair
    most: Pair | None = None

    def small(self, limit: int, nested: int) -> list[int]:
        """Which of its numbers are small: 0 the period, 1 the month, 2 their difference where one holds the other."""
        numbers = [*self.value, *([abs(self.value[1] - self.value[0])] if nested else [])]
        return [place for place, number in enumerate(numbers) if 0 < number < limit]


class Board:
    """All revealing counts of a publication and the sums that tie them together.

    ``clauses``: invalid leads by clause; their sum is published. ``parts``: a clause → the same
    leads by reporter, whose sum is that clause's count; 5.5 is among them though its leads are
    valid. ``nested``: 1 where the period lies in the month, −1 where the month lies in the period, 0 otherwise.

    The counts are the arcs of a network whose nodes are the sums. Another world that agrees with every published sum
    is a flow around a circle: some cells are so much more, others so much less.
    """

    def __init__(self, clauses: Mapping[str, Cell], parts: Mapping[str, Mapping[str, Cell]], limit: int, nested: int):
        self.limit, self.nested = limit, nested
        self.cells: dict[Hashable, Cell] = dict(clauses.items())
        self.ends: dict[Hashable, tuple[Hashable, Hashable]] = {
            clause: (clause if clause in parts else OPEN, OPEN if clause == NOT_SUMMED else INVALID)
            for clause in clauses
        }
        for clause, part in parts.items():
            self.cells |= {(clause, who): cell for who, cell in part.items()}
            self.ends |= {(clause, who): (OPEN, clause) for who in part}
        self.small = {key for key, cell in self.cells.items() if cell.small(limit, nested)}
        self.prices = self._prices()

    def _prices(self) -> dict[Hashable, int]:
        """What it costs to withhold a cell: few cells first, then small counts, then the earlier name."""
        names = sorted(self.cells, key=str, reverse=True)
        by_name = {key: 1 << place for place, key in enumerate(names)}
        one = 1 << len(names)
        cell = one * (1 + sum(sum(each.value) for each in self.cells.values()))
        return {key: cell + one * sum(each.value) - by_name[key] for key, each in self.cells.items()}

    def withheld(self) -> frozenset[Hashable]:
        """The cells to withhold: the small ones, and others until none of the small can be computed."""
        hidden = set(self.small)
        for key in sorted(self.small, key=str):
            for number in self.cells[key].small(self.limit, self.nested):
                more = self._protection(key, number, hidden)
                if more is None:
                    break
                hidden |= more
        return frozenset(hidden)

    def _protection(self, key: Hashable, number: int, hidden: set[Hashable]) -> set[Hashable] | None:
        """The least to withhold besides what is, so that a number of a cell cannot be computed; None where nothing helps."""
        moves = [move for move in MOVES if self._changes(move, number) and self._fits(key, move)]
        circles = [circle for move in moves if (circle := self._circle(key, move, hidden)) is not None]
        options = [circle - hidden for circle in circles]
        return min(options, key=lambda more: sum(self.prices[each] for each in more)) if options else None

    @staticmethod
    def _changes(move: Pair, number: int) -> bool:
        return bool(move[number]) if number < 2 else move[0] != move[1]

    def _circle(self, key: Hashable, move: Pair, hidden: set[Hashable]) -> set[Hashable] | None:
        """The cells that would be more or less if ``key`` were ``move`` more, and as few as can be to be withheld yet."""
        back = (-move[0], -move[1])
        cheapest: dict[tuple[Hashable, Hashable], tuple[int, Hashable]] = {}
        for other, (tail, head) in self.ends.items():
            if other == key:
                continue
            price = 0 if other in hidden else self.prices[other]
            for way, change in (((tail, head), move), ((head, tail), back)):
                if (way not in cheapest or price < cheapest[way][0]) and self._fits(other, change):
                    cheapest[way] = price, other
        arcs = {(way, cell): Arc(*way, ((1, price),)) for way, (price, cell) in cheapest.items()}
        tail, head = self.ends[key]
        flow = cheapest_flow(arcs, head, tail, 1)
        return None if flow is None else {cell for (_, cell), amount in flow.items() if amount}

    def _fits(self, key: Hashable, move: Pair) -> bool:
        """Whether the moved cell could be: not below nothing, under the published maxima, one window within the other."""
        cell = self.cells[key]
        now = (cell.value[0] + move[0], cell.value[1] + move[1])
        if min(now) < 0:
            return False
        most = cell.most
        if most and (now[0] > most[0] or now[1] > most[1]):
            return False
        rest = (now[1] - now[0]) * self.nested
        return not self.nested or (rest >= 0 and (most is None or rest <= (most[1] - most[0]) * self.nested))

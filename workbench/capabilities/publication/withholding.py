"""What a publication may say exactly (6.1): small counts that tell more than the clause demands are withheld.

Total, valid, invalid and pending by reporter are demanded by 6.1 and stay exact: they say how
many leads somebody reported and how many passed, nothing about a customer. What goes beyond, why a lead
does not count and whose lead it repeats, can point at one when it speaks of one or two leads:
a rival who reported one customer in the period learns that somebody else has the same. Such a count is withheld ("※"),
and as many others with it as are needed so that it cannot be computed from what is shown; the mark does not tell the
ones from the others. See docs/publication.md.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from workbench.core.flows import Arc, cheapest_flow

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

"""What a publication may say exactly (6.1): small counts that tell more than the clause demands are withheld.

Total, valid, invalid and pending by reporter are demanded by 6.1 and stay exact: they say how
many leads somebody reported and how many passed, nothing about a customer. What goes beyond, why a lead
does not count and whose lead it repeats, can point at one when it speaks of one or two leads:
a rival who reported one customer in the period learns that somebody else has the same. Such a count is shown
as "fewer than 3", and as many others are withheld ("※") as are needed so that it
cannot be computed from what is shown. See docs/publication.md.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

Pair = tuple[int, int]  # in the period since the last publication, and in the month to date
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


@dataclass(frozen=True)
class Withheld:
    """What is not shown exactly: cells that are small themselves, and cells withheld to protect these."""

    small: frozenset[Hashable]
    others: frozenset[Hashable]

    def __contains__(self, key: Hashable) -> bool:
        return key in self.small or key in self.others


class Board:
    """All revealing counts of a publication and the sums that tie them together.

    ``clauses``: invalid leads by clause; their sum is published. ``parts``: a clause → the same
    leads by reporter, whose sum is that clause's count; 5.5 is among them though its leads are
    valid. ``nested``: 1 where the period lies in the month, −1 where the month lies in the period, 0 otherwise.
    """

    def __init__(self, clauses: Mapping[str, Cell], parts: Mapping[str, Mapping[str, Cell]], limit: int, nested: int):
        self.limit, self.nested = limit, nested
        self.summed = set(clauses) - {"5.5"}
        self.cells: dict[Hashable, Cell] = dict(clauses)
        self.cells |= {(clause, who): cell for clause, part in parts.items() for who, cell in part.items()}
        self.parts = {clause: [(clause, who) for who in part] for clause, part in parts.items()}

    def withheld(self) -> Withheld:
        """The cells to withhold: the small ones, and others until none of the small can be computed."""
        small = {key for key, cell in self.cells.items() if cell.small(self.limit, self.nested)}
        hidden, waiting = set(small), sorted(small, key=str)
        while waiting:
            key = waiting.pop(0)
            while (need := self._exposed(key, small, hidden)) is not None:
                found = self._helper(key, need, small, hidden)
                if not found:
                    break
                hidden |= found
        return Withheld(frozenset(small), frozenset(hidden - small))

    def _exposed(self, key: Hashable, small: set, hidden: set) -> int | None:
        """The first small number of a cell that can be computed; None where none can."""
        for number in self.cells[key].small(self.limit, self.nested):
            moves = [move for move in MOVES if self._changes(move, number) and self._fits(key, move, key in small)]
            changes = (change for move in moves for change in self._changes_of(key, move, hidden))
            if not any(self._possible(change, small, hidden) for change in changes):
                return number
        return None

    @staticmethod
    def _changes(move: Pair, number: int) -> bool:
        return bool(move[number]) if number < 2 else move[0] != move[1]

    def _helper(self, key: Hashable, number: int, small: set, hidden: set) -> set:
        """The least that protects a number: one more cell, or two, small counts first; else whatever may still help."""
        everything = set(self.cells)
        options = []
        for move in MOVES:
            if self._changes(move, number):
                for change in self._changes_of(key, move, everything):
                    if self._possible(change, small, everything):
                        more = set(change) - hidden
                        cost = (
                            len(more),
                            sum(sum(self.cells[each].value) for each in more),
                            str(sorted(map(str, more))),
                        )
                        options.append((cost, more))
        return min(options, key=lambda option: option[0])[1] if options else set()

    def _changes_of(self, key: Hashable, move: Pair, among: set) -> Iterator[dict[Hashable, Pair]]:
        """Other worlds that agree with every published sum: which cells would be how much more or less."""
        back = (-move[0], -move[1])
        if isinstance(key, tuple):  # a reporter's share of a clause
            for other in self.parts[key[0]]:
                if other != key and other in among:
                    yield {key: move, other: back}
            for rest in self._clause_changes(key[0], move, among):
                yield {key: move, **rest}
            return
        for rest in self._clause_changes(key, move, among):
            shares = [share for share in self.parts.get(key, []) if share in among]
            if key not in self.parts:
                yield rest
            for share in shares:
                yield {**rest, share: move}

    def _clause_changes(self, clause: str, move: Pair, among: set) -> Iterator[dict[Hashable, Pair]]:
        """The clause's count moves, and where its sum is published another clause moves back."""
        if clause not in among:
            return
        if clause not in self.summed:
            yield {clause: move}
            return
        back = (-move[0], -move[1])
        for other in sorted(self.summed - {clause}):
            if other not in among:
                continue
            if other not in self.parts:
                yield {clause: move, other: back}
            for share in self.parts.get(other, []):
                if share in among:
                    yield {clause: move, other: back, share: back}

    def _possible(self, change: Mapping[Hashable, Pair], small: set, hidden: set) -> bool:
        return all(key in hidden and self._fits(key, move, key in small) for key, move in change.items())

    def _fits(self, key: Hashable, move: Pair, labelled: bool) -> bool:
        """Whether the moved cell would still look the same: labels, the published maxima, one window within the other."""
        cell = self.cells[key]
        now = (cell.value[0] + move[0], cell.value[1] + move[1])
        if min(now) < 0 or (labelled and any((a < self.limit) != (b < self.limit) for a, b in zip(cell.value, now))):
            return False
        most = cell.most
        if most and (now[0] > most[0] or now[1] > most[1]):
            return False
        rest = (now[1] - now[0]) * self.nested
        return not self.nested or (rest >= 0 and (most is None or rest <= (most[1] - most[0]) * self.nested))

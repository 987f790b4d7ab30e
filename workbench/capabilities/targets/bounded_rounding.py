"""Whole numbers in a table whose rows, columns and cells all have bounds: from near a wish to something that is allowed."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Sequence
from fractions import Fraction

SOURCE, SINK = "all", "year"
Limits = tuple[int, int]


def nearest(share: Fraction, limits: Limits) -> int:
    """The whole number nearest to a share within limits."""
    return min(limits[1], max(limits[0], (share + Fraction(1, 2)).__floor__()))


def circulate(
    total: int, rows: Sequence[Limits], columns: Sequence[Limits], cells: Sequence[Sequence[Limits]],
    wish: Sequence[Sequence[Fraction]],
) -> list[list[int]] | None:  # fmt: skip
    """A table that adds up to ``total`` with every row sum, column sum and cell within its limits; None where there is none.

    It starts at the whole numbers nearest to the wish and moves units along shortest paths until everything adds up
    (a flow with lower bounds: where a path is missing, no such table exists).
    """
    edges: dict[tuple[Hashable, Hashable], list[int]] = {(SINK, SOURCE): [total, total, total]}
    for r, limits in enumerate(rows):
        edges[SOURCE, ("row", r)] = [*limits, nearest(sum(wish[r], Fraction(0)), limits)]
        for c, cell in enumerate(cells[r]):
            edges[("row", r), ("column", c)] = [*cell, nearest(wish[r][c], cell)]
    for c, limits in enumerate(columns):
        edges[("column", c), SINK] = [*limits, nearest(sum((row[c] for row in wish), Fraction(0)), limits)]
    if any(low > high for low, high, _ in edges.values()) or not _balance(edges):
        return None
    return [[edges[("row", r), ("column", c)][2] for c in range(len(columns))] for r in range(len(rows))]


def _balance(edges: dict[tuple[Hashable, Hashable], list[int]]) -> bool:
    """Move what arrives too much somewhere to where it lacks; False where it cannot get there."""
    over: dict[Hashable, int] = {}
    beside: dict[Hashable, list[tuple[Hashable, Hashable]]] = {}
    for edge in edges:
        for node, sign in zip(edge, (-1, 1)):
            over[node] = over.get(node, 0) + sign * edges[edge][2]
            beside.setdefault(node, []).append(edge)
    for start in beside:
        while over[start] > 0:
            path = _path(start, edges, beside, over)
            if path is None:
                return False
            end = path[-1][2]
            room = [high - now if step > 0 else now - low for edge, step, _ in path for low, high, now in [edges[edge]]]
            amount = min(over[start], -over[end], *room)
            for edge, step, _ in path:
                edges[edge][2] += step * amount
            over[start] -= amount
            over[end] += amount
    return True


def _path(start: Hashable, edges: dict, beside: dict, over: dict) -> list[tuple[tuple, int, Hashable]] | None:
    """The shortest way from where there is too much to where something lacks: (edge, more or less of it, next node)."""
    came: dict[Hashable, tuple] = {start: ()}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        if over[node] < 0:
            path = []
            while came[node]:
                edge, step, before = came[node]
                path.insert(0, (edge, step, node))
                node = before
            return path
        for edge in beside[node]:
            low, high, now = edges[edge]
            step, other = (1, edge[1]) if edge[0] == node else (-1, edge[0])
            if other not in came and (now < high if step > 0 else now > low):
                came[other] = (edge, step, node)
                waiting.append(other)
    return None

"""Breaking a year's target down to departments and months, exact to the unit (4.2.1). Pure integers and Fractions.

Largest remainders: everybody gets the whole part of the exact share, and the units that are left go to the
largest remainders (equal ones: in the order given). Bounds are kept by sharing out among those
that have not reached theirs. Between departments and months every cell is its exact share rounded down or up, and
both the departments' years and the company's months add up; only bounds of cells may push one further, or the sums with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from workbench.capabilities.targets.bounded_rounding import circulate
from workbench.core.errors import WrongUse

MONTHS = 12
Weight = int | Fraction


@dataclass(frozen=True)
class Bound:
    """The least and the most something may get; ``high`` None: no limit. Fixed: both alike."""

    low: int = 0
    high: int | None = None


@dataclass(frozen=True)
class Wish:
    """What a breakdown starts from: weights of departments and of the twelve months, bounds of either and of cells."""

    departments: Mapping[str, Weight]
    months: Sequence[Weight]
    department_bounds: Mapping[str, Bound] = field(default_factory=dict)
    month_bounds: Mapping[int, Bound] = field(default_factory=dict)  # month 1..12 of all departments together
    cell_bounds: Mapping[tuple[str, int], Bound] = field(default_factory=dict)


def exact_shares(total: int, weights: Sequence[Weight], bounds: Sequence[Bound]) -> list[Fraction]:
    """Shares in proportion to the weights, cut to their bounds, that add up to ``total`` exactly.

    Where those with a weight have all reached their most, the rest is shared alike among those without one.
    Raises WrongUse (``infeasible``) where the bounds do not allow the total.
    """
    lows = [bound.low for bound in bounds]
    highs = [total if bound.high is None else min(total, bound.high) for bound in bounds]
    if any(low > (total if bound.high is None else bound.high) for low, bound in zip(lows, bounds)) or not (
        sum(lows) <= total <= sum(highs)
    ):
        raise infeasible(total, sum(lows), sum(bound.high for bound in bounds if bound.high is not None)
                         if all(bound.high is not None for bound in bounds) else None)  # fmt: skip
    shares = [Fraction(low) for low in lows]
    for group in ([n for n, w in enumerate(weights) if w > 0], [n for n, w in enumerate(weights) if w == 0]):
        rest = total - sum(share for n, share in enumerate(shares) if n not in group)
        most = sum(highs[n] for n in group)
        if group and rest > sum(lows[n] for n in group):
            level = _level(
                min(rest, Fraction(most)),
                [weights[n] or 1 for n in group],
                [lows[n] for n in group],
                [highs[n] for n in group],
            )
            for n in group:
                shares[n] = min(Fraction(highs[n]), max(Fraction(lows[n]), level * (weights[n] or 1)))
    return shares


def _level(rest: Fraction, weights: Sequence[Weight], lows: Sequence[int], highs: Sequence[int]) -> Fraction:
    """The amount per weight at which the shares, cut to their bounds, add up to ``rest``."""
    stops = sorted({Fraction(limit) / weight for each in (lows, highs) for limit, weight in zip(each, weights)})

    def at(level: Fraction) -> Fraction:
        return sum((min(Fraction(high), max(Fraction(low), level * weight))
                    for weight, low, high in zip(weights, lows, highs)), Fraction(0))  # fmt: skip

    before = Fraction(0)
    for stop in stops:
        if at(stop) >= rest:
            low, high = at(before), at(stop)
            return stop if high == low else before + (stop - before) * (rest - low) / (high - low)
        before = stop
    return stops[-1]


def apportion(total: int, weights: Sequence[Weight], bounds: Sequence[Bound] | None = None) -> list[int]:
    """``total`` in whole units by largest remainders; every part is its exact share rounded down or up.

    Raises WrongUse (``infeasible``) where the bounds do not allow the total.
    """
    shares = exact_shares(total, weights, bounds or [Bound()] * len(weights))
    parts = [share.__floor__() for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda n: (parts[n] - shares[n], n))
    for n in by_remainder[: total - sum(parts)]:
        parts[n] += 1
    return parts


def break_down(total: int, wish: Wish) -> dict[str, list[int]]:
    """A year's target by department and month: department → twelve whole numbers. They add up to ``total``.

    Raises WrongUse: ``no_department``, ``infeasible``.
    """
    codes = list(wish.departments)
    if not codes:
        raise WrongUse("no_department")
    cells = [[wish.cell_bounds.get((code, month), Bound()) for month in range(1, MONTHS + 1)] for code in codes]
    rows = [_tighter(wish.department_bounds.get(code, Bound()), cells[n]) for n, code in enumerate(codes)]
    columns = [
        _tighter(wish.month_bounds.get(month, Bound()), [row[month - 1] for row in cells])
        for month in range(1, MONTHS + 1)
    ]
    years = apportion(total, list(wish.departments.values()), rows)
    months = apportion(total, list(wish.months), columns)
    limits = [[_limits(cell, total) for cell in row] for row in cells]
    exact = [[Fraction(year * month, total) if total else Fraction(0) for month in months] for year in years]
    table = (
        _rounded(years, months, limits, exact)
        or circulate(total, [(year, year) for year in years], [(month, month) for month in months], limits, exact)
        # bounds of cells let no table have these sums: the sums give way, within their own bounds
        or circulate(
            total, [_limits(row, total) for row in rows], [_limits(column, total) for column in columns], limits, exact
        )
    )
    if table is None:
        raise infeasible(total, max(sum(bound.low for bound in bounds) for bounds in (rows, columns)), None)
    return dict(zip(codes, table, strict=True))


def _limits(bound: Bound, total: int) -> tuple[int, int]:
    return bound.low, total if bound.high is None else bound.high


def _tighter(bound: Bound, parts: Sequence[Bound]) -> Bound:
    """A sum's bound, given those of its parts."""
    low = max(bound.low, sum(part.low for part in parts))
    highs = [part.high for part in parts]
    most = None if any(high is None for high in highs) else sum(highs)
    limits = [high for high in (bound.high, most) if high is not None]
    return Bound(low, min(limits) if limits else None)


def _rounded(years: Sequence[int], months: Sequence[int], limits: Sequence[Sequence[tuple[int, int]]],
             exact: Sequence[Sequence[Fraction]]) -> list[list[int]] | None:  # fmt: skip
    """The table with these sums whose cells are their exact shares rounded, the larger remainders up first; None where the
    limits allow none."""
    limits = [
        [(max(low, share.__floor__()), min(high, share.__ceil__())) for (low, high), share in zip(row, shares)]
        for row, shares in zip(limits, exact)
    ]
    if any(low > high for row in limits for low, high in row):
        return None
    table = [[low for low, _ in row] for row in limits]
    row_left = [year - sum(row) for year, row in zip(years, table)]
    column_left = [month - sum(column) for month, column in zip(months, zip(*table))]
    if min(*row_left, *column_left, 0) < 0:
        return None
    wanted = [(exact[r][c] - table[r][c], -r, -c) for r in range(len(years)) for c in range(MONTHS)]
    for _, r, c in sorted(wanted, reverse=True):
        step = min(limits[r][c][1] - table[r][c], row_left[r], column_left[c], 1)
        table[r][c] += step
        row_left[r] -= step
        column_left[c] -= step
    while any(row_left):
        start = next(r for r, left in enumerate(row_left) if left)
        path = _path(start, table, limits, column_left)
        if path is None:
            return None
        for r, c, step in path:
            table[r][c] += step
        row_left[start] -= 1
        column_left[path[-1][1]] -= 1
    return table


def _path(
    start: int, table: Sequence[Sequence[int]], limits: Sequence[Sequence[tuple[int, int]]], column_left: Sequence[int]
):
    """How one unit more gets into a row: (row, column, +1 or −1) alternately, ending in a month that still needs one."""
    came: dict[int, tuple[int, int | None]] = {}  # column → the row it is raised in, and the column lowered before
    rows, seen = [(start, None)], {start}
    while rows:
        row, before = rows.pop(0)
        for column in range(MONTHS):
            if column in came or table[row][column] >= limits[row][column][1]:
                continue
            came[column] = (row, before)
            if column_left[column]:
                return _steps(column, came)
            for other in range(len(table)):
                if other not in seen and table[other][column] > limits[other][column][0]:
                    seen.add(other)
                    rows.append((other, column))
    return None


def _steps(column: int, came: Mapping[int, tuple[int, int | None]]) -> list[tuple[int, int, int]]:
    steps: list[tuple[int, int, int]] = []
    at: int | None = column
    while at is not None:
        row, before = came[at]
        steps.insert(0, (row, at, 1))
        if before is not None:
            steps.insert(0, (row, before, -1))
        at = before
    return steps


def infeasible(total: int, least: int, most: int | None) -> WrongUse:
    """The refusal of a total that the bounds do not allow."""
    if most is None:
        return WrongUse("infeasible", total=total, least=least)
    return WrongUse("infeasible/bounded", total=total, least=least, most=most)

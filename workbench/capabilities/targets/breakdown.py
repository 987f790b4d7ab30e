"""Breaking a year's target down to departments and months, exact to the unit (4.2.1). Pure integers and Fractions.

Largest remainders: everybody gets the whole part of the exact share, and the units that are left go to the
largest remainders (equal ones: in the order given). Bounds are kept by sharing out among those
that have not reached theirs. Between departments and months every cell is its exact share rounded down or up, and
both the departments' years and the company's months add up; of all such tables it is the one nearest to the exact
shares. Only bounds of cells may push a cell further, or the sums with it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from workbench.core.errors import WrongUse
from workbench.core.flows import Arc, cheapest_flow

MONTHS = 12
Weight = int | Fraction
Limits = tuple[int, int]


@dataclass(frozen=True)
class Bound:
    """The least and the most something may get; ``high`` None: no limit. Fixed: both alike."""

    low: int = 0
    high: int | None = None


@dataclass(frozen=True)
class BreakdownInput:
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
        raise infeasible(
            total,
            sum(lows),
            sum(bound.high for bound in bounds if bound.high is not None)
            if all(bound.high is not None for bound in bounds)
            else None,
        )
    shares = [Fraction(low) for low in lows]
    for group in ([n for n, w in enumerate(weights) if w > 0], [n for n, w in enumerate(weights) if w == 0]):
        rest = Fraction(total) - sum(share for n, share in enumerate(shares) if n not in group)
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
        return sum(
            (
                min(Fraction(high), max(Fraction(low), level * weight))
                for weight, low, high in zip(weights, lows, highs)
            ),
            Fraction(0),
        )

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


def break_down(total: int, given: BreakdownInput) -> dict[str, list[int]]:
    """A year's target by department and month: department → twelve whole numbers. They add up to ``total``.

    Raises WrongUse: ``no_department``, ``infeasible``.
    """
    codes = list(given.departments)
    if not codes:
        raise WrongUse("no_department")
    cells = [[given.cell_bounds.get((code, month), Bound()) for month in range(1, MONTHS + 1)] for code in codes]
    rows = [_tighter(given.department_bounds.get(code, Bound()), cells[n]) for n, code in enumerate(codes)]
    columns = [
        _tighter(given.month_bounds.get(month, Bound()), [row[month - 1] for row in cells])
        for month in range(1, MONTHS + 1)
    ]
    years = apportion(total, list(given.departments.values()), rows)
    months = apportion(total, list(given.months), columns)
    table = _nearest_table(
        total,
        years,
        months,
        [_limits(row, total) for row in rows],
        [_limits(column, total) for column in columns],
        [[_limits(cell, total) for cell in row] for row in cells],
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
    most = None if None in highs else sum(high for high in highs if high is not None)
    limits = [high for high in (bound.high, most) if high is not None]
    return Bound(low, min(limits) if limits else None)


def _nearest_table(
    total: int,
    years: Sequence[int],
    months: Sequence[int],
    row_limits: Sequence[Limits],
    column_limits: Sequence[Limits],
    cell_limits: Sequence[Sequence[Limits]],
) -> list[list[int]] | None:
    """The table within all limits that is nearest to what is wanted; None where there is none.

    Wanted, each before all that follows: the departments' years and the months as given; every cell its exact share
    (year × month ÷ total) rounded down or up; the least sum of distances from the exact shares; rounding up the larger
    remainder, the earlier department, the earlier month.
    """
    if any(low > high for row in cell_limits for low, high in row):
        return None
    cells = [(r, c) for r in range(len(years)) for c in range(MONTHS)]
    shares = {(r, c): divmod(years[r] * months[c], total) if total else (0, 0) for r, c in cells}  # whole, remainder
    ranked = sorted(cells, key=lambda cell: (shares[cell][1], -cell[0], -cell[1]))
    first = {cell: 1 << place for place, cell in enumerate(ranked)}  # outweighs all those ranked before it
    distance = 1 << len(cells)
    outside = distance * (total + 1) * len(cells)
    off = outside * (2 * total + 1)
    arcs: dict[Hashable, Arc] = {}
    for r, (year, (low, high)) in enumerate(zip(years, row_limits, strict=True)):
        arcs["row", r] = Arc("all", ("row", r), ((year - low, -off), (high - year, off)), low)
    for c, (month, (low, high)) in enumerate(zip(months, column_limits, strict=True)):
        arcs["column", c] = Arc(("column", c), "year", ((month - low, -off), (high - month, off)), low)
    for r, c in cells:
        low, high = cell_limits[r][c]
        whole, remainder = shares[r, c]
        down = min(high, max(low, whole))
        up = min(high, max(low, whole + (remainder > 0)))
        rounding = (total - 2 * remainder) * distance - first[r, c]
        steps = ((down - low, -outside), (up - down, rounding), (high - up, outside))
        arcs[r, c] = Arc(("row", r), ("column", c), steps, low)
    flow = cheapest_flow(arcs, "all", "year", total)
    return None if flow is None else [[flow[r, c] for c in range(MONTHS)] for r in range(len(years))]


def infeasible(total: int, least: int, most: int | None) -> WrongUse:
    """The refusal of a total that the bounds do not allow."""
    if most is None:
        return WrongUse("infeasible", total=total, least=least)
    return WrongUse("infeasible/bounded", total=total, least=least, most=most)

"""Targets broken down: exact sums, bounds, nearness, order, and a naive computation beside it."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workbench.capabilities.targets.breakdown import MONTHS, Bound, BreakdownInput, apportion, break_down, exact_shares
from workbench.core.errors import WrongUse

WEIGHTS = st.lists(st.one_of(st.integers(0, 50), st.fractions(0, 9, max_denominator=12)), min_size=1, max_size=12)
BOUND = st.builds(
    lambda low, more: Bound(low, None if more is None else low + more),
    st.integers(0, 8),
    st.none() | st.integers(0, 30),
)


def naive(total, weights):
    """Largest remainders, unit by unit."""
    whole = sum(weights)
    parts = [int(total * Fraction(weight) / whole) for weight in weights]
    while sum(parts) < total:
        missing = [total * Fraction(weight) / whole - part for weight, part in zip(weights, parts, strict=True)]
        parts[missing.index(max(missing))] += 1
    return parts


@given(st.integers(0, 2000), WEIGHTS)
def test_without_bounds_it_is_the_method_of_largest_remainders(total, weights):
    """The same numbers as unit by unit; no weights at all means equal ones."""
    expected = naive(total, weights if any(weights) else [1] * len(weights))
    assert apportion(total, weights) == expected


@given(st.integers(0, 300), WEIGHTS, st.data())
def test_bounds_are_kept_and_the_sum_is_exact(total, weights, data):
    """Within its bounds, within one of its exact share, more weight never less, and never a unit lost."""
    bounds = [data.draw(BOUND) for _ in weights]
    most = sum(total if bound.high is None else bound.high for bound in bounds)
    assume(sum(bound.low for bound in bounds) <= total <= most)
    parts, shares = apportion(total, weights, bounds), exact_shares(total, weights, bounds)
    assert sum(parts) == sum(shares) == total
    for part, share, bound in zip(parts, shares, bounds, strict=True):
        assert bound.low <= part <= (total if bound.high is None else bound.high)
        assert abs(part - share) < 1
    for a, b in ((a, b) for a in range(len(parts)) for b in range(len(parts)) if bounds[a] == bounds[b]):
        if weights[a] > weights[b]:
            assert parts[a] >= parts[b]
    free = [
        n
        for n, bound in enumerate(bounds)
        if bound.low < shares[n] < (total if bound.high is None else bound.high) and weights[n]
    ]
    assert len({shares[n] / weights[n] for n in free}) <= 1  # those that no bound holds share by weight


@given(st.integers(0, 300), st.integers(1, 40), WEIGHTS)
def test_exact_shares_grow_with_the_total(total, more, weights):
    """A larger target gives nobody a smaller exact share (whole units may swap between neighbours)."""
    few, many = (exact_shares(each, weights, [Bound()] * len(weights)) for each in (total, total + more))
    assert all(a <= b for a, b in zip(few, many, strict=True))


CELLS = st.lists(st.integers(0, 30), min_size=MONTHS, max_size=MONTHS)


@given(st.integers(0, 900), st.lists(st.integers(0, 40), min_size=1, max_size=12), CELLS)
def test_departments_and_months_both_add_up(total, departments, months):
    """Every row, every column, and each cell the exact product of its sums rounded down or up."""
    given = BreakdownInput({f"B{n:03d}": weight for n, weight in enumerate(departments)}, months)
    table = break_down(total, given)
    years, columns = [sum(row) for row in table.values()], [sum(column) for column in zip(*table.values(), strict=True)]
    assert years == apportion(total, departments)
    assert columns == apportion(total, months)
    for row, year in zip(table.values(), years, strict=True):
        for cell, month in zip(row, columns, strict=True):
            exact = Fraction(year * month, total) if total else 0
            assert abs(cell - exact) < 1


def possible(total, codes, given):
    """Whether any table keeps the bounds, by Hoffman's condition: no set of departments and months must take in more than can leave.

    All sets of departments are looked at; for each the months choose the worse side one by one.
    """
    nothing = Bound()

    def span(bound):
        return bound.low, 10**6 if bound.high is None else bound.high

    cells = {(code, m): span(given.cell_bounds.get((code, m), nothing)) for code in codes for m in range(1, 13)}
    years = {code: span(given.department_bounds.get(code, nothing)) for code in codes}
    months = {m: span(given.month_bounds.get(m, nothing)) for m in range(1, 13)}
    if any(low > high for spans in (cells, years, months) for low, high in spans.values()):
        return False
    for size in range(len(codes) + 1):
        for inside in combinations(codes, size):
            for source in (False, True):
                for sink in (False, True):
                    into = total if source and not sink else 0  # the year's edge runs from the sink to the source
                    out = total if sink and not source else 0
                    for code in codes:
                        low, high = years[code]
                        into += low if code in inside and not source else 0
                        out += high if source and code not in inside else 0
                    worst = into - out
                    for m in range(1, 13):
                        low, high = months[m]
                        within = sum(cells[code, m][0] for code in codes if code not in inside) - (0 if sink else high)
                        without = (low if sink else 0) - sum(cells[code, m][1] for code in inside)
                        worst += max(within, without)
                    if worst > 0:
                        return False
    return True


@given(st.integers(0, 400), st.data())
def test_bounds_of_departments_months_and_cells_are_kept(total, data):
    """Or the breakdown is refused in a sentence; never a number outside, never a sum that is off."""
    codes = ["B001", "B002", "B003"]
    given = BreakdownInput(
        {code: data.draw(st.integers(0, 9)) for code in codes},
        data.draw(CELLS),
        data.draw(st.dictionaries(st.sampled_from(codes), BOUND)),
        data.draw(st.dictionaries(st.integers(1, 12), BOUND, max_size=4)),
        data.draw(st.dictionaries(st.tuples(st.sampled_from(codes), st.integers(1, 12)), BOUND, max_size=6)),
    )
    try:
        table = break_down(total, given)
    except WrongUse as refused:
        assert refused.code == "infeasible"
        assert str(total) in refused.zh
        assert not possible(total, codes, given)
        return
    assert possible(total, codes, given)
    assert sum(map(sum, table.values())) == total
    sums = {code: sum(row) for code, row in table.items()}
    columns = {month: sum(row[month - 1] for row in table.values()) for month in range(1, 13)}
    cells = {(code, month): row[month - 1] for code, row in table.items() for month in range(1, 13)}
    for found, bounds in ((sums, given.department_bounds), (columns, given.month_bounds), (cells, given.cell_bounds)):
        for key, bound in bounds.items():
            assert bound.low <= found[key] <= (found[key] if bound.high is None else bound.high)
    assert min(cells.values()) >= 0


@pytest.mark.parametrize(
    ("total", "bounds"),
    [(10, [Bound(6), Bound(5)]), (10, [Bound(0, 4), Bound(0, 5)]), (10, [Bound(7, 3), Bound()])],
)
def test_bounds_that_do_not_allow_the_total_are_refused(total, bounds):
    """Too much asked for, too little allowed, and a least above the most."""
    with pytest.raises(WrongUse) as refused:
        apportion(total, [1, 1], bounds)
    assert refused.value.code == "infeasible"


def test_a_fixed_month_of_a_department_is_fixed():
    """The others take what is left, in proportion."""
    given = BreakdownInput(
        {"B001": 1, "B002": 1}, [1] * 12, cell_bounds={("B001", 2): Bound(0, 0), ("B002", 7): Bound(9, 9)}
    )
    table = break_down(120, given)
    assert table["B001"][1] == 0
    assert table["B002"][6] == 9
    assert [sum(row) for row in table.values()] == [60, 60]


def test_no_department_is_refused():
    """There has to be somebody to give a target to."""
    with pytest.raises(WrongUse) as refused:
        break_down(10, BreakdownInput({}, [1] * 12))
    assert refused.value.code == "no_department"


@given(st.integers(1, 900), st.lists(st.integers(0, 40), min_size=2, max_size=8), CELLS)
def test_no_exchange_brings_the_table_nearer_to_the_exact_shares(total, departments, months):
    """Moving a unit between two months of one department, and back in another, never lessens the sum of distances."""
    table = list(break_down(total, BreakdownInput({f"B{n}": w for n, w in enumerate(departments)}, months)).values())
    years, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]

    def change(row, month, step):
        exact = Fraction(years[row] * columns[month], total)
        return abs(table[row][month] + step - exact) - abs(table[row][month] - exact)

    for a, b in permutations(range(len(table)), 2):
        for m, n in combinations(range(MONTHS), 2):
            if table[a][m] and table[b][n]:
                steps = ((a, m, -1), (a, n, 1), (b, m, 1), (b, n, -1))
                rounded = all(abs(table[r][c] + s - Fraction(years[r] * columns[c], total)) < 1 for r, c, s in steps)
                assert sum(change(*step) for step in steps) >= 0 or not rounded


def test_the_order_of_departments_decides_between_equal_remainders():
    """Three equal departments and a target of one unit each over two months: the earlier ones round up first."""
    given = BreakdownInput({"B001": 1, "B002": 1, "B003": 1}, [1, 1, *[0] * 10])
    assert break_down(3, given) == {
        "B001": [1, 0, *[0] * 10],
        "B002": [1, 0, *[0] * 10],
        "B003": [0, 1, *[0] * 10],
    }

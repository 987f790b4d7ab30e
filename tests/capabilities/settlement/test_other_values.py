"""A quarter under other parameters: the same as a slow computation with those numbers in it; what is earlier stays."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import naive_lifecycle, naive_settlement, synthetic
from tests.support.alternatives import ALTERNATIVES
from tests.support.examples import examples
from tests.support.strategies import World
from workbench.app.policy import load_policy
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.settlement.settlement import settle
from workbench.capabilities.settlement.whatif import compare
from workbench.core.errors import WrongUse
from workbench.core.periods import quarter_bounds
from workbench.platform.regulation.trial import Changes, parse, read

POLICY = load_policy()
SEEDS = st.integers(0, 2**32 - 1)
# what is typed, and the literals of the naive computation that stand for the same number
TYPED = {
    "minimum_quantity=5台": [(naive_lifecycle, "LEAST_QUANTITY", 5)],
    "application_lead_days=30": [(naive_lifecycle, "APPLICATION_LEAD_DAYS", 30)],
    "verification_days=1": [(naive_lifecycle, "ANSWER_WORKING_DAYS", 1), (naive_settlement, "ANSWER_WORKING_DAYS", 1)],
    "publication_days=5,15": [(naive_settlement, "PUBLICATION_DAYS", (5, 15))],
    "register_return_day=4": [(naive_settlement, "REGISTER_DAY", 4)],
    "dealer_minimum_quantity=12;department_minimum_quantity=12": [(naive_settlement, "SINGLE_REPORT", 12)],
    "dealer_conversion_rate=1/3;department_conversion_rate=1/3": [(naive_settlement, "CONVERSION", Fraction(1, 300))],
    "dealer_conversion_rate=62.5%;department_conversion_rate=62.5": [(naive_settlement, "CONVERSION", Fraction(5, 8))],
    "dealer_project_reward=800元": [(naive_settlement, "DEALER_PROJECT", 800)],
    "department_project_reward=500": [(naive_settlement, "DEPARTMENT_PROJECT", 500)],
    "completion_reward_cap=400;department_reward_cap=400": [(naive_settlement, "DEPARTMENT_CAP", 400)],
    "completion_step=25;completion_step_reward=300": [
        (naive_settlement, "COMPLETION_STEP", Fraction(1, 4)),
        (naive_settlement, "COMPLETION_REWARD", 300),
    ],
    "late_verification_penalty=50;missing_expiry_penalty=50;missed_publication_penalty=50;late_register_penalty=50": [
        (naive_settlement, "PENALTY", -50)
    ],
    "leak_penalty=900": [(naive_settlement, "LEAK", -900)],
}


def plainly(lines) -> list[tuple]:
    """Lines as the naive computation gives them."""
    told = [(line.clause, line.party, line.ref, line.amount, line.adjusts) for line in lines]
    return sorted(told, key=lambda line: tuple(str(part) for part in line))


@pytest.mark.slow
@examples(40, shrink=False)
@given(SEEDS, st.sampled_from(sorted(TYPED)), st.sampled_from(ALTERNATIVES), st.integers(0, 2))
def test_other_numbers_give_what_the_naive_computation_gives(seed: int, typed: str, readings: dict, place: int):
    """For all dates: every line of any quarter, under any reading; for a world's first quarter as the comparison does."""
    world = World(seed)
    changes = parse(POLICY, typed)
    quarter = world.quarters[place]
    always = POLICY.with_parameters(**changes.parameters).with_readings(**readings)
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in TYPED[typed]:
            patch.setattr(module, name, value)
        wanted = naive_settlement.naive_lines(world.facts, quarter, world.until, **readings)
        first = naive_settlement.naive_lines(world.facts, world.quarters[0], world.until, **readings)
    assert plainly(settle(world.facts, quarter, world.until, always).lines) == wanted
    book = synthetic.book(world.facts, world.until)
    found = compare(book, world.quarters[0], Changes(changes.parameters, readings))
    assert plainly(found.trial) == first


@pytest.mark.slow
def test_each_of_these_numbers_matters_somewhere():
    """No number is compared in worlds in which it would make no difference."""
    worlds = [World(seed) for seed in range(30)]
    for typed in TYPED:
        changes = parse(POLICY, typed)
        assert any(
            compare(synthetic.book(world.facts, world.until), world.quarters[0], changes).lines["difference"].any()
            for world in worlds
        ), typed


@pytest.mark.slow
@examples(25, shrink=False)
@given(SEEDS, st.integers(0, 2), st.sampled_from(sorted(TYPED)), st.sampled_from(ALTERNATIVES))
def test_the_two_sides_add_up(seed: int, place: int, typed: str, readings: dict):
    """Official and trial by line, by unit and by clause are the same sums; a lead shown is one that differs."""
    world = World(seed)
    book = synthetic.book(world.facts, world.until)
    quarter = world.quarters[place]
    changes = Changes(parse(POLICY, typed).parameters, readings)
    found = compare(book, quarter, changes)
    official = settle(world.facts, quarter, world.until, POLICY)
    assert found.lines["official"].sum() == sum(line.amount for line in official.lines)
    assert found.lines["trial"].sum() == sum(line.amount for line in found.trial)
    for table in (found.parties, found.clauses):
        for name in ("official", "trial", "difference"):
            assert table[name].sum() == found.lines[name].sum()
    assert (found.lines["trial"] - found.lines["official"] == found.lines["difference"]).all()
    tried = derive(world.facts, world.until, changes.applied(POLICY, quarter_bounds(quarter)[0]))
    columns = ["status", "clause", "counts_in"]
    mine, theirs = (table.set_index("number")[columns].fillna("") for table in (book.states, tried))
    theirs = theirs.reindex(mine.index)
    assert set(found.leads["number"]) == set(mine.index[(mine != theirs).any(axis=1)])
    assert found.drifted == 0


def test_without_changes_both_sides_are_equal():
    """A quarter computed again is the quarter."""
    world = World(5)
    found = compare(synthetic.book(world.facts, world.until), world.quarters[1], parse(POLICY, "无"))
    assert set(found.lines["change"]) == {"不变"}
    assert len(found.leads) == len(found.changes) == 0


def test_values_hold_from_a_day_on():
    """The day before has the old value, the day and all later ones the new one; readings alike."""
    changes = read(POLICY, ["minimum_quantity=5"], ["overdue_unit=dispatch"])
    policy = changes.applied(POLICY, date(2026, 4, 1))
    assert [policy.value("minimum_quantity", day) for day in (date(2026, 3, 31), date(2026, 4, 1))] == [3, 5]
    assert [policy.reading("overdue_unit", day) for day in (date(2026, 3, 31), date(2026, 4, 1))] == [
        "lead",
        "dispatch",
    ]
    assert policy.value("minimum_quantity", date(2030, 1, 1)) == 5
    later = POLICY.with_edition({"edition": 5, "from": date(2026, 6, 1), "parameters": {"minimum_quantity": 4}})
    assert changes.applied(later, date(2026, 4, 1)).value("minimum_quantity", date(2026, 7, 1)) == 5
    assert changes.applied(later, date(2026, 7, 1)).value("minimum_quantity", date(2026, 6, 30)) == 4


@pytest.mark.parametrize(
    ("typed", "readings", "code"),
    [
        (["minimum=5"], [], "unknown_parameter"),
        (["overdue_unit=dispatch"], [], "unknown_parameter"),
        (["minimum_quantity"], [], "bad_value"),
        (["minimum_quantity="], [], "bad_value"),
        (["minimum_quantity=3.5"], [], "bad_value"),
        (["minimum_quantity=-1"], [], "bad_value"),
        (["minimum_quantity=40%"], [], "bad_value"),
        (["dealer_project_reward=5台"], [], "bad_value"),
        (["dealer_conversion_rate=40元"], [], "bad_value"),
        (["verification_days=0"], [], "bad_value"),
        (["register_return_day=32"], [], "bad_value"),
        (["publication_days=10,40"], [], "bad_value"),
        (["taxi_level_limit=乡级"], [], "bad_value"),
        (["required_contact=email"], [], "bad_value"),
        (["minimum_quantity=废止"], [], "bad_value"),
        (["completion_step=0"], [], "bad_value"),
        (["dealer_conversion_rate=1/0"], [], "bad_value"),
        ([], ["overdue"], "bad_reading"),
        ([], ["overdue_unit=week"], "bad_reading"),
        ([], ["minimum_quantity=3"], "unknown_reading"),
        ([], ["returned_row_grace=-3"], "bad_reading"),
    ],
)
def test_what_cannot_be_is_refused(typed: list[str], readings: list[str], code: str):
    """Unknown names, other units, impossible values: a sentence that names them."""
    with pytest.raises(WrongUse) as refused:
        read(POLICY, typed, readings)
    assert refused.value.code == code
    assert (typed + readings)[0].partition("=")[0] in refused.value.zh


def test_what_is_typed_is_read_in_the_unit_of_the_parameter():
    """With or without its unit; fractions stay exact; the text of changes reads back as the same changes."""
    typed = [
        "dealer_conversion_rate=37.5%",
        "department_conversion_rate=100/3",
        "completion_step=5百分点",
        "minimum_quantity=4 台",
        "publication_days=30、15",
        "department_reward_cap=废止",
        "required_contact=phone",
        "taxi_level_limit=地市级及以上",
    ]
    changes = read(POLICY, typed, ["returned_row_grace=3", "month_shortfall=not_offset"])
    assert changes.parameters == {
        "dealer_conversion_rate": Fraction(3, 8),
        "department_conversion_rate": Fraction(1, 3),
        "completion_step": Fraction(1, 20),
        "minimum_quantity": 4,
        "publication_days": [15, 30],
        "department_reward_cap": None,
        "required_contact": ["phone"],
        "taxi_level_limit": "地市级及以上",
    }
    assert changes.readings == {"returned_row_grace": 3, "month_shortfall": "not_offset"}
    assert parse(POLICY, changes.text()) == changes

"""Clauses as declarations: their names, their order, and that each says all that is asked of it."""

from __future__ import annotations

import re

import pytest

from workbench.app.policy import load_policy
from workbench.core.errors import WrongUse
from workbench.platform.capability import Capability, extended
from workbench.platform.regulation.clause import (
    Clause,
    clause,
    clause_in,
    clauses,
    exclusions,
    penalty_codes,
    reward_codes,
    settled_clauses,
    settled_order,
    settled_regulations,
)


def further(*numbers: str) -> Capability:
    """A capability with these clauses of a regulation of its own."""
    own = tuple(Clause(number, "SX1", f"第{number}条", further) for number in numbers)
    return Capability("further", "试行", regulations=("SX1",), clauses=own)


def test_a_clause_is_kept_by_its_number_in_the_leading_regulation_and_with_its_name_in_others():
    """``id`` names it among all regulations, ``code`` is what lines and findings keep."""
    found = {each.id: each.code for each in clauses()}
    assert found["DKHW080004/7.3.2a"] == "7.3.2a"
    assert found["顾客信息管理制度/七"] == "顾客信息管理制度·七"
    assert clause("7.3.2a") is clause_in("DKHW080004", "7.3.2a")
    assert clause("大客户管理制度·二") is clause_in("大客户管理制度", "二")


def test_clauses_stand_in_the_order_of_their_numbers():
    """By number and not by text, letters after the bare number, Chinese numerals by their value."""
    with extended(further("十", "2.10", "2.9", "三", "2.2b", "2.2", "2.2a", "二")):
        own = [each.number for each in clauses() if each.regulation == "SX1"]
    assert own == ["2.2", "2.2a", "2.2b", "2.9", "2.10", "二", "三", "十"]


def test_a_clause_that_is_declared_twice_is_a_fault():
    """Nobody could say which of them is meant."""
    with extended(further("1", "1")), pytest.raises(ValueError, match="twice"):
        clause("SX1·1")


def test_a_clause_nobody_declared_is_refused_by_name():
    """As a sentence."""
    with pytest.raises(WrongUse) as refused:
        clause("9.9")
    assert (refused.value.code, "9.9" in refused.value.zh) == ("unknown_clause", True)


@pytest.mark.parametrize("each", clauses(), ids=lambda each: each.id)
def test_a_clause_names_what_decides_it_and_numbers_of_its_own_regulation(each):
    """Its function is documented; its parameters and readings are data of the regulation it belongs to."""
    regulation = load_policy().regulation(each.regulation)
    assert each.title and each.function.__doc__
    assert set(each.parameters) <= set(regulation.parameters)
    assert set(each.readings) <= set(regulation.readings)


@pytest.mark.parametrize("each", settled_clauses(), ids=lambda each: each.id)
def test_a_clause_with_money_says_all_that_a_settlement_asks(each):
    """Who pays, what its lines rest on, how they are explained and computed again from parameters it reads."""
    assert each.payer and each.subject and each.Inputs and each.explain and each.recipe
    assert set(each.recipe.parameters) <= set(each.parameters)
    used = {int(number) for number in re.findall(r"\{(\d)\}", each.recipe.formula)}
    assert used == set(range(len(each.recipe.parameters)))


def test_every_parameter_belongs_to_the_clause_its_file_names():
    """Neither a number without a clause that reads it, nor a clause without its number."""
    for regulation in load_policy().regulations:
        for parameter in regulation.parameters.values():
            assert parameter.name in clause_in(regulation.document, parameter.clause).parameters


def test_rewards_and_penalties_are_the_clauses_with_money():
    """Each is one or the other."""
    assert reward_codes() == ("7.1.1", "7.2.1", "7.2.2")
    assert penalty_codes() == ("7.3.1", "7.3.2a", "7.3.2b", "7.3.3", "7.3.4")
    assert [*settled_order()] == [*reward_codes(), *penalty_codes()]
    assert settled_regulations() == ("DKHW080004",)


def test_what_keeps_a_lead_from_counting_is_said_by_its_clause():
    """In the order of the clauses."""
    assert list(exclusions()) == ["2", "5.1", "5.4", "5.5", "5.6", "6.3"]

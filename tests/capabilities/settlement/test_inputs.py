"""What a line rests on is a typed record; its JSON is read back as the same record and given back as it was kept."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pandas as pd
import pytest

from tests.support.strategies import World
from workbench.app.policy import load_policy
from workbench.capabilities.settlement.clauses.completion import Completion
from workbench.capabilities.settlement.clauses.late_verification import LateVerification
from workbench.capabilities.settlement.clauses.projects import DepartmentProject, Project
from workbench.capabilities.settlement.inputs import Inputs, Source
from workbench.capabilities.settlement.quarter import LINE_COLUMNS, Difference, stored_inputs, stored_lines
from workbench.capabilities.settlement.settlement import settle
from workbench.platform.regulation.clause import clause

POLICY = load_policy()


def rows_of(lines) -> pd.DataFrame:
    """Lines as the register keeps them: their inputs as JSON with sorted keys."""
    rows = [json.loads(json.dumps(line.as_json(), ensure_ascii=False, sort_keys=True)) for line in lines]
    return pd.DataFrame(rows, columns=LINE_COLUMNS, dtype=object)


@pytest.mark.parametrize("seed", [0, 3, 5])
@pytest.mark.parametrize("readings", [{}, {"overdue_unit": "dispatch"}], ids=["lead", "dispatch"])
def test_kept_lines_are_the_lines_that_were_settled(seed, readings):
    """Equal records of the clause's own type, also inside adjustments, and JSON to the letter of what was kept."""
    world, policy = World(seed), POLICY.with_readings(**readings)
    first, second, _ = world.quarters
    closing = world.start + timedelta(days=52)
    settled = settle(world.facts, first, closing, policy).lines
    closed = rows_of(settled).assign(quarter=first)
    later = settle(world.facts, second, world.until, policy, closed, approved=[first]).lines
    assert {bool(line.adjusts) for line in later} == {False, True}
    for lines in (settled, later):
        rows = rows_of(lines)
        again = stored_lines(rows)
        assert again == lines
        assert [line.as_json()["inputs"] for line in again] == rows["inputs"].tolist()
        for line in again:
            wanted = Difference if line.adjusts else clause(line.clause).Inputs
            assert type(line.inputs) is wanted


def test_the_json_of_a_project_has_the_keys_in_the_order_it_always_had():
    """A department's cap stands beside its reward; what it keeps is typed."""
    common = {
        "lead": "DK1",
        "project": "LX1",
        "received_at": datetime(2026, 1, 5, 9, 30, 15, 77),
        "counts_in": "2026-01",
        "quantity": 12,
        "picked_up": 5,
        "rate_picked_up": 5,
        "rate_quantity": 12,
        "conversion": "5/12",
        "minimum_quantity": 10,
        "conversion_rate": Fraction(2, 5),
        "reward": 200,
        "readings": {"conversion_basis": "project"},
        "contracts": (),
        "source": Source(file="提报.xlsx", row=9),
    }
    dealer, department = Project(**common), DepartmentProject(**common, cap=None, capped=False)
    keys = [*common]
    assert list(dealer.as_json()) == keys
    place = keys.index("readings")
    assert list(department.as_json()) == [*keys[:place], "cap", *keys[place:], "capped"]
    assert department.as_json()["cap"] is None
    assert (dealer.as_json()["received_at"], dealer.as_json()["conversion_rate"]) == ("2026-01-05T09:30:15", "40%")
    assert DepartmentProject.read(department.as_json()).conversion_rate == Fraction(2, 5)


def test_a_field_an_earlier_version_did_not_keep_is_empty():
    """The others are read; what was kept is given back without it."""
    kept = {"lead": "DK1", "due_on": "2026-01-08", "penalty": 100}
    record = LateVerification.read(kept)
    assert (record.lead, record.due_on, record.penalty, record.leads) == ("DK1", date(2026, 1, 8), 100, None)
    assert record.as_json() == kept


def test_a_line_only_a_ruling_gave_rests_on_the_ruling():
    """Nothing but the appeal and what was computed without it."""
    assert stored_inputs("7.1.1", {"appeal": "SS1", "computed": 0}) == Inputs(appeal="SS1", computed=0)
    record = stored_inputs("7.2.1", {"appeal": "SS1", "computed": 0, "valid": 6, "target": 5})
    assert (type(record), record.valid, record.appeal) == (Completion, 6, "SS1")


def test_one_record_of_very_many_is_as_any_other():
    """Equal, with the same JSON and the defaults of what is left out; it can be changed and sent elsewhere."""
    given = {
        "lead": "DK-1",
        "section": "S1",
        "dispatched_at": datetime(2026, 1, 5, 9),
        "due_on": date(2026, 1, 7),
        "provisional": False,
        "answered_at": None,
        "as_of": datetime(2026, 4, 1),
        "penalty": 100,
        "readings": {"overdue_unit": "lead"},
        "source": Source(file="a.xlsx", row=8),
    }
    usual, quick = LateVerification(**given), LateVerification.of_fields(**given)
    assert quick == usual and repr(quick) == repr(usual) and quick.as_json() == usual.as_json()
    assert replace(quick, batch=3) == replace(usual, batch=3)
    assert pickle.loads(pickle.dumps(quick)) == usual

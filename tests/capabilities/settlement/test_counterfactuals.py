"""Every "what would have had to be different" is true: the facts are changed so, and by one unit less, and the rule runs."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pandas.testing import assert_series_equal

from tests.support import alterations
from tests.support.examples import examples
from tests.support.naive_lifecycle import naive_states
from tests.support.strategies import World
from tests.support.trial import POLICY, Trial
from workbench.capabilities.leads.counterfactuals import neighbourhood
from workbench.capabilities.leads.explain import of_lead
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.settlement.reward_progress import (
    department_progress,
    missing_leads,
    missing_pick_ups,
    project_progress,
)
from workbench.capabilities.settlement.settlement import quarter_at
from workbench.platform.register.facts import Facts

SEEDS = st.integers(0, 2**32 - 1)
READINGS = ({}, {"overdue_unit": "dispatch"}, {"repeat_project_reward": True}, {"conversion_basis": "reporter"})
SEARCHED = 60  # seeds looked through for a world of a kind
TRIED = 2  # claims of each kind tried in one world


def try_all(seed: int, place: int, readings: dict, tried: int = TRIED) -> Counter:
    """Try claims about lines, projects and departments of one quarter; how many of each clause there were."""
    world = World(seed)
    further = {"code": "P3", "name": "P3", "kind": "部门", "state": "在用", "since": datetime(2024, 1, 1)}
    world.facts = world.facts.replace(units=alterations.more(world.facts, "units", [further]).units)
    trial, random, counted = Trial(world, place, readings), Random(seed), Counter()
    lines = random.sample(trial.settled.lines, len(trial.settled.lines))
    for line in lines:
        key = (line.clause, line.amount == 0)
        if counted[key] < tried:
            counted[key] += trial.try_line(line)
    quarter = quarter_at(trial.facts, trial.states, trial.quarter, trial.as_of, trial.policy, {})
    rows = project_progress(quarter).to_dict("records")
    for row in random.sample(rows, len(rows)):
        for each in missing_pick_ups(row) if counted[row["clause"], "missing"] < tried else ():
            counted[row["clause"], "missing"] += 1
            trial.try_claim(row["clause"], row["party"], row["number"], dict(each.change), each.outcome, None)
    for row in department_progress(quarter).to_dict("records"):
        for each in missing_leads(row) if row["unit"] in ("P1", "P2") else ():
            counted["7.2.1", "missing"] += 1
            ref, before = trial.quarter, row["amount"] or None
            trial.try_claim("7.2.1", row["unit"], ref, dict(each.change), each.outcome, before)
    return counted


@pytest.mark.slow
@pytest.mark.whole
@examples(30, shrink=False)
@example(seed=999999, place=0, readings={})  # one section is late twice with one lead, which was handed on and back
@given(SEEDS, st.integers(0, 2), st.sampled_from(READINGS))
def test_what_is_said_of_amounts_is_true(seed: int, place: int, readings: dict):
    """Pick-ups, leads, days and dates: as many as stated flip the amount, one less does not."""
    try_all(seed, place, readings)


@pytest.mark.slow
def test_the_claims_tried_are_of_every_kind():
    """Every clause that can be otherwise is reached, a capped project and the missing ones too."""
    clauses = {"7.1.1", "7.2.1", "7.2.2", "7.3.1", "7.3.2a", "7.3.2b", "7.3.3", "7.3.4"}
    kinds = {(clause, "missing") for clause in ("7.1.1", "7.2.1", "7.2.2")}
    counted: Counter = Counter()
    for seed in range(SEARCHED):
        counted += try_all(seed, 1, {}, tried=1)
        if seed >= 3 and clauses <= {clause for clause, _ in counted} and kinds <= set(counted):
            break
    assert {clause for clause, _ in counted} == clauses
    assert kinds <= set(counted)


@pytest.mark.slow
def test_a_project_past_the_cap_is_told_how_many_fewer_ahead_would_do():
    """D24: with that many ahead it earns, with one more it does not."""
    found = 0
    for seed in range(SEARCHED):
        trial = Trial(World(seed), 0, {})
        capped = [line for line in trial.settled.lines if line.clause == "7.2.2" and line.amount == 0]
        found += trial.try_line(capped[0]) if capped else 0
        if found == 3:
            return
    raise AssertionError(found)


def known_on(seed: int, day: int) -> tuple[Facts, pd.DataFrame, datetime]:
    """What is known of a world on a day after its first, and the states that follow."""
    world = World(seed)
    as_of = world.start + timedelta(days=day, hours=10)
    facts = world.facts.up_to(as_of)
    return facts, derive(facts, as_of, POLICY), as_of


@pytest.mark.slow
@pytest.mark.whole
@examples(40, shrink=False)
@given(SEEDS, st.integers(20, 285))
def test_what_is_said_of_leads_is_true(seed: int, day: int):
    """The naive computation, on facts changed so, gives the stated status; for one unit less the verdict stays."""
    facts, states, as_of = known_on(seed, day)
    tried: Counter = Counter()
    for lead in Random(seed).sample(list(states.index), len(states)):
        state = states.loc[lead]
        if tried[state["status"], state["clause"], state["excluded"]] >= TRIED:
            continue
        told = of_lead(facts, states, lead, as_of, POLICY)
        for each in told.counterfactuals:
            tried[state["status"], state["clause"], state["excluded"]] += 1
            then = naive_states(alterations.of_lead(facts, state["number"], dict(each.change)), as_of)[state["number"]]
            assert {key: then[key] for key in ("status", "clause", "counts_in")} == dict(each.outcome)
            if (less := one_less(dict(each.change))) is not None:
                still = naive_states(alterations.of_lead(facts, state["number"], less), as_of)[state["number"]]
                same = [still[key] for key in ("status", "clause", "excluded")]
                assert same == [state["status"], state["clause"], state["excluded"]], each.text


def one_less(change: dict) -> dict | None:
    """The change by one unit less: a vehicle, a day, a second."""
    match change["kind"]:
        case "quantity":
            return {**change, "to": change["to"] - 1}
        case "earlier":
            return {**change, "days": change["days"] - 1}
        case "applied":
            day = datetime.fromisoformat(change["not_before"]) - timedelta(days=1)
            return {**change, "not_before": day.isoformat()}
        case "contract":
            day = datetime.fromisoformat(change["signed_on"]) + timedelta(days=1)
            return {**change, "signed_on": day.isoformat()}
    return None


@pytest.mark.whole
@examples(60, shrink=False)
@given(SEEDS, st.integers(20, 285))
def test_nothing_outside_its_place_decides_about_a_lead(seed: int, day: int):
    """A lead among its neighbours alone stands where it stands among all."""
    facts, states, as_of = known_on(seed, day)
    for lead in Random(seed).sample(list(states.index), min(6, len(states))):
        alone = derive(neighbourhood(facts, lead), as_of, POLICY)
        assert_series_equal(alone.loc[lead], states.loc[lead])
        assert set(alone.index) <= set(states.index)


@pytest.mark.parametrize("kind", ["7.1.1", "7.2.2"])
def test_every_project_that_counts_is_told_of(kind: str):
    """Rewarded or not, each project that counts has one row, and the rewarded ones are the settled lines."""
    trial = Trial(World(5), 1, {})
    table = project_progress(quarter_at(trial.facts, trial.states, trial.quarter, trial.as_of, trial.policy, {}))
    own = table[table["clause"] == kind]
    lines = {x.ref: x.amount for x in trial.settled.lines if x.clause == kind}
    won = own[own["progress"] == "得奖"]
    assert dict(zip(won["number"], won["amount"], strict=True)) == lines
    projects = trial.states[trial.states["project"].notna() & trial.states["counts_in"].notna()]
    wanted = {"7.1.1": "经销商", "7.2.2": "部门"}[kind]
    assert sorted(own["number"]) == sorted(projects.loc[projects["reporter_kind"] == wanted, "number"])

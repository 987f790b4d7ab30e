"""Whether a customer is free is what would become of a report about it at that moment (5.1, D2)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.strategies import World
from workbench.app.policy import load_policy
from workbench.capabilities.leads.availability import CLOSE, FREE, IDENTITY, OCCUPIED, availability
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.leads.similarity import close_pairs
from workbench.capabilities.leads.status import Status
from workbench.platform.register.facts import Facts, frame

POLICY = load_policy()
MET = {Status.DUPLICATE: OCCUPIED, Status.HELD: CLOSE}


def reported_now(facts, asked: pd.Series, as_of) -> str:
    """Receive one more lead about a customer, by the rules themselves, and see what becomes of it."""
    template = facts.leads.iloc[-1].to_dict()
    number = 10**6
    moment = as_of - timedelta(microseconds=1)
    units = facts.units.sort_values("since", kind="stable").drop_duplicates("code", keep="last")
    open_ones = units.loc[units["kind"].eq("经销商") & units["state"].eq("在用"), "code"].tolist()
    fresh = {
        **template,
        **asked.to_dict(),
        "lead": number,
        "version": 1,
        "number": "NEW",
        "filed_at": moment,
        "received_at": moment,
        "ranked_at": moment,
        "returned_at": None,
        "quantity": 50,
        "level": "县级及以下",
        "county": "南陵县" if asked["city"] == "芜湖市" else "肥东县",  # what proves the level (D10)
        "short_name": False,
        "document": None,
        "phone_key": None,
        "reporter": open_ones[0],  # a unit out of use reports nothing (D36)
    }
    known = facts.leads.sort_values("version").drop_duplicates("lead", keep="last").assign(phone_key=None)
    pairs = close_pairs(
        frame("leads", [fresh])[["lead", *IDENTITY, "phone_key"]], known[["lead", *IDENTITY, "phone_key"]]
    )
    leads = pd.concat([facts.leads, frame("leads", [fresh])], ignore_index=True)
    links = pd.concat([facts.links, frame("links", pairs)], ignore_index=True)
    states = derive(facts.replace(leads=leads, links=links), as_of, POLICY)
    return MET.get(states.at[number, "status"], FREE)


def answers(world: World, day: int, most: int) -> tuple[Facts, pd.DataFrame, pd.Series, datetime]:
    """What is said of customers of a world, and of each with one word added to its name."""
    as_of = world.start + timedelta(days=day, hours=10)
    facts = world.facts.up_to(as_of)
    ranked = facts.leads["ranked_at"] < as_of  # one of a closed month stands behind what comes now, too
    facts = facts.replace(leads=facts.leads[ranked].reset_index(drop=True))
    states = derive(facts, as_of, POLICY)
    asked = states[IDENTITY].drop_duplicates().tail(most)
    asked = pd.concat([asked, asked.assign(customer_key=asked["customer_key"] + "新")], ignore_index=True)
    return facts, asked, availability(asked, facts, states, as_of, POLICY), as_of


@pytest.mark.whole
@examples(30, shrink=False)
@given(st.integers(0, 2**32 - 1), st.integers(20, 285))
def test_free_taken_or_close_is_what_a_report_would_meet(seed: int, day: int):
    """Customers of a generated register, and ones of nearly the same name."""
    facts, asked, said, as_of = answers(World(seed), day, 5)
    assert said.tolist() == [reported_now(facts, row, as_of) for _, row in asked.iterrows()]


@pytest.mark.whole
def test_the_worlds_asked_hold_every_answer():
    """The comparison says something: all three answers occur, and not rarely."""
    said = pd.concat([answers(World(seed), 150, 5)[2] for seed in range(12)])
    assert said.value_counts().reindex([FREE, OCCUPIED, CLOSE]).min() >= 5


def test_nothing_known_is_free():
    """An empty register keeps nobody."""
    world = World(1)
    states = derive(world.facts, world.start - timedelta(days=400), POLICY)
    asked = pd.DataFrame([["江城公交", "租赁", "安徽省", "芜湖市"]], columns=IDENTITY)
    moment = world.start - timedelta(days=400)
    assert availability(asked, world.facts.up_to(moment), states, moment, POLICY).tolist() == [FREE]

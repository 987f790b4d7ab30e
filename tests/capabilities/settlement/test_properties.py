"""What holds for any facts: order of import, the cut by time, sums, and books that stay closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from tests.support.examples import examples
from tests.support.situations import facts_of
from workbench.app.policy import load_policy
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.leads.status import Status
from workbench.capabilities.settlement.settlement import settle
from workbench.platform.register.facts import Facts, fact_tables

pytestmark = pytest.mark.whole

START = datetime(2026, 1, 2, 9)
AS_OF = datetime(2026, 7, 10, 18)


def _time(day: int, hour: int = 0) -> datetime:
    return START + timedelta(days=day, hours=hour)


@st.composite
def stories(draw) -> dict:
    """A few leads of few customers, with answers, applications, contracts and decisions at any time of half a year."""
    leads, names = {}, "ABCDEFGHIJKL"[: draw(st.integers(1, 10))]
    for name in names:
        day = draw(st.integers(0, 150))
        lead = {
            "at": _time(day, draw(st.integers(0, 2))),
            "by": draw(st.sampled_from(["D1", "D2", "P1", "P2"])),
            "customer": draw(st.sampled_from("甲乙丙")),
            "quantity": draw(st.sampled_from([2, 3, 10, 10, 12])),
            "file": draw(st.sampled_from(["a.xlsx", "b.xlsx"])),
        }
        if draw(st.integers(0, 9)) == 0:
            lead |= {"category": "出租", "level": "地市级及以上"}
        if draw(st.integers(0, 3)):
            sent = day + draw(st.integers(0, 3))
            answers = []
            for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
                expires = draw(st.sampled_from([None, 20, 60, 300]))
                answers.append(
                    {
                        "at": _time(sent + draw(st.integers(0, 9)), 3),
                        "verdict": draw(st.sampled_from(["有效", "有效", "无效"])),
                        "expires": expires and _time(day + expires).date(),
                        "person": draw(st.sampled_from([None, "赵", "钱"])),
                    }
                )
            lead |= {"dispatched": _time(sent, 2), "batch": sent, "answers": answers}
            if draw(st.booleans()):
                signed = _time(day + draw(st.integers(5, 40))).date()
                lead["contracts"] = [
                    {
                        "month": f"2026-{month:02d}",
                        "signed": signed,
                        "picked": draw(st.integers(0, 6)),
                        "at": datetime(2026, month + 1, draw(st.integers(1, 20)), 8),
                    }
                    for month in sorted(draw(st.sets(st.integers(1, 6), max_size=3)))
                ]
        if draw(st.integers(0, 3)) == 0:
            lead["applied"] = [_time(day + draw(st.integers(5, 9)))]
        leads[name] = lead
    pairs = [(a, b) for a in names for b in names if leads[a]["customer"] > leads[b]["customer"]]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True)) if pairs else []
    reviewed = draw(st.lists(st.sampled_from(chosen), max_size=2, unique=True)) if chosen else []
    reviews = [[a, b, draw(st.sampled_from(["重复", "不重复"])), _time(draw(st.integers(0, 160)))] for a, b in reviewed]
    months = [f"2026-{month:02d}" for month in range(1, 7)]
    return {
        "leads": leads,
        "links": [list(pair) for pair in chosen],
        "reviews": reviews,
        "targets": [
            [unit, month, draw(st.integers(0, 2)), "分解", datetime(2026, 1, 1)]
            for unit in ("P1", "P2")
            for month in months
        ],
        "publications": [[datetime(2026, 3, 10).date(), None]],
        "returns": [["2026-02", None]],
        "incidents": [["X1", "孙", datetime(2026, 2, 3), True, datetime(2026, 2, 4)]],
    }


def _shuffled(facts: Facts, seed: int) -> Facts:
    """The same facts imported in another order: other ids, other row order."""
    random = Random(seed)
    ids = facts.leads["lead"].tolist()
    new = dict(zip(ids, random.sample(ids, len(ids))))
    tables = {}
    for name in fact_tables():
        table = getattr(facts, name).copy()
        for column in ("lead", "other", "a", "b"):
            if column in table:
                table[column] = table[column].map(new).astype(table[column].dtype)
        tables[name] = (
            table if name == "units" else table.sample(frac=1, random_state=seed % 2**32).reset_index(drop=True)
        )
    return Facts.of(**tables)


@examples(60)
@given(stories(), st.integers(0, 10**6))
def test_order_of_import_does_not_matter(story: dict, seed: int) -> None:
    """The same files with the same times of receipt give the same states and lines, whatever their order."""
    facts, policy = facts_of(story), load_policy()
    other = _shuffled(facts, seed)
    mine, theirs = derive(facts, AS_OF, policy), derive(other, AS_OF, policy)
    for states in (mine, theirs):
        numbers = states["number"]
        for pointer in ("duplicate_of", "held_by"):
            states[pointer] = states[pointer].map(numbers)
    assert_frame_equal(mine.set_index("number"), theirs.set_index("number"), check_like=True)
    for quarter in ("2026Q1", "2026Q2"):
        lines = [settle(each, quarter, AS_OF, policy).as_json() for each in (facts, other)]
        assert lines[0]["totals"] == lines[1]["totals"]
        assert [{**line, "inputs": None} for line in lines[0]["lines"]] == [
            {**line, "inputs": None} for line in lines[1]["lines"]
        ]


@examples(60)
@given(stories(), st.integers(0, 200))
def test_later_facts_never_change_an_earlier_moment(story: dict, day: int) -> None:
    """What is derived for a moment rests only on what was recorded by then."""
    facts, policy, moment = facts_of(story), load_policy(), _time(day)
    assert_frame_equal(derive(facts, moment, policy), derive(facts.up_to(moment), moment, policy))


@pytest.mark.parametrize("another", [False, True])
def test_a_line_of_a_contract_may_be_known_before_its_lead(another: bool) -> None:
    """No lead of its own is known at that moment; none at all, or another one."""
    line = {"month": "2026-01", "signed": _time(40).date(), "picked": 0, "at": _time(30)}
    lead = {"by": "D1", "customer": "甲", "quantity": 10, "file": "a.xlsx"}
    leads = {"A": {**lead, "at": _time(35), "contracts": [line]}}
    if another:
        leads["B"] = {**lead, "at": _time(1)}
    states = derive(facts_of({"leads": leads}).up_to(_time(31)), _time(31), load_policy())
    assert len(states) == another


@examples(60)
@given(stories(), st.integers(0, 200))
def test_leads_wait_behind_earlier_ones_only(story: dict, day: int) -> None:
    """A duplicate or held lead points at one before it in the order of 5.1, or is held for one it is tied with or would
    push back after its dispatch (D4); nothing else points anywhere.
    """
    states = derive(facts_of(story), _time(day), load_policy())
    order = {lead: place for place, lead in enumerate(states.index)}
    for row in states.itertuples():
        first = {Status.DUPLICATE: row.duplicate_of, Status.HELD: row.held_by}.get(row.status, pd.NA)
        if not pd.isna(first):
            pushed_back = row.status == Status.HELD and pd.notna(states.at[int(first), "dispatched_at"])
            assert order[int(first)] < order[row.Index] or row.tie or pushed_back
        assert pd.isna(row.duplicate_of) == (row.status != Status.DUPLICATE)
        assert (row.counts_in is not None) == (row.valid and row.excluded is None)
        assert row.project is None or row.valid


@examples(60)
@given(stories())
def test_amounts_add_up_and_keep_their_limits(story: dict) -> None:
    """Totals are the sums of the lines; rewards are positive and capped, penalties negative; refs are unique."""
    facts, policy = facts_of(story), load_policy()
    for quarter in ("2026Q1", "2026Q2"):
        result = settle(facts, quarter, AS_OF, policy)
        sums: dict[str, int] = {}
        for line in result.lines:
            sums[line.party] = sums.get(line.party, 0) + line.amount
            assert (line.amount < 0) == line.clause.startswith("7.3")
        assert sums == result.totals
        keys = [(line.clause, line.party, line.ref) for line in result.lines]
        assert len(keys) == len(set(keys))
        for unit in ("P1", "P2"):
            for clause in ("7.2.1", "7.2.2"):
                assert sum(line.amount for line in result.lines if (line.party, line.clause) == (unit, clause)) <= 1000


@examples(60)
@given(stories(), st.integers(90, 190), st.integers(0, 1))
def test_adjustments_bring_closed_books_to_what_is_true_today(story: dict, day: int, twice: int) -> None:
    """Stored lines and later adjustments of a quarter add up to what it is by today's facts; stored lines never change."""
    facts, policy = facts_of(story), load_policy()
    closed = pd.DataFrame(columns=["quarter", "clause", "party", "ref", "amount", "adjusts", "inputs"])
    quarters = [("2026Q1", _time(day)), ("2026Q2", max(_time(day), datetime(2026, 7, 5))), ("2026Q3", AS_OF)][
        : 2 + twice
    ]
    approved: list[str] = []
    for quarter, moment in quarters:
        result = settle(facts, quarter, moment, policy, closed, approved=approved)
        rows = pd.DataFrame([{"quarter": quarter, **line.as_json()} for line in result.lines], columns=closed.columns)
        closed = pd.concat([closed, rows], ignore_index=True)
        approved.append(quarter)
    fresh = settle(facts, "2026Q1", quarters[-1][1], policy)
    own = closed[((closed["quarter"] == "2026Q1") & closed["adjusts"].isna()) | (closed["adjusts"] == "2026Q1")]
    booked = own.groupby(["clause", "party", "ref"])["amount"].sum()
    true = {(line.clause, line.party, line.ref): line.amount for line in fresh.lines if line.amount}
    assert {key: amount for key, amount in booked.items() if amount} == true
    again = settle(facts, "2026Q3", quarters[-1][1], policy, closed[closed["quarter"] < "2026Q3"], approved=approved)
    if twice:
        assert [line.as_json() for line in again.lines] == [line.as_json() for line in result.lines]

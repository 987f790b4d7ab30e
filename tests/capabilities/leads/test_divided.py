"""States derived in parts are those derived at once, whatever the parts; what goes to a part holds no names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.alternatives import ALTERNATIVES
from tests.support.crowded_leads import START, crowded
from tests.support.examples import examples
from tests.support.strategies import World
from workbench.app.policy import load_policy
from workbench.capabilities.leads import divided, lifecycle
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.platform.executors.workers import WorkerFault, WorkerLost, Workers, nobody, on_this_pc
from workbench.platform.register.facts import Facts, frame

POLICY = load_policy()
AS_OF = START + timedelta(days=120)
SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """This process."""
    with on_this_pc(0) as found:
        yield found


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """A handful of leads in a part."""
    monkeypatch.setattr(divided, "MOST", 5)


def entangled(seed: int) -> Facts:
    """A crowd of leads, some of which had the name of another customer before a decision was made on them, and some of which are
    suspected of being the same without any."""
    facts = crowded(seed)
    draw, rows = Random(seed), facts.leads.to_dict("records")
    for row in draw.sample(rows, 8):
        other = draw.choice(rows)
        later = {"version": 2, "filed_at": row["filed_at"] + timedelta(days=draw.choice((1, 30))), "row": row["row"]}
        rows.append({**row, **later, **{name: other[name] for name in ("customer", "customer_key")}})
    pairs = [sorted(draw.sample(range(1, 25), 2)) for _ in range(3)]
    links = [{"a": one, "b": other, "reason": "name", "score": 90} for one, other in pairs]
    links = pd.concat([facts.links, frame("links", links)], ignore_index=True)
    return facts.replace(leads=frame("leads", rows), links=links)


@examples(100, shrink=False)
@given(SEEDS, st.integers(0, 120))
def test_parts_say_of_a_crowd_what_the_whole_says(workers, seed: int, day: int):
    """Each lead's whole state, in the order of 5.1, with names found the same by a section, a person or in an earlier version."""
    facts, as_of = entangled(seed), START + timedelta(days=day)
    pd.testing.assert_frame_equal(
        divided.derive_by(workers, facts, as_of, POLICY), lifecycle.derive(facts, as_of, POLICY)
    )


@pytest.mark.whole
@examples(40, shrink=False)
@given(SEEDS, st.one_of(st.just({}), st.sampled_from(ALTERNATIVES)), st.integers(10, 285))
def test_parts_say_of_a_world_what_the_whole_says(workers, seed: int, readings: dict, day: int):
    """Of nine months of everything, at any moment, under any reading."""
    world, policy = World(seed), POLICY.with_readings(**readings)
    as_of = world.start + timedelta(days=day, hours=10)
    pd.testing.assert_frame_equal(
        divided.derive_by(workers, world.facts, as_of, policy), lifecycle.derive(world.facts, as_of, policy)
    )


def parts_of(known: Facts) -> Iterator[dict[str, pd.DataFrame]]:
    return divided.parts(known, divided.looked_at(known)[0])


def no_names(known: Facts) -> Facts:
    return known.replace(leads=known.leads.assign(customer_key=[f"{row}" for row in range(len(known.leads))]))


def newest_names(known: Facts) -> Facts:
    return known.replace(leads=known.leads.sort_values("version").drop_duplicates("lead", keep="last"))


def no_decisions(known: Facts) -> Facts:
    return known.replace(reviews=known.reviews.iloc[:0])


def no_suspicions(known: Facts) -> Facts:
    return known.replace(links=known.links.iloc[:0])


@pytest.mark.slow
@pytest.mark.parametrize("unseen", [no_names, newest_names, no_decisions, no_suspicions])
def test_each_bond_is_needed(workers, monkeypatch, unseen: Callable[[Facts], Facts]):
    """Divided without looking at one kind of bond, some crowd comes out otherwise."""
    real = divided._bonds
    monkeypatch.setattr(divided, "_bonds", lambda known: real(unseen(known)))
    monkeypatch.setattr(divided, "MOST", 1)
    crowds = (entangled(seed) for seed in range(60))
    assert any(
        not divided.derive_by(workers, facts, AS_OF, POLICY).equals(lifecycle.derive(facts, AS_OF, POLICY))
        for facts in crowds
    )


@pytest.mark.parametrize("most", [1, 7, 1000])
def test_parts_hold_each_row_once(monkeypatch, most: int):
    """Of each lead all rows, in one part; of units and closed months all rows in each."""
    monkeypatch.setattr(divided, "MOST", most)
    known = crowded(3).up_to(AS_OF)
    found = list(parts_of(known))
    assert (len(found) > 1) is (most < 1000)
    stood_for = {"customer", "model", "phone_key", *divided.NUMBERED, *divided.BLANK, "person"}
    for name in ("leads", "feedback", "dispatches", "contracts", "reviews"):
        rows = pd.concat([part[name] for part in found if name in part])
        expected = getattr(known, name)
        columns = [
            column for column in expected.columns if column not in stood_for or (name, column) == ("contracts", "model")
        ]
        assert len(columns) >= 4
        pd.testing.assert_frame_equal(
            rows[columns].sort_values(columns, ignore_index=True),
            expected[columns].sort_values(columns, ignore_index=True),
        )
    owners = [set(part["leads"]["lead"]) for part in found if "leads" in part]
    assert sum(map(len, owners)) == known.leads["lead"].nunique()
    assert all(part["units"]["code"].equals(known.units["code"]) for part in found)


def test_a_part_holds_no_name(workers):
    """Neither a customer's, nor his key, a model, a phone's key, a file, a contract, a reason or anybody of ours; only values of
    added columns that a rule looks at. Who answered is named all the same in what comes out."""
    facts, secret = crowded(1), "芜湖机密机械有限公司"
    facts = facts.replace(
        leads=facts.leads.assign(**dict.fromkeys(("customer", "customer_key", "file", "model", "phone_key"), secret)),
        feedback=facts.feedback.assign(reason=secret, file=f"反馈 {secret}.xlsx", person="何机密"),
        contracts=facts.contracts.assign(contract=f"{secret}-01", file=f"{secret}.xlsx"),
        reviews=facts.reviews.assign(by="机密"),
        units=facts.units.assign(name=secret, person="周机密", leader="赵机密"),
    )
    added = {"template": "verification_feedback", "subject": "X1", "lead": "X1", "title": "备注", "filled": True}
    added |= {"at": START, "document": 1, "file": f"{secret}.xlsx", "row": 7, "cell": "Q7", "personal": False}
    values = frame(
        "added_values",
        [{**added, "field": "verified_quantity", "value": 12}, {**added, "field": "remark", "value": secret}],
    )
    known = facts.replace(added_values=values).up_to(AS_OF)
    text = "".join(str(frame.to_dict("list")) for part in parts_of(known) for frame in part.values())
    assert "机密" not in text and "verified_quantity" in text
    found = divided.derive_by(workers, known, AS_OF, POLICY)
    assert set(found["person"].dropna()) == {"何机密"}
    pd.testing.assert_frame_equal(found, lifecycle.derive(known, AS_OF, POLICY))


def test_a_customer_without_a_name_is_nobody(workers):
    """Two versions without a name are not of one customer, in parts as in the whole."""
    facts = entangled(4)
    facts = facts.replace(
        leads=facts.leads.assign(customer_key=facts.leads["customer_key"].mask(facts.leads["lead"] < 9))
    )
    pd.testing.assert_frame_equal(
        divided.derive_by(workers, facts, AS_OF, POLICY), lifecycle.derive(facts, AS_OF, POLICY)
    )


def test_without_names_nothing_is_made_up(workers):
    """Where names were not read, the states have no column of them."""
    facts = crowded(5)
    facts = facts.replace(leads=facts.leads.drop(columns=["customer", "model", "phone_key"]))
    found = divided.derive_by(workers, facts, AS_OF, POLICY)
    assert "customer" not in found
    pd.testing.assert_frame_equal(found, lifecycle.derive(facts, AS_OF, POLICY))


def test_of_no_lead_there_is_no_state(workers):
    """An empty register is divided into nothing."""
    none = Facts.of()
    pd.testing.assert_frame_equal(
        divided.derive_by(workers, none, AS_OF, POLICY), lifecycle.derive(none, AS_OF, POLICY)
    )


def test_a_table_that_no_part_holds_is_not_taken_for_empty():
    """A rule that comes to look at more is told so, and does not decide on nothing."""
    part = next(parts_of(crowded(1).up_to(AS_OF)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(divided.lifecycle, "derive", lambda facts, *_: facts.targets)
        with pytest.raises(LookupError, match="targets"):
            divided.derive_part(part, AS_OF, POLICY)


@pytest.mark.parametrize("end", [WorkerLost, WorkerFault])
def test_where_worker_after_worker_dies_a_part_is_derived_here(workers, end: type[Exception]):
    """Or has too little memory. No lead is lost by it."""
    facts, results = crowded(2), iter([True, False, True, False])

    class Dying(Workers):
        def result(self, task):
            if next(results, False):
                raise end
            return super().result(task)

    found = divided.derive_by(Dying(workers.executor, 2), facts, AS_OF, POLICY)
    pd.testing.assert_frame_equal(found, lifecycle.derive(facts, AS_OF, POLICY))


def test_few_leads_are_not_worth_workers(workers, monkeypatch):
    """From so many on they are sought; before, and where nobody is there, all is derived here."""
    asked: list[int] = []

    def hire():
        asked.append(1)
        return nobody() if len(asked) > 1 else on_this_pc(0)

    def states(hire) -> pd.DataFrame:
        return Snapshot(crowded(2), POLICY, AS_OF, pd.DataFrame(), {}, "", hire=hire).states

    here = states(nobody)
    assert states(hire).equals(here) and not asked
    monkeypatch.setattr(divided, "WORTHWHILE", 24)
    assert states(hire).equals(here) and states(hire).equals(here) and len(asked) == 2


def test_all_that_is_looked_at_is_handed_over():
    """The tables that the rules ask for are those that a part holds."""
    asked: set[str] = set()
    for seed in range(6):
        facts = World(seed).facts
        lifecycle.derive(watched := Facts(facts._table), datetime(2026, 12, 31), POLICY)
        asked |= set(watched.up_to(datetime(2026, 12, 31)).loaded()) | set(watched.loaded())
    assert asked == set(divided.LOOKED_AT)

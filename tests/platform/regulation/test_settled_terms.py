"""What a quarter was settled under: kept numbers hold to its last day, today's apply from the day after."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from workbench.app.policy import load_policy
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.settled_terms import terms, with_settled_readings, with_settled_terms

LAST, NEXT = date(2026, 3, 31), date(2026, 4, 1)
OLD = load_policy()
NAMES = ("minimum_quantity", "dealer_conversion_rate", "leak_penalty", "publication_days")


def values(policy: Policy, day: date) -> list:
    """Some numbers of every kind on a day."""
    return [policy.value(name, day) for name in NAMES]


def kept(policy: Policy) -> dict:
    """The terms as the register gives them back."""
    return json.loads(json.dumps(terms(policy, LAST)))


@pytest.mark.parametrize("since", [date(2026, 2, 1), date(2026, 3, 31)])
def test_an_edition_entered_late_applies_from_the_first_open_day(since):
    """Its stated day lies in the settled quarter: the last settled day keeps the old numbers, the next has the new ones."""
    new = OLD.with_edition(
        {
            "edition": 5,
            "from": since,
            "parameters": {
                "minimum_quantity": 5,
                "dealer_conversion_rate": 50,
                "leak_penalty": None,
                "publication_days": [15],
            },
        }
    )
    held = with_settled_terms(new, kept(OLD))
    assert values(held, LAST) == values(OLD, LAST) == [3, Fraction(2, 5), 500, [10, 20, 30]]
    assert values(held, NEXT) == values(new, NEXT) == [5, Fraction(1, 2), None, [15]]
    assert (held.edition_on(LAST), held.edition_on(NEXT)) == ("DKHW080004/4", "DKHW080004/5")
    assert [(late.edition, late.stated, late.since) for late in held.leading.late] == [(5, since, NEXT)]
    assert held.dated("minimum_quantity", NEXT).since == NEXT


@pytest.mark.parametrize("since", [NEXT, date(2026, 4, 2), date(2027, 1, 1)])
def test_an_edition_of_a_later_day_is_not_late(since):
    """Nothing is held back."""
    new = OLD.with_edition({"edition": 5, "from": since, "parameters": {"minimum_quantity": 5}})
    held = with_settled_terms(new, kept(OLD))
    assert (
        held.leading.late == () and held.leading.editions == new.leading.editions and held.parameters == new.parameters
    )


def test_what_was_in_the_file_then_is_held_when_it_is_gone():
    """An edition that is taken out of the file stays with what was settled under it, and ends there."""
    was = OLD.with_edition(
        {"edition": 5, "from": date(2026, 2, 1), "parameters": {"leak_penalty": None, "minimum_quantity": 4}}
    )
    held = with_settled_terms(OLD, kept(was))
    days = (date(2026, 1, 31), date(2026, 2, 1), LAST, NEXT)
    assert [held.value("minimum_quantity", day) for day in days] == [3, 4, 4, 3]
    assert [held.value("leak_penalty", day) for day in days] == [500, None, None, 500]
    assert [held.edition_on(day)[-1] for day in days] == ["4", "5", "5", "4"]


def test_held_again_nothing_changes():
    """Approving the next quarter keeps what the one before it was settled under."""
    new = OLD.with_edition({"edition": 5, "from": date(2026, 2, 1), "parameters": {"minimum_quantity": 5}})
    once = with_settled_terms(new, kept(OLD))
    twice = with_settled_terms(new, json.loads(json.dumps(terms(once, date(2026, 6, 30)))))
    for day in (date(2026, 2, 1), LAST, NEXT, date(2026, 7, 1)):
        assert values(once, day) == values(twice, day) and once.edition_on(day) == twice.edition_on(day)
    assert twice.leading.late == ()


def test_numbers_the_program_has_gained_or_lost_since():
    """One it knows no more is left out; a new one stands as the file gives it."""
    old = kept(OLD)
    gone = old["parameters"].pop("minimum_quantity")
    old["parameters"]["forgotten"] = gone
    assert with_settled_terms(OLD, old).parameters == OLD.parameters


def test_the_terms_of_one_regulation_do_not_touch_another():
    """A later number of key accounts is no term of a settlement: it holds from its own day, and so do settled ones."""
    newer = OLD.with_edition(
        {"edition": 2, "from": date(2026, 2, 1), "parameters": {"key_account_share": 4}}, "大客户管理制度"
    )
    once = with_settled_terms(newer, kept(OLD))
    assert once.regulations[1:] == newer.regulations[1:]
    assert once.leading == with_settled_terms(OLD, kept(OLD)).leading
    assert kept(newer) == kept(OLD)


def test_a_further_regulation_with_money_keeps_its_terms_under_its_name():
    """Its numbers up to the settled day stay, whatever edition is entered later; the leading one stands as before."""
    document = "大客户管理制度"
    held = json.loads(json.dumps(terms(OLD, LAST, ["DKHW080004", document])))
    assert {key: value for key, value in held.items() if key != "regulations"} == kept(OLD)
    late = OLD.with_edition({"edition": 2, "from": date(2026, 2, 1), "parameters": {"key_account_share": 4}}, document)
    policy = with_settled_terms(late, held)
    values = [str(policy.value("key_account_share", day)) for day in (date(2026, 2, 1), LAST, NEXT)]
    assert values == ["1/20", "1/20", "1/25"]


def corrected() -> Policy:
    """Today's policy with a reading that took the place of another key and was read otherwise before."""
    reading = replace(
        OLD.readings["D6"],
        key="shortfall",
        values=(replace(OLD.readings["D6"].values[0], value="none"),),
        standard="none",
        alternatives={"bars": "另一种"},
        before=("yearly", "从前的读法"),
        formerly={("cap", True): "capped", ("cap", False): "yearly"},
    )
    return OLD.replaced(replace(OLD.leading, readings={**OLD.leading.readings, "D6": reading}))


@pytest.mark.parametrize(
    ("approved", "expected"),
    [
        ({"of_old": 1}, "yearly"),
        ({"cap": True}, "capped"),
        ({"cap": False}, "yearly"),
        ({"shortfall": "bars", "cap": True}, "bars"),
    ],
)
def test_a_corrected_reading_is_read_in_an_approved_quarter_as_it_was(approved, expected):
    """Kept under its key, under the key it took the place of, or not kept at all; today's from the day after."""
    held = with_settled_readings(corrected(), [(LAST, approved)])
    assert (held.reading("shortfall", LAST), held.reading("shortfall", NEXT)) == (expected, "none")
    assert corrected().as_settled(approved).reading("shortfall") == expected
    assert corrected().as_settled({"of_old": 1}).readings["D6"].text_on(None) == "从前的读法"


def test_every_approved_quarter_has_its_own_readings():
    """The first one also for what was received before it; dated ones kept with the newest approval come first."""
    quarters = [(date(2025, 12, 31), {"overdue_unit": "dispatch"}), (LAST, {"overdue_unit": "lead"})]
    held = with_settled_readings(OLD.with_readings(overdue_unit="dispatch"), quarters)
    days = [date(2024, 5, 1), date(2025, 12, 31), date(2026, 1, 1), LAST, NEXT]
    assert [held.reading("overdue_unit", day) for day in days] == ["dispatch", "dispatch", "lead", "lead", "dispatch"]
    again = with_settled_terms(OLD, kept(held))
    assert [again.reading("overdue_unit", day) for day in days] == ["dispatch", "dispatch", "lead", "lead", "lead"]

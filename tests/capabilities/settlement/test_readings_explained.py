"""Each reading says in a sentence, where it decided something about a lead or a line, what it did."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.support.situations import as_of, facts_of, policy_of, situations
from workbench.capabilities.leads.explain import of_lead
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.settlement.basis import Basis
from workbench.capabilities.settlement.explain_adjustments import of_any_line
from workbench.capabilities.settlement.settlement import settle
from workbench.core.messages import text_in
from workbench.platform.explanation.steps import FACT, SUM, Step

pytestmark = pytest.mark.whole

# those that were changed or added since the first edition of the list
READINGS = [f"D{number}" for number in (1, 2, 4, 5, 6, 10, *range(15, 20), 21, 23, 25, 26, *range(30, 46))]
ALL = [told for _, told in situations()]


def of_leads(told: dict) -> Iterator[Step]:
    """The chains of a situation's leads."""
    facts, policy, moment = facts_of(told), policy_of(told), as_of(told)
    known = facts.up_to(moment)
    states = derive(facts, moment, policy)
    for lead in states.index:
        yield from of_lead(known, states, lead, moment, policy).steps


def of_lines(told: dict) -> Iterator[Step]:
    """The chains of a situation's lines, as the settlement's explanation sheet has them."""
    facts, policy, moment = facts_of(told), policy_of(told), as_of(told)
    known = facts.up_to(moment)
    basis = Basis(policy, known, derive(facts, moment, policy))
    for line in settle(facts, told["quarter"], moment, policy).lines:
        if not line.adjusts:
            yield from of_any_line(line, basis, told["quarter"], now=None).steps


@pytest.mark.parametrize("reading", READINGS)
def test_a_reading_says_what_it_did(reading):
    """In one of its own situations a fact or a sum names it, in Chinese and in English."""
    mine = [told for told in ALL if reading in told.get("speaks", ())]
    assert mine
    for told in mine:
        parts = [of_leads(told)] + ([of_lines(told)] if "quarter" in told else [])
        for step in (step for part in parts for step in part):
            if step.kind in (FACT, SUM) and re.search(rf"口径 (D\d+、)*{reading}\b", step.text, re.ASCII):
                assert re.search(rf"\b{reading}\b", text_in(step.message, "en"))
                return
    raise AssertionError(f"no explanation names {reading}")

"""What one part hands to another keeps its contract: facts of each declared table, states, rows of forms, empty ones too."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from tests.support import synthetic
from tests.support.office import lead
from workbench.app.policy import load_policy
from workbench.capabilities.leads.contract_lines import newest_lines
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.leads.projects import rewardable
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.leads.tables import LEAD_STATES, UNDECIDING
from workbench.capabilities.settlement.approval import trial
from workbench.capabilities.settlement.quarter import STORED_LINES
from workbench.capabilities.settlement.reward_progress import (
    DEPARTMENT_PROGRESS,
    PROJECT_PROGRESS,
    department_progress,
    project_progress,
)
from workbench.capabilities.settlement.settlement import quarter_at, quarter_lines, settlement_of, stored_before
from workbench.core.frames import Contract
from workbench.platform.access.session import enter
from workbench.platform.forms.read import read
from workbench.platform.register.facts import Facts, fact_tables, load_facts

POLICY = load_policy()


def contract(name: str) -> Contract:
    """The contract of a table of facts: the columns it declares."""
    return Contract(name, fact_tables()[name].columns)


@pytest.fixture(scope="module")
def stored(quarter_register) -> Facts:
    """The facts of a register, as it holds them."""
    with enter(quarter_register, None, synthetic.PASSPHRASE, POLICY, synthetic.AFTER) as session:
        return load_facts(session.register).load()


@pytest.mark.parametrize("name", fact_tables())
def test_facts_have_the_columns_their_table_declares(name, stored, quarter_facts):
    """From a register, from plain rows, cut to a moment, and when there are none."""
    for facts in (stored, quarter_facts, quarter_facts.up_to(datetime(2026, 2, 1)), Facts.of()):
        assert contract(name).breaches(getattr(facts, name)) == []


def test_states_have_the_columns_they_promise(quarter, stored):
    """For many leads, for those of a register, and for none."""
    assert LEAD_STATES.breaches(quarter.states) == []
    for facts in (stored, Facts.of()):
        assert LEAD_STATES.breaches(derive(facts, synthetic.AFTER, POLICY)) == []


def test_a_quarter_is_settled_without_reading_names(quarter_register):
    """The same lines, notes and marks as with them, and states that lack nothing but the name (``UNDECIDING``)."""
    with enter(quarter_register, None, synthetic.PASSPHRASE, POLICY, synthetic.AFTER) as session:
        whole = open_snapshot(session, synthetic.AFTER)
        without = open_snapshot(session, synthetic.AFTER, without=UNDECIDING)
        assert settlement_of(without, "2026Q1") == settlement_of(whole, "2026Q1")
        assert trial(session, "2026Q1", synthetic.AFTER).lines != []
        pd.testing.assert_frame_equal(without.states, whole.states.drop(columns="customer"))
        assert LEAD_STATES.without("customer").breaches(without.states) == []
        assert set(whole.facts.leads) - set(without.facts.leads) == {*UNDECIDING["lead"]}


def test_what_a_settlement_rests_on_keeps_its_contract(quarter, stored):
    """Newest contract lines as the facts have them, rewardable projects as the states; progress and stored lines their own."""
    for facts in (quarter.facts, stored, Facts.of()):
        states = derive(facts, synthetic.AFTER, POLICY)
        assert contract("contracts").breaches(newest_lines(facts.contracts)) == []
        for excluded in (False, True):
            assert LEAD_STATES.breaches(rewardable(states, excluded=excluded)) == []
        found = quarter_at(facts, states, "2026Q1", synthetic.AFTER, POLICY, {})
        assert PROJECT_PROGRESS.breaches(project_progress(found)) == []
        assert DEPARTMENT_PROGRESS.breaches(department_progress(found)) == []
        lines = [line.as_json() | {"quarter": "2026Q1"} for line in quarter_lines(found)]
        closed = pd.DataFrame(lines, columns=list(STORED_LINES.columns))
        assert STORED_LINES.breaches(stored_before(closed, "2026Q2")) == []
        assert len(stored_before(closed, "2026Q2")) == len(lines) and stored_before(closed, "2026Q1").empty
    assert STORED_LINES.breaches(stored_before(None, "2026Q2")) == []


def test_rows_of_a_form_have_its_columns(lead_record):
    """The row on the sheet, the template's columns, and whether the row goes back."""
    (form,) = read(lead_record(lead("江城客运公司"), lead("江城驾校", **{"标的量(台)": "若干"})))
    wanted = ["row", *(column.key for column in form.template.columns)]
    assert [name for name in wanted if name not in form.rows.columns] == []
    assert (form.rows["row"].dtype, form.rows["returned"].dtype) == ("int64", bool)
    assert form.rows["returned"].tolist() == [False, True]

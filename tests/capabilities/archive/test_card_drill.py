"""The vehicles on a customer's card lead to the lead's own explanation."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from workbench.capabilities.archive.card_report import LEADS
from workbench.capabilities.archive.drill import card
from workbench.platform.reporting.drill import Records

pytestmark = pytest.mark.slow


def test_each_lead_of_a_card_leads_to_itself(quarter):
    """One record, named by its number, with the quantity the card shows."""
    leads = quarter.states[[column.key for column in LEADS]].head(20).reset_index(drop=True)
    (drill,) = card(quarter, "2026-03-31", SimpleNamespace(leads=leads))
    assert drill.columns == LEADS
    for place in range(len(leads)):
        found = drill.behind(place, "quantity")
        assert isinstance(found, Records) and found.explained and found.key == "number"
        assert found.rows[["number", "quantity"]].values.tolist() == [leads.loc[place, ["number", "quantity"]].tolist()]

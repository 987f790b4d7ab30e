"""The units of the register as a list (T6)."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from workbench.capabilities.organization.directory import UNIT_COLUMNS, units_on
from workbench.platform.access.session import Session
from workbench.platform.intake.added_values import facts_shown, with_added


def list_units(session: Session, as_of: datetime) -> pd.DataFrame:
    """Every unit as it stood at a moment (``units_on``): columns ``UNIT_COLUMNS``, None where there is nothing; ``more``
    where any holds something in a column that was added to T6. Raises RegisterError ``not_allowed``.
    """
    session.require("list")
    facts = facts_shown(session, as_of)
    table = units_on(facts.units, as_of.date())[UNIT_COLUMNS].astype(object)
    return with_added(table.where(table.notna(), None), facts, "organization", ["code"])

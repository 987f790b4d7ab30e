"""The made-up office with its first quarter approved."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from tests.support import synthetic
from tests.support.synthetic import AFTER
from workbench.capabilities.settlement.settlement import settle


def approved(quarter, view_lines):
    """A book in which the first quarter is approved with these lines."""
    columns = ["quarter", "clause", "party", "ref", "amount", "adjusts", "inputs"]
    closed = pd.DataFrame([{"quarter": "2026Q1", **line} for line in view_lines], columns=columns)
    approval = {"edition": "DKHW080004/4", "readings": {}, "as_of": AFTER, "at": AFTER}
    return synthetic.book(quarter.facts, datetime(2026, 7, 3, 9), closed=closed, approved={"2026Q1": approval})


def stored(quarter):
    result = settle(quarter.facts, "2026Q1", quarter.as_of, quarter.policy)
    return [line.as_json() for line in result.lines]

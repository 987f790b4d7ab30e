"""From a user's counts in the inspection to the entries of the trail behind them, without what they are about."""

from __future__ import annotations

import pandas as pd

from workbench.capabilities.leads.snapshot import Snapshot
from workbench.capabilities.supervision.inspection_report import USERS, View
from workbench.capabilities.supervision.month import HANDED_ON, Month, reason_class
from workbench.platform.access.actions import recorded
from workbench.platform.reporting.drill import Drill, Records, Row
from workbench.platform.reporting.parts import Column

BEHIND = {"reveals": ("reveal",), "handed_on": HANDED_ON, "reports": ("report",), "refused": ("refused",)}
COLUMNS = (
    Column("entry", "记录号", 10, "int"),
    Column("recorded_at", "时间", 18, "time"),
    Column("word", "事项", 16, "center", total="合计"),
    Column("reason", "理由（分类）", 14, "center"),
    Column("value", "次数", 8, "int", "sum"),
)


def tables(snapshot: Snapshot, period: str, view: View) -> tuple[Drill, ...]:
    """One table, by user."""
    month = Month(snapshot, period)

    def find(row: Row, column: str) -> Records:
        found = month.of(*BEHIND[column])
        found = found[found["user"].eq(row["user"])]
        reasons = [
            reason_class(detail.get("reason"), at.date(), month.policy) if column == "reveals" else None
            for detail, at in zip(found["detail"], found["recorded_at"], strict=True)
        ]
        words = found["action"].map(lambda name: recorded()[name].word)
        rows = found.assign(word=words, reason=pd.Series(reasons, index=found.index, dtype=object), value=1)
        return Records(rows[[column.key for column in COLUMNS]].reset_index(drop=True), COLUMNS, "entry")

    return (Drill("按用户", view.users, USERS, frozenset(BEHIND), find),)

"""The tables of the weekly and the grading report whose numbers lead to what managers reported, and to months' sales."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from workbench.capabilities.customers import grading_report, weekly_digest
from workbench.capabilities.customers.grading_report import whole
from workbench.capabilities.customers.key_accounts import graded_on
from workbench.capabilities.customers.kinds import InformationClass, ItemKind
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.core.periods import quarter_bounds
from workbench.platform.reporting.drill import Drill, Records, Row
from workbench.platform.reporting.parts import Column

CLASSES = frozenset(each.name for each in InformationClass)
SALES = (
    Column("month", "月份", 12, "center", total="合计"),
    Column("source", "来源", 18, "center"),
    Column("value", "销售额(元)", 18, "yuan", "sum"),
)


def weekly(snapshot: Snapshot, period: str, view: weekly_digest.View) -> tuple[Drill, ...]:
    """A manager's counts lead to the matters he reported."""

    def find(row: Row, column: str) -> Records:
        own = view.matters[view.matters["manager"].eq(row["manager"]) & view.matters["unit"].eq(row["unit"])]
        if column in CLASSES:
            own = own[own["information_class"].eq(InformationClass[column])]
        else:
            own = own[own["churn"] if column == "churn" else own["kind"].eq(ItemKind.COMPLAINT)]
        shown = own[[column.key for column in weekly_digest.MATTERS]].assign(value=1)
        return Records(shown.reset_index(drop=True), weekly_digest.MATTERS, "")

    numbers = CLASSES | {"churn", "complaints"}
    return (Drill("按客户经理", view.managers, weekly_digest.MANAGERS, numbers, find),)


def grades(snapshot: Snapshot, period: str, view: grading_report.View) -> tuple[Drill, ...]:
    """A key account's sales lead to the months they come from."""
    last = min(quarter_bounds(period)[1], snapshot.as_of.date())
    sales, _ = graded_on(snapshot, last)

    def find(row: Row, column: str) -> Records:
        own = [part for part in sales.parts if part.key == row["key"] and (column == "sales" or part.contracted)]
        told, exact = [], Fraction(0)
        for part in sorted(own, key=lambda part: (part.month, part.contracted)):
            before, exact = whole(exact), exact + part.amount  # so that they add up to the rounded sum
            source = "合同登记" if part.contracted else "客户销售额表"
            told.append({"month": part.month, "source": source, "value": whole(exact) - before})
        return Records(pd.DataFrame(told, columns=[column.key for column in SALES], dtype=object), SALES, "")

    return (Drill("大客户", view.accounts, grading_report.ACCOUNTS, frozenset({"sales", "from_contracts"}), find),)

"""The tables of the quarterly report: amounts lead to their explanations, a department's counted leads to the leads."""

from __future__ import annotations

from typing import Any

from workbench.capabilities.leads.drill import leads_behind
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.capabilities.settlement import explaining, settlement_sheets
from workbench.capabilities.settlement.recipe import DEPARTMENT_SHEET
from workbench.capabilities.settlement.settlement_report import View, on_sheet
from workbench.core.periods import months_of, quarter_bounds
from workbench.platform.explanation.steps import Explanation
from workbench.platform.reporting.drill import Drill, Found, Row

AMOUNT = frozenset({"amount"})
REWARD, PENALTY = frozenset({"reward", "adjusted"}), frozenset({"penalty", "adjusted"})


def _paid_under() -> dict[str, str]:
    """Columns of yuan in the table of departments, and the clause each is paid under."""
    clauses = on_sheet(DEPARTMENT_SHEET)
    return {column.key: each.code for each in clauses for column in each.recipe.columns if column.style == "yuan"}


def tables(snapshot: Snapshot, period: str, view: View) -> tuple[Drill, ...]:
    """By clause, departments, dealers, penalties and parties."""
    named, months, paid_under = view.counted, months_of(period), _paid_under()
    last = quarter_bounds(period)[1]

    def explain(*parts: Any) -> list[Explanation]:
        return explaining.of_quarter(snapshot, "/".join(str(part) for part in parts), period)

    def of_clause(row: Row, column: str) -> Found:
        return explain(row["clause"])

    def of_department(row: Row, column: str) -> Found:
        if column == "valid":
            numbers = named.loc[named["party"] == row["unit"], "number"]
            if len(numbers):
                return leads_behind(snapshot, snapshot.states[snapshot.states["number"].isin(numbers)], last)
            states = explaining.at(snapshot, period).states  # no reward, so no line that names them
            own = states[(states["reporter"] == row["unit"]) & states["counts_in"].isin(months)]
            return leads_behind(snapshot, own, last)
        clause = paid_under.get(column)
        return explain(clause, row["unit"]) if clause else explain(row["unit"])

    def of_dealer(row: Row, column: str) -> Found:
        return explain(view.lines.set_index("no").at[row["no"], "clause"], row["party"], row["ref"])

    def of_penalty(row: Row, column: str) -> Found:
        return explain(row["clause"], row["party"], row["ref"])

    def of_party(row: Row, column: str) -> Found:
        return explain(row["party"])

    sheets, numbers = settlement_sheets, frozenset({"valid", "amount", *paid_under})
    return (
        Drill("按条款", view.clauses, sheets.CLAUSES, AMOUNT, of_clause),
        Drill("部门奖励", view.departments, sheets.department_columns(), numbers, of_department),
        Drill("经销商奖励", view.dealers, sheets.DEALERS, REWARD, of_dealer),
        Drill("处罚", view.penalties, sheets.PENALTIES, PENALTY, of_penalty),
        Drill("按对象", view.parties, sheets.PARTIES, AMOUNT, of_party),
    )

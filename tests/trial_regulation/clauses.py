"""Three and four of 试驾管理试行办法: registered too late, and struck off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from tests.trial_regulation.striking import carry_out
from workbench.capabilities.settlement.basis import Basis, fine, place
from workbench.capabilities.settlement.inputs import Inputs, Source
from workbench.capabilities.settlement.payers import ADMINISTRATION
from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.recipe import OVERDUE, PENALTY_SHEET, Recipe, overdue, where
from workbench.capabilities.settlement.reward_progress import QuarterProgress
from workbench.platform.explanation.steps import FACT, Counterfactual, Step
from workbench.platform.regulation.clause import Clause

REGULATION, DAYS, PENALTY = "试驾管理试行办法", "registration_days", "late_registration_penalty"
CODE = f"{REGULATION}·三"


@dataclass(frozen=True, kw_only=True)
class LateRegistration(Inputs):
    """When a test drive was made, was due to be registered and was registered."""

    number: str
    driven_on: date
    due_on: date
    registered_on: date
    penalty: int
    source: Source


def late(drives: pd.DataFrame, struck: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The test drives registered after their last day and not struck, with ``due_on`` (time)."""
    days = pd.Series([policy.value(DAYS, on) for on in drives["driven_on"].dt.date], index=drives.index, dtype="int64")
    table = drives.assign(due_on=drives["driven_on"] + pd.to_timedelta(days, unit="D"))
    return table[table["at"].dt.normalize().gt(table["due_on"]) & ~table["number"].isin(struck["number"])]


def lines(quarter: Quarter) -> Iterator[Line]:
    """A penalty for each, laid on the unit, by the quarter of the last day."""
    facts = quarter.facts
    table = late(facts.test_drives, facts.struck_test_drives, quarter.policy)
    for row in table[quarter.contains(table["due_on"])].itertuples():
        inputs = LateRegistration(
            number=row.number,
            driven_on=row.driven_on.date(),
            due_on=row.due_on.date(),
            registered_on=row.at.date(),
            penalty=quarter.policy.value(PENALTY, row.due_on.date()) or 0,
            source=Source.of(row.file, row.row),
        )
        yield Line(CODE, row.unit, row.number, -inputs.penalty, None, inputs)


def explain(line: Line, basis: Basis, last: date) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """The days, and that an earlier registration would have cost nothing."""
    seen: LateRegistration = line.inputs
    text = f"{seen.number} 于 {seen.driven_on} 试驾，应于 {seen.due_on}（含）之前登记，{seen.registered_on} 登记。"
    steps = (
        *basis.rules(line, seen.due_on, {PENALTY: seen.penalty}),
        Step(FACT, text, CODE, place("test_drives", seen.source, "driven_on")),
        fine(line),
    )
    change = {
        "kind": "registered",
        "number": line.ref,
        "by": -((seen.registered_on - seen.due_on) // timedelta(days=1)),
    }
    return steps, (Counterfactual(f"若在 {seen.due_on}（含）之前登记，则无此处罚。", change, {"amount": 0}),)


def explain_absence(line: Line, now: QuarterProgress) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """A test drive that was struck since."""
    return (Step(FACT, f"试驾 {line.ref} 已作废。", f"{REGULATION}·四"),), ()


def _row(seen: LateRegistration, last: date) -> dict[str, Any]:
    """The cells of a line."""
    basis = f"应不晚于 {seen.due_on} 登记，{seen.registered_on} 登记"
    own = {"due": seen.due_on, "done": seen.registered_on, "on": seen.due_on}
    return {**own, "basis": basis, "source": where(seen.source)}


CLAUSES = (
    Clause(
        number="三",
        regulation=REGULATION,
        title="试驾登记期限",
        function=late,
        parameters=(PENALTY, DAYS),
        subject="未按时登记试驾",
        payer=ADMINISTRATION,
        lines=lines,
        Inputs=LateRegistration,
        explain=explain,
        explain_absence=explain_absence,
        recipe=Recipe(PENALTY_SHEET, (PENALTY,), OVERDUE, overdue, _row),
    ),
    Clause("四", REGULATION, "试驾登记作废", carry_out, ("striking_days",)),
)

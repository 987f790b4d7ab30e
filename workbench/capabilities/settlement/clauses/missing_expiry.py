"""7.3.2a: an answer 有效 that gives no expiry date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads import verification
from workbench.capabilities.leads.lifecycle import EARNS
from workbench.capabilities.settlement.basis import Basis, fine
from workbench.capabilities.settlement.inputs import Inputs, Source, moment
from workbench.capabilities.settlement.payers import ADMINISTRATION
from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.recipe import EACH, PENALTY_SHEET, Recipe, each, where
from workbench.core.messages import Message
from workbench.platform.explanation.steps import FACT, Counterfactual, Step, day_text
from workbench.platform.regulation.clause import Clause

NUMBER, PENALTY = "7.3.2a", "missing_expiry_penalty"


@dataclass(frozen=True, kw_only=True)
class MissingExpiry(Inputs):
    """The answer of a section without an expiry date."""

    lead: str
    section: str
    answered_at: datetime
    verdict: str
    expires_on: None
    penalty: int
    source: Source


def lines(quarter: Quarter) -> Iterator[Line[MissingExpiry]]:
    """有效 answers without an expiry date, by the day of the answer; ref = lead number."""
    states = quarter.states
    keeps = quarter.policy.choices("undated_valid", states["received_at"]) == EARNS
    rows = verification.missing_expiry(quarter.facts.feedback, pd.Series(keeps, index=states.index))
    rows = rows[quarter.contains(rows["at"]) & rows["lead"].isin(quarter.states.index)]
    amounts = quarter.policy.values(PENALTY, rows["at"])
    numbers = quarter.states["number"].reindex(rows["lead"])
    for row, number, amount in zip(rows.itertuples(), numbers, amounts.tolist()):
        party = quarter.responsible(row.person, row.section, row.at.date(), NUMBER)
        inputs = MissingExpiry(
            lead=number,
            section=row.section,
            answered_at=moment(row.at),
            verdict=row.verdict,
            expires_on=None,
            penalty=amount,
            source=Source.of(row.file, row.row),
        )
        yield Line(NUMBER, party, number, -amount, None, inputs)


def explain(line: Line[MissingExpiry], basis: Basis, last: date) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """The answer, and that a date would have avoided the penalty; each of several such answers would need one."""
    seen = line.inputs
    text = Message.of("no_expiry/answered", section=seen.section, at=day_text(seen.answered_at), lead=seen.lead)
    steps = (
        *basis.rules(line, seen.answered_at.date(), {PENALTY: seen.penalty}),
        Step(FACT, text, "6.3", basis.answer(seen.source, "expires_on")),
        basis.bearer(line, seen.section, seen.source),
        fine(line),
    )
    kept = basis.policy.reading("undated_valid", seen.answered_at.date()) == EARNS  # one date stands for later answers
    answers = 1 if kept else max(1, basis.undated_answers.get(line.ref, 1))
    condition = Message("no_expiry/if_dated")
    if answers > 1:
        condition = Message.of("no_expiry/if_all_dated", count=answers)
    change = {"kind": "expiry", "lead": line.ref, "answers": answers}
    return steps, (Counterfactual(condition, change, {"amount": 0}),)


def _row(seen: MissingExpiry, last: date) -> dict[str, Any]:
    """The cells of a line."""
    answered = seen.answered_at
    basis = f"{answered:%Y-%m-%d} 反馈有效，未注明到期日期"
    return {"part": 1, "done": answered, "on": answered.date(), "basis": basis, "source": where(seen.source)}


MISSING_EXPIRY = Clause(
    number=NUMBER,
    regulation="DKHW080004",
    title="有效信息未注明到期日期",
    function=lines,
    parameters=(PENALTY,),
    readings=("D20", "D23", "D42"),
    subject="有效信息未注明到期日期",
    payer=ADMINISTRATION,
    lines=lines,
    Inputs=MissingExpiry,
    explain=explain,
    recipe=Recipe(PENALTY_SHEET, (PENALTY,), EACH, each, _row),
)

"""Why a settlement line is what it is: clause, reading, inputs, computation, and what would have had to be different.

Everything is said from the record the line keeps, so that an approved line is explained as it was approved.
"""

from __future__ import annotations

from workbench.capabilities.settlement.basis import Basis
from workbench.capabilities.settlement.quarter import Line
from workbench.core.messages import Message
from workbench.core.periods import quarter_bounds
from workbench.platform.explanation.steps import VERDICT, Explanation, Step
from workbench.platform.regulation.clause import clause


def of_line(line: Line, basis: Basis, quarter: str) -> Explanation:
    """The chain of one line of a quarter's settlement that is no difference to another quarter, in sentences."""
    subject = f"{line.clause} {line.party} {line.ref}"
    explain = clause(line.clause).explain
    steps, counterfactuals = explain(line, basis, quarter_bounds(quarter)[1]) if explain else ((), ())
    key = "line/reward" if line.amount > 0 else "line/penalty" if line.amount < 0 else "line/nothing"
    verdict = Step(VERDICT, Message.of(key, subject=subject, amount=abs(line.amount)), line.clause)
    return Explanation(subject, line.amount, (verdict, *steps), counterfactuals)

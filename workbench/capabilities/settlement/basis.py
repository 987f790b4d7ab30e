"""What an explanation of settlement lines is given beside them: the policy, and the facts where they are at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.capabilities.leads.status import Verification
from workbench.capabilities.settlement.inputs import CellSource, Source
from workbench.capabilities.settlement.quarter import Line
from workbench.core.messages import Bilingual, Message
from workbench.platform.explanation.steps import SUM, Place, Step, clause_step, reading_steps
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.clause import clause
from workbench.platform.regulation.edition import Policy


@dataclass(frozen=True)
class Basis:
    """The policy a line is explained by; ``facts`` and ``states`` where what stands around it matters too."""

    policy: Policy
    facts: Facts | None = None
    states: pd.DataFrame | None = None

    @cached_property
    def undated_answers(self) -> Mapping[str, int]:
        """7.3.2a: how often each lead was confirmed without an expiry date, by number."""
        if self.facts is None or self.states is None:
            return {}
        rows = self.facts.feedback
        bare = rows.loc[(rows["verdict"] == Verification.VALID) & rows["expires_on"].isna(), "lead"]
        return bare.map(self.states["number"]).value_counts().to_dict()

    def rules(self, line: Line, on: date, taken: Mapping[str, Any]) -> tuple[Step, ...]:
        """The line's clause with its parameters on a day, and the readings; ``taken``: the values the line keeps."""
        own, readings = clause(line.clause), getattr(line.inputs, "readings", None)
        return clause_step(self.policy, own, on, taken), *reading_steps(self.policy, own.readings, on, readings)


THIS_QUARTER = Bilingual("本季度", "this quarter")


def about(text: str | Message, quarter: str) -> str | Message:
    """A sentence about ``THIS_QUARTER`` with its name, for where several are spoken of."""
    if not isinstance(text, Message):
        return text
    name = Bilingual(f" {quarter} ", quarter)
    values = {key: name if value == THIS_QUARTER else value for key, value in text.values.items()}
    return text.with_values(
        **{key: about(value, quarter) if isinstance(value, Message) else value for key, value in values.items()}
    )


def place(table: str, source: Source | CellSource | None, field: str | None) -> tuple[Place, ...]:
    """Where an input stands; nothing where no file brought it."""
    if source is None or not source.file:
        return ()
    if isinstance(source, CellSource):
        return (Place(table, source.file, cell=source.cell),)
    return (Place(table, source.file, source.row, field if source.row else None),)


def fine(line: Line) -> Step:
    """How a penalty comes to its amount and who bears it."""
    return Step(SUM, Message.of("fine", amount=-line.amount, party=line.party), line.clause)

"""What an explanation of settlement lines is given beside them: the policy, and the facts where they are at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.capabilities.leads.contract_history import counting_lines
from workbench.capabilities.leads.counterfactuals import spaced
from workbench.capabilities.leads.explain_readings import contract_steps, odd_contracts
from workbench.capabilities.leads.status import Verification
from workbench.capabilities.settlement.inputs import CellSource, Source
from workbench.capabilities.settlement.quarter import Line
from workbench.core.messages import Bilingual, Message
from workbench.core.names import person_name
from workbench.platform.explanation.steps import FACT, SUM, Place, Step, clause_step, reading_steps
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

    @cached_property
    def counted(self) -> pd.DataFrame:
        """The contract lines that count."""
        assert self.facts is not None
        return counting_lines(self.facts, self.policy)

    @cached_property
    def _contracts(self) -> tuple[Mapping[str, int], set[int], Mapping[int, int]]:
        """Leads by number, those whose contracts need a word, and what each picked up in all."""
        assert self.facts is not None and self.states is not None
        numbers = {number: int(lead) for lead, number in self.states["number"].items()}
        picked = self.counted.groupby("lead")["picked_up"].sum().to_dict()
        return numbers, odd_contracts(self.facts, self.states, self.counted), picked

    def contracts(self, number: str) -> tuple[Step, ...]:
        """What the readings of contracts did to a lead's (D25, D32–D34, D37)."""
        if self.facts is None or self.states is None or number not in self._contracts[0]:
            return ()
        lead, states = self._contracts[0][number], self.states
        if lead not in self._contracts[1]:
            return ()
        steps = contract_steps(
            self.facts, states.loc[lead], lead, self.counted, lambda other: spaced(states.at[other, "number"])
        )
        return tuple(steps)

    def picked_up(self, number: str) -> int:
        """All vehicles of a lead that were picked up; 0 where that is not at hand."""
        if self.facts is None or self.states is None:
            return 0
        numbers, _, picked = self._contracts
        return int(picked.get(numbers.get(number, -1), 0))

    def answer(self, source: Source | None, field: str) -> tuple[Place, ...]:
        """Where an answer of a section stands, by the columns its file has."""
        if source is None or self.facts is None:
            return place("feedback", source, field)
        rows = self.facts.feedback
        found = rows.loc[rows["file"].eq(source.file) & rows["row"].eq(source.row), "version"]
        return tuple(
            replace(each, version=found.iloc[0] if len(found) else None) for each in place("feedback", source, field)
        )

    def bearer(self, line: Line, section: str | None, source: Source | None = None) -> Step:
        """D23: whether who bears a penalty was named in the section's answer, or answers for the section."""
        named = None
        if source is not None and self.facts is not None:
            rows = self.facts.feedback
            found = rows.loc[rows["file"].eq(source.file) & rows["row"].eq(source.row), "person"].dropna()
            named = person_name(found.iloc[-1]) if len(found) and found.iloc[-1] else None
        key = "bearer/section" if named is None else "bearer/named" if named == line.party else "bearer/not_listed"
        return Step(FACT, Message.of(key, person=named, section=section or Message("duty/no_section")), line.clause)

    def rules(self, line: Line, on: date, settled: Mapping[str, Any]) -> tuple[Step, ...]:
        """The line's clause with its parameters on a day, and the readings; ``settled``: the values the line keeps."""
        own, readings = clause(line.clause), getattr(line.inputs, "readings", None)
        return clause_step(self.policy, own, on, settled), *reading_steps(self.policy, own.readings, on, readings)


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

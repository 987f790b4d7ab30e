"""What the rules of one quarter look at, and the line that they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

import pandas as pd

from workbench.capabilities.leads import projects, verification
from workbench.capabilities.leads.duties import Beginning
from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.organization.people import People
from workbench.capabilities.settlement.inputs import Inputs
from workbench.capabilities.targets.completion import is_joint, quarter_completion
from workbench.core.findings import Finding, Severity
from workbench.core.frames import Contract
from workbench.core.messages import Message
from workbench.core.names import person_name
from workbench.core.periods import months_of, quarter_bounds
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.clause import clause as clause_of
from workbench.platform.regulation.clause import settled_clauses
from workbench.platform.regulation.edition import Policy

LINE_COLUMNS = ["clause", "party", "ref", "amount", "adjusts", "inputs"]
STORED_LINES = Contract(
    "stored lines of approved quarters", {name: "object" for name in ("quarter", *LINE_COLUMNS)} | {"amount": "int64"}
)


@dataclass(frozen=True, kw_only=True)
class Difference(Inputs):
    """What an adjustment rests on: a closed ``quarter``'s amount ``settled`` and, by what is known now, ``recomputed``.

    ``now``: what the line rests on today, ``then``: what it rested on when it was settled; None where there is none.
    """

    quarter: str
    settled: int
    recomputed: int
    readings: Mapping[str, Any]
    now: Inputs | None
    then: Inputs | None


Matter = tuple[str, str, str]


def matter(clause: str, party: str, ref: str) -> Matter:
    """What an amount is about: clause and lead, month, date or incident, whoever the party becomes; 7.2.1's by party."""
    return clause, party if clause_of(clause).of_party else "", ref


Rests = TypeVar("Rests", bound=Inputs, covariant=True)


@dataclass(frozen=True)
class Line(Generic[Rests]):
    """One amount: rewards positive, penalties negative, whole yuan.

    ``clause`` is the code of a clause; ``party`` a unit code, or a person's name for penalties (the section's code
    where no person is recorded); ``ref`` a lead number, contract month, publication date, incident number or quarter;
    ``adjusts`` the closed quarter a difference belongs to (D5); ``inputs`` the record of the clause, or a Difference.
    """

    clause: str
    party: str
    ref: str
    amount: int
    adjusts: str | None
    inputs: Rests

    @property
    def matter(self) -> Matter:
        """What the line is about, whoever its party is (D23, D29)."""
        return matter(self.clause, self.party, self.ref)

    def as_json(self) -> dict[str, Any]:
        """The line as the JSON contract shows it."""
        return {
            "clause": self.clause,
            "party": self.party,
            "ref": self.ref,
            "amount": self.amount,
            "adjusts": self.adjusts,
            "inputs": self.inputs.as_json(),
        }


def stored_lines(rows: pd.DataFrame) -> list[Line]:
    """Lines as the register keeps them (``LINE_COLUMNS``), with their records."""
    return [
        Line(clause, party, ref, amount, adjusts, stored_inputs(clause, inputs))
        for clause, party, ref, amount, adjusts, inputs in rows[LINE_COLUMNS].itertuples(index=False)
    ]


def stored_inputs(code: str, kept: Mapping[str, Any]) -> Inputs:
    """The record of what a kept line of a clause rests on; one that only a ruling gave has no more than the ruling."""
    if "recomputed" in kept:
        now, then = (stored_inputs(code, kept[name]) if kept.get(name) else None for name in ("now", "then"))
        return Difference(
            quarter=kept["quarter"],
            settled=kept["settled"],
            recomputed=kept["recomputed"],
            readings=kept.get("readings") or {},
            now=now,
            then=then,
            kept=kept,
        )
    record: type[Inputs] = clause_of(code).Inputs or Inputs
    return record.read(kept) if set(kept) - {"appeal", "computed"} else Inputs.read(kept)


@dataclass(frozen=True)
class Quarter:
    """Everything the rules of one quarter look at; ``earned``: leads that earned in earlier quarters (D8)."""

    quarter: str
    facts: Facts  # cut to the moment of the settlement
    states: pd.DataFrame
    lines: pd.DataFrame  # contract lines that can earn (D25, D32, D33)
    as_of: datetime
    policy: Policy
    earned: frozenset[int] = frozenset()
    notes: list[Finding] = field(default_factory=list)

    @cached_property
    def first(self) -> date:
        """The quarter's first day."""
        return quarter_bounds(self.quarter)[0]

    @cached_property
    def last(self) -> date:
        """The quarter's last day."""
        return quarter_bounds(self.quarter)[1]

    @cached_property
    def months(self) -> list[str]:
        """Its three months, as 2026-03."""
        return months_of(self.quarter)

    @cached_property
    def beginning(self) -> Beginning:
        """D21: when duties began."""
        return Beginning.of(self.facts.leads)

    @cached_property
    def sections(self) -> verification.Sections:
        """The sections and their responsible persons by day (D23)."""
        return verification.Sections(self.facts.units)

    def project_rewards(self, kind: str) -> pd.DataFrame:
        """7.1.1 (``kind`` 经销商), 7.2.2 (部门): the projects it rewards, as ``projects.project_rewards``."""
        if kind not in self._rewards:
            left = self.left_by_completion if kind == UnitKind.DEPARTMENT else None
            self._rewards[kind] = projects.project_rewards(
                self._contracted, self.lines, kind, self.months, self.last, self.earned, self.policy, left
            )
        return self._rewards[kind]

    @cached_property
    def counted(self) -> pd.DataFrame:
        """The projects that can earn, in the order of 5.1."""
        return self.rewardable(self.states)

    @cached_property
    def _contracted(self) -> pd.DataFrame:
        """Those of them that have a line, without which none earns: few of many."""
        return self.rewardable(self.states[self.states.index.isin(self.lines["lead"].unique())])

    def rewardable(self, states: pd.DataFrame) -> pd.DataFrame:
        """Those of some states that are projects which can earn (``projects.rewardable``)."""
        return projects.rewardable(states, excluded=bool(self.policy.reading("excluded_earns", self.last)))

    @cached_property
    def completion(self) -> pd.DataFrame:
        """7.2.1: completion and reward of each department, as ``completion.quarter_completion``."""
        return quarter_completion(self.states, self.facts.targets, self.facts.units, self.quarter, self.policy)

    @cached_property
    def left_by_completion(self) -> dict[str, int] | None:
        """D13: the yuan that the joint cap leaves each department after 7.2.1; None where the caps are separate."""
        joint = self.policy.reading("joint_cap", self.last)
        if not is_joint(joint):
            return None
        return {unit: joint - amount for unit, amount in zip(self.completion["unit"], self.completion["amount"])}

    @cached_property
    def _rewards(self) -> dict[str, pd.DataFrame]:
        return {}

    def contains(self, times: pd.Series) -> pd.Series:
        """Which times are of the quarter."""
        return (times >= pd.Timestamp(self.first)) & (times < pd.Timestamp(self.last) + pd.Timedelta(days=1))

    def note(
        self, code: str, message: str | Message, clause: str | None, severity: Severity = Severity.NOTE, **inputs
    ) -> None:
        """Keep a remark for the reader of the settlement."""
        self.notes.append(Finding(code, message, severity, clause, inputs=inputs))

    @cached_property
    def people(self) -> People:
        """The list of people (T21) as known at the moment of the settlement."""
        return People(self.facts.people)

    def responsible(
        self, person: Any, section: str | None, day: date, clause: str, named_on: date | None = None
    ) -> str:
        """D23: the person named, else the section's 责任人, else (noted) the section itself.

        Where the section has people on the list, only one of them who is valid on the day of the naming (``named_on``,
        else ``day``) can be named; another name is noted.
        """
        asked = (person if isinstance(person, str) else None, section, day, clause, named_on)
        if asked not in self._responsible:
            self._responsible[asked] = self._bears(*asked)
        return self._responsible[asked]

    @cached_property
    def _responsible(self) -> dict[tuple[str | None, str | None, date, str, date | None], str]:
        return {}

    def _bears(self, person: str | None, section: str | None, day: date, clause: str, named_on: date | None) -> str:
        who = person_name(person) if person else None
        listed = self.policy.reading("person_in_charge", self.last) == "listed"
        if listed and who and section and not self.people.may_be_named(who, section, named_on or day):
            said = Message.of("not_on_the_list", person=who, section=section)
            self.note("not_on_the_list", said, clause, Severity.WARNING, section=section, person=who)
            who = None
        who = who or self.sections.person(section, day)
        if who:
            return who
        self.note(
            "no_person",
            Message.of("no_person", section=section),
            clause,
            Severity.WARNING,
            section=section,
        )
        return section or "未登记科室"


def earning(quarter: Quarter) -> frozenset[int]:
    """Leads whose project earns money in a quarter (D8: once in its life)."""
    return frozenset().union(*(each.earning(quarter) for each in settled_clauses() if each.earning))

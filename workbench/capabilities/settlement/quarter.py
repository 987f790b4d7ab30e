"""What the rules of one quarter look at, and the line that they give."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.capabilities.leads import verification
from workbench.capabilities.leads.facts import Facts
from workbench.core.findings import Finding, Severity
from workbench.core.periods import month_of_day, months_of, quarter_bounds
from workbench.core.plain import plain
from workbench.platform.regulation.edition import Policy


@dataclass(frozen=True)
class Line:
    """One amount: rewards positive, penalties negative, whole yuan.

    ``party`` is a unit code, or a person's name for penalties (the section's code where
    no person is recorded); ``ref`` a lead number, contract month, publication date,
    incident number or quarter; ``adjusts`` the closed quarter a difference belongs to (D5).
    """

    clause: str
    party: str
    ref: str
    amount: int
    adjusts: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The line as the JSON contract shows it."""
        return asdict(self)


@dataclass(frozen=True)
class Quarter:
    """Everything the rules of one quarter look at; ``earned``: leads that earned in earlier quarters (D8)."""

    quarter: str
    facts: Facts  # cut to the moment of the settlement
    states: pd.DataFrame
    lines: pd.DataFrame  # newest contract lines
    counted: pd.DataFrame  # projects.rewardable(states)
    as_of: datetime
    policy: Policy
    earned: frozenset[int] = frozenset()
    notes: list[Finding] = field(default_factory=list)

    @property
    def first(self) -> date:
        """The quarter's first day."""
        return quarter_bounds(self.quarter)[0]

    @property
    def last(self) -> date:
        """The quarter's last day."""
        return quarter_bounds(self.quarter)[1]

    @property
    def months(self) -> list[str]:
        """Its three months, as 2026-03."""
        return months_of(self.quarter)

    @cached_property
    def first_month(self) -> str | None:
        """D21: the month of the first lead received; None before there is one."""
        first = self.states["received_at"].min()
        return None if pd.isna(first) else month_of_day(first)

    @cached_property
    def sections(self) -> verification.Sections:
        """The sections and their responsible persons by day (D23)."""
        return verification.Sections(self.facts.units)

    def note(self, code: str, message: str, clause: str | None, severity: Severity = Severity.NOTE, **inputs) -> None:
        """Keep a remark for the reader of the settlement."""
        self.notes.append(Finding(code, message, severity, clause, inputs=inputs))

    def responsible(self, person: Any, section: str | None, day: date, clause: str) -> str:
        """D23: the person named, else the section's 责任人, else (noted) the section itself."""
        who = (person or None) if isinstance(person, str) else None
        who = who or self.sections.person(section, day)
        if who:
            return who
        self.note(
            "no_person",
            f"{section} 未登记责任人，处罚暂记在科室名下，请补登记。",
            clause,
            Severity.WARNING,
            section=section,
        )
        return section or "未登记科室"


def source(file: Any, row: Any) -> dict[str, Any]:
    """Where the deciding row stands."""
    return {"file": plain(file), "row": plain(row)}

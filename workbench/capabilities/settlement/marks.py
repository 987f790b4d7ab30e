"""Integrity marks of 7.3.4: who has how many, and for whom dismissal is recommended; a person decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from workbench.capabilities.settlement.quarter import Line
from workbench.core.findings import Finding, Severity
from workbench.core.frames import newest
from workbench.core.messages import Message
from workbench.core.periods import quarter_bounds
from workbench.platform.register.facts import Facts

NUMBER, PENALTY, LIMIT = "7.3.4", "leak_penalty", "dismissal_marks"


def leaks(incidents: pd.DataFrame, rulings: pd.DataFrame) -> pd.DataFrame:
    """Leaks by insiders, newest version of each, in order of their day, with each person's running ``marks``.

    Where an appeal found that nothing was to be penalised, the mark falls too.
    """
    known = newest(incidents, ["number", "person"])
    known = known[known["inside"]].sort_values(["happened_on", "number"], kind="stable")
    annulled = rulings[(rulings["clause"] == NUMBER) & (rulings["amount"] == 0).fillna(False)]
    if len(annulled):
        fallen = set(zip(annulled["ref"], annulled["party"], strict=True))
        pairs = zip(known["number"], known["person"], strict=True)
        known = known[pd.Series([pair not in fallen for pair in pairs], known.index, dtype=bool)]
    return known.assign(marks=known.groupby("person").cumcount() + 1)


def marks_at_end(known: Facts, quarter: str) -> dict[str, int]:
    """Integrity marks per person up to the quarter's end, by what is known."""
    marks = leaks(known.incidents, known.rulings)
    own = marks[marks["happened_on"] <= pd.Timestamp(quarter_bounds(quarter)[1])]
    return {who: int(number) for who, number in own.groupby("person")["marks"].max().items()}


def dismissal(person: str, marks: int) -> Finding:
    """The recommendation at the limit of marks; a person decides."""
    inputs = {"person": person, "marks": marks}
    return Finding(
        "dismissal_recommended",
        Message.of("dismissal_recommended", person=person, marks=marks),
        Severity.WARNING,
        NUMBER,
        inputs=inputs,
    )


def late_dismissals(found: Sequence[Line], marks: Mapping[str, int], limit: int | None) -> Iterator[Finding]:
    """Who reached the limit of marks by a leak in a closed quarter that became known since."""
    late = {line.party for line in found if line.clause == NUMBER and line.adjusts and line.amount < 0}
    yield from (dismissal(who, marks[who]) for who in sorted(late) if limit and marks.get(who, 0) >= limit)

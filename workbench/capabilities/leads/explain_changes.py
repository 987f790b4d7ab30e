"""What a person asked to have changed of a lead, what was decided, and whose the lead became (T20; D32, D35, D36, D41)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from workbench.capabilities.leads.changes import Matter
from workbench.core.messages import Message
from workbench.platform.explanation.steps import FACT, Place, Step, day_text, reading_steps
from workbench.platform.intake.added_values import MASK
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy

READINGS = {Matter.WITHDRAW: "D35", Matter.PROLONG: "D32", Matter.HAND_OVER: "D41", Matter.NEW_REPORTER: "D36"}


def change_steps(facts: Facts, state: pd.Series, lead: int, policy: Policy) -> Iterator[Step]:
    """Each request of T20 about a lead with its decision, then the units it went over to."""
    asked, decided = facts.changes, facts.change_decisions
    for row in asked[asked["lead"] == lead].sort_values("at", kind="stable").to_dict("records"):
        if reading := READINGS.get(row["matter"]):
            yield from reading_steps(policy, (reading,), row["at"].date())
        text = Message.of(
            "lead/change_at_once" if row["at_once"] else "lead/change_asked",
            unit=row["unit"],
            at=day_text(row["at"]),
            matter=row["matter"],
            value=row["value"] or "",
            number=row["number"],
            reason=row["reason"] or MASK,
        )
        yield Step(FACT, text, "6.2", (Place("changes", row["file"], row["row"], "matter"),))
        decisions = decided[decided["number"] == row["number"]].to_dict("records")
        for one in decisions:
            decision = {"at": day_text(one["at"]), "verdict": one["verdict"], "reason": one["reason"] or MASK}
            yield Step(FACT, Message.of("lead/change_decided", **decision), "6.2")
        if not (row["at_once"] or decisions):
            yield Step(FACT, Message.of("lead/change_open"), "6.2")
    for step in (state["passed_on"] or "").split(";"):
        at, _, unit = step.partition("=")
        if unit:
            yield from reading_steps(policy, ("D36",), pd.Timestamp(at).date())
            yield Step(FACT, Message.of("lead/passed_on", at=day_text(pd.Timestamp(at)), unit=unit), "6.2")

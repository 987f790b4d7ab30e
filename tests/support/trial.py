"""Claims about what would have had to be different, tried on changed facts."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.support import alterations
from tests.support.strategies import World
from workbench.app.policy import load_policy
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.settlement.basis import Basis
from workbench.capabilities.settlement.explain_lines import of_line
from workbench.capabilities.settlement.quarter import Line
from workbench.capabilities.settlement.settlement import settle
from workbench.core.periods import end_of_day
from workbench.platform.register.facts import Facts

POLICY = load_policy()
SECOND = timedelta(seconds=1)


def months(quarter: str) -> list[str]:
    year, number = quarter.split("Q")
    return [f"{year}-{3 * int(number) - offset:02d}" for offset in (2, 1, 0)]


class Trial:
    """One quarter of a world, settled, ready to be settled again on changed facts."""

    def __init__(self, world: World, place: int, readings: dict):
        self.quarter, self.as_of = world.quarters[place], world.until
        self.policy = POLICY.with_readings(**readings)
        self.facts = world.facts.up_to(self.as_of)
        self.states = derive(self.facts, self.as_of, self.policy)
        self.settled = settle(self.facts, self.quarter, self.as_of, self.policy, states=self.states)

    def amount(self, facts: Facts, clause: str, ref: str, party: str | None = None) -> int | None:
        """What the changed facts give; None where there is no such line."""
        lines = settle(facts, self.quarter, self.as_of, self.policy).lines
        found = [x.amount for x in lines if (x.clause, x.ref) == (clause, ref) and party in (None, x.party)]
        return sum(found) if found else None

    def try_line(self, line: Line) -> int:
        """Try all that is said of a line; how many claims there were."""
        claims = of_line(line, Basis(self.policy, self.facts, self.states), self.quarter).counterfactuals
        for each in claims:
            self.try_claim(line.clause, line.party, line.ref, dict(each.change), each.outcome, line.amount)
        return len(claims)

    def try_claim(self, clause: str, party: str, ref: str, change: dict, outcome: dict, before: int | None) -> None:
        """The change gives the outcome; one unit less leaves things as they are."""
        facts, quarter, kind = self.facts, self.quarter, change.pop("kind")
        if kind == "picked_up":
            step = change["by"] // abs(change["by"])
            enough, less = (
                alterations.picked_up(facts, ref, by, quarter, self.as_of) for by in (change["by"], change["by"] - step)
            )
            assert (self.amount(enough, clause, ref) or 0) == outcome["amount"]
            assert self.amount(less, clause, ref) == before
        elif kind == "valid_leads":
            step = change["by"] // abs(change["by"])
            enough, less = (
                alterations.valid_leads(facts, party, by, quarter, self.as_of)
                for by in (change["by"], change["by"] - step)
            )
            assert (self.amount(enough, clause, ref, party) or 0) == outcome["amount"]
            assert (self.amount(less, clause, ref, party) or 0) == (before or 0)
        elif kind == "fewer_ahead":
            assert self.amount(self.without_ahead(party, ref, change["at_most"]), clause, ref) > 0
            assert self.amount(self.without_ahead(party, ref, change["at_most"] + 1), clause, ref) == 0
        elif kind == "outsider":
            assert (
                self.amount(
                    alterations.put(facts, "incidents", facts.incidents["number"] == ref, inside=False), clause, ref
                )
                is None
            )
        elif kind == "expiry":
            assert self.amount(alterations.dated(facts, ref, change["answers"]), clause, ref) is None
            if change["answers"] > 1:
                fewer = alterations.dated(facts, ref, change["answers"] - 1)
                assert any(
                    (clause, ref) == (x.clause, x.ref)
                    for q in self.around()
                    for x in settle(fewer, q, self.as_of, self.policy).lines
                )
        else:
            until = end_of_day(datetime.fromisoformat(change["until"])).replace(microsecond=0)
            enough, less = (self.duty(kind, change, at) for at in (until, until + SECOND))
            leads = set(change["leads"])
            for changed, fined in ((enough, False), (less, True)):
                lines = settle(changed, quarter, self.as_of, self.policy).lines
                hit = [
                    x
                    for x in lines
                    if x.clause == clause and leads & {x.ref, *(getattr(x.inputs, "leads", None) or ())}
                    # a lead that was handed on may be late with another section, or with this one a second time
                    if fined or (x.party == party and (kind != "answer" or x.inputs.due_on == until.date()))
                ]
                assert bool(hit) == fined

    def duty(self, kind: str, change: dict, at: datetime) -> Facts:
        """The facts in which a duty was done at a time."""
        if kind == "answer":
            return alterations.answered(self.facts, change["leads"], at)
        if kind == "publication":
            return alterations.done(self.facts, "publications", "due_on", datetime.fromisoformat(change["ref"]), at)
        return alterations.done(self.facts, "returns", "month", change["ref"], at)

    def without_ahead(self, party: str, ref: str, at_most: int) -> Facts:
        """All but ``at_most`` of the rewarded projects before one belong to another department."""
        order = {number: place for place, number in enumerate(self.states["number"])}
        ahead = [
            x.ref for x in self.settled.lines if (x.clause, x.party) == ("7.2.2", party) and order[x.ref] < order[ref]
        ]
        moved = [alterations.lead_of(self.facts, number) for number in ahead[at_most:]]
        return alterations.put(self.facts, "leads", self.facts.leads["lead"].isin(moved), reporter="P3")

    def around(self) -> list[str]:
        """The quarter and those after it."""
        return [
            q
            for q in (
                "2025Q2",
                "2025Q3",
                "2025Q4",
                "2026Q1",
                "2026Q2",
                "2026Q3",
                "2026Q4",
                "2027Q1",
                "2027Q2",
                "2027Q3",
            )
            if q >= self.quarter
        ]

"""The quarterly settlement: lines of rewards and penalties, adjustments of closed quarters, notes, totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads import holdings
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.capabilities.settlement import appeal_rules
from workbench.capabilities.settlement.marks import LIMIT, NUMBER, late_advices, marks_at_end
from workbench.capabilities.settlement.quarter import (
    STORED_LINES,
    Difference,
    Line,
    Matter,
    Quarter,
    earning,
    matter,
    stored_inputs,
    stored_lines,
)
from workbench.capabilities.settlement.rewarded_lines import Counting, rewarded_lines, unrewarded
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.core.periods import parse_quarter, quarter_bounds, quarter_of_day, quarters_between
from workbench.core.seldom_collected import seldom_collected
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.clause import settled_clauses, settled_order, settled_regulations
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.regulation import readings_in


@dataclass(frozen=True)
class Settlement:
    """A quarter's result. ``totals``: yuan per party; ``marks``: integrity marks per person up to the quarter's end."""

    quarter: str
    edition: str
    lines: list[Line]
    notes: list[Finding]
    totals: dict[str, int]
    marks: dict[str, int]
    readings: list[dict[str, Any]]

    def as_json(self, lang: str = "zh") -> dict[str, Any]:
        """The settlement as the JSON contract shows it, its sentences in a language."""
        return {
            "quarter": self.quarter,
            "edition": self.edition,
            "lines": [line.as_json() for line in self.lines],
            "totals": self.totals,
            "marks": self.marks,
            "readings": readings_in(self.readings, lang),
            "notes": [note.as_json(lang) for note in self.notes],
        }


def settlement_of(snapshot: Snapshot, quarter: str) -> Settlement:
    """A quarter's lines, notes and totals; an approved quarter exactly as it was approved (D26)."""
    readings = {name: approval["readings"] for name, approval in snapshot.approved.items()}
    result = settle(
        snapshot.facts,
        quarter,
        snapshot.as_of,
        snapshot.policy,
        snapshot.closed,
        approved=readings,
        states=snapshot.states,
    )
    if quarter not in snapshot.approved:
        return result
    approval = snapshot.approved[quarter]
    lines = stored_lines(snapshot.closed[snapshot.closed["quarter"] == quarter])
    note = Finding("approved", Message.of("approved", quarter=quarter, at=approval["at"]), Severity.NOTE, "4.3.3")
    taken = snapshot.policy_of(quarter).readings_on(quarter_bounds(quarter)[1], settled_regulations())
    return replace(
        result,
        edition=approval["edition"],
        lines=lines,
        notes=[note],
        totals=totals(lines),
        readings=taken,
        marks=marks_at_end(snapshot.facts.up_to(approval["as_of"]), quarter, snapshot.policy_of(quarter))[
            "marks"
        ].to_dict(),
    )


@seldom_collected()
def settle(
    facts: Facts,
    quarter: str,
    as_of: datetime,
    policy: Policy,
    closed: pd.DataFrame | None = None,
    *,
    approved: Collection[str] | Mapping[str, Mapping[str, Any]] = (),
    states: pd.DataFrame | None = None,
) -> Settlement:
    """All of clause 7 for one quarter, by what was recorded up to ``as_of``.

    ``closed``: stored lines of approved settlements, columns quarter, clause, party, ref,
    amount (yuan), adjusts, inputs. Each approved quarter before this one is computed
    again; what differs from its stored lines and earlier adjustments becomes a line
    here (D5). ``approved`` names approved quarters, also those without any line; as a
    mapping it gives the readings (key → value) each was settled under, so that a reading
    changed since does not reopen it.
    ``states`` saves deriving them again; they must be of the same moment.
    Raises WrongUse for a quarter before the regulation.
    """
    quarter = parse_quarter(quarter)
    last = quarter_bounds(quarter)[1]
    edition = policy.edition_on(last)
    known = facts.up_to(as_of)
    states = derive(facts, as_of, policy) if states is None else states
    counting = Counting(counting_lines(known, policy), known.contracts)
    stored = stored_before(closed, quarter)
    settled = sorted({*stored["quarter"], *approved} - {quarter})
    settled = [earlier for earlier in settled if earlier < quarter]
    start = min([quarter, *settled] + ([] if states.empty else [quarter_of_day(states["received_at"].min())]))
    earned: frozenset[int] = frozenset()
    found: list[Line] = []
    notes: list[Finding] = []
    for each in quarters_between(start, quarter):
        settled_by, own_notes = _readings_of(approved, each, policy), notes if each == quarter else []
        own = holdings.on(states, quarter_bounds(each)[1])
        lines = rewarded_lines(counting, own, settled_by, quarter_bounds(each)[1])
        now = Quarter(each, known, own, lines, as_of, settled_by, earned, own_notes)
        if each == quarter:
            contracted = own[own.index.isin(counting.lines["lead"].unique())]
            notes += unrewarded(counting, now.rewardable(contracted), settled_by, last, now.months)
            found += quarter_lines(now)
        elif each in settled:
            found += adjustments(each, appeal_rules.ruled(known.rulings, each, quarter_lines(now)), stored)
        earned |= earning(now) | appeal_rules.earning(known.rulings, each, states)
    order = settled_order()
    found.sort(key=lambda line: (line.adjusts or "", order[line.clause], line.party, line.ref))
    for line in found:
        if line.adjusts:
            notes.append(
                Finding(
                    "adjustment",
                    Message.of(
                        "adjustment/posted",
                        adjusts=line.adjusts,
                        amount=line.amount,
                        clause=line.clause,
                        ref=line.ref,
                    ),
                    Severity.NOTE,
                    line.clause,
                    inputs={"adjusts": line.adjusts},
                )
            )
    marks = marks_at_end(known, quarter, policy)["marks"].to_dict()
    late = [line.ref for line in found if line.clause == NUMBER and line.adjusts and line.amount < 0]
    notes += late_advices(known, quarter, policy, late, policy.value(LIMIT, last))
    notes += _late_editions(policy, quarter)
    notes += _editions_inside(policy, quarter)
    if as_of.date() <= last:
        notes.append(
            Finding(
                "quarter_not_over",
                Message.of("quarter_not_over/trial", quarter=quarter, as_of=as_of.date()),
                Severity.WARNING,
                "4.3.3",
                inputs={"last_day": last.isoformat()},
            )
        )
    return Settlement(
        quarter, edition, found, _once(notes), totals(found), marks, policy.readings_on(last, settled_regulations())
    )


def quarter_at(
    facts: Facts,
    states: pd.DataFrame,
    quarter: str,
    as_of: datetime,
    policy: Policy,
    approved: Mapping[str, Mapping[str, Any]],
) -> Quarter:
    """The quarter as its rules see it, with what earned in the quarters before it (D8).

    ``facts`` and ``states`` are those known at ``as_of``; ``approved`` as in ``settlement.settle``.
    """
    counting = Counting(counting_lines(facts, policy), facts.contracts)
    first = quarter if states.empty else min(quarter, quarter_of_day(states["received_at"].min()))
    earned: frozenset[int] = frozenset()
    for each in quarters_between(first, quarter):
        ruled = policy.as_settled(approved.get(each, {}))
        own = holdings.on(states, quarter_bounds(each)[1])
        lines = rewarded_lines(counting, own, ruled, quarter_bounds(each)[1])
        now = Quarter(each, facts, own, lines, as_of, ruled, earned)
        if each != quarter:
            earned |= earning(now) | appeal_rules.earning(facts.rulings, each, states)
    return now


def _late_editions(policy: Policy, quarter: str) -> Iterator[Finding]:
    """Editions entered when a quarter they speak of was settled, which apply from this one on (``settled_terms``)."""
    for regulation in policy.regulations:
        name = "" if regulation is policy.leading else f"{regulation.document} "
        for late in regulation.late:
            if late.since == quarter_bounds(quarter)[0]:
                message = Message.of("late_edition", name=name, edition=late.edition, stated=late.stated)
                yield Finding("late_edition", message, Severity.WARNING, "4.3.3")


def _editions_inside(policy: Policy, quarter: str) -> Iterator[Finding]:
    """D43: editions that take effect within the quarter."""
    first, last = quarter_bounds(quarter)
    for regulation in map(policy.regulation, settled_regulations()):
        name = "" if regulation is policy.leading else f"{regulation.document} "
        for edition in regulation.editions:
            if first < edition.since <= last:
                message = Message.of("two_editions", name=name, edition=edition.edition, since=edition.since)
                yield Finding("two_editions", message, Severity.WARNING, "7")


def _readings_of(approved: Collection[str], quarter: str, policy: Policy) -> Policy:
    """The policy with the readings that an approved quarter was settled under."""
    kept = approved.get(quarter) if isinstance(approved, Mapping) else None
    return policy.as_settled(kept) if kept else policy


def quarter_lines(quarter: Quarter) -> list[Line]:
    """What every clause with money gives in one quarter, without adjustments; penalties repealed to zero are left out."""
    found = ((each, line) for each in settled_clauses() if each.lines for line in each.lines(quarter))
    return [line for each, line in found if each.reward or line.amount]


def adjustments(quarter: str, now: list[Line], stored: pd.DataFrame) -> list[Line]:
    """D5: what a closed quarter would be today, less what was settled for it, as lines with ``adjusts``.

    The party of a settled matter stays (D23: it changes by appeal only).
    """
    own = stored[((stored["quarter"] == quarter) & stored["adjusts"].isna()) | (stored["adjusts"] == quarter)]
    settled: dict[tuple, int] = defaultdict(int)
    before: dict[tuple, Any] = {}
    for clause, party, ref, amount, inputs in zip(*(own[c] for c in ("clause", "party", "ref", "amount", "inputs"))):
        settled[clause, party, ref] += int(amount)
        before.setdefault((clause, party, ref), inputs)
    today: dict[tuple, int] = defaultdict(int)
    inputs_now: dict[tuple, Any] = {}
    holders: dict[Matter, list[str]] = defaultdict(list)
    for (clause, party, ref), amount in settled.items():
        if amount:
            holders[matter(clause, party, ref)].append(party)
    known = {line.matter for line in now if line.party in holders[line.matter]}
    for line in now:  # a further line of a matter is a new one
        settled_for = holders[line.matter]
        party = settled_for[-1] if settled_for and line.matter not in known else line.party
        today[line.clause, party, line.ref] += line.amount
        inputs_now.setdefault((line.clause, party, line.ref), line.inputs)
    differences = []
    for key in [*today, *(key for key in settled if key not in today)]:
        difference = today.get(key, 0) - settled.get(key, 0)
        if difference:
            old = before.get(key)
            inputs = Difference(
                quarter=quarter,
                settled=settled.get(key, 0),
                recomputed=today.get(key, 0),
                readings={"D5": "差额列入以后季度"},
                now=inputs_now.get(key),
                then=stored_inputs(key[0], old) if isinstance(old, Mapping) else None,
            )
            clause, party, ref = key
            differences.append(Line(clause, party, ref, difference, quarter, inputs))
    return differences


def stored_before(closed: pd.DataFrame | None, quarter: str) -> pd.DataFrame:
    """Those before a quarter, as ``STORED_LINES`` promises."""
    columns = list(STORED_LINES.columns)
    before = pd.DataFrame(columns=columns) if closed is None or closed.empty else closed[closed["quarter"] < quarter]
    return before.reindex(columns=columns).astype(dict(STORED_LINES.columns)).reset_index(drop=True)


def _once(notes: list[Finding]) -> list[Finding]:
    seen, kept = set(), []
    for note in notes:
        if (note.code, note.message) not in seen:
            seen.add((note.code, note.message))
            kept.append(note)
    return kept


def totals(found: list[Line]) -> dict[str, int]:
    """Yuan per party, parties in order."""
    sums: dict[str, int] = defaultdict(int)
    for line in found:
        sums[line.party] += line.amount
    return dict(sorted(sums.items()))

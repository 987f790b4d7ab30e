"""The quarterly settlement: lines of rewards and penalties, adjustments of closed quarters, notes, totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads import contract_lines as contracts
from workbench.capabilities.leads import projects
from workbench.capabilities.leads.facts import DEALER, DEPARTMENT, Facts
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.capabilities.settlement import appeal_rules as appeals
from workbench.capabilities.settlement import lines
from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.core.findings import Finding, Severity
from workbench.core.periods import parse_quarter, quarter_bounds, quarter_of_day, quarters_between
from workbench.platform.regulation.edition import Policy

CLAUSE_ORDER = ("7.1.1", "7.2.1", "7.2.2", "7.3.1", "7.3.2a", "7.3.2b", "7.3.3", "7.3.4")
FINANCE, ADMINISTRATION = "财务计划部", "综合管理部"


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

    def as_json(self) -> dict[str, Any]:
        """The settlement as the JSON contract shows it."""
        return {
            "quarter": self.quarter, "edition": self.edition, "lines": [line.as_json() for line in self.lines],
            "totals": self.totals, "marks": self.marks, "readings": self.readings,
            "notes": [note.as_json() for note in self.notes],
        }  # fmt: skip


def settlement_of(snapshot: Snapshot, quarter: str) -> Settlement:
    """A quarter's lines, notes and totals; an approved quarter exactly as it was approved (D26)."""
    readings = {name: approval["readings"] for name, approval in snapshot.approved.items()}
    result = settle(
        snapshot.facts, quarter, snapshot.as_of, snapshot.policy, snapshot.closed, approved=readings, states=snapshot.states
    )  # fmt: skip
    if quarter not in snapshot.approved:
        return result
    approval = snapshot.approved[quarter]
    rows = snapshot.closed[snapshot.closed["quarter"] == quarter]
    lines = [
        Line(*row) for row in rows[["clause", "party", "ref", "amount", "adjusts", "inputs"]].itertuples(index=False)
    ]
    note = Finding(
        "approved", f"{quarter} 已于 {approval['at']:%Y-%m-%d} 批准，按批准时的结果列示。", Severity.NOTE, "4.3.3"
    )
    taken = snapshot.policy_of(quarter).readings_on(quarter_bounds(quarter)[1])
    return replace(
        result, edition=approval["edition"], lines=lines, notes=[note], totals=totals(lines), readings=taken,
        marks=marks_at_end(snapshot.facts.up_to(approval["as_of"]), quarter),
    )  # fmt: skip


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
    newest, counted = contracts.newest_lines(known.contracts), projects.rewardable(states)
    stored = _stored(closed, quarter)
    settled = sorted({*stored["quarter"], *approved} - {quarter})
    settled = [earlier for earlier in settled if earlier < quarter]
    start = min([quarter, *settled] + ([] if states.empty else [quarter_of_day(states["received_at"].min())]))
    earned: frozenset[int] = frozenset()
    found: list[Line] = []
    notes: list[Finding] = []
    for each in quarters_between(start, quarter):
        now = Quarter(
            each, known, states, newest, counted, as_of, _readings_of(approved, each, policy), earned,
            notes if each == quarter else [],
        )  # fmt: skip
        if each == quarter:
            found += quarter_lines(now)
        elif each in settled:
            found += adjustments(each, appeals.ruled(known.rulings, each, quarter_lines(now)), stored)
        earned |= earning(now) | appeals.earning(known.rulings, each, states)
    found.sort(key=lambda line: (line.adjusts or "", CLAUSE_ORDER.index(line.clause), line.party, line.ref))
    for line in found:
        if line.adjusts:
            message = f"{line.adjusts} 已核算，差额 {line.amount} 元列入本季度（{line.clause} {line.ref}）。"
            notes.append(Finding("adjustment", message, Severity.NOTE, line.clause, inputs={"adjusts": line.adjusts}))
    marks = marks_at_end(known, quarter)
    notes += _late_dismissals(found, marks, policy.value("dismissal_marks", last))
    for edition_ in policy.late:
        if edition_.since == quarter_bounds(quarter)[0]:
            message = f"第{edition_.edition}版自 {edition_.stated} 起施行，登记时以前季度已核算，不再改动；本季度起适用第{edition_.edition}版。"
            notes.append(Finding("late_edition", message, Severity.WARNING, "4.3.3"))
    if as_of.date() <= last:
        message = f"{quarter} 尚未结束，以下为截至 {as_of.date()} 的试算。"
        notes.append(
            Finding("quarter_not_over", message, Severity.WARNING, "4.3.3", inputs={"last_day": last.isoformat()})
        )
    return Settlement(quarter, edition, found, _once(notes), totals(found), marks, policy.readings_on(last))


def marks_at_end(known: Facts, quarter: str) -> dict[str, int]:
    """7.3.4: integrity marks per person up to the quarter's end, by what is known."""
    marks = lines.leaks(known.incidents, known.rulings)
    own = marks[marks["happened_on"] <= pd.Timestamp(quarter_bounds(quarter)[1])]
    return {who: int(number) for who, number in own.groupby("person")["marks"].max().items()}


def _late_dismissals(found: list[Line], marks: Mapping[str, int], limit: int | None) -> Iterator[Finding]:
    """7.3.4: who reached the limit of marks by a leak in a closed quarter that became known since."""
    late = {line.party for line in found if line.clause == "7.3.4" and line.adjusts and line.amount < 0}
    yield from (lines.dismissal(who, marks[who]) for who in sorted(late) if limit and marks.get(who, 0) >= limit)


def _readings_of(approved: Collection[str], quarter: str, policy: Policy) -> Policy:
    """The policy with the readings that an approved quarter was settled under."""
    kept = approved.get(quarter) if isinstance(approved, Mapping) else None
    return policy.as_settled(kept) if kept else policy


def quarter_lines(quarter: Quarter) -> list[Line]:
    """Every clause of section 7 for one quarter, without adjustments; penalties repealed to zero are left out."""
    return [
        *lines.project_lines(quarter, DEALER),
        *lines.completion_lines(quarter),
        *lines.project_lines(quarter, DEPARTMENT),
        *(line for line in _penalties(quarter) if line.amount),
    ]


def _penalties(quarter: Quarter) -> Iterator[Line]:
    yield from lines.late_lines(quarter)
    yield from lines.missing_expiry_lines(quarter)
    yield from lines.publication_lines(quarter)
    yield from lines.register_lines(quarter)
    yield from lines.leak_lines(quarter)


def earning(quarter: Quarter) -> frozenset[int]:
    """Leads whose project earns money in a quarter (D8: once in its life; a capped zero has not earned)."""
    tables = [lines.rewards(quarter, kind) for kind in (DEALER, DEPARTMENT)]
    return frozenset(lead for table in tables for lead in table.index[table["amount"] > 0])


def adjustments(quarter: str, now: list[Line], stored: pd.DataFrame) -> list[Line]:
    """D5: what a closed quarter would be today, less what was settled for it, as lines with ``adjusts``."""
    own = stored[((stored["quarter"] == quarter) & stored["adjusts"].isna()) | (stored["adjusts"] == quarter)]
    settled: dict[tuple, int] = defaultdict(int)
    before: dict[tuple, Any] = {}
    for clause, party, ref, amount, inputs in zip(*(own[c] for c in ("clause", "party", "ref", "amount", "inputs"))):
        settled[clause, party, ref] += int(amount)
        before.setdefault((clause, party, ref), inputs)
    today: dict[tuple, int] = defaultdict(int)
    inputs_now = {}
    for line in now:
        today[line.clause, line.party, line.ref] += line.amount
        inputs_now.setdefault((line.clause, line.party, line.ref), line.inputs)
    differences = []
    for key in [*today, *(key for key in settled if key not in today)]:
        difference = today.get(key, 0) - settled.get(key, 0)
        if difference:
            old = before.get(key)
            inputs = {
                "quarter": quarter, "settled": settled.get(key, 0), "recomputed": today.get(key, 0),
                "readings": {"D5": "差额列入以后季度"}, "now": inputs_now.get(key),
                "then": dict(old) if isinstance(old, Mapping) else None,
            }  # fmt: skip
            differences.append(Line(*key, difference, quarter, inputs))
    return differences


def _stored(closed: pd.DataFrame | None, quarter: str) -> pd.DataFrame:
    columns = ["quarter", "clause", "party", "ref", "amount", "adjusts", "inputs"]
    if closed is None or closed.empty:
        return pd.DataFrame(columns=columns)
    return closed[closed["quarter"] < quarter].reindex(columns=columns)


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


def paid_by(clause: str) -> str:
    """4.4, 4.5: who carries a line out: 财务计划部 pays dealers, 综合管理部 pays and collects inside."""
    return FINANCE if clause == "7.1.1" else ADMINISTRATION


def standing_shares(allocations: pd.DataFrame) -> pd.DataFrame:
    """7.2.3: the shares that count, each department's newest file of a quarter. Columns as given; quarter, unit, document."""
    newest = allocations.groupby(["quarter", "unit"])["document"].transform("max")
    return allocations[allocations["document"] == newest].reset_index(drop=True)


def check_allocation(rewards: Mapping[str, int], shares: pd.DataFrame) -> list[Finding]:
    """7.2.3: the deputy GM's allocation of each department's reward must add up.

    ``rewards``: yuan per department (7.2.1 and 7.2.2, adjustments included); ``shares``:
    columns unit, person, amount (yuan), row. ERROR findings where shares are negative,
    a department has no reward, or a sum differs.
    """
    found = []
    for row in shares[shares["amount"] < 0].itertuples():
        found.append(
            Finding("negative_share", "分配金额不能为负数。", clause="7.2.3", row=int(row.row), column="amount")
        )
    sums = shares.groupby("unit")["amount"].sum()
    for unit in sorted({*rewards, *sums.index}):
        reward, given = int(rewards.get(unit, 0)), int(sums.get(unit, 0))
        if reward != given:
            message = f"部门 {unit} 奖励 {reward} 元，分配合计 {given} 元，应相等（7.2.3）。"
            inputs = {"unit": unit, "reward": reward, "allocated": given}
            found.append(Finding("allocation_differs", message, clause="7.2.3", inputs=inputs))
    return found

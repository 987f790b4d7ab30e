"""The year's target as a tool: broken down in scenarios, its history, and what the year will come to (4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.capabilities.leads.snapshot import Snapshot, open_snapshot
from workbench.capabilities.leads.status import PENDING
from workbench.capabilities.organization.directory import units_on
from workbench.capabilities.organization.kinds import UnitKind, UnitState
from workbench.capabilities.targets.breakdown import Bound, BreakdownInput, break_down
from workbench.capabilities.targets.completion import MONTH_COLUMNS, changes, completion, current
from workbench.capabilities.targets.forecast import Forecast, foreseen, months_over
from workbench.capabilities.targets.scenario_file import ScenarioInput
from workbench.capabilities.targets.versions import ADJUSTMENT, ORIGINAL, in_order_of_receipt
from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.messages import SEMICOLON, Message, joined
from workbench.core.periods import month_of, month_of_day, months_between
from workbench.platform.access.session import Session
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form
from workbench.platform.intake.added_values import facts_shown, with_added
from workbench.platform.register.facts import called, shown_file
from workbench.platform.regulation.edition import Policy

HISTORY = ["unit", "month", "kind", "before", "after", "reason", "approver", "at", "file", "cell"]
LAST_YEAR = "按上年"


@dataclass(frozen=True)
class Scenario:
    """One way to break the year down: department → twelve months. ``notes`` say what it rests on."""

    name: str
    total: int
    table: dict[str, list[int]]
    notes: tuple[Message, ...]


@dataclass(frozen=True)
class Plan:
    """Scenarios of a year beside each other.

    ``departments``: code, name, person. ``last``: counted leads of the year before, department → twelve months (months that
    the register does not know whole are None). ``in_force``: the targets in force, where there are any.
    """

    year: int
    as_of: datetime
    edition: str
    head: str
    simulated: bool
    departments: pd.DataFrame
    last: dict[str, list[int | None]]
    in_force: dict[str, list[int]]
    scenarios: tuple[Scenario, ...]
    reason: str | None
    approver: str | None


def make_plan(
    session: Session,
    year: int,
    total: int | None,
    inputs: Mapping[str, ScenarioInput],
    *,
    as_of: datetime | None = None,
    reason: str | None = None,
    approver: str | None = None,
) -> Plan:
    """Break a year's target down once for each of ``inputs`` (scenario name → what is given).

    What a scenario leaves open comes from the year before: departments by their own counted leads, months by those of all
    reporters. Months that are closed keep their targets. The register is only read.
    Raises WrongUse: a total missing, an unknown department, weights for some only, nothing known of the year
    before, bounds that contradict, or targets in force without ``reason`` and ``approver`` of their adjustment.
    """
    session.require("report")
    snapshot = open_snapshot(session, as_of)
    units = units_on(snapshot.facts.units, None)
    departments = units[(units["kind"] == UnitKind.DEPARTMENT) & (units["state"] == UnitState.IN_USE)][
        ["code", "name", "person"]
    ]
    departments = departments.reset_index(drop=True)
    in_force = _in_force(snapshot, year)
    if in_force and not (reason and approver):
        raise WrongUse("adjustment", year=year)
    past = _YearBefore(snapshot, year - 1)
    closed = _closed(snapshot, year, in_force, list(departments["code"]))
    made = [
        _scenario(name, given, total, list(departments["code"]), past, closed)
        for name, given in (inputs or {LAST_YEAR: ScenarioInput()}).items()
    ]
    last = {code: past.of(code) for code in departments["code"]}
    return Plan(
        year,
        snapshot.as_of,
        snapshot.policy.edition_on(snapshot.as_of.date()),
        snapshot.head,
        snapshot.simulated,
        departments,
        last,
        in_force,
        tuple(made),
        reason,
        approver,
    )


def _in_force(snapshot: Snapshot, year: int) -> dict[str, list[int]]:
    now = current(snapshot.facts.targets)["amount"]
    units = {unit for unit, month in now.index if month[:4] == str(year)}
    return {unit: [int(now.get((unit, f"{year}-{m:02d}"), 0)) for m in range(1, 13)] for unit in sorted(units)}


def _closed(
    snapshot: Snapshot, year: int, in_force: Mapping[str, list[int]], codes: Sequence[str]
) -> dict[tuple[str, int], Bound]:
    """Closed months are fixed at their targets (4.2.1, D26)."""
    months = [int(month[5:]) for month in snapshot.facts.closures["month"] if month[:4] == str(year)]
    fixed = {(code, month): in_force.get(code, [0] * 12)[month - 1] for code in codes for month in months}
    return {key: Bound(amount, amount) for key, amount in fixed.items()}


class _YearBefore:
    """Counted leads of a year: by department, and by month of all reporters."""

    def __init__(self, snapshot: Snapshot, year: int) -> None:
        states = snapshot.states[snapshot.states["counts_in"].notna()]
        first = snapshot.states["received_at"].min()
        start = f"{year}-01" if pd.isna(first) else max(f"{year}-01", month_of_day(first))
        self.year, self.known = year, months_over(start, min(snapshot.as_of.date(), date(year, 12, 31)))
        # a month of which nothing came in at all says nothing about the season: the register does not know it
        heard = set(month_of(snapshot.states["received_at"]))
        self.known = [month for month in self.known if month[:4] == str(year) and month in heard]
        own = states[states["reporter_kind"] == UnitKind.DEPARTMENT]
        self._counts = own.groupby(["reporter", "counts_in"]).size()
        self._months = states.groupby("counts_in").size()
        waiting = snapshot.states[snapshot.states["status"].isin(PENDING)]
        self.pending = int(month_of(waiting["received_at"]).isin(self.known).sum())

    def of(self, code: str) -> list[int | None]:
        """A department's months; None where the register does not know the month whole."""
        months = months_between(f"{self.year}-01", f"{self.year}-12")
        return [int(self._counts.get((code, month), 0)) if month in self.known else None for month in months]

    def department(self, code: str) -> int:
        """A department's counted leads over the known months."""
        return sum(count or 0 for count in self.of(code))

    def months(self) -> list[Fraction]:
        """Twelve weights; a month that is not known whole weighs as the known ones do on average."""
        known = {month: int(self._months.get(month, 0)) for month in self.known}
        if not sum(known.values()):
            raise self.unknown()
        average = Fraction(sum(known.values()), len(known))
        return [Fraction(known.get(f"{self.year}-{m:02d}", average)) for m in range(1, 13)]

    def unknown(self) -> WrongUse:
        return WrongUse("no_last_year", year=self.year)

    def sentence(self) -> Message:
        missing = 12 - len(self.known)
        average = Message.of("plan/average", missing=missing) if missing else ""
        pending = Message.of("plan/pending", pending=self.pending) if self.pending else ""
        return Message.of("plan/known", year=self.year, count=len(self.known), average=average, pending=pending)


def _scenario(
    name: str, given: ScenarioInput, total: int | None, codes: list[str], past: _YearBefore, closed: Mapping
) -> Scenario:
    total = given.total if given.total is not None else total
    if total is None:
        raise WrongUse("no_total/plan")
    named = {*given.department_weights, *given.departments, *(code for code, _ in given.cells)}
    if strangers := sorted(named - set(codes)):
        raise WrongUse("unknown_department", name=name, words=strangers)
    notes: list[Message] = []
    if given.department_weights:
        departments = _complete(name, Message("plan/departments"), given.department_weights, codes)
        notes.append(Message("plan/department_weights"))
    else:
        departments = {code: past.department(code) for code in codes}
        if not any(departments.values()):
            raise past.unknown()
        notes.append(Message.of("plan/departments_of_year", year=past.year, known=past.sentence()))
    if given.month_weights:
        months = list(_complete(name, Message("plan/months"), given.month_weights, range(1, 13)).values())
        notes.append(Message("plan/month_weights"))
    else:
        months = past.months()
        notes.append(Message.of("plan/months_of_year", year=past.year, known=past.sentence()))
    zero = [code for code, weight in departments.items() if not weight]
    if zero:
        notes.append(Message.of("plan/zero", count=len(zero), codes=zero))
    if given.sentences():
        notes.append(Message.of("plan/bounds", bounds=joined(given.sentences(), SEMICOLON)))
    if closed:
        months_closed = [Message.of("plan/month", month=month) for month in sorted({month for _, month in closed})]
        notes.append(Message.of("plan/closed", months=months_closed))
    notes.append(Message("plan/rounded"))
    breakdown = BreakdownInput(departments, months, given.departments, given.months, {**given.cells, **closed})
    return Scenario(name, total, break_down(total, breakdown), tuple(notes))


def _complete(name: str, what: Message, weights: Mapping, wanted: Sequence) -> dict:
    """Weights for everybody, or a refusal: a forgotten one would silently get nothing."""
    if missing := [str(key) for key in wanted if key not in weights]:
        raise WrongUse("weights_missing", name=name, what=what, missing=missing)
    if not any(weights.values()):
        raise WrongUse("weights_missing/zero", name=name, what=what)
    return {key: weights[key] for key in wanted}


def write_targets(plan: Plan, out: Path, policy: Policy, on: date) -> list[Path]:
    """Each scenario as a filled T4, written on a day, that can be imported: 分解 for departments without targets, else 调整."""
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for scenario in plan.scenarios:
        for kind, adjusted in ((ORIGINAL, False), (ADJUSTMENT, True)):
            chosen = plan.departments[plan.departments["code"].isin(list(plan.in_force)) == adjusted]
            rows = [
                {
                    "code": row.code,
                    "name": row.name,
                    "person": row.person,
                    "year_target": sum(scenario.table[row.code]),
                    **dict(zip(MONTH_COLUMNS, scenario.table[row.code], strict=True)),
                }
                for row in chosen.itertuples(index=False)
            ]
            if rows:
                header: dict[str, Any] = {"year": plan.year, "kind": kind}
                if adjusted:
                    header |= {"reason": plan.reason, "approver": plan.approver}
                path = out / file_name("T4", plan.year, f"目标{kind}", scenario.name, ending=".xlsx")
                template, count = templates()["target_breakdown"], len(rows) + 10
                files.append(write_form(template, path, header, rows, policy=policy, on=on, row_count=count))
    return files


def history(session: Session, unit: str | None = None) -> pd.DataFrame:
    """Every breakdown and adjustment of a department (None: of all), month by month: columns of ``HISTORY``, oldest first;
    ``more`` where a row's unit and year hold something in a column that was added to T4.

    Raises WrongUse for a unit that never had targets.
    """
    session.require("report")
    with session.register.snapshot():
        names = called(session.register, named=not session.deidentified)
        wanted = ["unit", "month", "amount", "kind", "reason", "approver", "at", "document", "cell"]
        rows = in_order_of_receipt(session.register.read("target", wanted), session.register.read)
    rows = rows.assign(file=rows["document"].map(names))
    if unit is not None:
        rows = rows[rows["unit"] == unit]
        if rows.empty:
            raise WrongUse("no_targets", unit=unit)
    found = changes(rows)[HISTORY].assign(file=lambda found: found["file"].map(shown_file))
    facts = facts_shown(session)
    return with_added(found.assign(year=found["month"].str[:4]), facts, "target_breakdown", ["year", "unit"]).drop(
        columns="year"
    )


def foresee(session: Session, year: int | None = None, as_of: datetime | None = None) -> pd.DataFrame:
    """What each department's year will come to: columns unit, name, counted, year_target, expected, low, high; the last
    row (unit None) is all of them together, foreseen from their sums. Raises WrongUse for a year not begun or unknown.
    """
    session.require("report")
    snapshot = open_snapshot(session, as_of)
    year = year or snapshot.as_of.year
    until = min(snapshot.as_of.date(), date(year, 12, 31))
    if until < date(year, 1, 1):
        raise WrongUse("year_to_come", year=year)
    table = completion(
        snapshot.states,
        snapshot.facts.targets,
        snapshot.facts.units,
        months_between(f"{year}-01", f"{year}-12"),
        until,
    )
    found, together = foreseen(table, year, until)
    names = table.assign(name=table["name"].fillna(table["unit"])).groupby("unit")["name"].first()
    targets = table.groupby("unit")["target"].sum()
    rows = [_row(code, names[code], int(targets[code]), each) for code, each in found.items()]
    rows.append(_row(None, "合计", int(table["target"].sum()), together))
    return pd.DataFrame(rows, dtype=object)


def _row(code: str | None, name: str, target: int, found: Forecast) -> dict[str, Any]:
    return {
        "unit": code,
        "name": name,
        "counted": found.counted,
        "year_target": target,
        "expected": found.expected,
        "low": found.low,
        "high": found.high,
    }

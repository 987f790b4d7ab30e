"""The register as a spreadsheet asks it: one lead, one unit, one quarter at a time, from one snapshot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from workbench.capabilities.contracts import conversion
from workbench.capabilities.leads import holdings
from workbench.capabilities.leads.availability import availability
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.capabilities.leads.contract_lines import pick_ups
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.leads.visibility import visible_leads
from workbench.capabilities.organization.directory import units_on
from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.organization.successions import successors_on
from workbench.capabilities.settlement.quarter import Difference, Line
from workbench.capabilities.settlement.reward_progress import PROJECT_CLAUSES, QuarterProgress
from workbench.capabilities.settlement.settlement import quarter_at, settlement_of
from workbench.capabilities.targets import completion
from workbench.core.errors import WrongUse
from workbench.core.names import customer_key
from workbench.core.periods import month_bounds, months_of, quarter_bounds
from workbench.platform.access.session import Session

# what can be asked of a lead by name; nothing of the contact
ITEMS = {
    "状态": "status",
    "条款": "clause",
    "计入月份": "counts_in",
    "提报单位": "reporter",
    "接收时间": "received_at",
    "客户名称": "customer",
    "客户类别": "category",
    "省份": "province",
    "城市": "city",
    "标的量": "quantity",
    "科室": "section",
    "转交时间": "dispatched_at",
    "应反馈日期": "due_on",
    "应反馈日期暂定": "provisional",
    "反馈时间": "answered_at",
    "逾期": "late",
    "到期日期": "expires_on",
    "项目编号": "project",
    "项目责任人": "person",
    "申报时间": "applied_at",
    "签订日期": "signed_on",
    "合同数量": "contract_quantity",
    "累计提车量": "picked_up",
}


class Lookup:
    """Answers about the register as known at ``as_of``, by default all it knows; nothing is written, no refusal is logged.

    Who may ask what is decided before (``Session.may``); a verifier finds the leads of his section only.
    Months are ``2026-03``, quarters ``2026Q1``, years ``2026``; rates are Fractions, None where undefined (D17).
    """

    def __init__(self, session: Session, as_of: datetime | None = None) -> None:
        self.policy = session.policy
        self.snapshot = open_snapshot(session, as_of)
        self.with_names = not session.deidentified
        self.today: date = self.snapshot.as_of.date()
        self._seen = visible_leads(session)
        self._kept: dict[tuple, Any] = {}

    def item(self, number: str, title: str) -> Any:
        """One thing about a lead (``ITEMS``), None where it has none. Raises WrongUse ``unknown_lead``, ``unknown_item``."""
        place = self.place(number)
        if title not in ITEMS:
            raise WrongUse("unknown_item", title=title)
        value = self._columns[ITEMS[title]][place]
        return None if value is None or value is pd.NaT else value

    def place(self, number: str) -> int:
        """Where a lead stands in ``snapshot.states``. Raises WrongUse ``unknown_lead``, also for one this user may not see."""
        place = self._places.get(number)
        if place is None:
            raise WrongUse("unknown_lead", number=number)
        return place

    def knows_lead(self, number: str) -> bool:
        """Whether there is such a lead for this user."""
        return number in self._places

    def available(self, customers: pd.DataFrame) -> pd.Series:
        """Whether a new lead about each customer (``versions.IDENTITY``, normalised names) would be free; nobody's name is
        shown. Only for who works ``with_names``: others would learn by trying.
        """
        known = self.snapshot
        named = known.facts.leads.assign(customer_key=customer_key(known.facts.leads["customer"]))
        return availability(customers, known.facts.replace(leads=named), known.states, known.as_of, known.policy)

    def knows_unit(self, code: str) -> bool:
        """Whether the directory has a unit of this code."""
        return code in self._units

    def kind(self, unit: str) -> str:
        """经销商, 部门 or 科室. Raises WrongUse ``unknown_unit``."""
        if unit not in self._units:
            raise WrongUse("unknown_unit", unit=unit)
        return self._units[unit]

    def target(self, unit: str, period: str) -> int | None:
        """The target in force for a unit in a month, quarter or year (4.2.1); None where none was set."""
        self.kind(unit)
        targets = self._targets(period)
        amounts = [targets[unit, month] for month in months_in(period) if (unit, month) in targets]
        return sum(amounts) if amounts else None

    def valid(self, unit: str, period: str) -> int:
        """Leads of a unit that count in a period (5.3). Raises WrongUse ``not_begun``."""
        self._begun(unit, period)
        return self._counted(period).get(unit, 0)

    def completion(self, unit: str, period: str) -> Fraction | None:
        """Valid leads over target: of a quarter as 7.2.1 takes it (D6), of a month or year as it is (D17)."""
        self._begun(unit, period)
        if "Q" in period:
            row = self.quarter(period).get(unit)
            return row["rate"] if row else None
        target = self.target(unit, period)
        return completion.rate(self.valid(unit, period), target) if target else None

    def quarter(self, quarter: str) -> dict[str, dict[str, Any]]:
        """``completion.quarter_completion`` by unit."""

        def make() -> dict[str, dict[str, Any]]:
            facts = self.snapshot.facts
            table = completion.quarter_completion(
                self.snapshot.states, facts.targets, facts.units, quarter, self.policy
            )
            return {row["unit"]: row for row in table.to_dict("records")}

        return self._once(("quarter", quarter), make)

    def progress(self, quarter: str) -> QuarterProgress:
        """How far projects and departments are in a quarter, as explanations say it. Raises as ``lines``."""

        def make() -> QuarterProgress:
            kept = {name: approval["readings"] for name, approval in self.snapshot.approved.items()}
            known = self.snapshot
            return QuarterProgress(quarter_at(known.facts, known.states, quarter, known.as_of, self.policy, kept))

        return self._once(("progress", quarter), make)

    def conversion(self, ref: str, period: str) -> Fraction | None:
        """6.5: pick-ups of the period over quantity sought, of a unit's projects or of one lead; None without any."""
        if ref in self._places:
            self.started(period)
            quantity = int(self.snapshot.states["sought"].iloc[self.place(ref)])
            project = self.item(ref, "项目编号")
            return Fraction(self.picked_up(ref, period), quantity) if quantity and project else None
        self._begun(ref, period)

        def make() -> dict[str, Fraction | None]:
            months = months_in(period)
            states = holdings.on(self.snapshot.states, _last_day(period))
            table = conversion.table(states, counting_lines(self.snapshot.facts, self.policy), months, ["reporter"])
            return dict(zip(table["reporter"], table["rate"], strict=True))

        return self._once(("conversion", period), make).get(ref)

    def picked_up(self, number: str, period: str) -> int:
        """Vehicles of a lead picked up in a period, by its newest contract lines (D25)."""
        lead = self.snapshot.states.index[self.place(number)]

        def make() -> dict[int, int]:
            return pick_ups(counting_lines(self.snapshot.facts, self.policy), months_in(period)).to_dict()

        return int(self._once(("picked_up", period), make).get(lead, 0))

    def lines(self, quarter: str, *, trial: bool = False) -> list[Line]:
        """The settlement lines of a quarter; of one that is not over only as a ``trial``.

        Raises WrongUse ``not_begun``, ``quarter_not_over``, ``before_policy``.
        """
        self.started(quarter)
        last = quarter_bounds(quarter)[1]
        if not trial and self.today <= last:
            raise WrongUse("quarter_not_over", quarter=quarter, last=last)
        return self._once(("lines", quarter), lambda: settlement_of(self.snapshot, quarter).lines)

    def project_rewards(self, quarter: str) -> dict[str, list[Line]]:
        """The lines of a quarter, also of one that is not over, that reward a project anew, by lead number. Raises as ``lines``."""

        def make() -> dict[str, list[Line]]:
            found: dict[str, list[Line]] = {}
            for line in self.lines(quarter, trial=True):
                if line.clause in PROJECT_CLAUSES.values() and line.adjusts is None:
                    found.setdefault(line.ref, []).append(line)
            return found

        return self._once(("project_rewards", quarter), make)

    def amount(self, party: str, quarter: str, clauses: tuple[str, ...], *, trial: bool = False) -> int:
        """Yuan of a party in a quarter under some clauses: rewards positive, penalties negative, adjustments included.

        A section's code stands for the penalties of its people. Raises WrongUse ``unknown_party`` and as ``lines``.
        """
        found = [line for line in self.lines(quarter, trial=trial) if line.clause in clauses]
        if self._units.get(party) == UnitKind.SECTION:
            return sum(line.amount for line in found if party in (line.party, _section(line)))
        if party not in self._units and party not in self._people(quarter, trial):
            raise WrongUse("unknown_party", party=party)
        return sum(line.amount for line in found if line.party == party)

    def _people(self, quarter: str, trial: bool) -> set[str]:
        """Who can be asked for: persons named in the directory, in feedback or an incident, or in a line of the quarter."""
        facts = self.snapshot.facts
        tables = (facts.units, facts.feedback, facts.incidents)
        everybody = self._once(("people",), lambda: set().union(*(table["person"].dropna() for table in tables)))
        return everybody | {line.party for line in self.lines(quarter, trial=trial)}

    def _begun(self, unit: str, period: str) -> None:
        self.kind(unit)
        self.started(period)

    def started(self, period: str) -> None:
        """Refuse a period that lies ahead. Raises WrongUse ``not_begun``."""
        if month_bounds(months_in(period)[0])[0] > self.today:
            raise WrongUse("not_begun", period=period)

    def _once(self, key: tuple, make: Callable[[], Any]) -> Any:
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    @cached_property
    def _places(self) -> dict[str, int]:
        states = self.snapshot.states
        shown = np.ones(len(states), dtype=bool) if self._seen is None else states.index.isin(self._seen)
        return {number: place for place, number in enumerate(states["number"]) if shown[place]}

    @cached_property
    def _columns(self) -> dict[str, list]:
        states = self.snapshot.states
        return {name: states[name].tolist() for name in {*ITEMS.values()}}

    @cached_property
    def _units(self) -> dict[str, str]:
        known = units_on(self.snapshot.facts.units, None)
        return dict(zip(known["code"], known["kind"], strict=True))

    def _targets(self, period: str) -> dict[tuple[str, str], int]:
        """The targets by unit and month, as they stand at a period's end (D36)."""

        def make() -> dict[tuple[str, str], int]:
            known = self.snapshot.facts
            now = completion.taken_over(known.targets, known.units, _last_day(period))
            return {key: int(amount) for key, amount in now["amount"].items()}

        return self._once(("targets", period), make)

    def _counted(self, period: str) -> dict[str, int]:
        """The leads that count in a period, by the unit that has each, or the place of its unit, at its end (D36)."""

        def make() -> dict[str, int]:
            states, last = self.snapshot.states, _last_day(period)
            own = holdings.on(states[states["counts_in"].isin(months_in(period))], last)["reporter"]
            heirs = successors_on(self.snapshot.facts.units, last)
            return own.map(lambda unit: heirs.get(unit, unit)).value_counts().to_dict()

        return self._once(("counted", period), make)


def months_in(period: str) -> list[str]:
    """The months of ``2026``, ``2026Q1`` or ``2026-03``."""
    if "Q" in period:
        return months_of(period)
    return [period] if "-" in period else [f"{period}-{month:02d}" for month in range(1, 13)]


def _last_day(period: str) -> date:
    return month_bounds(months_in(period)[-1])[1]


def _section(line: Line) -> Any:
    """The section behind a penalty; of an adjustment the one it was or is laid on."""
    seen = line.inputs
    parts = (seen.now, seen.then) if isinstance(seen, Difference) else (seen,)
    return next((section for part in parts if (section := getattr(part, "section", None))), None)

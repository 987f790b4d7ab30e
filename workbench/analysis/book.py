"""A book: the register as known at a moment, as frames for an analyst."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.analysis import measures
from workbench.analysis.columns import FRAMES
from workbench.app import clock
from workbench.app.context import policy_in_use, register_path
from workbench.app.notebook import say_refusals
from workbench.app.options import common, take_common
from workbench.app.session import read_passphrase
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.capabilities.leads.snapshot import Snapshot, read_snapshot
from workbench.capabilities.settlement.settlement import settlement_of
from workbench.capabilities.targets import completion
from workbench.core.errors import RegisterError, WrongUse
from workbench.core.names import person_name
from workbench.core.periods import month_of, quarter_of_day, quarters_between
from workbench.platform.access.session import enter

TRANSITIONS = ["lead", "at", "was", "status", "clause"]


def open_book(
    register: str | Path | None = None,
    user: str | None = None,
    *,
    as_of: str | datetime | None = None,
    named: bool = False,
) -> Book:
    """The register as known at ``as_of`` (ISO text or a time, by default all it knows), read whole and closed again.

    ``register`` and ``user`` by default as the environment says (WORKBENCH_REGISTER, WORKBENCH_USER); the passphrase comes
    from WORKBENCH_PASSPHRASE, the system keyring or a prompt, never from an argument. Customers, files and persons are
    numbers, for everybody; ``named`` shows customers' names to who may see them. Nothing is written but a refusal.

    Raises WrongUse where something is missing or the time is none; RegisterError where the register does not open, or the
    user may not make reports, or may not see the names asked for.
    """
    say_refusals()
    take_common([])
    common.register = str(register) if register else common.register
    common.user = user or common.user
    moment = clock.parse_time(as_of) if isinstance(as_of, str) else as_of
    who = register_path(), common.user, read_passphrase(), policy_in_use(os.environ), clock.now()
    with enter(*who) as session:
        session.require("report")
        if named and session.deidentified:
            raise RegisterError("names_not_cleared", user=session.user)
        snapshot = read_snapshot(
            session.register, moment or session.latest(), session.policy, named=named, files_named=False
        ).load()
        last = int(snapshot.head.partition(":")[0])
        moved = session.register.read("transition", TRANSITIONS, until=last)
        return Book(snapshot, moved[moved["at"] <= snapshot.as_of], money=session.may("settle"))


@dataclass(frozen=True)
class Book:
    """Frames of one moment (``as_of``, PRC time), made when they are first asked for; ``columns`` says what stands in each.

    Vehicles and leads are integers, money whole yuan (contracts: fen), rates Fractions (``.astype(float)`` to plot them),
    times and days ``datetime64``, months ``2026-03``. Each frame is a new one: what is changed in it changes nothing else.
    """

    snapshot: Snapshot = field(repr=False)
    moved: pd.DataFrame = field(repr=False)
    money: bool = False

    @property
    def as_of(self) -> datetime:
        """The moment everything is looked at."""
        return self.snapshot.as_of

    @property
    def simulated(self) -> bool:
        """Whether the register is a simulation."""
        return self.snapshot.simulated

    def columns(self, frame: str) -> pd.DataFrame:
        """What stands in a frame: one row per column, with column, type, unit and meaning. Raises WrongUse ``no_frame``."""
        return _described(frame).told(getattr(self, frame))

    @property
    def frames(self) -> pd.DataFrame:
        """The frames there are: frame, and what one of its rows is."""
        return pd.DataFrame([(name, each.row) for name, each in FRAMES.items()], columns=["frame", "row"])

    @property
    def leads(self) -> pd.DataFrame:
        """One row per lead, as it stands at the moment; no contact, no person, no file."""
        return self._leads.copy()

    @cached_property
    def _leads(self) -> pd.DataFrame:
        states = self.snapshot.states
        numbers = states["number"]
        days = measures.working_days(states["dispatched_at"], states["answered_at"], self.snapshot.policy.calendar)
        made = states.assign(
            month=month_of(states["received_at"]),
            duplicate_of=states["duplicate_of"].map(numbers).astype(object),
            held_by=states["held_by"].map(numbers).astype(object),
            working_days=days,
        )
        return _arranged(made, "leads")

    @property
    def contracts(self) -> pd.DataFrame:
        """One row per month, contract and lead, what counts by what is known (6.5, D25, D37)."""
        lines = counting_lines(self.snapshot.facts, self.snapshot.policy)
        made = lines.assign(number=lines["lead"].map(self.snapshot.states["number"]), known_at=lines["at"])
        return _arranged(made.sort_values(["month", "contract", "number"], kind="stable"), "contracts")

    @property
    def lines(self) -> pd.DataFrame:
        """One row per amount of every quarter that has begun (4.3.3): approved ones as they were approved, others as of now.

        Persons are 人员001, 人员002 …, in the order of their first penalty. Raises RegisterError ``not_yours_to_see`` where the
        user may not see settlements.
        """
        if not self.money:
            raise RegisterError("not_yours_to_see")
        return self._lines.copy()

    @cached_property
    def _lines(self) -> pd.DataFrame:
        names = [name for name in FRAMES["lines"].columns if name not in ("quarter", "approved")]
        rows = [
            {
                "quarter": quarter,
                "approved": quarter in self.snapshot.approved,
                **{name: getattr(line, name) for name in names},
            }
            for quarter in self._quarters()
            for line in settlement_of(self.snapshot, quarter).lines
        ]
        made = pd.DataFrame(rows, columns=list(FRAMES["lines"].columns))
        units = set(self.snapshot.facts.units["code"])
        persons = [person_name(party) for party in made["party"] if party not in units]
        called = {person: f"人员{place:03d}" for place, person in enumerate(dict.fromkeys(persons), start=1)}
        shown = [party if party in units else called[person_name(party)] for party in made["party"]]
        return made.assign(party=pd.Series(shown, dtype=object), amount=made["amount"].astype("int64"))

    def _quarters(self) -> list[str]:
        """From the first lead, or the first approved quarter, through the one that runs."""
        received = self.snapshot.states["received_at"]
        begun = [*self.snapshot.approved, *([quarter_of_day(received.min().date())] if len(received) else [])]
        return quarters_between(min(begun), quarter_of_day(self.as_of.date())) if begun else []

    @property
    def targets(self) -> pd.DataFrame:
        """One row per unit and month with a target (4.2.1)."""
        made = completion.current(self.snapshot.facts.targets).reset_index()
        made = made.assign(target=made["amount"]).sort_values(["unit", "month"], kind="stable")
        return _arranged(made, "targets")

    @property
    def transitions(self) -> pd.DataFrame:
        """One row per change of a lead's status, in the order in which they were recorded."""
        numbers = self.snapshot.states["number"]
        known = self.moved[self.moved["lead"].isin(numbers.index)]
        return _arranged(known.assign(number=known["lead"].map(numbers)), "transitions")

    @property
    def customers(self) -> pd.DataFrame:
        """One row per customer with leads, in the order of the first receipt."""
        leads = self._leads.sort_values("received_at", kind="stable")
        project = leads["project"].notna()
        leads = leads.assign(lead=1, valid=leads["valid"].astype("int64"), projects=project.astype("int64"))
        leads["sought"] = leads["sought"].where(project, 0)
        made = leads.groupby("customer", sort=False).agg(
            category=("category", "last"),
            province=("province", "last"),
            city=("city", "last"),
            leads=("lead", "sum"),
            reporters=("reporter", "nunique"),
            valid=("valid", "sum"),
            projects=("projects", "sum"),
            sought=("sought", "sum"),
            contract_quantity=("contract_quantity", "sum"),
            picked_up=("picked_up", "sum"),
            first_received=("received_at", "min"),
            last_received=("received_at", "max"),
        )
        return _arranged(made.reset_index(), "customers")

    def funnel(self, by: str | None = None) -> pd.DataFrame:
        """How many leads came how far (``measures.funnel``), in all or by a column of ``leads``."""
        return self._by(by, measures.funnel)

    def time_to_verify(self, by: str | None = "section") -> pd.DataFrame:
        """Working days from dispatch to the first answer (``measures.time_to_verify``), by a column of ``leads``."""
        return self._by(by, measures.time_to_verify)

    def cohorts(self) -> pd.DataFrame:
        """Conversion of the projects received in each month, by months since (``measures.cohorts``)."""
        return measures.cohorts(self._leads, self.contracts, f"{self.as_of:%Y-%m}")

    def _by(self, by: str | None, measure: Callable[[pd.DataFrame, str | None], pd.DataFrame]) -> pd.DataFrame:
        if by is not None and by not in self._leads:
            raise WrongUse("no_column", column=by, columns=list(self._leads))
        return measure(self._leads, by)


def _described(frame: str):
    if frame not in FRAMES:
        raise WrongUse("no_frame", frame=frame, frames=list(FRAMES))
    return FRAMES[frame]


def _arranged(made: pd.DataFrame, frame: str) -> pd.DataFrame:
    """The described columns in their order, texts that are missing as None, rows counted anew."""
    made = made[list(FRAMES[frame].columns)].reset_index(drop=True)
    texts = {
        name: made[name].to_numpy(dtype=object) for name in made.columns[[each.kind == "O" for each in made.dtypes]]
    }
    return made.assign(
        **{name: pd.Series(np.where(pd.isna(text), None, text), dtype=object) for name, text in texts.items()}
    )

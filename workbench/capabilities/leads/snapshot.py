"""The register read at a moment: facts, statuses, policy. What every report and rule looks at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import pandas as pd

from workbench.capabilities.leads.divided import states_of
from workbench.platform.access.session import Session, is_simulation
from workbench.platform.executors.workers import Hire, nobody
from workbench.platform.register import free_texts
from workbench.platform.register.facts import TIME, Facts, Stored
from workbench.platform.register.kept_files import told
from workbench.platform.register.store import Register
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.settled_periods import (
    Proceeding,
    approvals,
    closed_lines,
    open_at_submission,
    proceedings,
)

ENTRIES = ["entry", "at", "recorded_at", "user", "action", "detail"]


def no_entries() -> pd.DataFrame:
    """An empty trail."""
    return pd.DataFrame(columns=ENTRIES).astype({"at": TIME, "recorded_at": TIME})


@dataclass(frozen=True)
class Snapshot:
    """Everything known at ``as_of``: ``facts``, the ``policy`` in use, stored lines of approved quarters (``closed``:
    quarter, clause, party, ref, amount, adjusts, inputs), the approved quarters with their edition and the readings they
    were settled under (``approved``), the audit ``head`` the reading rests on, whether the register is a simulation, and what was
    open when each quarter was submitted last (``submitted``: code → inputs), how far each is (``proceedings``).
    ``read_entries`` reads the trail. ``hire``: finds who else derives the statuses of many leads.

    Facts are read, and statuses derived, when they are first asked for; they are those of the head, whatever is written
    to the register meanwhile.
    """

    facts: Facts
    policy: Policy
    as_of: datetime
    closed: pd.DataFrame
    approved: dict[str, dict[str, Any]]
    head: str
    simulated: bool = False
    submitted: dict[str, dict[str, Any]] = field(default_factory=dict)
    read_entries: Callable[[], pd.DataFrame] = no_entries
    proceedings: dict[str, Proceeding] = field(default_factory=dict)
    hire: Hire = nobody

    @cached_property
    def states(self) -> pd.DataFrame:
        """Where every lead stands: one row per lead, columns of ``tables.STATES``."""
        return states_of(self.facts, self.as_of, self.policy, self.hire)

    @cached_property
    def entries(self) -> pd.DataFrame:
        """The entries of the trail (ENTRIES) that were made until the moment, by the actual clock, up to the head; what
        people typed in their details as who looks may read it."""
        found = self.read_entries()
        return found[found["recorded_at"] <= self.as_of].reset_index(drop=True)

    def as_known_at(self, moment: datetime) -> Snapshot:
        """The register as it was known at an earlier moment."""
        return replace(self, facts=self.facts.up_to(moment), as_of=moment)

    def policy_of(self, quarter: str) -> Policy:
        """The policy in use; for an approved quarter with the readings it was approved under."""
        return self.policy.as_settled(self.approved.get(quarter, {}).get("readings", {}))

    def load(self) -> Snapshot:
        """Read everything now: the register may be closed afterwards."""
        self.facts.load()
        _ = self.entries
        return self


def read_snapshot(
    register: Register,
    as_of: datetime,
    policy: Policy,
    *,
    named: bool = True,
    files_named: bool = True,
    without: Mapping[str, Collection[str]] = MappingProxyType({}),
    hire: Hire = nobody,
) -> Snapshot:
    """The register as it was known at ``as_of`` (PRC time). Without ``named``: without customers' names, and without
    ``files_named`` received files by number. ``without``: columns that are not read (``facts.Stored``). ``hire``: finds who
    else derives the statuses of many leads.
    """
    by_name = named and files_named
    with register.snapshot():
        head = register.head(without="report")  # that a report was made changes nothing of what reports say
        closed, approved, simulated = closed_lines(register), approvals(register), is_simulation(register)
        submitted, how_far = open_at_submission(register), proceedings(register)
        inputs = told(register, closed["inputs"].tolist(), named=by_name)
        closed = closed.assign(inputs=pd.Series(inputs, index=closed.index, dtype=object))
        submitted = told(register, submitted, named=by_name)
    last = int(head.partition(":")[0])
    facts = Facts(Stored(register, until=last, named=named, files_named=files_named, without=without), as_of)
    entries = partial(_entries, register, last)
    return Snapshot(facts, policy, as_of, closed, approved, head, simulated, submitted, entries, how_far, hire)


def _entries(register: Register, last: int) -> pd.DataFrame:
    table = register.read("entry", ENTRIES, until=last)
    details = free_texts.told(register, table["entry"].tolist(), table["detail"].tolist())
    return table.assign(detail=pd.Series(details, index=table.index, dtype=object))


def open_snapshot(
    session: Session,
    as_of: datetime | None = None,
    *,
    files_named: bool = True,
    without: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Snapshot:
    """The register as known at ``as_of`` (default: everything it knows); for an analyst without customers' names.

    ``without``: columns that are not read, such as ``tables.UNDECIDING`` where nothing but amounts is asked for.
    """
    moment, named = as_of or session.latest(), not session.deidentified
    return read_snapshot(
        session.register,
        moment,
        session.policy,
        named=named,
        files_named=files_named,
        without=without,
        hire=session.hire,
    )

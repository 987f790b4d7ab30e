"""The register read at a moment: facts, statuses, policy. What every report and rule looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.capabilities.leads.lifecycle import derive
from workbench.platform.access.session import Session, is_simulation
from workbench.platform.register.facts import Facts, Stored
from workbench.platform.register.kept_files import told
from workbench.platform.register.store import Register
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.settled_periods import approvals, closed_lines, open_at_submission


@dataclass(frozen=True)
class Snapshot:
    """Everything known at ``as_of``: ``facts``, the ``policy`` in use, stored lines of approved quarters (``closed``:
    quarter, clause, party, ref, amount, adjusts, inputs), the approved quarters with their edition and the readings they
    were settled under (``approved``), the audit ``head`` the reading rests on, whether the register is a simulation, and what was
    open when each quarter was submitted last (``submitted``: code → inputs).

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

    @cached_property
    def states(self) -> pd.DataFrame:
        """Where every lead stands: one row per lead, columns of ``tables.STATES``."""
        return derive(self.facts, self.as_of, self.policy)

    def policy_of(self, quarter: str) -> Policy:
        """The policy in use; for an approved quarter with the readings it was approved under."""
        return self.policy.as_settled(self.approved.get(quarter, {}).get("readings", {}))

    def load(self) -> Snapshot:
        """Read everything now: the register may be closed afterwards."""
        self.facts.load()
        return self


def read_snapshot(
    register: Register, as_of: datetime, policy: Policy, *, named: bool = True, files_named: bool = True
) -> Snapshot:
    """The register as it was known at ``as_of`` (PRC time). Without ``named``: without customers' names, and without
    ``files_named`` received files by number.
    """
    by_name = named and files_named
    with register.snapshot():
        head = register.head(without="report")  # that a report was made changes nothing of what reports say
        closed, approved, simulated = closed_lines(register), approvals(register), is_simulation(register)
        submitted = open_at_submission(register)
        inputs = told(register, closed["inputs"].tolist(), named=by_name)
        closed = closed.assign(inputs=pd.Series(inputs, index=closed.index, dtype=object))
        submitted = told(register, submitted, named=by_name)
    stored = Stored(register, until=int(head.partition(":")[0]), named=named, files_named=files_named)
    facts = Facts(stored, as_of)
    return Snapshot(facts, policy, as_of, closed, approved, head, simulated, submitted)


def open_snapshot(session: Session, as_of: datetime | None = None, *, files_named: bool = True) -> Snapshot:
    """The register as known at ``as_of`` (default: everything it knows); for an analyst without customers' names."""
    moment, named = as_of or session.latest(), not session.deidentified
    return read_snapshot(session.register, moment, session.policy, named=named, files_named=files_named)

"""The register read at a moment: facts, statuses, policy. What every report and rule looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.capabilities.leads.lifecycle import derive
from workbench.platform.access.session import Session, is_simulation
from workbench.platform.register.facts import CALLED_BY, Facts, Stored, called
from workbench.platform.register.store import Register
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.settled_periods import approvals, closed_lines, open_at_submission

OTHER_FILE = "文件"  # one whose name is not known any more


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


def read_snapshot(register: Register, as_of: datetime, policy: Policy, *, named: bool = True) -> Snapshot:
    """The register as it was known at ``as_of`` (PRC time). Without ``named``: without customers' names."""
    with register.snapshot():
        head = register.head(without="report")  # that a report was made changes nothing of what reports say
        closed, approved, simulated = closed_lines(register), approvals(register), is_simulation(register)
        submitted = open_at_submission(register)
        if not named:
            closed, submitted = _numbered(register, closed, submitted)
    facts = Facts(Stored(register, until=int(head.partition(":")[0]), named=named), as_of)
    return Snapshot(facts, policy, as_of, closed, approved, head, simulated, submitted)


def _numbered(
    register: Register, closed: pd.DataFrame, submitted: dict[str, dict[str, Any]]
) -> tuple[pd.DataFrame, dict[str, dict[str, Any]]]:
    """What approved quarters keep of the files their lines rest on, by the files' numbers."""
    documents = register.read("document", CALLED_BY)
    names = called(documents, named=True).to_numpy()
    numbers = dict(
        zip(names[::-1], called(documents, named=False).to_numpy()[::-1], strict=True)
    )  # of a name the first

    def of(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: numbers.get(each, OTHER_FILE) if key == "file" and isinstance(each, str) else of(each)
                for key, each in value.items()
            }
        return [of(each) for each in value] if isinstance(value, list) else value

    return closed.assign(inputs=closed["inputs"].map(of)), of(submitted)


def open_snapshot(session: Session, as_of: datetime | None = None, *, named: bool = False) -> Snapshot:
    """The register as known at ``as_of`` (default: everything it knows); for an analyst without customers' names.

    ``named``: with them, for what compares names and tells none.
    """
    moment = as_of or session.latest()
    return read_snapshot(session.register, moment, session.policy, named=named or not session.deidentified)

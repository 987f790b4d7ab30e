"""What a report shows, worked out where the register is open: in its notebook's kernel, or here for a kernel that has no key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from workbench.capabilities.leads.snapshot import Snapshot, open_snapshot
from workbench.platform.access.session import Session
from workbench.platform.reporting.notebook import Prepared
from workbench.platform.reporting.registry import Report


class Preparation:
    """Reports of an open register; what is known at a moment is read once for all of them.

    ``stage``: called where reading begins, and where what was read is arranged.
    """

    def __init__(self, session: Session, stage: Callable[[], None] = lambda: None) -> None:
        self._session, self._stage = session, stage
        self._read: dict[datetime | None, Snapshot] = {}

    def of(self, report: Report, period: str, moment: datetime | None, more: Mapping[str, Any]) -> Prepared:
        """A report of a period as known at ``moment`` (None: all that is known); ``more``: what else its view asks for.

        Raises RegisterError where this person may not make it, WrongUse for a bad period, and what its view refuses.
        """
        self._session.require(report.action)
        self._stage()
        if moment not in self._read:
            # what is printed is passed on: senders' names of files, which name customers, are not in it
            self._read[moment] = open_snapshot(self._session, moment, files_named=False)
        snapshot = self._read[moment]
        self._stage()
        view = report.view(snapshot, period, **more)
        chosen = report.period(period)
        readings = snapshot.policy_of(chosen).readings_on(view.stamp.on)
        return Prepared(report, chosen, view, readings, self._session.rules(snapshot.as_of.date()))

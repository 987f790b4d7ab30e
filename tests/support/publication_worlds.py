"""Publications read by somebody who knows the program: he prints what would have been published had reasons been others.

A world is what every lead was at the moment of every publication. The attacker knows who reported how many leads and what
became of them, since clause 6.1 publishes that; he wants to know why. He has another world printed by the program, with
the outcome of every lead as it was and other reasons, and compares all papers of the month. What he finds printed alike
with another number is not recovered; the rest is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from unittest import mock

import pandas as pd

from tests.support import synthetic
from workbench.capabilities.publication import publication_report, reasons
from workbench.platform.register.facts import Facts, frame

SMALL = 3
REFUSING = ("2", "5.1", "5.4", "5.6", "6.3")
States = dict[datetime, pd.DataFrame]


class Papers:
    """The publications of a register. ``days``: (day due, moment it was made), in the order of the moments."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        made = facts.publications.sort_values("at")
        self.days = list(zip(made["due_on"].dt.date, made["at"].dt.to_pydatetime(), strict=True))
        self.truth: States = {at: synthetic.book(facts, at).states for _, at in self.days}

    def printed(self, world: States, month: str = "") -> dict[str, str]:
        """Day → all that stands in its publication, where the program publishes this world; of one month or all."""
        shown, recorded = {}, []
        with (
            mock.patch.object(reasons, "derive", lambda _, moment, __: world[moment]),
            mock.patch.object(publication_report, "derive", lambda _, moment, __: world[moment]),
        ):
            for due, at in self.days:
                wanted = f"{due:%Y-%m}".startswith(month)
                told = reasons.published_reasons(self._snapshot(world, at, recorded), due) if wanted else None
                recorded.append({"due_on": due.isoformat(), "at": at, "totals": {reasons.RECORD: told}})
                if wanted:
                    snapshot = self._snapshot(world, at, recorded)
                    shown[due.isoformat()] = everything(publication_report.view(snapshot, due.isoformat()))
        return shown

    def _snapshot(self, world: States, at: datetime, recorded: list[dict[str, Any]]) -> Any:
        snapshot = synthetic.book(self.facts.replace(publications=frame("publications", recorded)), at)
        vars(snapshot)["states"] = world[at]
        return snapshot

    # -- the attack
    def recovered(self) -> list[tuple[str, str, int]]:
        """Every count of one or two leads that no other world with the same papers has otherwise: day, clause, number."""
        papers: dict[str, dict[str, str]] = {}
        found = []
        for due, clause, number in self.small():
            month = f"{due:%Y-%m}"
            true = papers.setdefault(month, self.printed(self.truth, month))
            others = self.otherwise(due, clause)
            if not any(self.printed(world, month) == true for world in others):
                found.append((due.isoformat(), clause, number))
        return found

    def small(self) -> Iterator[tuple[Any, str, int]]:
        """The counts the attacker is after: day, clause, how many leads it newly kept from counting."""
        for due, _ in self.days:
            for clause, leads in self.told_of(due).items():
                if 0 < len(leads) < SMALL:
                    yield due, clause, len(leads)

    def told_of(self, due: Any) -> dict[str, list[Any]]:
        """Clause → the leads that stand under it since the publication before, counted lead by lead."""
        moments = [at for _, at in self.days]
        place = [day for day, _ in self.days].index(due)
        now, then = self.truth[moments[place]], self.truth[moments[place - 1]] if place else None
        found: dict[str, list[Any]] = {clause: [] for clause in (*REFUSING, "5.5")}
        for lead, clause in _reasons(now).items():
            before = None if then is None else _reasons(then).get(lead)
            if before is None or (before == "5.5") != (clause == "5.5"):
                found[clause].append(lead)
        return found

    def otherwise(self, due: Any, clause: str) -> Iterator[States]:
        """Worlds in which a clause newly kept another number from counting, the likelier ones first."""
        leads = self.told_of(due)
        if clause == "5.5":
            yield self._world(leads["5.5"][:1], None, due)
            return
        others = [each for each in REFUSING if each != clause]
        for many in range(1, max(map(len, leads.values())) + 1):
            for other in others:
                for source, target in ((clause, other), (other, clause)):
                    if len(leads[source]) >= many:
                        yield self._world(leads[source][:many], target, due)

    def _world(self, leads: list[Any], clause: str | None, due: Any) -> States:
        """The truth, but some leads stand under another clause from a publication on as long as they are refused."""
        since = dict(self.days)[due]
        world = dict(self.truth)
        for at, states in self.truth.items():
            if at < since:
                continue
            states = states.copy()
            if clause is None:
                states.loc[leads, "excluded"] = None
            else:
                refused = [lead for lead in leads if states.at[lead, "status"] in ("无效", "重复")]
                states.loc[refused, "clause"] = clause
                states.loc[refused, "status"] = "重复" if clause == "5.1" else "无效"
            world[at] = states
        return world


def _reasons(states: pd.DataFrame) -> dict[Any, str]:
    rows = zip(states.index, states["status"], states["clause"], states["excluded"], strict=True)
    return {
        lead: "5.5" if excluded == "5.5" else clause
        for lead, status, clause, excluded in rows
        if excluded == "5.5" or status in ("无效", "重复")
    }


def everything(view: Any) -> str:
    """All that a publication's workbook and page are made from."""
    tables = {name: getattr(view, name).to_dict("split") for name in ("recent", "month", "later", "reasons")}
    return repr((view.stamp, view.figures, view.notes, tables, view.columns, view.heading, view.empty))

"""What a report's notebook calls: open the register and look at a report.

The passphrase comes from the environment only (WORKBENCH_PASSPHRASE): parameters are stored in the notebook in clear.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from workbench.app import clock
from workbench.app.context import policy_in_use
from workbench.app.output import text_for
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.core.errors import WrongUse
from workbench.platform.access.session import enter
from workbench.platform.regulation.rules_used import rules_used
from workbench.platform.reporting import page
from workbench.platform.reporting.notebook import Opened, Stages, refusals_left_in
from workbench.platform.reporting.registry import find

__all__ = ["open_report", "page", "passphrase"]


def open_report(
    name: str,
    *,
    register: str,
    user: str,
    period: str,
    as_of: str,
    out_dir: str,
    now: datetime | None = None,
    **more: str,
) -> Opened:
    """Open the register as known at ``as_of`` (ISO time) and look at a report's period.

    ``now``: the actual time, by default the clock's. ``more``: what else the report's view asks for.
    Raises WrongUse without a passphrase or for a bad period, RegisterError where the register refuses.
    """
    folder, stage = (
        Path(out_dir),
        Stages(tuple(text_for(f"stage/{name}") for name in ("opening", "reading", "arranging"))),
    )
    with refusals_left_in(folder), stage:
        report = find(name)
        moment = datetime.fromisoformat(as_of)
        policy = policy_in_use(os.environ)
        with enter(Path(register), user or None, passphrase(), policy, now or clock.now()) as session:
            session.require(report.action)
            stage.next()
            # what is printed is passed on: senders' names of files, which name customers, are not in it
            snapshot = open_snapshot(session, moment, files_named=False)
            stage.next()
            view = report.view(snapshot, period, **more)
        chosen = report.period(period)
        readings = snapshot.policy_of(chosen).readings_on(view.stamp.on)
        return Opened(report, chosen, view, folder, readings, rules_used(policy, moment.date()))


def passphrase() -> str:
    """The passphrase from the environment. Raises WrongUse where there is none."""
    if "WORKBENCH_PASSPHRASE" not in os.environ:
        raise WrongUse("no_passphrase")
    return os.environ["WORKBENCH_PASSPHRASE"]

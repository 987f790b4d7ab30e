"""`workbench schedule …`: have the due things happen by themselves, every day."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.app.context import output_folder, register_path
from workbench.app.options import common
from workbench.app.output import print_lines, say
from workbench.core.errors import WrongUse

if TYPE_CHECKING:
    from workbench.app.schedule import Plan

At = Annotated[str, typer.Option("--at", metavar="HH:MM")]
Kind = Annotated[str | None, typer.Option("--kind", metavar="KIND")]
Reports = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", callback=output_folder)]
KINDS = ("windows", "systemd", "cron")


def _plan(at: str, out: Path | None) -> Plan:
    from workbench.app.schedule import Plan

    try:
        moment = time.fromisoformat(at)
    except ValueError:
        raise WrongUse("bad_time/of_day", at=at) from None
    return Plan(
        register_path(),
        moment,
        common.user,
        Path(common.passphrase_file) if common.passphrase_file else None,
        reports=out or _named("REPORTS"),
        policy=_named("POLICY"),
        calendar=_named("CALENDAR"),
        backups=_named("BACKUPS"),
        passwords=_named("PASSWORDS"),
    )


def _named(what: str) -> Path | None:
    value = os.environ.get(f"WORKBENCH_{what}")
    return Path(value) if value else None


def _kind(given: str | None) -> str:
    from workbench.app.schedule import kind_here

    if given is not None and given not in KINDS:
        raise WrongUse("unknown_kind", kinds=KINDS)
    return given or kind_here()


def install(at: At = "08:30", kind: Kind = None, out: Reports = None) -> int:
    """Run workbench due --run every day; the passphrase comes from the system keyring or the file of --passphrase-
    file and never stands in the task.
    """
    from workbench.app import schedule

    plan = _plan(at, out)
    where = schedule.install(plan, _kind(kind), Path.home())
    say("schedule/installed", at=plan.at, where=where)
    if plan.passphrase_file is None:
        say("schedule/passphrase")
    return 0


def remove(kind: Kind = None) -> int:
    """Take the daily run out."""
    from workbench.app import schedule

    schedule.remove(_kind(kind), Path.home())
    say("schedule/removed")
    return 0


def show(at: At = "08:30", kind: Kind = None, out: Reports = None) -> int:
    """Show what would be installed; changes nothing."""
    from workbench.app import schedule

    print_lines(schedule.shown(_plan(at, out), _kind(kind)).rstrip("\n"))
    return 0

"""Reports that fall due: whether a folder holds one, and the making of it."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.file_names import unique_name
from workbench.platform.reporting.registry import find
from workbench.platform.reporting.runs import run_in
from workbench.platform.workflow.task import Duty, RunContext, TaskResult

if TYPE_CHECKING:
    import pandas as pd

EARLIER = "以前版本"


def is_made(out: Path, report: str, period: str, since: datetime, came: pd.DataFrame | None = None) -> bool:
    """Whether a folder holds a report whole and unaltered, with data as of ``since`` or later.

    ``came``: received files (columns entry, received_at), where one that came into the register after the report was
    computed, and had been received by the moment of its data, makes it one of less data.
    """
    made = _made(out, report, period)
    if made is None or made[0] < since:
        return False
    return came is None or not ((came["entry"] > made[1]) & (came["received_at"] <= made[0])).any()


def make_report(duty: Duty, context: RunContext) -> TaskResult:
    """Make the report of a task for the duty's period; one made before from less data is kept in the folder ``EARLIER``."""
    assert duty.task.report is not None  # the runner of reports is named by tasks that have one
    before = _made(context.out, duty.task.report, duty.period)
    if before is not None:
        _keep(context.out, duty.task.report, duty.period, before[0])
    run = context.make_report(duty.task.report, duty.period, context.moment)
    again = before is not None
    return TaskResult(duty, run.files, late=duty.due_on < context.moment.date() and not again, again=again)


def _made(out: Path, report: str, period: str) -> tuple[datetime, int] | None:
    """The moment of the data of a report that a folder holds whole and unaltered, and the last entry of the trail it was
    computed from; None where the folder does not."""
    try:
        manifest = json.loads(run_in(out, find(report), period).manifest.read_text(encoding="utf-8"))
        whole = all(
            hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
            for name, digest in manifest["files"].items()
        )
        last = int(manifest["register_head"].partition(":")[0])
        return (datetime.fromisoformat(manifest["as_of"]), last) if whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _keep(out: Path, report: str, period: str, made: datetime) -> None:
    """Copy a report under its own names into a folder named by the moment of its data, where it goes on being verified.

    One of the same moment that is kept there already stays; the next one has a folder of its own.
    """
    files = [path for path in run_in(out, find(report), period).files if path.exists()]
    taken = {each.name.casefold() for each in (out / EARLIER).glob("*") if (each / files[-1].name).exists()}
    folder = out / EARLIER / unique_name(taken, f"{made:%Y%m%d-%H%M%S}")
    folder.mkdir(parents=True, exist_ok=True)
    for path in files:
        shutil.copy2(path, folder / path.name)
